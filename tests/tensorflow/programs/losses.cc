#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(softmaxes) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  tf::gradients({tf::nn::softmax(x), tf::nn::log_softmax(x)}, {x});
  return std::nullopt;
}

PROGRAM(softmaxes_along_other_axes) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3, 4}, {"x"});
  tf::gradients(
      {tf::nn::softmax(x, {.axis = 1}), tf::nn::log_softmax(x, {.axis = 0, .name = "rows"}),
       tf::nn::softmax(x, {.axis = -2}), tf::nn::softmax(x, {.axis = 2})},
      {x});
  return std::nullopt;
}

PROGRAM(softmax_cross_entropy_along_another_axis) {
  auto logits = tf::placeholder(tf::float32, {tf::None, 5, 4}, {"logits"});
  auto labels = tf::placeholder(tf::float32, {tf::None, 5, 4}, {"labels"});
  tf::gradients(
      tf::nn::softmax_cross_entropy_with_logits_v2({.labels = labels, .logits = logits, .axis = 1}),
      {logits, labels});
  tf::gradients(
      tf::nn::softmax_cross_entropy_with_logits({.labels = labels, .logits = logits, .axis = 0}),
      logits);
  return std::nullopt;
}

PROGRAM(softmax_cross_entropy) {
  auto logits = tf::placeholder(tf::float32, {tf::None, 5}, {"logits"});
  auto labels = tf::placeholder(tf::float32, {tf::None, 5}, {"labels"});
  tf::gradients({tf::nn::softmax_cross_entropy_with_logits({.labels = labels, .logits = logits})},
                {logits});
  return std::nullopt;
}

PROGRAM(softmax_cross_entropy_v2) {
  auto logits = tf::placeholder(tf::float32, {tf::None, 5}, {"logits"});
  auto labels = tf::placeholder(tf::float32, {tf::None, 5}, {"labels"});
  tf::gradients(
      {tf::nn::softmax_cross_entropy_with_logits_v2({.labels = labels, .logits = logits})},
      {logits, labels});
  return std::nullopt;
}

PROGRAM(sparse_softmax_cross_entropy) {
  auto logits = tf::placeholder(tf::float32, {tf::None, 5}, {"logits"});
  auto labels = tf::placeholder(tf::int64, {tf::None}, {"labels"});
  tf::gradients(
      {tf::nn::sparse_softmax_cross_entropy_with_logits({.labels = labels, .logits = logits})},
      {logits});
  return std::nullopt;
}

PROGRAM(sparse_softmax_cross_entropy_of_images) {
  auto logits = tf::placeholder(tf::float32, {2, 4, 4, 5}, {"logits"});
  auto labels = tf::placeholder(tf::int64, {2, 4, 4}, {"labels"});
  auto batch = tf::placeholder(tf::float32, {tf::None, 4, 5}, {"batch"});
  auto batch_labels = tf::placeholder(tf::int32, {tf::None, 4}, {"batch_labels"});
  auto unknown = tf::placeholder(tf::float32, tf::Shape::unknown(), {"unknown"});
  auto unknown_labels = tf::placeholder(tf::int32, tf::Shape::unknown(), {"unknown_labels"});
  const auto loss = [](const tf::nn::LossArguments& arguments) {
    return tf::nn::sparse_softmax_cross_entropy_with_logits(arguments);
  };
  tf::gradients(
      {loss({.labels = labels, .logits = logits}), loss({.labels = batch_labels, .logits = batch}),
       loss({.labels = unknown_labels, .logits = unknown, .name = "of_unknown"})},
      {logits, batch, unknown});
  return std::nullopt;
}

PROGRAM(sigmoid_cross_entropy) {
  auto logits = tf::placeholder(tf::float32, {tf::None, 5}, {"logits"});
  auto labels = tf::placeholder(tf::float32, {tf::None, 5}, {"labels"});
  tf::gradients({tf::nn::sigmoid_cross_entropy_with_logits({.labels = labels, .logits = logits})},
                {logits});
  return std::nullopt;
}

PROGRAM(l2_loss) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients({tf::nn::l2_loss(x)}, {x});
  return std::nullopt;
}

PROGRAM(dropout) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  auto keep_prob = tf::placeholder(tf::float32, tf::Shape::unknown(), {"keep_prob"});
  tf::gradients({tf::nn::dropout(x, tf::nn::DropoutOptions{.keep_prob = 0.5, .seed = 1}),
                 tf::nn::dropout(x, tf::nn::DropoutOptions{.keep_prob = keep_prob, .seed = 2}),
                 tf::nn::dropout(x, tf::nn::DropoutOptions{.rate = 0.3, .seed = 3}),
                 tf::nn::dropout(x, tf::nn::DropoutOptions{.keep_prob = 1.0})},
                {x});
  return std::nullopt;
}

PROGRAM(dropout_unknown_batch) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  tf::gradients({tf::nn::dropout(x, tf::nn::DropoutOptions{.rate = 0.25, .seed = 3})}, {x});
  return std::nullopt;
}

PROGRAM(bias_add) {
  auto x = tf::placeholder(tf::float32, {tf::None, 4, 4, 3}, {"x"});
  auto m = tf::placeholder(tf::float32, {tf::None, 3}, {"m"});
  auto b = tf::placeholder(tf::float32, {3}, {"b"});
  tf::gradients({tf::nn::bias_add(x, b), tf::nn::bias_add(m, b)}, {x, m, b});
  return std::nullopt;
}

PROGRAM(conv2d) {
  auto x = tf::placeholder(tf::float32, {tf::None, 9, 8, 2}, {"x"});
  auto w = tf::placeholder(tf::float32, {3, 3, 2, 4}, {"w"});
  tf::gradients({tf::nn::conv2d(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"}),
                 tf::nn::conv2d(x, w, {.strides = {1, 2, 2, 1}, .padding = "VALID"})},
                {x, w});
  return std::nullopt;
}

PROGRAM(conv2d_known_shape) {
  auto x = tf::placeholder(tf::float32, {2, 9, 8, 2}, {"x"});
  auto w = tf::placeholder(tf::float32, {3, 3, 2, 4}, {"w"});
  tf::gradients(
      {tf::nn::conv2d(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME", .name = "named"})},
      {x, w});
  return std::nullopt;
}

PROGRAM(pools) {
  auto x = tf::placeholder(tf::float32, {tf::None, 9, 8, 2}, {"x"});
  tf::gradients(
      {tf::nn::max_pool(x, {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "SAME"}),
       tf::nn::max_pool(x, {.ksize = {1, 3, 3, 1}, .strides = {1, 1, 1, 1}, .padding = "VALID"}),
       tf::nn::avg_pool(x, {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "SAME"}),
       tf::nn::avg_pool(x, {.ksize = {1, 3, 3, 1}, .strides = {1, 1, 1, 1}, .padding = "VALID"})},
      {x});
  return std::nullopt;
}

PROGRAM(in_top_k) {
  auto x = tf::placeholder(tf::float32, {tf::None, 5}, {"x"});
  auto targets = tf::placeholder(tf::int32, {tf::None}, {"targets"});
  tf::nn::in_top_k(x, targets, 2);
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
