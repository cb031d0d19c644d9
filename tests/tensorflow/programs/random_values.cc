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

}  // namespace
}  // namespace tensorkeep::testing
