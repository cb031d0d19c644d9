#include "runtime/kernels/axes.h"

#include <fmt/format.h>

namespace tensorkeep::runtime {

std::vector<std::int64_t> integers_of(const Tensor& tensor) {
  std::vector<std::int64_t> result;
  if (tensor.dtype() == DType::kInt64) {
    for (const std::int64_t value : tensor.data<std::int64_t>()) result.push_back(value);
  } else if (tensor.dtype() == DType::kInt16) {
    for (const std::int16_t value : tensor.data<std::int16_t>()) result.push_back(value);
  } else {
    for (const std::int32_t value : tensor.data<std::int32_t>()) result.push_back(value);
  }
  return result;
}

std::int64_t scalar_integer(KernelContext& c, int input, const char* name) {
  const Tensor& tensor = c.input(input);
  if (tensor.shape().rank() != 0) {
    c.fail(fmt::format("{} must be a scalar, not shape {}", name, tensor.shape().debug_string()));
  }
  return integers_of(tensor).front();
}

Around split_around(const Shape& shape, int axis) {
  if (shape.num_elements() == 0) return {0, shape.dim(axis), 0};
  Around result;
  for (int i = 0; i < shape.rank(); ++i) {
    (i < axis ? result.outer : i == axis ? result.size : result.inner) *= shape.dim(i);
  }
  return result;
}

std::vector<bool> reduced_axes(KernelContext& c, const Tensor& axes, int rank) {
  std::vector<bool> reduced(static_cast<std::size_t>(rank));
  for (const std::int64_t axis : integers_of(axes)) {
    if (axis < -rank || axis >= rank) {
      c.fail(fmt::format("Invalid reduction dimension ({} for input with {} dimension(s)", axis,
                         rank));
    }
    const auto index = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
    if (reduced[index]) {
      c.fail(
          fmt::format("Invalid reduction arguments: Axes contains duplicate dimension: {}", index));
    }
    reduced[index] = true;
  }
  return reduced;
}

Shape reduced_shape(const Shape& input, const std::vector<bool>& reduced, bool keep_dims) {
  std::vector<std::int64_t> dims;
  for (std::size_t i = 0; i < reduced.size(); ++i) {
    if (!reduced[i]) {
      dims.push_back(input.dims()[i]);
    } else if (keep_dims) {
      dims.push_back(1);
    }
  }
  return Shape(std::move(dims));
}

}  // namespace tensorkeep::runtime
