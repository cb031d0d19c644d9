#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/kernels/binary_rows.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/polygamma.h"

// Inverse error functions, Bessel functions of imaginary argument, and the next number. Computed in
// double for every type, but for the last.
namespace tensorkeep::runtime {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A first guess (Winitzki's formula), and Newton's steps with the second derivative.
struct Erfinv {
  static double apply(double x) {
    if (!(std::abs(x) <= 1)) return kNaN;
    if (std::abs(x) == 1) return std::copysign(kInfinity, x);
    if (x == 0) return x;
    const double a = 0.147;
    // 1 - |x| and not its square, which would lose what is left near 1.
    const double logarithm = std::log1p(-std::abs(x)) + std::log1p(std::abs(x));
    const double half = 2 / (std::numbers::pi * a) + logarithm / 2;
    double y = std::sqrt(std::sqrt(half * half - logarithm / a) - half);
    for (int i = 0; i < 4; ++i) {
      // The error by the function that is small there.
      const double error =
          std::abs(x) < 0.5 ? std::erf(y) - std::abs(x) : (1 - std::abs(x)) - std::erfc(y);
      const double step = error * std::sqrt(std::numbers::pi) / 2 * std::exp(y * y);
      y -= step / (1 + y * step);
    }
    return std::copysign(y, x);
  }
};

// Where the normal distribution reaches p.
struct Ndtri {
  static double apply(double p) {
    if (!(p >= 0 && p <= 1)) return kNaN;
    if (p == 0) return -kInfinity;
    if (p > 0.01) return Erfinv::apply(2 * p - 1) * std::numbers::sqrt2;
    // Below, 2p - 1 rounds: Newton's steps on the logarithm of the distribution.
    double x = -std::sqrt(-2 * std::log(p));
    for (int i = 0; i < 30; ++i) {
      const double reached = std::erfc(-x / std::numbers::sqrt2) / 2;
      const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
      if (!(reached > 0)) return x;
      const double step = std::log(reached / p) * reached / density;
      x -= step;
      if (std::abs(step) < 1e-15 * std::abs(x)) break;
    }
    return x;
  }
};

// exp(-|x|) times the modified Bessel function of the first kind: its power series, and from where
// that takes long its asymptotic one.
template <int kOrder>
struct ScaledBessel {
  static double apply(double value) {
    const double x = std::abs(value);
    if (std::isnan(x)) return x;
    const double result = x < 40 ? power_series(x) * std::exp(-x) : asymptotic_series(x);
    return kOrder == 1 && value < 0 ? -result : result;
  }
  static double power_series(double x) {
    double term = kOrder == 0 ? 1 : x / 2;
    double sum = 0;
    for (int k = 1; term > sum * 1e-17; ++k) {
      sum += term;
      term *= x * x / 4 / (k * (k + kOrder));
    }
    return sum;
  }
  static double asymptotic_series(double x) {
    constexpr double kFourOrderSquared = 4 * kOrder * kOrder;
    double term = 1;
    double sum = 0;
    for (int k = 1; k < 30; ++k) {
      sum += term;
      term *= -(kFourOrderSquared - (2 * k - 1) * (2 * k - 1)) / (k * 8 * x);
    }
    return sum / std::sqrt(2 * std::numbers::pi * x);
  }
};

template <int kOrder>
struct Bessel {
  static double apply(double x) {
    if (std::abs(x) < 40) {
      const double result = ScaledBessel<kOrder>::power_series(std::abs(x));
      return kOrder == 1 && x < 0 ? -result : result;
    }
    // In two factors, for the exponential of the whole may be too large.
    const double half = std::exp(std::abs(x) / 2);
    return ScaledBessel<kOrder>::apply(x) * half * half;
  }
};

struct Digamma {
  static double apply(double x) { return digamma(x); }
};

struct NextAfter {
  template <typename T>
  static T apply(T from, T to) {
    return std::nextafter(from, to);
  }
};

template <typename F>
void apply_unary(KernelContext& c) {
  const Shape shape = c.input_shape(0);
  Tensor& output = c.forward_or_allocate({0}, 0, shape);
  compute_wide(
      [&](const Tensor& x, Tensor& y) {
        dispatch<float, double>(c.op(), x.dtype(), [&](auto zero) {
          using T = decltype(zero);
          const auto from = x.data<T>();
          const auto to = y.mutable_data<T>();
          std::transform(from.begin(), from.end(), to.begin(),
                         [](T value) { return static_cast<T>(F::apply(value)); });
          return 0;
        });
      },
      output, c.input(0));
}

Kernel make_next_after(const Operation& op) {
  return dispatch<float, double>(
      op, op.output_dtype(0), []<typename T>(T) -> Kernel { return apply_binary<NextAfter, T>; });
}

}  // namespace

void register_special_kernels(KernelRegistry& registry) {
  registry.add_function("Digamma", apply_unary<Digamma>);
  registry.add_function("Erfinv", apply_unary<Erfinv>);
  registry.add_function("Ndtri", apply_unary<Ndtri>);
  registry.add_function("BesselI0", apply_unary<Bessel<0>>);
  registry.add_function("BesselI1", apply_unary<Bessel<1>>);
  registry.add_function("BesselI0e", apply_unary<ScaledBessel<0>>);
  registry.add_function("BesselI1e", apply_unary<ScaledBessel<1>>);
  registry.add("NextAfter", make_next_after);
}

}  // namespace tensorkeep::runtime
