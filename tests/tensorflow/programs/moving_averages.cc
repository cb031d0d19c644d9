#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(article_moving_average) {
  auto v = tf::Variable(0, {.name = "v", .dtype = tf::float32});
  tf::train::ExponentialMovingAverage ema(0.99);
  ema.apply(tf::global_variables());
  return tf::train::Saver();
}

PROGRAM(article_moving_average_restored) {
  auto v = tf::Variable(0, {.name = "v", .dtype = tf::float32});
  tf::train::ExponentialMovingAverage ema(0.99);
  return tf::train::Saver(ema.variables_to_restore());
}

PROGRAM(moving_average_num_updates) {
  tf::Variable w(tf::ones({2, 3}), {.name = "w"});
  tf::Variable b(tf::zeros({3}, tf::float64), {.name = "b"});
  tf::Variable step(0, {.trainable = false, .name = "step"});
  tf::train::ExponentialMovingAverage ema(0.9, {.num_updates = step, .name = "EMA"});
  ema.apply({w, b});
  ema.apply({w});
  return tf::train::Saver(ema.variables_to_restore());
}

PROGRAM(moving_average_resource) {
  tf::Variable w(tf::ones({2, 3}), {.name = "w", .use_resource = true});
  tf::train::ExponentialMovingAverage ema(0.9);
  {
    const tf::NameScope averages("averages");
    ema.apply({w});
  }
  return tf::train::Saver();
}

PROGRAM(moving_average_of_tensors) {
  tf::Variable w(tf::ones({2, 3}), {.name = "w"});
  tf::train::ExponentialMovingAverage ema(0.9);
  auto total = tf::reduce_sum(w, {.name = "total"});
  auto squares = tf::square(w, {"inner/squares"});
  ema.apply({w, total, squares});
  return tf::train::Saver(ema.variables_to_restore());
}

PROGRAM(moving_average_zero_debias) {
  tf::Variable w(tf::ones({2, 3}), {.name = "w"});
  auto total = tf::reduce_sum(w, {.name = "total"});
  tf::train::ExponentialMovingAverage ema(0.9, {.zero_debias = true});
  ema.apply({w, total});
  ema.apply({w, total});
  return std::nullopt;
}

PROGRAM(assign_moving_average) {
  tf::Variable w(tf::zeros({2}), {.name = "w"});
  auto x = tf::placeholder(tf::float32, {2}, {.name = "x"});
  tf::train::assign_moving_average(w, x, 0.5);
  tf::train::assign_moving_average(w, x, 0.5, {.zero_debias = false, .name = "mine"});
  return std::nullopt;
}

PROGRAM(moving_average_train_op) {
  tf::Variable w(tf::ones({3}), {.name = "w"});
  auto loss = tf::reduce_sum(tf::square(w));
  tf::Variable step(0, {.trainable = false, .name = "step"});
  auto* train = tf::train::GradientDescentOptimizer(0.1).minimize(loss, {.global_step = step});
  tf::train::ExponentialMovingAverage ema(0.99, step);
  {
    const tf::ControlDependencies after({train});
    ema.apply(tf::trainable_variables());
  }
  return tf::train::Saver();
}

}  // namespace
}  // namespace tensorkeep::testing
