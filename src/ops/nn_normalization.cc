#include "ops/array_util.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/op_builder.h"

// Means, variances and norms.
namespace tensorkeep::nn {
namespace {

Output mean_of(const Output& x, const Input& axes, const char* name) {
  return reduce_mean(x, {.axis = axes, .keepdims = true, .name = name});
}

std::vector<int> numbers_of(const Input& axes) {
  const auto numbers =
      axes.is_literal() ? ops::integers_of(axes.literal().to_tensor()) : std::nullopt;
  if (!numbers) errors::raise_type_error("the axes must be numbers that are known");
  return {numbers->begin(), numbers->end()};
}

}  // namespace

std::pair<Output, Output> moments(const Input& x, const Input& axes,
                                  const MomentsOptions& options) {
  const std::vector<int> dimensions = numbers_of(axes);
  const auto as_default = graph_of({x}).as_default();
  const Output given = x.to_tensor("x");
  const ops::OpScope scope({given}, options.name, "moments");
  // Sums of float16 would soon overflow.
  const bool narrow = base_dtype(given.dtype()) == float16;
  const Output tensor = narrow ? cast(given, float32) : given;
  Output mean = mean_of(tensor, axes, "mean");
  const Output deviations = squared_difference(tensor, stop_gradient(mean));
  Output variance = mean_of(deviations, axes, "variance");
  if (!options.keep_dims) {
    mean = squeeze(mean, dimensions);
    variance = squeeze(variance, dimensions);
  }
  if (!narrow) return {mean, variance};
  mean = cast(mean, float16);
  return {mean, cast(variance, float16)};
}

Output l2_normalize(const Input& x, const Input& axis, const L2NormalizeOptions& options) {
  const ops::OpScope scope({x}, options.name, "l2_normalize");
  const Output tensor = x.to_tensor("x");
  const auto sum = [&](const Output& squares) {
    return reduce_sum(squares, {.axis = axis, .keepdims = true});
  };
  if (!is_complex(base_dtype(tensor.dtype()))) {
    const Output norm = rsqrt(maximum(sum(square(tensor)), options.epsilon));
    return multiply(tensor, norm, {scope.name()});
  }
  const Output real_squares = square(real(tensor));
  const Output squares = real_squares + square(imag(tensor));
  const Output norm = rsqrt(maximum(real(sum(squares)), options.epsilon));
  const Output real_part = multiply(real(tensor), norm);
  const Output imaginary_part = multiply(imag(tensor), norm);
  return complex(real_part, imaginary_part, {scope.name()});
}

}  // namespace tensorkeep::nn
