#include "tensorkeep/initializers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/random_ops.h"

namespace tensorkeep {
namespace {

// The standard deviation of a normal distribution cut off at two standard deviations.
constexpr double kTruncatedStddev = 0.8796256610342398;

void check_floating(DType dtype) {
  if (is_floating(dtype)) return;
  errors::raise_value_error(fmt::format(
      "Argument `dtype` is expected to be floating point. Received: tf.{}.", name_of(dtype)));
}

// The shape whose scale counts: that of the whole variable.
const Shape& whole_shape(const Shape& shape, const PartitionInfo* part) {
  return part != nullptr ? part->full_shape : shape;
}

struct Fans {
  double in = 1.0;
  double out = 1.0;
};

Fans fans_of(const Shape& shape) {
  const auto& dims = shape.dims();
  const auto size = [&](std::size_t i) { return static_cast<double>(dims[i]); };
  if (dims.empty()) return {};
  if (dims.size() == 1) return {size(0), size(0)};
  double field = 1.0;
  for (std::size_t i = 0; i + 2 < dims.size(); ++i) field *= size(i);
  return {size(dims.size() - 2) * field, size(dims.size() - 1) * field};
}

// The variance for one shape.
double variance(const VarianceScalingOptions& options, const Shape& shape) {
  const Fans fans = fans_of(shape);
  if (options.mode == "fan_in") return options.scale / std::max(1.0, fans.in);
  if (options.mode == "fan_out") return options.scale / std::max(1.0, fans.out);
  return options.scale / std::max(1.0, (fans.in + fans.out) / 2.0);
}

Initializer scaled(double scale, const char* mode, const char* distribution,
                   const SeedOptions& options) {
  return variance_scaling_initializer({.scale = scale,
                                       .mode = mode,
                                       .distribution = distribution,
                                       .seed = options.seed,
                                       .dtype = options.dtype});
}

}  // namespace

Initializer zeros_initializer(DType dtype) {
  return {dtype, [](const Shape& shape, DType type) { return zeros(shape, type); }};
}

Initializer ones_initializer(DType dtype) {
  return {dtype, [](const Shape& shape, DType type) { return ones(shape, type); }};
}

Initializer constant_initializer(const Literal& value, const ConstantInitializerOptions& options) {
  return {options.dtype, [value, verify = options.verify_shape](const Shape& shape, DType dtype) {
            return constant(value, {.dtype = dtype, .shape = shape, .verify_shape = verify});
          }};
}

Initializer random_uniform_initializer(const RandomUniformInitializerOptions& options) {
  return {options.dtype, [options](const Shape& shape, DType dtype) {
            return random_uniform(shape, {.minval = options.minval,
                                          .maxval = options.maxval,
                                          .dtype = dtype,
                                          .seed = options.seed});
          }};
}

Initializer random_normal_initializer(const RandomNormalInitializerOptions& options) {
  check_floating(options.dtype);
  return {options.dtype, [options](const Shape& shape, DType dtype) {
            return random_normal(shape, options.mean, options.stddev,
                                 {.dtype = dtype, .seed = options.seed});
          }};
}

Initializer truncated_normal_initializer(const RandomNormalInitializerOptions& options) {
  check_floating(options.dtype);
  return {options.dtype, [options](const Shape& shape, DType dtype) {
            return truncated_normal(shape, options.mean, options.stddev,
                                    {.dtype = dtype, .seed = options.seed});
          }};
}

Initializer variance_scaling_initializer(const VarianceScalingOptions& given) {
  VarianceScalingOptions options = given;
  auto& kind = options.distribution;
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!(options.scale > 0.0)) {
    errors::raise_value_error(
        fmt::format("Argument `scale` must be a positive float. Received: {}", options.scale));
  }
  if (options.mode != "fan_in" && options.mode != "fan_out" && options.mode != "fan_avg") {
    errors::raise_value_error(fmt::format(
        "Argument `mode` should be one of ('fan_in', 'fan_out', 'fan_avg'). Received: {}",
        options.mode));
  }
  if (kind != "normal" && kind != "uniform" && kind != "truncated_normal" &&
      kind != "untruncated_normal") {
    errors::raise_value_error(
        fmt::format("Argument `distribution` should be one of ('normal', uniform', "
                    "'truncated_normal', 'untruncated_normal'). Received: {}",
                    kind));
  }
  check_floating(options.dtype);
  return {options.dtype, [options](const Shape& shape, DType dtype, const PartitionInfo* part) {
            const double spread = variance(options, whole_shape(shape, part));
            if (options.distribution == "uniform") {
              const double limit = std::sqrt(3.0 * spread);
              return random_uniform(shape, -limit, limit, {.dtype = dtype, .seed = options.seed});
            }
            if (options.distribution == "untruncated_normal") {
              return random_normal(shape, 0.0, std::sqrt(spread),
                                   {.dtype = dtype, .seed = options.seed});
            }
            return truncated_normal(shape, 0.0, std::sqrt(spread) / kTruncatedStddev,
                                    {.dtype = dtype, .seed = options.seed});
          }};
}

Initializer glorot_uniform_initializer(const SeedOptions& options) {
  return scaled(1.0, "fan_avg", "uniform", options);
}
Initializer glorot_normal_initializer(const SeedOptions& options) {
  return scaled(1.0, "fan_avg", "truncated_normal", options);
}
Initializer xavier_initializer(const SeedOptions& options) {
  return glorot_uniform_initializer(options);
}
Initializer lecun_normal(const SeedOptions& options) {
  return scaled(1.0, "fan_in", "truncated_normal", options);
}
Initializer lecun_uniform(const SeedOptions& options) {
  return scaled(1.0, "fan_in", "uniform", options);
}
Initializer he_normal(const SeedOptions& options) {
  return scaled(2.0, "fan_in", "truncated_normal", options);
}
Initializer he_uniform(const SeedOptions& options) {
  return scaled(2.0, "fan_in", "uniform", options);
}

Initializer uniform_unit_scaling_initializer(const UniformUnitScalingOptions& options) {
  check_floating(options.dtype);
  return {options.dtype, [options](const Shape& shape, DType dtype, const PartitionInfo* part) {
            double inputs = 1.0;
            const auto& dims = whole_shape(shape, part).dims();
            for (std::size_t i = 0; i + 1 < dims.size(); ++i)
              inputs *= static_cast<double>(dims[i]);
            const double limit = std::sqrt(3.0 / std::max(inputs, 1.0)) * options.factor;
            return random_uniform(shape, -limit, limit, {.dtype = dtype, .seed = options.seed});
          }};
}

}  // namespace tensorkeep
