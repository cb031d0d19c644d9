#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(depthwise_conv2d) {
  auto x = tf::placeholder(tf::float32, {tf::None, 9, 8, 2}, {"x"});
  auto w = tf::placeholder(tf::float32, {3, 3, 2, 4}, {"w"});
  tf::gradients(
      {tf::nn::depthwise_conv2d(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"}),
       tf::nn::depthwise_conv2d(x, w,
                                {.strides = {1, 2, 2, 1}, .padding = "VALID", .name = "named"}),
       tf::nn::depthwise_conv2d_native(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"})},
      {x, w});
  return std::nullopt;
}

PROGRAM(depthwise_second_gradients) {
  auto x = tf::placeholder(tf::float32, {tf::None, 9, 8, 2}, {"x"});
  auto w = tf::placeholder(tf::float32, {3, 3, 2, 4}, {"w"});
  auto y = tf::nn::depthwise_conv2d_native(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"});
  auto first = tf::gradients({y * y}, {x, w});
  tf::gradients({first[0].tensor(), first[1].tensor()}, {x, w});
  return std::nullopt;
}

PROGRAM(grouped_conv2d) {
  auto x = tf::placeholder(tf::float32, {tf::None, 9, 8, 4}, {"x"});
  auto w = tf::placeholder(tf::float32, {3, 3, 2, 6}, {"w"});
  tf::gradients({tf::nn::conv2d(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"})}, {x, w});
  return std::nullopt;
}

PROGRAM(moments) {
  auto x = tf::placeholder(tf::float32, {tf::None, 8, 3}, {"x"});
  auto h = tf::placeholder(tf::float16, {4, 3}, {"h"});
  auto [a, b] = tf::nn::moments(x, {0, 1});
  auto [c, d] = tf::nn::moments(x, {0}, {.keep_dims = true, .name = "kept"});
  auto [e, f] = tf::nn::moments(h, 0);
  tf::gradients({a, b, c, d}, {x});
  tf::gradients(e, h);
  return std::nullopt;
}

PROGRAM(l2_normalize) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  auto z = tf::placeholder(tf::complex64, {tf::None, 3}, {"z"});
  tf::gradients({tf::nn::l2_normalize(x, 1),
                 tf::nn::l2_normalize(x, {0, 1}, {.epsilon = 1e-6, .name = "all"})},
                {x});
  tf::nn::l2_normalize(z, 0);
  return std::nullopt;
}

PROGRAM(zero_fraction) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  auto i = tf::placeholder(tf::int32, {4}, {"i"});
  tf::nn::zero_fraction(x);
  tf::nn::zero_fraction(i, {"of_four"});
  return std::nullopt;
}

void embeddings(bool use_resource) {
  tf::Variable whole(tf::zeros({10, 4}), {.name = "whole", .use_resource = use_resource});
  std::vector<tf::Variable> parts;
  for (const int n : {4, 3, 3}) {
    parts.emplace_back(tf::zeros({n, 4}), tf::VariableOptions{.name = "part_" + std::to_string(n),
                                                              .use_resource = use_resource});
  }
  auto ids = tf::placeholder(tf::int32, {tf::None}, {"ids"});
  auto pairs = tf::placeholder(tf::int64, {tf::None, 2}, {"pairs"});
  const std::vector<tf::Input> all(parts.begin(), parts.end());
  const std::vector<tf::Output> ys = {
      tf::nn::embedding_lookup(whole, ids),
      tf::nn::embedding_lookup(std::vector<tf::Input>{whole}, pairs, {.name = "pairs_of"}),
      tf::nn::embedding_lookup(all, pairs),
      tf::nn::embedding_lookup(all, ids, {.partition_strategy = "div"})};
  tf::gradients(ys, {whole.handle(), parts[0].handle(), parts[1].handle(), parts[2].handle()});
}

PROGRAM(embedding_lookup) {
  embeddings(false);
  return std::nullopt;
}

PROGRAM(embedding_lookup_resource) {
  embeddings(true);
  return std::nullopt;
}

PROGRAM(embedding_lookup_of_unknown_sizes) {
  auto p = tf::placeholder(tf::float32, {tf::None, 4}, {"p"});
  auto q = tf::placeholder(tf::float32, {3, tf::None}, {"p"});
  auto ids = tf::placeholder(tf::int32, tf::Shape::unknown(), {"ids"});
  tf::nn::embedding_lookup({p, q}, ids, {.partition_strategy = "div"});
  tf::nn::embedding_lookup(p, ids);
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
