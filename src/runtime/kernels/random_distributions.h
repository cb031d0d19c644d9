#pragma once

#include <array>
#include <bit>
#include <cmath>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/random_generator.h"

// Which numbers of the Philox sequence make which element: part of the format of a seed, and bit
// for bit TensorFlow's.
namespace tensorkeep::runtime {

// How many groups of the sequence a run reserves for each element, and how many numbers an element
// of a distribution with rejections may use.
inline constexpr std::int64_t kReserved = 256;

inline float unit_float(std::uint32_t x) {
  return std::bit_cast<float>((127u << 23) | (x & 0x7fffffu)) - 1.0f;
}
inline double unit_double(std::uint32_t x0, std::uint32_t x1) {
  const std::uint64_t mantissa = (std::uint64_t{x0 & 0xfffffu} << 32) | x1;
  return std::bit_cast<double>((std::uint64_t{1023} << 52) | mantissa) - 1.0;
}

// Two independent standard normal values (Box and Muller). The angle is computed in double and
// rounded, as TensorFlow does; in float a quarter of the values would differ in the last bit.
inline std::array<float, 2> normal_pair(std::uint32_t x0, std::uint32_t x1) {
  const float u1 = std::max(unit_float(x0), 1.0e-7f);
  const float angle = static_cast<float>(2.0 * M_PI * static_cast<double>(unit_float(x1)));
  const float radius = std::sqrt(-2.0f * std::log(u1));
  return {std::sin(angle) * radius, std::cos(angle) * radius};
}
inline std::array<double, 2> normal_pair(std::uint32_t x0, std::uint32_t x1, std::uint32_t x2,
                                         std::uint32_t x3) {
  const double u1 = std::max(unit_double(x0, x1), 1.0e-7);
  const double angle = 2.0 * M_PI * unit_double(x2, x3);
  const double radius = std::sqrt(-2.0 * std::log(u1));
  return {std::sin(angle) * radius, std::cos(angle) * radius};
}

// A distribution makes elements of one group of four numbers: four, or two of twice the width.
template <typename T>
struct Uniform {
  static constexpr int kCount = 4;
  std::array<T, 4> operator()(const Philox::Group& x) const {
    std::array<T, 4> out;
    for (std::size_t i = 0; i < 4; ++i) out[i] = one(x[i]);
    return out;
  }
  static T one(std::uint32_t x) {
    if constexpr (std::is_same_v<T, Half>) {
      const auto bits = static_cast<std::uint16_t>((15u << 10) | (x & 0x3ffu));
      return Half(static_cast<float>(std::bit_cast<Half>(bits)) - 1.0f);
    } else if constexpr (std::is_same_v<T, BFloat16>) {
      const auto bits = static_cast<std::uint16_t>((127u << 7) | (x & 0x7fu));
      return BFloat16(static_cast<float>(std::bit_cast<BFloat16>(bits)) - 1.0f);
    } else {
      return unit_float(x);
    }
  }
};
template <>
struct Uniform<double> {
  static constexpr int kCount = 2;
  std::array<double, 2> operator()(const Philox::Group& x) const {
    return {unit_double(x[0], x[1]), unit_double(x[2], x[3])};
  }
};

template <typename T>
struct Normal {
  static constexpr int kCount = 4;
  std::array<T, 4> operator()(const Philox::Group& x) const {
    const auto a = normal_pair(x[0], x[1]);
    const auto b = normal_pair(x[2], x[3]);
    return {T(a[0]), T(a[1]), T(b[0]), T(b[1])};
  }
};
template <>
struct Normal<double> {
  static constexpr int kCount = 2;
  std::array<double, 2> operator()(const Philox::Group& x) const {
    return normal_pair(x[0], x[1], x[2], x[3]);
  }
};

template <typename T>
struct UniformInt {
  static constexpr int kCount = sizeof(T) == 8 ? 2 : 4;
  using Bits = std::make_unsigned_t<T>;
  T low;
  Bits range;
  std::array<T, kCount> operator()(const Philox::Group& x) const {
    std::array<T, kCount> out;
    for (std::size_t i = 0; i < kCount; ++i) {
      Bits bits;
      if constexpr (sizeof(T) == 8) {
        bits = x[2 * i] | (std::uint64_t{x[2 * i + 1]} << 32);
      } else {
        bits = x[i];
      }
      out[i] = static_cast<T>(static_cast<Bits>(low) + bits % range);
    }
    return out;
  }
};

// Every number of the type.
template <typename T>
struct FullInt {
  static constexpr int kCount = sizeof(T) == 8 ? 2 : 4;
  std::array<T, kCount> operator()(const Philox::Group& x) const {
    std::array<T, kCount> out;
    for (std::size_t i = 0; i < kCount; ++i) {
      if constexpr (sizeof(T) == 8) {
        out[i] = static_cast<T>(x[2 * i] | (std::uint64_t{x[2 * i + 1]} << 32));
      } else {
        out[i] = static_cast<T>(x[i]);
      }
    }
    return out;
  }
};

template <typename T, typename Distribution>
void fill_random(Philox philox, Tensor& out, const Distribution& distribution) {
  const std::int64_t count = out.num_elements();
  T* to = mutable_elements<T>(out);
  for (std::int64_t i = 0; i < count; i += Distribution::kCount) {
    const auto values = distribution(philox());
    std::copy_n(values.begin(), std::min<std::int64_t>(Distribution::kCount, count - i), to + i);
  }
}

// Normal values within two standard deviations. Every group of elements starts at numbers of its
// own, so that rejections do not move the next group.
template <typename T>
void fill_truncated_normal(const Philox& base, Tensor& out) {
  constexpr std::int64_t kGroup = std::is_same_v<T, double> ? 2 : 4;
  constexpr double kBound = 2.0;
  const std::int64_t count = out.num_elements();
  T* const to = mutable_elements<T>(out);
  for (std::int64_t begin = 0; begin < count; begin += kGroup) {
    Philox philox = base;
    philox.skip(static_cast<std::uint64_t>(begin / kGroup * (kGroup * kReserved / 4)));
    SingleNumbers next(philox);
    std::int64_t made = 0;
    while (made < kGroup) {
      const std::uint32_t x0 = next();
      const std::uint32_t x1 = next();
      const auto pair = [&] {
        if constexpr (std::is_same_v<T, double>) {
          const std::uint32_t x2 = next();
          const std::uint32_t x3 = next();
          return normal_pair(x0, x1, x2, x3);
        } else {
          return normal_pair(x0, x1);
        }
      }();
      for (const auto value : pair) {
        if (std::abs(value) >= kBound || made == kGroup) continue;
        if (begin + made < count) to[begin + made] = T(value);
        ++made;
      }
    }
  }
}

// Integers in [low, high); fails if there are none.
template <typename T>
UniformInt<T> uniform_int_between(const KernelContext& c, int low_input) {
  for (const int i : {0, 1}) {
    const Shape& shape = c.input_shape(low_input + i);
    if (shape.rank() != 0) {
      c.fail(std::string(i == 0 ? "minval" : "maxval") + " must be 0-D, got shape " +
             shape.debug_string());
    }
  }
  const T low = c.input(low_input).value<T>();
  const T high = c.input(low_input + 1).value<T>();
  if (low >= high) {
    c.fail("Need minval < maxval, got " + std::to_string(low) + " >= " + std::to_string(high));
  }
  using Bits = std::make_unsigned_t<T>;
  return {low, static_cast<Bits>(static_cast<Bits>(high) - static_cast<Bits>(low))};
}

}  // namespace tensorkeep::runtime
