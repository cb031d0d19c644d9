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

}  // namespace
}  // namespace tensorkeep::testing
