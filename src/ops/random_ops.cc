#include "tensorkeep/random_ops.h"

#include <fmt/format.h>

#include "ops/array_util.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

constexpr std::int64_t kDefaultGraphSeed = 87654321;
constexpr std::int64_t kMaxSeed = 2147483647;

// Python's remainder: never negative.
std::int64_t truncated(std::int64_t seed) {
  const std::int64_t rest = seed % kMaxSeed;
  return rest < 0 ? rest + kMaxSeed : rest;
}

bool is_the_integer(const Input& input, std::int64_t number) {
  if (!input.is_literal()) return false;
  const Tensor value = input.literal().to_tensor();
  const auto values = ops::integers_of(value);
  return values && value.shape() == Shape() && values->front() == number;
}

Output shape_tensor(const Input& given) {
  const Input shape = ops::list_or_empty(given);
  const bool empty = shape.is_literal() && shape.literal().to_tensor().num_elements() == 0;
  return shape.to_tensor("shape", empty ? std::optional(int32) : std::nullopt);
}

Output draw(const char* op, Output shape, DType dtype, std::optional<std::int64_t> op_seed) {
  const auto [seed, seed2] = get_seed(op_seed);
  return OpBuilder(op)
      .input(shape)
      .attr("dtype", dtype)
      .attr("seed", seed)
      .attr("seed2", seed2)
      .output();
}

// Standard values, scaled and moved.
Output normal(const char* op, const char* default_name, const Input& shape,
              const RandomNormalOptions& options) {
  Graph& graph = graph_of({shape, options.mean, options.stddev});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, default_name);
  const Output dims = shape_tensor(shape);
  const Output mean = options.mean.to_tensor("mean", options.dtype);
  const Output stddev = options.stddev.to_tensor("stddev", options.dtype);
  const Output standard = draw(op, dims, options.dtype, options.seed);
  const Output scaled = OpBuilder("Mul", "mul").input(standard).input(stddev).output();
  return OpBuilder("Add", scope.name()).input(scaled).input(mean).output();
}

}  // namespace

void set_random_seed(std::int64_t seed) {
  get_default_graph().set_random_seed(seed);
}

std::pair<std::int64_t, std::int64_t> get_seed(std::optional<std::int64_t> op_seed) {
  Graph& graph = get_default_graph();
  std::pair<std::int64_t, std::int64_t> seeds = {0, 0};
  if (graph.seed()) {
    if (!op_seed) op_seed = graph.next_random_op_count();
    seeds = {truncated(*graph.seed()), truncated(*op_seed)};
  } else if (op_seed) {
    seeds = {kDefaultGraphSeed, truncated(*op_seed)};
  } else {
    return seeds;
  }
  // {0, 0} would mean "no seed".
  if (seeds == std::pair<std::int64_t, std::int64_t>(0, 0)) seeds.second = kMaxSeed;
  return seeds;
}

Output random_uniform(const Input& shape, const RandomUniformOptions& options) {
  const DType dtype = options.dtype;
  if (dtype != float16 && dtype != bfloat16 && dtype != float32 && dtype != float64 &&
      dtype != int32 && dtype != int64) {
    errors::raise_value_error(
        fmt::format("Argument `dtype` got invalid value {}. Accepted dtypes are float16, bfloat16, "
                    "float32, float64, int32 and int64.",
                    name_of(dtype)));
  }
  const bool integer = is_integer(dtype);
  const bool has_maxval = options.maxval.is_literal() || options.maxval.graph() != nullptr;
  if (integer && !has_maxval) {
    errors::raise_value_error(
        fmt::format("Must specify maxval for integer dtype tf.{}", name_of(dtype)));
  }
  const Input maxval = has_maxval ? options.maxval : Input(1);
  Graph& graph = graph_of({shape, options.minval, maxval});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "random_uniform");
  const Output dims = shape_tensor(shape);
  const bool from_zero = is_the_integer(options.minval, 0);
  const bool to_one = is_the_integer(maxval, 1);
  Output low;
  Output high;
  if (!from_zero || !to_one || integer) {
    low = options.minval.to_tensor("min", dtype);
    high = maxval.to_tensor("max", dtype);
  }
  if (integer) {
    const auto [seed, seed2] = get_seed(options.seed);
    return OpBuilder("RandomUniformInt", scope.name())
        .input(dims)
        .input(low)
        .input(high)
        .attr("seed", seed)
        .attr("seed2", seed2)
        .output();
  }
  const Output standard = draw("RandomUniform", dims, dtype, options.seed);
  if (from_zero) {
    return to_one ? standard : OpBuilder("Mul").input(standard).input(high).output();
  }
  const Output width = OpBuilder("Sub", "sub").input(high).input(low).output();
  const Output scaled = OpBuilder("Mul", "mul").input(standard).input(width).output();
  return OpBuilder("Add", scope.name()).input(scaled).input(low).output();
}

Output random_uniform(const Input& shape, const Input& minval, const Input& maxval,
                      RandomUniformOptions options) {
  options.minval = minval;
  options.maxval = maxval;
  return random_uniform(shape, options);
}

Output random_normal(const Input& shape, const RandomNormalOptions& options) {
  return normal("RandomStandardNormal", "random_normal", shape, options);
}

Output random_normal(const Input& shape, const Input& mean, const Input& stddev,
                     RandomNormalOptions options) {
  options.mean = mean;
  options.stddev = stddev;
  return random_normal(shape, options);
}

Output truncated_normal(const Input& shape, const RandomNormalOptions& options) {
  return normal("TruncatedNormal", "truncated_normal", shape, options);
}

Output truncated_normal(const Input& shape, const Input& mean, const Input& stddev,
                        RandomNormalOptions options) {
  options.mean = mean;
  options.stddev = stddev;
  return truncated_normal(shape, options);
}

Output random_shuffle(const Input& value, const RandomShuffleOptions& options) {
  Graph& graph = graph_of({value});
  const auto as_default = graph.as_default();
  const auto [seed, seed2] = get_seed(options.seed);
  return OpBuilder("RandomShuffle", options.name)
      .input(value)
      .attr("seed", seed)
      .attr("seed2", seed2)
      .output();
}

}  // namespace tensorkeep
