#include "programs.h"

namespace tensorkeep::testing {
namespace {

namespace train = tf::train;

// Of what types a step comes.
template <typename Decay>
void every_step(Decay&& decay) {
  decay(tf::placeholder(tf::int32, tf::Shape(), {"i"}));
  decay(tf::placeholder(tf::int64, tf::Shape(), {"j"}));
  decay(tf::Variable(0, {.trainable = false, .name = "step"}));
  decay(tf::Variable(0, {.trainable = false, .name = "resource", .use_resource = true}));
}

PROGRAM(exponential_decays) {
  every_step([](const tf::Input& step) { train::exponential_decay(0.1, step, 100, 0.96); });
  auto step = tf::placeholder(tf::int64, tf::Shape(), {"k"});
  train::exponential_decay(0.1, step, 100.0, 0.96, {.staircase = true, .name = "stairs"});
  auto rate = tf::placeholder(tf::float64, tf::Shape(), {"rate"});
  train::exponential_decay(rate, step, 100, 0.96);
  train::natural_exp_decay(0.1, step, 100, 0.5);
  train::natural_exp_decay(0.1, step, 100, 0.5, {.staircase = true, .name = "natural"});
  return std::nullopt;
}

PROGRAM(inverse_time_decays) {
  every_step([](const tf::Input& step) { train::inverse_time_decay(0.1, step, 100, 0.5); });
  auto step = tf::placeholder(tf::int64, tf::Shape(), {"k"});
  train::inverse_time_decay(0.1, step, 100, 0.5, {.staircase = true, .name = "stairs"});
  return std::nullopt;
}

PROGRAM(polynomial_decays) {
  every_step([](const tf::Input& step) { train::polynomial_decay(0.1, step, 100); });
  auto step = tf::placeholder(tf::int64, tf::Shape(), {"k"});
  train::polynomial_decay(0.1, step, 100,
                          {.end_learning_rate = 0.01, .power = 0.5, .name = "root"});
  train::polynomial_decay(0.1, step, 100, {.cycle = true});
  return std::nullopt;
}

PROGRAM(cosine_decays) {
  every_step([](const tf::Input& step) { train::cosine_decay(0.1, step, 100); });
  auto step = tf::placeholder(tf::int64, tf::Shape(), {"k"});
  train::cosine_decay(0.1, step, 100, {.alpha = 0.25, .name = "to_a_quarter"});
  train::linear_cosine_decay(0.1, step, 100);
  train::linear_cosine_decay(0.1, step, 100,
                             {.num_periods = 2.0, .alpha = 0.1, .beta = 0.01, .name = "linear"});
  return std::nullopt;
}

PROGRAM(cosine_decay_restarts) {
  auto step = tf::placeholder(tf::int64, tf::Shape(), {"k"});
  train::cosine_decay_restarts(0.1, step, 100);
  train::cosine_decay_restarts(0.1, step, 100,
                               {.t_mul = 1.0, .m_mul = 0.5, .alpha = 0.1, .name = "even"});
  return std::nullopt;
}

PROGRAM(piecewise_constants) {
  every_step([](const tf::Input& step) {
    train::piecewise_constant(step, {100, 200}, {0.1, 0.01, 0.001});
  });
  auto step = tf::placeholder(tf::int64, tf::Shape(), {"k"});
  train::piecewise_constant(step, {100}, {0.1, 0.01}, {"two"});
  train::piecewise_constant(step, {100, 200, 300}, {4.0, 3.0, 2.0, 1.0});
  return std::nullopt;
}

PROGRAM(decaying_rate) {
  tf::Variable step(0, {.trainable = false, .name = "global_step"});
  auto rate = train::exponential_decay(0.8, step, 550, 0.99);
  tf::Variable w(tf::ones({3}), {.name = "w"});
  train::GradientDescentOptimizer(rate).minimize(tf::reduce_sum(tf::square(w)),
                                                 {.global_step = step});
  return train::Saver();
}

}  // namespace
}  // namespace tensorkeep::testing
