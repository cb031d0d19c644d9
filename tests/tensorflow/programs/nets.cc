#include "programs.h"

namespace tensorkeep::testing {
namespace {

tf::Output dense(tf::Output x, int inputs, int outputs, int seed, bool use_resource) {
  tf::Variable w(tf::truncated_normal({inputs, outputs}, {.stddev = 0.1, .seed = seed}),
                 {.name = "w", .use_resource = use_resource});
  tf::Variable b(tf::constant(0.1, {.shape = {outputs}}),
                 {.name = "b", .use_resource = use_resource});
  return tf::matmul(x, w) + b;
}

MaybeSaver mlp(bool use_resource) {
  auto x = tf::placeholder(tf::float32, {tf::None, 20}, {"x"});
  auto labels = tf::placeholder(tf::int32, {tf::None}, {"labels"});
  auto keep_prob = tf::placeholder(tf::float32, tf::Shape::unknown(), {"keep_prob"});
  tf::Output h, logits;
  {
    auto scope = tf::name_scope("relu");
    h = tf::nn::relu(dense(x, 20, 16, 1, use_resource));
    h = tf::nn::dropout(h, tf::nn::DropoutOptions{.keep_prob = keep_prob, .seed = 7});
  }
  {
    auto scope = tf::name_scope("sigmoid");
    h = tf::sigmoid(dense(h, 16, 12, 2, use_resource));
  }
  {
    auto scope = tf::name_scope("tanh");
    h = tf::tanh(dense(h, 12, 8, 3, use_resource));
  }
  {
    auto scope = tf::name_scope("out");
    logits = dense(h, 8, 5, 4, use_resource);
  }
  auto loss = tf::reduce_mean(
      tf::nn::sparse_softmax_cross_entropy_with_logits({.labels = labels, .logits = logits}),
      tf::ReduceOptions{.name = "loss"});
  tf::Variable global_step(
      0, {.trainable = false, .name = "global_step", .use_resource = use_resource});
  tf::train::MomentumOptimizer(0.1, 0.9).minimize(loss, {.global_step = global_step});
  auto predicted = tf::argmax(logits, 1, {.output_type = tf::int32});
  tf::reduce_mean(tf::cast(tf::equal(predicted, labels), tf::float32),
                  tf::ReduceOptions{.name = "accuracy"});
  tf::global_variables_initializer();
  return tf::train::Saver();
}

PROGRAM(mlp_momentum) {
  return mlp(false);
}

PROGRAM(mlp_momentum_resource) {
  return mlp(true);
}

tf::Output convolution(tf::Output x, const tf::Shape& shape, int seed, bool use_resource) {
  tf::Variable w(tf::truncated_normal(shape.dims(), {.stddev = 0.1, .seed = seed}),
                 {.name = "w", .use_resource = use_resource});
  tf::Variable b(tf::zeros({shape.dim(3)}), {.name = "b", .use_resource = use_resource});
  return tf::nn::relu(
      tf::nn::bias_add(tf::nn::conv2d(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"}), b));
}

MaybeSaver convnet(bool use_resource, bool v2) {
  auto x = tf::placeholder(tf::float32, {tf::None, 784}, {"x"});
  auto y_ = tf::placeholder(tf::float32, {tf::None, 10}, {"y_"});
  auto keep_prob = tf::placeholder(tf::float32, tf::Shape::unknown(), {"keep_prob"});
  auto image = tf::reshape(x, {-1, 28, 28, 1});
  tf::Output h, logits;
  {
    auto scope = tf::name_scope("conv1");
    h = convolution(image, {5, 5, 1, 4}, 1, use_resource);
    h = tf::nn::max_pool(h, {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "SAME"});
  }
  {
    auto scope = tf::name_scope("conv2");
    h = convolution(h, {3, 3, 4, 8}, 2, use_resource);
    h = tf::nn::avg_pool(h, {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "VALID"});
  }
  {
    auto scope = tf::name_scope("dense");
    h = tf::reshape(h, {-1, 7 * 7 * 8});
    h = tf::nn::relu(dense(h, 7 * 7 * 8, 32, 3, use_resource));
    h = tf::nn::dropout(h, tf::nn::DropoutOptions{.keep_prob = keep_prob, .seed = 7});
  }
  {
    auto scope = tf::name_scope("out");
    logits = dense(h, 32, 10, 4, use_resource);
  }
  auto each = v2 ? tf::nn::softmax_cross_entropy_with_logits_v2({.labels = y_, .logits = logits})
                 : tf::nn::softmax_cross_entropy_with_logits({.labels = y_, .logits = logits});
  auto loss = tf::reduce_mean(each);
  tf::train::AdamOptimizer(1e-3).minimize(loss);
  auto predicted = tf::argmax(logits, 1);
  auto correct = tf::equal(predicted, tf::argmax(y_, 1));
  tf::reduce_mean(tf::cast(correct, tf::float32), tf::ReduceOptions{.name = "accuracy"});
  tf::global_variables_initializer();
  return tf::train::Saver();
}

PROGRAM(convnet_adam) {
  return convnet(false, false);
}

PROGRAM(convnet_adam_v2_loss) {
  return convnet(false, true);
}

PROGRAM(convnet_adam_resource) {
  return convnet(true, true);
}

}  // namespace
}  // namespace tensorkeep::testing
