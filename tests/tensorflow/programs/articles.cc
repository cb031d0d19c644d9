#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(two_variables_add) {
  tf::Variable v1(tf::constant(1.0, {.shape = {1}}), {.name = "v1"});
  tf::Variable v2(tf::constant(2.0, {.shape = {1}}), {.name = "v2"});
  v1 + v2;
  tf::global_variables_initializer();
  return tf::train::Saver();
}

PROGRAM(renamed_variables) {
  tf::Variable v1(tf::constant(1.0, {.shape = {1}}), {.name = "other-v1"});
  tf::Variable v2(tf::constant(2.0, {.shape = {1}}), {.name = "other-v2"});
  return tf::train::Saver({{"v1", v1}, {"v2", v2}});
}

std::pair<tf::Output, tf::Output> softmax_regression() {
  auto x = tf::placeholder(tf::float32, {tf::None, 784});
  tf::Variable W(tf::zeros({784, 10}));
  tf::Variable b(tf::zeros({10}));
  auto y = tf::nn::softmax(tf::matmul(x, W) + b);
  auto y_ = tf::placeholder(tf::float32, {tf::None, 10});
  auto cross_entropy = -tf::reduce_sum(y_ * tf::log(y));
  tf::train::GradientDescentOptimizer(0.01).minimize(cross_entropy);
  tf::global_variables_initializer();
  return {y, y_};
}

void accuracy_of(tf::Output y, tf::Output y_) {
  auto predicted = tf::argmax(y, 1);  // C++ may evaluate the arguments of one call in any order
  auto correct_prediction = tf::equal(predicted, tf::arg_max(y_, 1));
  tf::reduce_mean(tf::cast(correct_prediction, "float"));
}

PROGRAM(mnist_softmax) {
  auto [y, y_] = softmax_regression();
  tf::train::Saver saver({.max_to_keep = 1});
  accuracy_of(y, y_);
  return saver;
}

PROGRAM(mnist_softmax_accuracy_in_the_loop) {
  auto [y, y_] = softmax_regression();
  tf::train::Saver saver({.max_to_keep = 1});
  for (int i = 0; i < 3; ++i) accuracy_of(y, y_);
  return saver;
}

}  // namespace
}  // namespace tensorkeep::testing
