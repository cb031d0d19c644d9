#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"

// Products of vectors in space, and running logarithms of sums.
namespace tensorkeep::runtime {
namespace {

template <typename T>
void cross_rows(const T* a, const T* b, T* y, std::int64_t rows) {
  const auto difference = [](T p, T q, T r, T s) {
    return scalar::Sub::apply(scalar::Mul::apply(p, q), scalar::Mul::apply(r, s));
  };
  for (std::int64_t i = 0; i < rows; ++i, a += 3, b += 3, y += 3) {
    y[0] = difference(a[1], b[2], a[2], b[1]);
    y[1] = difference(a[2], b[0], a[0], b[2]);
    y[2] = difference(a[0], b[1], a[1], b[0]);
  }
}

Kernel make_cross(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, []<typename T>(T) -> Kernel {
        return [](KernelContext& c) {
          const Shape& shape = c.input_shape(0);
          if (shape != c.input_shape(1)) {
            c.fail("Both inputs must be of same shape: " + shape.debug_string() + " vs. " +
                   c.input_shape(1).debug_string());
          }
          if (shape.rank() < 1) {
            c.fail("Input must be at least 1D but got shape " + shape.debug_string());
          }
          if (shape.dims().back() != 3) {
            c.fail(fmt::format("Cross-products are only defined for 3-element vectors, not {}",
                               shape.dims().back()));
          }
          Tensor& output = c.allocate_output(0, shape);
          compute_wide(
              [](const Tensor& a, const Tensor& b, Tensor& y) {
                cross_rows<T>(a.data<T>().data(), b.data<T>().data(), y.mutable_data<T>().data(),
                              y.num_elements() / 3);
              },
              output, c.input(0), c.input(1));
        };
      });
}

// log(exp(a) + exp(b)).
template <typename T>
T log_of_sum(T a, T b) {
  const T high = std::max(a, b);
  const T low = std::min(a, b);
  if (std::isinf(high)) return high;
  return high + std::log1p(std::exp(low - high));
}

template <typename T>
Kernel cumulative_logsumexp(bool exclusive, bool reverse) {
  return [=](KernelContext& c) {
    const Shape& shape = c.input_shape(0);
    if (c.input_shape(1).rank() != 0) {
      c.fail("CumulativeLogsumexp: axis must be a scalar, not " + c.input_shape(1).debug_string());
    }
    const int axis = axis_in(c, integer(c, 1), shape.rank());
    const Around around = split_around(shape, axis);
    Tensor& output = c.allocate_output(0, shape);
    compute_wide(
        [&](const Tensor& x, Tensor& y) {
          const T* const from = x.data<T>().data();
          T* const to = y.mutable_data<T>().data();
          for (std::int64_t o = 0; o < around.outer; ++o) {
            for (std::int64_t i = 0; i < around.inner; ++i) {
              T sum = -std::numeric_limits<T>::infinity();
              for (std::int64_t step = 0; step < around.size; ++step) {
                const std::int64_t at = reverse ? around.size - 1 - step : step;
                const std::int64_t place = (o * around.size + at) * around.inner + i;
                const T next = log_of_sum(sum, from[place]);
                to[place] = exclusive ? sum : next;
                sum = next;
              }
            }
          }
        },
        output, c.input(0));
  };
}

Kernel make_cumulative_logsumexp(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [&]<typename T>(T) -> Kernel {
        return cumulative_logsumexp<T>(op.attr_bool("exclusive"), op.attr_bool("reverse"));
      });
}

}  // namespace

void register_vector_kernels(KernelRegistry& registry) {
  registry.add("Cross", make_cross);
  registry.add("CumulativeLogsumexp", make_cumulative_logsumexp);
}

}  // namespace tensorkeep::runtime
