// Our half of test_training.py: builds the models of models.py, and trains whatever graph a .meta
// holds, ours or TensorFlow's, printing a loss a step.
//   trainer build MODEL float32|float64 PREFIX     initialised and saved
//   trainer train PREFIX DATA STEPS OUT            restored, trained, saved again; prints the
//   losses
//                                                  before each step, then "accuracy A"
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "tensorkeep/tensorkeep.h"

namespace tf = tensorkeep;

namespace {

constexpr std::int64_t kBatch = 100;

struct Placeholders {
  tf::Output x;
  tf::Output labels;
};

Placeholders inputs(tf::DType dtype) {
  return {tf::placeholder(dtype, {tf::None, 784}, {.name = "x"}),
          tf::placeholder(dtype, {tf::None, 10}, {.name = "y_"})};
}

void add_accuracy(tf::Output predicted, tf::Output labels) {
  auto correct = tf::equal(tf::argmax(predicted, 1), tf::argmax(labels, 1));
  tf::reduce_mean(tf::cast(correct, "float"), {.name = "accuracy"});
}

void softmax(tf::DType dtype) {
  auto [x, labels] = inputs(dtype);
  auto W = tf::Variable(tf::zeros({784, 10}, dtype));
  auto b = tf::Variable(tf::zeros({10}, dtype));
  auto y = tf::nn::softmax(tf::matmul(x, W) + b);
  auto loss = tf::negative(tf::reduce_sum(labels * tf::log(y)), {.name = "loss"});
  tf::train::GradientDescentOptimizer(0.01).minimize(loss, {.name = "train"});
  add_accuracy(y, labels);
}

tf::Output dense(tf::Output x, std::int64_t from, std::int64_t to, int seed) {
  auto W = tf::Variable(
      tf::truncated_normal({from, to}, {.stddev = 0.1, .dtype = x.dtype(), .seed = seed}));
  auto b = tf::Variable(tf::zeros({to}, x.dtype()));
  return tf::matmul(x, W) + b;
}

tf::Output cross_entropy(tf::Output logits, tf::Output labels) {
  return tf::reduce_mean(
      tf::nn::softmax_cross_entropy_with_logits_v2({.labels = labels, .logits = logits}),
      {.name = "loss"});
}

// A perceptron with an optimizer.
template <typename Optimizer>
void perceptron(tf::DType dtype, Optimizer&& optimizer) {
  auto [x, labels] = inputs(dtype);
  auto hidden = tf::nn::relu(dense(x, 784, 64, 1));
  hidden = tf::tanh(dense(hidden, 64, 32, 2));
  auto logits = dense(hidden, 32, 10, 3);
  optimizer.minimize(cross_entropy(logits, labels), {.name = "train"});
  add_accuracy(logits, labels);
}

tf::Output convolution(tf::Output x, const tf::Shape& shape, int seed) {
  auto W = tf::Variable(
      tf::truncated_normal(shape.dims(), {.stddev = 0.1, .dtype = x.dtype(), .seed = seed}));
  auto b = tf::Variable(tf::zeros({shape.dim(3)}, x.dtype()));
  return tf::nn::relu(
      tf::nn::bias_add(tf::nn::conv2d(x, W, {.strides = {1, 1, 1, 1}, .padding = "SAME"}), b));
}

void convnet(tf::DType dtype) {
  auto [x, labels] = inputs(dtype);
  auto h = convolution(tf::reshape(x, {-1, 28, 28, 1}), {5, 5, 1, 8}, 1);
  h = tf::nn::max_pool(h, {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "SAME"});
  h = convolution(h, {3, 3, 8, 16}, 2);
  h = tf::nn::avg_pool(h, {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "VALID"});
  auto logits = dense(tf::reshape(h, {-1, 7 * 7 * 16}), 7 * 7 * 16, 10, 3);
  tf::train::AdamOptimizer(1e-3).minimize(cross_entropy(logits, labels), {.name = "train"});
  add_accuracy(logits, labels);
}

void build(const std::string& model, tf::DType dtype, const std::string& prefix) {
  using namespace tf::train;
  static const std::map<std::string, std::function<void(tf::DType)>> models{
      {"softmax", softmax},
      {"convnet", convnet},
      {"perceptron", [](tf::DType t) { perceptron(t, MomentumOptimizer(0.05, 0.9)); }},
      {"rms_prop", [](tf::DType t) { perceptron(t, RMSPropOptimizer(1e-3, {.momentum = 0.9})); }},
      {"centered_rms_prop",
       [](tf::DType t) { perceptron(t, RMSPropOptimizer(1e-3, {.centered = true})); }},
      {"adagrad", [](tf::DType t) { perceptron(t, AdagradOptimizer(0.05)); }},
      {"adadelta", [](tf::DType t) { perceptron(t, AdadeltaOptimizer(1.0)); }},
      {"ftrl", [](tf::DType t) {
         perceptron(t, FtrlOptimizer(0.05, {.l1_regularization_strength = 1e-4,
                                            .l2_shrinkage_regularization_strength = 1e-4}));
       }}};
  models.at(model)(dtype);
  auto init = tf::global_variables_initializer();
  tf::train::Saver saver;
  tf::Session sess;
  sess.run(init);
  saver.save(sess, prefix);
}

void train(const std::string& prefix, const std::string& data, int steps, const std::string& out) {
  auto saver = tf::train::import_meta_graph(prefix + ".meta");
  auto digits = tf::datasets::read_data_sets(data, {.one_hot = true, .validation_size = 0});
  tf::Session sess;
  saver->restore(sess, prefix);
  tf::Graph& graph = sess.graph();
  const tf::Output x = graph.get_tensor_by_name("x:0");
  const tf::Output labels = graph.get_tensor_by_name("y_:0");
  const std::int64_t batches = digits.train.num_examples() / kBatch;
  for (int step = 0; step < steps; ++step) {
    const std::int64_t begin = step % batches * kBatch;
    const auto values = sess.run({"loss:0", "train"},
                                 {{x, digits.train.images().rows(begin, begin + kBatch)},
                                  {labels, digits.train.labels().rows(begin, begin + kBatch)}});
    const tf::Tensor& loss = values[0];
    std::printf("%.17g\n", loss.dtype() == tf::float64 ? loss.value<double>()
                                                       : static_cast<double>(loss.value<float>()));
  }
  const tf::Tensor accuracy =
      sess.run("accuracy:0", {{x, digits.test.images()}, {labels, digits.test.labels()}});
  std::printf("accuracy %.9g\n", accuracy.value<float>());
  saver->save(sess, out);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  try {
    if (args.size() == 4 && args[0] == "build") {
      build(args[1], tf::dtype_from_name(args[2]), args[3]);
    } else if (args.size() == 5 && args[0] == "train") {
      train(args[1], args[2], std::stoi(args[3]), args[4]);
    } else {
      std::cerr << "usage: see the top of trainer.cc\n";
      return 2;
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
