#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {
namespace {

template <typename T>
void add_to(const Tensor& values, Tensor& sums) {
  const T* x = values.data<T>().data();
  T* y = sums.mutable_data<T>().data();
  const std::int64_t n = values.num_elements();
  if constexpr (std::is_floating_point_v<T>) {
    simd::loops_of<T>().binary[simd::Binary::kAdd][simd::Operands::kBothVary](y, x, y, n);
  } else {
    for (std::int64_t i = 0; i < n; ++i) y[i] = scalar::Add::apply(y[i], x[i]);
  }
}

template <typename F>
Kernel dispatch_numbers(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, std::complex<float>,
                  std::complex<double>>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

Kernel make_add_n(const Operation& op) {
  return dispatch_numbers(op, [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      for (int i = 1; i < c.num_inputs(); ++i) {
        if (c.input_shape(i) == shape) continue;
        c.fail(
            fmt::format("Inputs to operation {} of type {} must have the same size and shape.  "
                        "Input 0: {} != input {}: {}",
                        c.op().name(), c.op().type(), shape.debug_string(), i,
                        c.input_shape(i).debug_string()));
      }
      if (c.num_inputs() == 1) return c.set_output(0, c.input(0));
      const bool narrow = is_narrow_float(c.input(0).dtype());
      Tensor sums(narrow ? DType::kFloat32 : c.input(0).dtype(), shape);
      const Tensor first = widen(c.input(0));
      std::copy_n(first.data<T>().data(), first.num_elements(), sums.mutable_data<T>().data());
      for (int i = 1; i < c.num_inputs(); ++i) add_to<T>(widen(c.input(i)), sums);
      if (!narrow) return c.set_output(0, std::move(sums));
      narrow_into(sums, c.allocate_output(0, shape));
    };
  });
}

// Inclusive or exclusive running sums or products, forwards or backwards.
template <typename F, typename T>
void scan(const Tensor& input, const Around& a, bool exclusive, bool reverse, Tensor& output) {
  const T identity = std::is_same_v<F, scalar::Mul> ? T(1) : T(0);
  const T* x = input.data<T>().data();
  T* y = output.mutable_data<T>().data();
  for (std::int64_t o = 0; o < a.outer; ++o) {
    for (std::int64_t i = 0; i < a.inner; ++i) {
      T running = identity;
      for (std::int64_t s = 0; s < a.size; ++s) {
        const std::int64_t at = (o * a.size + (reverse ? a.size - 1 - s : s)) * a.inner + i;
        const T next = F::apply(running, x[at]);
        y[at] = exclusive ? running : next;
        running = next;
      }
    }
  }
}

template <typename F>
Kernel make_scan(const Operation& op) {
  const bool exclusive = op.attr_bool("exclusive");
  const bool reverse = op.attr_bool("reverse");
  return dispatch_numbers(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [exclusive, reverse](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      if (c.input_shape(1).rank() != 0) {
        c.fail("ScanOp: axis must be a scalar, not " + c.input_shape(1).debug_string());
      }
      const std::int64_t asked = integers_of(c.input(1)).front();
      const std::int64_t axis = asked < 0 ? asked + shape.rank() : asked;
      if (axis < 0 || axis >= shape.rank()) {
        c.fail(fmt::format("ScanOp: Expected scan axis in the range [{}, {}), but got {}",
                           -shape.rank(), shape.rank(), asked));
      }
      Tensor& output = c.allocate_output(0, shape);
      const Around around = split_around(shape, static_cast<int>(axis));
      compute_wide(
          [&](const Tensor& x, Tensor& y) { scan<F, T>(x, around, exclusive, reverse, y); }, output,
          c.input(0));
    };
  });
}

}  // namespace

void register_sum_kernels(KernelRegistry& registry) {
  registry.add("AddN", make_add_n);
  registry.add("AccumulateNV2", make_add_n);
  registry.add("Cumsum", make_scan<scalar::Add>);
  registry.add("Cumprod", make_scan<scalar::Mul>);
}

}  // namespace tensorkeep::runtime
