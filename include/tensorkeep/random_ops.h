#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"

// Random values: Philox 4x32-10, bit for bit TensorFlow's. The graph's seed and an operation's make
// the sequence; with neither, every session draws another.
namespace tensorkeep {

// The default graph's seed. Operations without a seed of their own then count from 0.
void set_random_seed(std::int64_t seed);

// The attributes (seed, seed2) of a random operation that was given `op_seed`, or none, and is
// about to be added to the default graph; {0, 0} asks for another sequence each time.
std::pair<std::int64_t, std::int64_t> get_seed(std::optional<std::int64_t> op_seed);

struct RandomUniformOptions {
  Input minval = 0;
  Input maxval = {};  // 1; integers must say it
  DType dtype = float32;
  std::optional<std::int64_t> seed = std::nullopt;
  std::string name = {};
};
// Uniform in [minval, maxval). Throws InvalidArgumentError (ValueError) for a dtype that is neither
// float16, bfloat16, float32, float64 nor int32, int64.
Output random_uniform(const Input& shape, const RandomUniformOptions& options = {});
Output random_uniform(const Input& shape, const Input& minval, const Input& maxval,
                      RandomUniformOptions options = {});

struct RandomNormalOptions {
  Input mean = 0.0;
  Input stddev = 1.0;
  DType dtype = float32;
  std::optional<std::int64_t> seed = std::nullopt;
  std::string name = {};
};
Output random_normal(const Input& shape, const RandomNormalOptions& options = {});
Output random_normal(const Input& shape, const Input& mean, const Input& stddev,
                     RandomNormalOptions options = {});
// Values beyond two standard deviations are drawn again.
Output truncated_normal(const Input& shape, const RandomNormalOptions& options = {});
Output truncated_normal(const Input& shape, const Input& mean, const Input& stddev,
                        RandomNormalOptions options = {});

struct RandomShuffleOptions {
  std::optional<std::int64_t> seed = std::nullopt;
  std::string name = {};
};
// The rows in another order.
Output random_shuffle(const Input& value, const RandomShuffleOptions& options = {});

}  // namespace tensorkeep
