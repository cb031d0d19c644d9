#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <type_traits>

// One element at a time, for the types that have no vector loops: integers wrap around as on every
// machine TensorFlow runs on (C++ leaves signed overflow undefined).
namespace tensorkeep::runtime::scalar {

template <typename T>
inline constexpr bool is_complex = false;
template <typename T>
inline constexpr bool is_complex<std::complex<T>> = true;

// An unsigned type wide enough not to be promoted to a signed one.
template <typename T>
using Wrapping = std::conditional_t<(sizeof(T) < 4), std::uint32_t, std::make_unsigned_t<T>>;

#define TENSORKEEP_WRAPPING_OPERATION(Name, op)                                            \
  struct Name {                                                                            \
    template <typename T>                                                                  \
    static T apply(T a, T b) {                                                             \
      if constexpr (std::is_integral_v<T>) {                                               \
        return static_cast<T>(static_cast<Wrapping<T>>(a) op static_cast<Wrapping<T>>(b)); \
      } else {                                                                             \
        return a op b;                                                                     \
      }                                                                                    \
    }                                                                                      \
  };
TENSORKEEP_WRAPPING_OPERATION(Add, +)
TENSORKEEP_WRAPPING_OPERATION(Sub, -)
TENSORKEEP_WRAPPING_OPERATION(Mul, *)
#undef TENSORKEEP_WRAPPING_OPERATION

// The divisor is not zero (the kernel looks first).
struct TruncateDiv {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      if (b == T(-1)) return Sub::apply(T(0), a);
    }
    return static_cast<T>(a / b);
  }
};
struct TruncateMod {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_signed_v<T>) {
      if (b == T(-1)) return T(0);
    }
    return static_cast<T>(a % b);
  }
};
struct FloorMod {
  template <typename T>
  static T apply(T a, T b) {
    const T remainder = TruncateMod::apply(a, b);
    if constexpr (std::is_signed_v<T>) {
      if (remainder != 0 && (a < 0) != (b < 0)) return static_cast<T>(remainder + b);
    }
    return remainder;
  }
};
struct FloorDiv {
  template <typename T>
  static T apply(T a, T b) {
    const T quotient = TruncateDiv::apply(a, b);
    if constexpr (std::is_signed_v<T>) {
      if ((a < 0) != (b < 0) && TruncateMod::apply(a, b) != 0) return static_cast<T>(quotient - 1);
    }
    return quotient;
  }
};
struct Maximum {
  template <typename T>
  static T apply(T a, T b) {
    return a < b ? b : a;
  }
};
struct Minimum {
  template <typename T>
  static T apply(T a, T b) {
    return b < a ? b : a;
  }
};
struct SquaredDifference {
  template <typename T>
  static T apply(T a, T b) {
    const T difference = Sub::apply(a, b);
    if constexpr (is_complex<T>) {
      return difference * std::conj(difference);
    } else {
      return Mul::apply(difference, difference);
    }
  }
};
struct DivNoNan {
  template <typename T>
  static T apply(T a, T b) {
    return b == T(0) ? T(0) : a / b;
  }
};
// The exponent of integers is not negative (the kernel looks first).
struct Pow {
  template <typename T>
  static T apply(T base, T exponent) {
    if constexpr (is_complex<T>) {
      return std::pow(base, exponent);
    } else {
      T result = 1;
      for (; exponent != 0; exponent = static_cast<T>(exponent >> 1)) {
        if ((exponent & 1) != 0) result = Mul::apply(result, base);
        base = Mul::apply(base, base);
      }
      return result;
    }
  }
};
struct BitwiseAnd {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct BitwiseOr {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(a | b);
  }
};
struct BitwiseXor {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};
// By 0 or more bits, and less than there are.
template <typename T>
int bits_to_shift(T count) {
  constexpr int kMost = static_cast<int>(sizeof(T)) * 8 - 1;
  if constexpr (std::is_signed_v<T>) {
    if (count < 0) return 0;
  }
  return count > kMost ? kMost : static_cast<int>(count);
}
struct LeftShift {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) << bits_to_shift(b));
  }
};
struct RightShift {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(a >> bits_to_shift(b));
  }
};
struct ReluGrad {
  template <typename T>
  static T apply(T gradient, T feature) {
    return feature > 0 ? gradient : T(0);
  }
};
struct Relu6Grad {
  template <typename T>
  static T apply(T gradient, T feature) {
    return feature > 0 && feature < 6 ? gradient : T(0);
  }
};

struct Neg {
  template <typename T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>) {
      return Sub::apply(T(0), x);
    } else {
      return -x;  // zeros have a sign
    }
  }
};
struct Abs {
  template <typename T>
  static T apply(T x) {
    return x < 0 ? Neg::apply(x) : x;
  }
};
struct Sign {
  template <typename T>
  static T apply(T x) {
    if constexpr (is_complex<T>) {
      return x == T(0) ? T(0) : x / std::abs(x);
    } else {
      return static_cast<T>((x > 0) - (x < 0));
    }
  }
};
struct Square {
  template <typename T>
  static T apply(T x) {
    return Mul::apply(x, x);
  }
};
struct Identity {
  template <typename T>
  static T apply(T x) {
    return x;
  }
};
struct Relu {
  template <typename T>
  static T apply(T x) {
    return x < 0 ? T(0) : x;
  }
};
struct Relu6 {
  template <typename T>
  static T apply(T x) {
    return x < 0 ? T(0) : (x > 6 ? T(6) : x);
  }
};
struct Reciprocal {
  template <typename T>
  static T apply(T x) {
    return T(1) / x;
  }
};
struct Sqrt {
  template <typename T>
  static T apply(T x) {
    return std::sqrt(x);
  }
};
struct Rsqrt {
  template <typename T>
  static T apply(T x) {
    return T(1) / std::sqrt(x);
  }
};
struct Exp {
  template <typename T>
  static T apply(T x) {
    return std::exp(x);
  }
};
struct Log {
  template <typename T>
  static T apply(T x) {
    return std::log(x);
  }
};
struct Tanh {
  template <typename T>
  static T apply(T x) {
    return std::tanh(x);
  }
};
struct Sigmoid {
  template <typename T>
  static T apply(T x) {
    return T(1) / (T(1) + std::exp(-x));
  }
};

}  // namespace tensorkeep::runtime::scalar
