#include <fmt/format.h>

#include <cmath>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

namespace tensorkeep::runtime {
namespace {

// The number of elements of start, start + delta, ... before limit; fails where TensorFlow does.
template <typename T>
std::int64_t range_size(KernelContext& c, T start, T limit, T delta) {
  if (delta == T(0)) c.fail(fmt::format("Requires delta != 0: {}", delta));
  if (delta > T(0) && start > limit) {
    c.fail(fmt::format("Requires start <= limit when delta > 0: {}/{}", start, limit));
  }
  if (delta < T(0) && start < limit) {
    c.fail(fmt::format("Requires start >= limit when delta < 0: {}/{}", start, limit));
  }
  if constexpr (std::is_integral_v<T>) {
    const auto distance = static_cast<std::uint64_t>(
        delta > 0 ? static_cast<std::uint64_t>(limit) - static_cast<std::uint64_t>(start)
                  : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(limit));
    const auto step = delta > 0 ? static_cast<std::uint64_t>(delta)
                                : std::uint64_t{0} - static_cast<std::uint64_t>(delta);
    const std::uint64_t size = distance / step + (distance % step != 0 ? 1 : 0);
    if (size > static_cast<std::uint64_t>(INT64_MAX)) {
      c.fail(fmt::format("Requires ((limit - start) / delta) <= {}", INT64_MAX));
    }
    return static_cast<std::int64_t>(size);
  } else {
    const double size = std::ceil(std::abs(static_cast<double>((limit - start) / delta)));
    if (!(size <= 9223372036854774784.0)) {  // also NaN
      c.fail(fmt::format("Requires ((limit - start) / delta) <= {}", INT64_MAX));
    }
    return static_cast<std::int64_t>(size);
  }
}

Kernel make_range(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint16_t, std::uint32_t>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [](auto zero) -> Kernel {
        using T = decltype(zero);
        return [](KernelContext& c) {
          constexpr const char* kNames[] = {"start", "limit", "delta"};
          T values[3];
          for (int i = 0; i < 3; ++i) {
            if (c.input_shape(i).rank() != 0) {
              c.fail(fmt::format("{} must be a scalar, not shape {}", kNames[i],
                                 c.input_shape(i).debug_string()));
            }
            values[i] = widen(c.input(i)).template value<T>();
          }
          const std::int64_t size = range_size<T>(c, values[0], values[1], values[2]);
          Tensor& output = c.allocate_output(0, Shape{size});
          compute_wide(
              [&](Tensor& y) {
                T value = values[0];
                for (T& element : y.mutable_data<T>()) {
                  element = value;
                  if constexpr (std::is_integral_v<T>) {
                    using U = std::uint64_t;
                    value = static_cast<T>(static_cast<U>(value) + static_cast<U>(values[2]));
                  } else {
                    value += values[2];
                  }
                }
              },
              output);
        };
      });
}

Kernel make_lin_space(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [](auto zero) -> Kernel {
        using T = decltype(zero);
        return [](KernelContext& c) {
          constexpr const char* kNames[] = {"start", "stop", "num"};
          for (int i = 0; i < 3; ++i) {
            if (c.input_shape(i).rank() == 0) continue;
            c.fail(fmt::format("{} must be a scalar, not shape {}", kNames[i],
                               c.input_shape(i).debug_string()));
          }
          const T start = widen(c.input(0)).template value<T>();
          const T stop = widen(c.input(1)).template value<T>();
          const std::int64_t count = integers_of(c.input(2)).front();
          if (count <= 0) c.fail(fmt::format("Requires num > 0: {}", count));
          Tensor& output = c.allocate_output(0, Shape{count});
          compute_wide(
              [&](Tensor& out) {
                const auto y = out.mutable_data<T>();
                y[0] = start;
                if (count == 1) return;
                const T step = (stop - start) / static_cast<T>(count - 1);
                for (std::int64_t i = 1; i < count - 1; ++i) {
                  y[static_cast<std::size_t>(i)] = start + step * static_cast<T>(i);
                }
                y[y.size() - 1] = stop;
              },
              output);
        };
      });
}

}  // namespace

void register_sequence_kernels(KernelRegistry& registry) {
  registry.add("Range", make_range);
  registry.add("LinSpace", make_lin_space);
}

}  // namespace tensorkeep::runtime
