#include "convert/element_diff.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <type_traits>

#include "tensorkeep/tensor.h"

namespace tensorkeep::convert {
namespace {

// An element as a number that C++ computes with, without loss.
template <typename T>
auto number_of(const T& value) {
  if constexpr (requires { T::kLayout; }) {
    return static_cast<float>(value);
  } else if constexpr (requires { value.value; }) {
    return static_cast<std::int64_t>(value.value);
  } else if constexpr (std::is_integral_v<T> && sizeof(T) < 8) {
    return static_cast<std::int64_t>(value);
  } else {
    return value;
  }
}

template <typename N>
bool is_nan(const N& value) {
  if constexpr (std::is_floating_point_v<N>) return std::isnan(value);
  return false;
}
template <typename N>
bool same(const N& a, const N& b) {
  return a == b || (is_nan(a) && is_nan(b));
}
template <typename R>
bool same(const std::complex<R>& a, const std::complex<R>& b) {
  return same(a.real(), b.real()) && same(a.imag(), b.imag());
}

// 64 bits of mantissa hold every integer.
template <typename N>
long double distance(const N& a, const N& b) {
  return std::fabs(static_cast<long double>(a) - static_cast<long double>(b));
}
template <typename R>
long double distance(const std::complex<R>& a, const std::complex<R>& b) {
  return std::hypot(distance(a.real(), b.real()), distance(a.imag(), b.imag()));
}
template <typename N>
long double size_of_number(const N& value) {
  return distance(value, N{});
}

template <typename T>
void compare(std::span<const std::byte> a, std::span<const std::byte> b, const DiffOptions& options,
             TensorDifference& difference) {
  constexpr long double kInfinity = std::numeric_limits<long double>::infinity();
  for (std::size_t at = 0; at + sizeof(T) <= a.size(); at += sizeof(T)) {
    T left;
    T right;
    std::memcpy(&left, a.data() + at, sizeof(T));
    std::memcpy(&right, b.data() + at, sizeof(T));
    const auto x = number_of(left);
    const auto y = number_of(right);
    if (same(x, y)) continue;
    long double abs = distance(x, y);
    if (std::isnan(abs)) abs = kInfinity;
    const long double size = size_of_number(y);
    if (abs <= static_cast<long double>(options.atol) +
                   static_cast<long double>(options.rtol) * size &&
        std::isfinite(abs)) {
      continue;
    }
    const long double rel = size > 0 && std::isfinite(abs) ? abs / size : kInfinity;
    ++difference.different;
    difference.max_abs = std::max(difference.max_abs, static_cast<double>(abs));
    difference.max_rel = std::max(difference.max_rel, static_cast<double>(rel));
  }
}

}  // namespace

void compare_elements(DType dtype, std::span<const std::byte> a, std::span<const std::byte> b,
                      const DiffOptions& options, TensorDifference& difference) {
  if (std::memcmp(a.data(), b.data(), a.size()) == 0) return;
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (!std::is_same_v<T, std::string>) compare<T>(a, b, options, difference);
  });
}

}  // namespace tensorkeep::convert
