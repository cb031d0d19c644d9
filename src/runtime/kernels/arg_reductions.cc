#include <fmt/format.h>

#include <cmath>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

namespace tensorkeep::runtime {
namespace {

// The first of the largest (smallest) elements; NaNs are passed over, as TensorFlow does.
template <bool kMax, typename T>
std::int64_t best_index(const T* x, const Around& a) {
  std::int64_t best = 0;
  bool found = false;
  for (std::int64_t i = 0; i < a.size; ++i) {
    const T value = x[i * a.inner];
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) continue;
    }
    const T current = x[best * a.inner];
    if (!found || (kMax ? current < value : value < current)) best = i;
    found = true;
  }
  return best;
}

template <bool kMax, typename T, typename Index>
void find_best(const Tensor& input, int axis, Tensor& output) {
  const Around a = split_around(input.shape(), axis);
  const T* x = input.data<T>().data();
  Index* y = output.mutable_data<Index>().data();
  for (std::int64_t o = 0; o < a.outer; ++o) {
    for (std::int64_t i = 0; i < a.inner; ++i) {
      y[o * a.inner + i] = static_cast<Index>(best_index<kMax>(x + o * a.size * a.inner + i, a));
    }
  }
}

template <bool kMax, typename T>
void arg_reduce(KernelContext& c) {
  const Shape shape = c.input_shape(0);
  if (c.input_shape(1).rank() != 0) {
    c.fail("dim must be a scalar, but received tensor of shape: " +
           c.input_shape(1).debug_string());
  }
  const std::int64_t asked = integers_of(c.input(1)).front();
  if (asked < -shape.rank() || asked >= shape.rank()) {
    c.fail(fmt::format("Expected dimension in the range [{}, {}), but got {}", -shape.rank(),
                       shape.rank(), asked));
  }
  const int axis = static_cast<int>(asked < 0 ? asked + shape.rank() : asked);
  if (shape.dim(axis) == 0) {
    c.fail(fmt::format("Reduction axis {} is empty in shape {}", axis, shape.debug_string()));
  }
  std::vector<bool> reduced(static_cast<std::size_t>(shape.rank()));
  reduced[static_cast<std::size_t>(axis)] = true;
  Tensor& output = c.allocate_output(0, reduced_shape(shape, reduced, false));
  if (output.num_elements() == 0) return;
  const Tensor input = widen(c.input(0));
  switch (output.dtype()) {
    case DType::kInt32:
      return find_best<kMax, T, std::int32_t>(input, axis, output);
    case DType::kInt64:
      return find_best<kMax, T, std::int64_t>(input, axis, output);
    case DType::kInt16:
      return find_best<kMax, T, std::int16_t>(input, axis, output);
    default:
      return find_best<kMax, T, std::uint16_t>(input, axis, output);
  }
}

template <bool kMax>
Kernel make_arg_reduction(const Operation& op) {
  const DType dtype = base_dtype(op.input(0).dtype());
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
      [](auto zero) -> Kernel { return arg_reduce<kMax, decltype(zero)>; });
}

}  // namespace

void register_arg_reduction_kernels(KernelRegistry& registry) {
  registry.add("ArgMax", make_arg_reduction<true>);
  registry.add("ArgMin", make_arg_reduction<false>);
}

}  // namespace tensorkeep::runtime
