#include "programs.h"

namespace tensorkeep::testing {
namespace {

MaybeSaver minimize(tf::train::Optimizer&& optimizer, bool use_resource = false,
                    const tf::train::MinimizeOptions& options = {}) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  tf::Variable w(tf::ones({3, 2}), {.name = "w", .use_resource = use_resource});
  tf::Variable b(tf::zeros({2}), {.name = "b", .use_resource = use_resource});
  auto loss = tf::reduce_mean(tf::square(tf::matmul(x, w) + b));
  optimizer.minimize(loss, options);
  tf::global_variables_initializer();
  return tf::train::Saver();
}

PROGRAM(gradient_descent) {
  return minimize(tf::train::GradientDescentOptimizer(0.5));
}

PROGRAM(gradient_descent_resource) {
  return minimize(tf::train::GradientDescentOptimizer(0.5), true);
}

PROGRAM(gradient_descent_locking) {
  return minimize(tf::train::GradientDescentOptimizer(0.5, {.use_locking = true, .name = "GD"}));
}

PROGRAM(momentum) {
  return minimize(tf::train::MomentumOptimizer(0.5, 0.9));
}

PROGRAM(momentum_nesterov_resource) {
  return minimize(tf::train::MomentumOptimizer(0.5, 0.9, {.use_nesterov = true}), true);
}

PROGRAM(adam) {
  return minimize(tf::train::AdamOptimizer());
}

PROGRAM(adam_resource) {
  return minimize(tf::train::AdamOptimizer(0.01, {.beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-6}),
                  true);
}

PROGRAM(placeholder_learning_rate) {
  auto rate = tf::placeholder(tf::float32, tf::Shape(), {"rate"});
  return minimize(tf::train::GradientDescentOptimizer(rate));
}

PROGRAM(global_step) {
  tf::Variable step(0, {.trainable = false, .name = "step"});
  return minimize(tf::train::GradientDescentOptimizer(0.5), false, {.global_step = step});
}

PROGRAM(global_step_resource) {
  tf::Variable step(0, {.trainable = false, .name = "step", .use_resource = true});
  return minimize(tf::train::AdamOptimizer(0.5), true, {.global_step = step});
}

PROGRAM(var_list) {
  auto x = tf::placeholder(tf::float32, {3}, {"x"});
  tf::Variable w(tf::ones({3}), {.name = "w"});
  tf::Variable v(tf::ones({3}), {.name = "v"});
  auto loss = tf::reduce_sum(x * w * v);
  tf::train::GradientDescentOptimizer(0.1).minimize(loss, {.var_list = {{w}}});
  return std::nullopt;
}

PROGRAM(compute_and_apply) {
  tf::Variable w(tf::ones({3}), {.name = "w"});
  auto loss = tf::reduce_sum(tf::square(w));
  tf::train::GradientDescentOptimizer optimizer(0.1);
  auto pairs = optimizer.compute_gradients(loss);
  for (auto& [gradient, variable] : pairs) {
    gradient = tf::clip_by_value(gradient.tensor(), -1.0, 1.0);
  }
  optimizer.apply_gradients(pairs, {.name = "train"});
  return std::nullopt;
}

PROGRAM(two_optimizers) {
  tf::Variable w(tf::ones({3}), {.name = "w"});
  auto loss = tf::reduce_sum(tf::square(w));
  tf::train::AdamOptimizer(0.1).minimize(loss);
  tf::train::MomentumOptimizer(0.1, 0.9).minimize(loss);
  tf::train::GradientDescentOptimizer(0.1).minimize(loss, {.name = "last"});
  return tf::train::Saver();
}

PROGRAM(gathered_rows) {
  tf::Variable w(tf::ones({5, 3}), {.name = "w"});
  auto i = tf::placeholder(tf::int32, {tf::None}, {"i"});
  auto loss = tf::reduce_sum(tf::gather(w, i));
  tf::train::GradientDescentOptimizer(0.1).minimize(loss);
  return std::nullopt;
}

PROGRAM(rms_prop) {
  return minimize(
      tf::train::RMSPropOptimizer(0.5, {.decay = 0.8, .momentum = 0.9, .epsilon = 1e-5}));
}

PROGRAM(rms_prop_centered_resource) {
  return minimize(tf::train::RMSPropOptimizer(0.5, {.centered = true, .name = "RMS"}), true);
}

PROGRAM(adagrad) {
  return minimize(tf::train::AdagradOptimizer(0.5));
}

PROGRAM(adagrad_resource) {
  return minimize(
      tf::train::AdagradOptimizer(0.5, {.initial_accumulator_value = 1.0, .use_locking = true}),
      true);
}

PROGRAM(adadelta) {
  return minimize(tf::train::AdadeltaOptimizer());
}

PROGRAM(ftrl) {
  return minimize(tf::train::FtrlOptimizer(0.5, {.l1_regularization_strength = 0.1}));
}

PROGRAM(ftrl_with_shrinkage_resource) {
  auto rate = tf::placeholder(tf::float32, tf::Shape(), {"rate"});
  return minimize(tf::train::FtrlOptimizer(rate, {.learning_rate_power = -0.6,
                                                  .l2_regularization_strength = 0.2,
                                                  .accum_name = "squares",
                                                  .linear_name = "sums",
                                                  .l2_shrinkage_regularization_strength = 0.3,
                                                  .beta = 0.4}),
                  true);
}

// A step of every optimizer over some rows of a variable in float64.
void minimize_rows(bool use_resource) {
  auto i = tf::placeholder(tf::int32, {tf::None}, {"i"});
  tf::Variable w(tf::ones({5, 3}, tf::float64), {.name = "w", .use_resource = use_resource});
  auto loss = tf::reduce_sum(tf::square(tf::gather(w, i)));
  tf::train::RMSPropOptimizer(0.1).minimize(loss);
  tf::train::RMSPropOptimizer(0.1, {.centered = true}).minimize(loss);
  tf::train::AdagradOptimizer(0.1).minimize(loss);
  tf::train::AdadeltaOptimizer(0.1).minimize(loss);
  tf::train::FtrlOptimizer(0.1).minimize(loss);
  tf::train::FtrlOptimizer(0.1, {.l2_shrinkage_regularization_strength = 0.1}).minimize(loss);
}

PROGRAM(rows_of_a_reference) {
  minimize_rows(false);
  return std::nullopt;
}

PROGRAM(rows_of_a_resource) {
  minimize_rows(true);
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
