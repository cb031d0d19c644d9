#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(random_with_seeds) {
  tf::random_uniform({2, 3}, {.seed = 1});
  tf::random_uniform({2}, {.minval = -1.0, .maxval = 1.0, .seed = 2});
  tf::random_normal({2, 3}, {.seed = 3});
  tf::random_normal({2, 3}, {.mean = 1.0, .stddev = 0.5, .dtype = tf::float64, .seed = 4});
  tf::truncated_normal({2, 3}, {.seed = 5});
  tf::truncated_normal({2, 3}, {.stddev = 0.1, .seed = 6, .name = "named"});
  tf::random_uniform({4}, {.maxval = 10, .dtype = tf::int32, .seed = 7});
  return std::nullopt;
}

PROGRAM(random_without_seeds) {
  tf::random_uniform({2, 3});
  tf::random_normal({2, 3});
  tf::truncated_normal({2, 3});
  return std::nullopt;
}

PROGRAM(random_graph_seed) {
  tf::set_random_seed(42);
  tf::random_uniform({2, 3});
  tf::constant(1.0);
  tf::random_normal({2, 3});
  tf::truncated_normal({2, 3}, {.seed = 9});
  tf::nn::dropout(tf::ones({3}), tf::nn::DropoutOptions{.rate = 0.5});
  return std::nullopt;
}

PROGRAM(random_variables) {
  tf::Variable w(tf::random_uniform({784, 10}, {.minval = -0.05, .maxval = 0.05, .seed = 1}),
                 {.name = "w"});
  tf::matmul(tf::placeholder(tf::float32, {tf::None, 784}), w);
  return tf::train::Saver();
}

// One of the tensors that test_random.py draws in several runs.
void draw(const tf::Output& tensor) {
  tf::add_to_collection("draws", tensor);
}

void every_distribution(std::optional<std::int64_t> seed = std::nullopt) {
  for (const tf::DType dtype : {tf::float32, tf::float64, tf::float16}) {
    draw(tf::random_uniform({37}, {.dtype = dtype, .seed = seed}));
    draw(tf::random_normal({37}, {.dtype = dtype, .seed = seed}));
    draw(tf::truncated_normal({37}, {.stddev = 0.1, .dtype = dtype, .seed = seed}));
  }
  for (const tf::DType dtype : {tf::int32, tf::int64}) {
    draw(tf::random_uniform({37}, -5, 1000000007, {.dtype = dtype, .seed = seed}));
  }
  draw(tf::random_shuffle(tf::range(37), {.seed = seed}));
  draw(tf::nn::dropout(tf::ones({37}), tf::nn::DropoutOptions{.rate = 0.25, .seed = seed}));
}

PROGRAM(draws_of_a_graph_seed) {
  tf::set_random_seed(17);
  every_distribution();
  return std::nullopt;
}

PROGRAM(draws_of_operation_seeds) {
  every_distribution(3);
  return std::nullopt;
}

PROGRAM(draws_of_both_seeds) {
  tf::set_random_seed(-17);
  every_distribution((std::int64_t{1} << 31) + 5);
  every_distribution();
  return std::nullopt;
}

PROGRAM(draws_of_zero_seeds) {
  tf::set_random_seed(0);
  every_distribution();
  return std::nullopt;
}

void draw_value(const tf::Variable& variable) {
  draw(tf::identity(variable));
}

PROGRAM(draws_of_variables) {
  tf::set_random_seed(1234);
  draw_value(tf::Variable(tf::truncated_normal({7, 5}, {.stddev = 0.1}), {.name = "weights"}));
  tf::Variable bias(tf::zeros({5}), {.name = "bias"});
  draw_value(tf::Variable(tf::random_uniform({7, 5}, -1.0, 1.0),
                          {.name = "resource", .use_resource = true}));
  for (const auto& initializer :
       {tf::glorot_uniform_initializer(), tf::glorot_normal_initializer(),
        tf::random_normal_initializer({.stddev = 2.0, .seed = 8}), tf::he_normal()}) {
    draw_value(tf::Variable(initializer({7, 5})));
  }
  tf::set_random_seed(4321);  // goes on counting
  tf::Variable v(tf::random_normal({3}), {.name = "v"});
  draw_value(tf::Variable(v.initialized_value() * 2.0, {.name = "twice"}));
  draw_value(v);
  tf::global_variables_initializer();
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
