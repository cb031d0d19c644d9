#pragma once

#include <vector>

#include "runtime/kernel.h"

namespace tensorkeep::runtime {

// Integers of an int32 or int64 tensor.
std::vector<std::int64_t> integers_of(const Tensor& tensor);
// The same for a scalar; fails with "<name> must be a scalar, not shape [2]".
std::int64_t scalar_integer(KernelContext& c, int input, const char* name);

// A tensor seen as [outer, size, inner] around one axis; without elements, outer and inner are 0.
struct Around {
  std::int64_t outer = 1;
  std::int64_t size = 1;
  std::int64_t inner = 1;
};
Around split_around(const Shape& shape, int axis);

// Which axes of a rank are reduced, from a tensor of axes (negative ones count from the end).
// Fails with TensorFlow's messages for axes that do not exist or come twice.
std::vector<bool> reduced_axes(KernelContext& c, const Tensor& axes, int rank);

// The output's shape.
Shape reduced_shape(const Shape& input, const std::vector<bool>& reduced, bool keep_dims);

}  // namespace tensorkeep::runtime
