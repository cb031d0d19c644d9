#include "runtime/kernels/polygamma.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/kernels/binary_rows.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// The derivatives of the logarithm of the gamma function, by their asymptotic series (Abramowitz
// and Stegun, 6.3.18 and 23.1.30). Computed in double for every type.
namespace tensorkeep::runtime {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// From here on the series below are exact to double precision.
constexpr double kLarge = 12;
// The Bernoulli numbers B2, B4, ...
constexpr double kBernoulli[] = {1.0 / 6,  -1.0 / 30,     1.0 / 42, -1.0 / 30,
                                 5.0 / 66, -691.0 / 2730, 7.0 / 6,  -3617.0 / 510};

bool is_integer(double x) {
  return std::floor(x) == x;
}

}  // namespace

double digamma(double x) {
  if (x <= 0) {
    if (is_integer(x)) return kNaN;
    return digamma(1 - x) - std::numbers::pi / std::tan(std::numbers::pi * (x - std::floor(x)));
  }
  double sum = 0;
  for (; x < kLarge; x += 1) sum -= 1 / x;
  sum += std::log(x) - 0.5 / x;
  double power = 1;
  int twice = 0;
  for (const double bernoulli : kBernoulli) {
    power /= x * x;
    twice += 2;
    sum -= bernoulli * power / twice;
  }
  return sum;
}

namespace {

// The sum of 1 / (q + k)^s over k = 0, 1, ... for q > 0.
double zeta_of_positive(double s, double q) {
  if (std::isinf(q)) return 0;
  double sum = 0;
  for (; q < kLarge; q += 1) sum += std::pow(q, -s);
  const double first = std::pow(q, -s);
  if (first == 0) return sum;
  sum += first * q / (s - 1) + first / 2;
  double factor = first * s / q / 2;
  int i = 1;
  for (const double bernoulli : kBernoulli) {
    sum += factor * bernoulli;
    factor *= (s + i) * (s + i + 1) / ((i + 2) * (i + 3)) / (q * q);
    i += 2;
  }
  return sum;
}

// The same for any q that is no pole, and an integer s > 1.
double zeta(double s, double q) {
  if (q > 0) return zeta_of_positive(s, q);
  const bool even = std::fmod(s, 2) == 0;
  if (is_integer(q)) return even ? std::numeric_limits<double>::infinity() : kNaN;
  const double fraction = q - std::floor(q);
  const double negative = zeta_of_positive(s, 1 - fraction) - zeta_of_positive(s, 1 - q);
  return zeta_of_positive(s, fraction) + (even ? negative : -negative);
}

struct Polygamma {
  static double apply(double n, double x) {
    if (!is_integer(n) || n < 0) return kNaN;
    if (n == 0) return digamma(x);
    const double magnitude = std::exp(std::lgamma(n + 1)) * zeta(n + 1, x);
    return std::fmod(n, 2) == 0 ? -magnitude : magnitude;
  }
};

struct Zeta {
  static double apply(double s, double q) {
    if (std::isnan(s) || std::isnan(q) || s < 1) return kNaN;
    if (s == 1) return std::numeric_limits<double>::infinity();
    if (q <= 0 && !is_integer(q) && !is_integer(s)) return kNaN;
    return zeta(s, q);
  }
};

template <typename F>
Kernel make_of_two(const Operation& op) {
  return dispatch<float, double>(op, op.output_dtype(0),
                                 []<typename T>(T) -> Kernel { return apply_binary<F, T>; });
}

}  // namespace

void register_polygamma_kernels(KernelRegistry& registry) {
  registry.add("Polygamma", make_of_two<Polygamma>);
  registry.add("Zeta", make_of_two<Zeta>);
}

}  // namespace tensorkeep::runtime
