#include <cmath>
#include <limits>

#include "runtime/kernels/binary_rows.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/polygamma.h"

// The incomplete gamma and beta functions, regularised, by their series and continued fractions
// (Numerical Recipes, 6.2 and 6.4; Lentz's method). Computed in double for every type.
namespace tensorkeep::runtime {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = 4e-16;
constexpr double kTiny = 1e-290;
constexpr int kMostTerms = 5000;

// A number, and its derivative by the first argument.
struct Dual {
  double value = 0;
  double slope = 0;

  friend Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
  friend Dual operator*(Dual a, Dual b) {
    return {a.value * b.value, a.slope * b.value + a.value * b.slope};
  }
  friend Dual operator/(Dual a, Dual b) {
    const double quotient = a.value / b.value;
    return {quotient, (a.slope - quotient * b.slope) / b.value};
  }
};

// x^a exp(-x) / gamma(a + shift).
Dual front(double a, double x, double shift) {
  const double value = std::exp(a * std::log(x) - x - std::lgamma(a + shift));
  return {value, value * (std::log(x) - digamma(a + shift))};
}

Dual lower_series(double a, double x) {
  Dual term{1, 0};
  Dual sum = term;
  for (int n = 1; n < kMostTerms && term.value > sum.value * kEpsilon / 100; ++n) {
    term = term * (Dual{x, 0} / Dual{a + n, 1});
    sum = sum + term;
  }
  return front(a, x, 1) * sum;
}

Dual upper_fraction(double a, double x) {
  Dual b{x + 1 - a, -1};
  Dual c{1 / kTiny, 0};
  Dual d = Dual{1, 0} / b;
  Dual result = d;
  for (int i = 1; i < kMostTerms; ++i) {
    const Dual factor{-i * (i - a), static_cast<double>(i)};
    b = b + Dual{2, 0};
    d = factor * d + b;
    if (std::abs(d.value) < kTiny) d.value = kTiny;
    c = b + factor / c;
    if (std::abs(c.value) < kTiny) c.value = kTiny;
    d = Dual{1, 0} / d;
    const Dual change = d * c;
    result = result * change;
    if (std::abs(change.value - 1) < kEpsilon && std::abs(change.slope) < 4 * kEpsilon) break;
  }
  return front(a, x, 0) * result;
}

bool is_outside(double a, double x) {
  return !(a > 0) || !(x >= 0);
}

bool is_lower(double a, double x) {
  return x <= 1 || x <= a;
}

struct Igamma {
  static double apply(double a, double x) {
    if (is_outside(a, x)) return kNaN;
    if (std::isinf(a)) return std::isinf(x) ? kNaN : 0;
    if (x == 0) return 0;
    if (std::isinf(x)) return 1;
    return is_lower(a, x) ? lower_series(a, x).value : 1 - upper_fraction(a, x).value;
  }
};

struct Igammac {
  static double apply(double a, double x) {
    if (is_outside(a, x)) return kNaN;
    if (std::isinf(a)) return std::isinf(x) ? kNaN : 1;
    if (x == 0) return 1;
    if (std::isinf(x)) return 0;
    return is_lower(a, x) ? 1 - lower_series(a, x).value : upper_fraction(a, x).value;
  }
};

struct IgammaGradA {
  static double apply(double a, double x) {
    if (is_outside(a, x)) return kNaN;
    if (x == 0 || std::isinf(x) || std::isinf(a)) return 0;
    return is_lower(a, x) ? lower_series(a, x).slope : -upper_fraction(a, x).slope;
  }
};

double beta_fraction(double a, double b, double x) {
  const auto away = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a - 1 + 2 * m) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 1 + 2 * m));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (std::abs(d * c - 1) < kEpsilon) break;
  }
  return result;
}

double betainc(double a, double b, double x) {
  if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1)) return kNaN;
  if (x == 0 || x == 1) return x;
  const double factor = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                 a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return factor * beta_fraction(a, b, x) / a;
  return 1 - factor * beta_fraction(b, a, 1 - x) / b;
}

template <typename T>
void compute_betainc(KernelContext& c) {
  constexpr const char* kNames[] = {"a", "b", "x"};
  Shape shape;
  for (int i = 0; i < 3; ++i) {
    if (shape.rank() == 0) shape = c.input_shape(i);
  }
  for (int i = 0; i < 3; ++i) {
    if (c.input_shape(i).rank() == 0 || c.input_shape(i) == shape) continue;
    c.fail(std::string("Shapes of a, b and x are inconsistent: ") + kNames[i] + " has shape " +
           c.input_shape(i).debug_string() + ", not " + shape.debug_string());
  }
  Tensor& output = c.allocate_output(0, shape);
  const auto value = [&](int input, std::size_t i) {
    return static_cast<double>(c.input(input).data<T>()[c.input_shape(input).rank() == 0 ? 0 : i]);
  };
  const auto to = output.mutable_data<T>();
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = static_cast<T>(betainc(value(0, i), value(1, i), value(2, i)));
  }
}

Kernel make_betainc(const Operation& op) {
  return dispatch<float, double>(op, op.output_dtype(0),
                                 []<typename T>(T) -> Kernel { return compute_betainc<T>; });
}

template <typename F>
Kernel make_of_two(const Operation& op) {
  return dispatch<float, double>(op, op.output_dtype(0),
                                 []<typename T>(T) -> Kernel { return apply_binary<F, T>; });
}

}  // namespace

void register_gamma_integral_kernels(KernelRegistry& registry) {
  registry.add("Betainc", make_betainc);
  registry.add("Igamma", make_of_two<Igamma>);
  registry.add("IgammaGradA", make_of_two<IgammaGradA>);
  registry.add("Igammac", make_of_two<Igammac>);
}

}  // namespace tensorkeep::runtime
