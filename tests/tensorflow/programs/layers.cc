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

void clipped_embeddings(bool use_resource) {
  tf::Variable whole(tf::zeros({10, 4}), {.name = "whole", .use_resource = use_resource});
  tf::Variable p4(tf::zeros({4, 4}), {.name = "part_4", .use_resource = use_resource});
  tf::Variable p3(tf::zeros({3, 4}), {.name = "part_3", .use_resource = use_resource});
  auto ids = tf::placeholder(tf::int32, {tf::None}, {"ids"});
  auto one = tf::placeholder(tf::int32, tf::Shape(), {"one"});
  auto a = tf::nn::embedding_lookup(whole, ids, {.max_norm = 2.0});
  auto b = tf::nn::embedding_lookup({p4, p3}, ids, {.max_norm = 1.5});
  auto c = tf::nn::embedding_lookup(whole, one, {.max_norm = 2.0});
  tf::gradients({a, b, c}, {whole.handle(), p4.handle(), p3.handle()});
}

PROGRAM(embedding_lookup_max_norm) {
  clipped_embeddings(false);
  return std::nullopt;
}

PROGRAM(embedding_lookup_max_norm_resource) {
  clipped_embeddings(true);
  return std::nullopt;
}

PROGRAM(clip_by_norm) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  auto limit = tf::placeholder(tf::float64, tf::Shape(), {"limit"});
  auto whole = tf::clip_by_norm(x, 1.0);
  auto rows = tf::clip_by_norm(x, -1.0, {.axes = {1}, .name = "rows"});
  tf::gradients({whole, rows, tf::clip_by_norm(x, limit)}, {x});
  return std::nullopt;
}

PROGRAM(unique) {
  auto x = tf::placeholder(tf::int32, {tf::None}, {"x"});
  tf::unique(x);
  tf::unique(x, {.out_idx = tf::int64, .name = "wide"});
  return std::nullopt;
}

PROGRAM(batch_normalization) {
  auto x = tf::placeholder(tf::float32, {tf::None, 4, 3}, {"x"});
  auto h = tf::placeholder(tf::float16, {tf::None, 3}, {"h"});
  tf::Variable scale(tf::ones({3}), {.name = "scale"});
  tf::Variable offset(tf::zeros({3}), {.name = "offset", .use_resource = true});
  auto [mean, variance] = tf::nn::moments(x, {0, 1});
  auto a = tf::nn::batch_normalization(x, mean, variance, offset, scale, 1e-3);
  auto b = tf::nn::batch_normalization(x, mean, variance, tf::Input(), scale, 1e-3);
  auto c = tf::nn::batch_normalization(x, mean, variance, offset, tf::Input(), 1e-3, {"shifted"});
  auto d = tf::nn::batch_normalization(x, mean, variance, tf::Input(), tf::Input(), 1e-3);
  auto e = tf::nn::batch_normalization(h, mean, variance, offset, scale, 1e-3);
  tf::gradients({a, b, c, d, e}, {x, h, scale.handle(), offset.handle()});
  return std::nullopt;
}

PROGRAM(fused_batch_norm) {
  using tf::nn::fused_batch_norm;
  auto x = tf::placeholder(tf::float32, {tf::None, 4, 4, 3}, {"x"});
  auto n = tf::placeholder(tf::float32, {tf::None, 3, 4, 4}, {"n"});
  auto h = tf::placeholder(tf::float16, {2, 4, 4, 3}, {"h"});
  tf::Variable scale(tf::ones({3}), {.name = "scale"});
  tf::Variable offset(tf::zeros({3}), {.name = "offset", .use_resource = true});
  auto mean = tf::placeholder(tf::float32, {3}, {"mean"});
  auto variance = tf::placeholder(tf::float32, {3}, {"variance"});
  auto [a, batch_mean, batch_variance] = fused_batch_norm(x, scale, offset);
  auto b = fused_batch_norm(x, scale, offset,
                            {.mean = mean,
                             .variance = variance,
                             .epsilon = 0.01,
                             .is_training = false,
                             .name = "frozen"});
  auto c = fused_batch_norm(n, scale, offset, {.data_format = "NCHW"});
  auto d = fused_batch_norm(
      n, scale, offset,
      {.mean = mean, .variance = variance, .data_format = "NCHW", .is_training = false});
  auto e = fused_batch_norm(h, scale, offset);
  tf::identity(batch_mean + batch_variance);
  tf::gradients({a, b.y, c.y, d.y, e.y}, {x, n, h, scale.handle(), offset.handle()});
  return std::nullopt;
}

PROGRAM(dilated_depthwise_conv2d) {
  auto x = tf::placeholder(tf::float32, {tf::None, 9, 8, 2}, {"x"});
  auto w = tf::placeholder(tf::float32, {3, 2, 2, 4}, {"w"});
  auto same = tf::nn::depthwise_conv2d(
      x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME", .dilations = {2, 3}});
  auto valid = tf::nn::depthwise_conv2d(
      x, w,
      {.strides = {1, 1, 1, 1}, .padding = "VALID", .dilations = {1, 2, 1, 1}, .name = "named"});
  tf::gradients({same, valid}, {x, w});
  return std::nullopt;
}

PROGRAM(space_and_batch) {
  auto x = tf::placeholder(tf::float32, {tf::None, 9, 8, 2}, {"x"});
  auto b = tf::placeholder(tf::int32, {2}, {"b"});
  auto y = tf::space_to_batch_nd(x, {3, 2}, {{0, 0}, {1, 1}});
  auto back = tf::batch_to_space_nd(y, {3, 2}, {{1, 0}, {0, 2}});
  tf::gradients({back, tf::space_to_batch_nd(x, b, {{0, 0}, {1, 1}})}, {x});
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
