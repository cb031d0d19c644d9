#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"

// First values of variables: tf::Variable(tf::glorot_uniform_initializer()({784, 10})), or the
// initializer of get_variable.
namespace tensorkeep {

// Which part of a larger variable is being made.
struct PartitionInfo {
  Shape full_shape;
  std::vector<std::int64_t> var_offset;  // of the part's first element
};

// Adds the nodes of a tensor of the given shape to the default graph.
class Initializer {
 public:
  using Make = std::function<Output(const Shape& shape, DType dtype)>;
  // `part` is null for a whole variable.
  using MakePart =
      std::function<Output(const Shape& shape, DType dtype, const PartitionInfo* part)>;
  Initializer(DType dtype, const Make& make)
      : Initializer(dtype, [make](const Shape& shape, DType type, const PartitionInfo*) {
          return make(shape, type);
        }) {}
  Initializer(DType dtype, MakePart make) : dtype_(dtype), make_(std::move(make)) {}

  // `dtype` overrides the initializer's own.
  Output operator()(const Shape& shape, std::optional<DType> dtype = std::nullopt,
                    const PartitionInfo* part = nullptr) const {
    return make_(shape, dtype.value_or(dtype_), part);
  }
  DType dtype() const { return dtype_; }

 private:
  DType dtype_;
  MakePart make_;
};

Initializer zeros_initializer(DType dtype = float32);
Initializer ones_initializer(DType dtype = float32);

struct ConstantInitializerOptions {
  DType dtype = float32;
  bool verify_shape = false;  // the value must have the variable's shape, not only fit it
};
Initializer constant_initializer(const Literal& value = 0,
                                 const ConstantInitializerOptions& options = {});

struct RandomUniformInitializerOptions {
  Input minval = 0.0;
  Input maxval = {};  // 1; integers must say it
  std::optional<std::int64_t> seed = std::nullopt;
  DType dtype = float32;
};
Initializer random_uniform_initializer(const RandomUniformInitializerOptions& options = {});

// The type must be a floating one: InvalidArgumentError (ValueError) otherwise, here and below.
struct RandomNormalInitializerOptions {
  Input mean = 0.0;
  Input stddev = 1.0;
  std::optional<std::int64_t> seed = std::nullopt;
  DType dtype = float32;
};
Initializer random_normal_initializer(const RandomNormalInitializerOptions& options = {});
Initializer truncated_normal_initializer(const RandomNormalInitializerOptions& options = {});

// Values whose variance is scale / n, where n is the number of inputs of a unit ("fan_in"), of its
// outputs ("fan_out") or the mean of both ("fan_avg"). The last two dimensions of the shape are
// inputs and outputs, what comes before is the receptive field.
struct VarianceScalingOptions {
  double scale = 1.0;
  std::string mode = "fan_in";
  std::string distribution = "truncated_normal";  // "untruncated_normal", "uniform"
  std::optional<std::int64_t> seed = std::nullopt;
  DType dtype = float32;
};
Initializer variance_scaling_initializer(const VarianceScalingOptions& options = {});

struct SeedOptions {
  std::optional<std::int64_t> seed = std::nullopt;
  DType dtype = float32;
};
Initializer glorot_uniform_initializer(const SeedOptions& options = {});
Initializer glorot_normal_initializer(const SeedOptions& options = {});
Initializer xavier_initializer(const SeedOptions& options = {});  // glorot_uniform's other name
Initializer lecun_normal(const SeedOptions& options = {});
Initializer lecun_uniform(const SeedOptions& options = {});
Initializer he_normal(const SeedOptions& options = {});
Initializer he_uniform(const SeedOptions& options = {});

// Uniform values that keep the scale of what flows through a layer of linear units; all dimensions
// but the last are its inputs.
struct UniformUnitScalingOptions {
  double factor = 1.0;
  std::optional<std::int64_t> seed = std::nullopt;
  DType dtype = float32;
};
Initializer uniform_unit_scaling_initializer(const UniformUnitScalingOptions& options = {});

}  // namespace tensorkeep
