#include "runtime/kernels/elements.h"

#include <fmt/format.h>

namespace tensorkeep::runtime {

std::vector<std::int64_t> integers(const KernelContext& c, int index) {
  const Tensor& tensor = c.input(index);
  std::vector<std::int64_t> values;
  values.reserve(static_cast<std::size_t>(tensor.num_elements()));
  if (tensor.dtype() == int32) {
    for (const std::int32_t value : tensor.data<std::int32_t>()) values.push_back(value);
  } else if (tensor.dtype() == int64) {
    for (const std::int64_t value : tensor.data<std::int64_t>()) values.push_back(value);
  } else if (tensor.dtype() == int16) {
    for (const std::int16_t value : tensor.data<std::int16_t>()) values.push_back(value);
  } else {
    c.fail(fmt::format("input {} must hold integers, not {}", index, name_of(tensor.dtype())));
  }
  return values;
}

std::int64_t integer(const KernelContext& c, int index) {
  const std::vector<std::int64_t> values = integers(c, index);
  if (values.size() != 1) {
    c.fail(fmt::format("input {} must be one integer, but has shape {}", index,
                       c.input_shape(index).debug_string()));
  }
  return values[0];
}

int axis_in(const KernelContext& c, std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    c.fail(fmt::format("{} : Expected dimension in the range [{}, {}), but got {}", c.op().type(),
                       -rank, rank, axis));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Tensor integer_tensor(DType dtype, const std::vector<std::int64_t>& values, Shape shape) {
  if (dtype == int64) return Tensor::from(values, std::move(shape));
  std::vector<std::int32_t> narrow;
  narrow.reserve(values.size());
  for (const std::int64_t value : values) narrow.push_back(static_cast<std::int32_t>(value));
  return Tensor::from(narrow, std::move(shape));
}

std::vector<std::int64_t> strides_of(const std::vector<std::int64_t>& dims) {
  std::vector<std::int64_t> strides(dims.size());
  std::int64_t stride = 1;
  for (std::size_t i = dims.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= dims[i];
  }
  return strides;
}

std::int64_t product(const std::vector<std::int64_t>& dims, std::size_t begin, std::size_t end) {
  std::int64_t result = 1;
  for (std::size_t i = begin; i < end; ++i) result *= dims[i];
  return result;
}

std::vector<CopyAxis> simplified(const std::vector<CopyAxis>& axes) {
  std::vector<CopyAxis> result;
  for (const CopyAxis& axis : axes) {
    if (axis.size == 1) continue;
    if (!result.empty() && result.back().from == axis.from * axis.size &&
        result.back().to == axis.to * axis.size) {
      result.back() = {result.back().size * axis.size, axis.from, axis.to};
    } else {
      result.push_back(axis);
    }
  }
  return result;
}

void copy(const KernelContext& c, const Tensor& input, std::int64_t from, Tensor& out,
          std::int64_t to, const std::vector<CopyAxis>& axes) {
  by_width(c, input.dtype(), [&](auto zero) {
    using T = decltype(zero);
    copy_strided<T>(axes, elements<T>(input) + from, mutable_elements<T>(out) + to);
  });
}

}  // namespace tensorkeep::runtime
