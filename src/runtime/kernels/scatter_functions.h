#pragma once

#include <string>
#include <type_traits>

#include "runtime/kernel.h"
#include "runtime/kernels/scalar_functions.h"

// What an update does to an element, and for which types.
namespace tensorkeep::runtime::scatter {

// target = F(target, value); 16-bit floats are computed in float32.
template <typename F>
struct Combine {
  template <typename T>
  static void apply(T& target, const T& value) {
    if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
      target = T(F::apply(static_cast<float>(target), static_cast<float>(value)));
    } else {
      target = F::apply(target, value);
    }
  }
};

struct Replace {
  template <typename T>
  static void apply(T& target, const T& value) {
    target = value;
  }
};

// Quotients, truncated for integers, whose divisor is not zero (the kernel looks first).
struct Divide {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return scalar::TruncateDiv::apply(a, b);
    } else {
      return a / b;
    }
  }
};

template <typename F>
inline constexpr bool is_order =
    std::is_same_v<F, Combine<scalar::Maximum>> || std::is_same_v<F, Combine<scalar::Minimum>>;

template <typename Make>
Kernel dispatch_real(const Operation& op, DType dtype, Make make) {
  return dispatch<float, double, Half, BFloat16, std::int8_t, std::int16_t, std::int32_t,
                  std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(
      op, dtype, make);
}

template <typename Make>
Kernel dispatch_numbers(const Operation& op, DType dtype, Make make) {
  if (dtype == DType::kComplex64) return make(std::complex<float>());
  if (dtype == DType::kComplex128) return make(std::complex<double>());
  return dispatch_real(op, dtype, make);
}

// The types that F is for: numbers that have an order, numbers, or everything.
template <typename F, typename Make>
Kernel dispatch_for(const Operation& op, DType dtype, Make make) {
  if constexpr (is_order<F>) {
    return dispatch_real(op, dtype, make);
  } else {
    if constexpr (std::is_same_v<F, Replace>) {
      if (dtype == DType::kBool) return make(bool());
      if (dtype == DType::kString) return make(std::string());
    }
    return dispatch_numbers(op, dtype, make);
  }
}

}  // namespace tensorkeep::runtime::scatter
