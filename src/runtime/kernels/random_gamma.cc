#include <cmath>
#include <limits>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/random_distributions.h"

// Gamma and Poisson distributions: samples for each of many parameters. Every sample starts at
// numbers of its own, so that rejections do not move the next.
namespace tensorkeep::runtime {
namespace {

// The values of one distribution in turn, each group of them from its last to its first.
template <typename Distribution>
class Backwards {
 public:
  double next(Philox& philox) {
    if (left_ == 0) {
      values_ = Distribution()(philox());
      left_ = values_.size();
    }
    return static_cast<double>(values_[--left_]);
  }

 private:
  decltype(Distribution()(Philox::Group())) values_ = {};
  std::size_t left_ = 0;
};

// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000: pairs of a uniform
// and a normal number, some of which are rejected. Below 1, a sample for alpha + 1 is made smaller.
class Gamma {
 public:
  explicit Gamma(double alpha)
      : alpha_(alpha), d_(alpha + (alpha < 1 ? 2.0 / 3 : -1.0 / 3)), c_(1.0 / 3 / std::sqrt(d_)) {}

  double operator()(Philox philox) const {
    Backwards<Uniform<double>> uniform;
    if (alpha_ == 1) return -std::log1p(-uniform.next(philox));
    Backwards<Normal<double>> normal;
    while (true) {
      const double x = normal.next(philox);
      double v = 1 + c_ * x;
      if (v <= 0) continue;
      v = v * v * v;
      const double u = uniform.next(philox);
      const bool surely = u < 1 - 0.0331 * (x * x) * (x * x);
      if (!surely && std::log(u) >= 0.5 * x * x + d_ * (1 - v + std::log(v))) continue;
      return alpha_ < 1 ? d_ * v * std::pow(uniform.next(philox), 1 / alpha_) : d_ * v;
    }
  }

 private:
  double alpha_;
  double d_;
  double c_;
};

// Below a rate of 10 the number of uniform factors that take a product below exp(-rate); above it
// Hoermann's transformed rejection ("The transformed rejection method for generating Poisson random
// variables", 1993).
class Poisson {
 public:
  Poisson(double rate, double largest) : rate_(rate), largest_(largest) {}

  double operator()(Philox philox) const {
    if (std::isnan(rate_)) return rate_;
    if (rate_ == std::numeric_limits<double>::infinity()) return rate_;
    // No number of the type would ever be drawn.
    if (rate_ - 20 * std::sqrt(rate_) > largest_) return largest_;
    return rate_ < 10 ? count_factors(philox) : transform(philox);
  }

 private:
  double count_factors(Philox philox) const {
    Backwards<Uniform<double>> uniform;
    const double bound = std::exp(-rate_);
    double product = 1;
    double x = 0;
    while (true) {
      product *= uniform.next(philox);
      if (product <= bound && x <= largest_) return x;
      x += 1;
    }
  }

  double transform(Philox philox) const {
    Backwards<Uniform<double>> uniform;
    const double log_rate = std::log(rate_);
    const double b = 0.931 + 2.53 * std::sqrt(rate_);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    while (true) {
      const double u = uniform.next(philox) - 0.5;
      const double v = uniform.next(philox);
      const double shifted = 0.5 - std::abs(u);
      const double k = std::floor((2 * a / shifted + b) * u + rate_ + 0.43);
      if (k > largest_) continue;
      if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
      if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
      const double s = std::log(v * inverse_alpha / (a / (shifted * shifted) + b));
      const double t = -rate_ + k * log_rate - std::lgamma(k + 1);
      if (s <= t) return k;
    }
  }

  double rate_;
  double largest_;
};

// Elements [sample, parameter]: make(i) gives what makes parameter i's samples.
template <typename T, typename Make>
void fill(KernelContext& c, Tensor& out, std::int64_t parameters, Make&& make) {
  const std::int64_t count = out.num_elements();
  if (count == 0) return;
  const Philox base = reserve(c, static_cast<std::uint64_t>(count) * kReserved);
  const std::int64_t samples = count / parameters;
  T* to = mutable_elements<T>(out);
  for (std::int64_t i = 0; i < parameters; ++i) {
    const auto sample = make(i);
    for (std::int64_t j = 0; j < samples; ++j) {
      Philox philox = base;
      philox.skip(static_cast<std::uint64_t>(kReserved * (i * samples + j)));
      to[j * parameters + i] = static_cast<T>(sample(philox));
    }
  }
}

void random_gamma(KernelContext& c) {
  Tensor& out = output_of_shape(c, c.input_shape(1));
  const Tensor alphas = widen(c.input(1));
  dispatch<float, double, Half>(c.op(), out.dtype(), [&]<typename T>(T) {
    using Wide = std::conditional_t<std::is_same_v<T, double>, double, float>;
    const auto alpha = alphas.data<Wide>();
    fill<T>(c, out, alphas.num_elements(), [&](std::int64_t i) {
      return [gamma = Gamma(static_cast<double>(alpha[static_cast<std::size_t>(i)]))](
                 Philox philox) { return static_cast<Wide>(gamma(philox)); };
    });
    return 0;
  });
}

template <typename T>
double largest_of() {
  if constexpr (std::is_same_v<T, Half>) {
    return 65504;
  } else {
    return static_cast<double>(std::numeric_limits<T>::max());
  }
}

// The nearest number of the type, or its lowest for what is none.
template <typename T>
T number_of(double value) {
  if constexpr (std::is_integral_v<T>) {
    if (std::isnan(value)) return std::numeric_limits<T>::min();
    if (value >= largest_of<T>()) return std::numeric_limits<T>::max();
    return static_cast<T>(value);
  } else if constexpr (std::is_same_v<T, Half>) {
    return Half(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

std::vector<double> as_doubles(const KernelContext& c, const Tensor& tensor) {
  return dispatch<float, double, std::int32_t, std::int64_t>(
      c.op(), tensor.dtype(), [&]<typename T>(T) {
        const auto values = tensor.data<T>();
        return std::vector<double>(values.begin(), values.end());
      });
}

void random_poisson(KernelContext& c) {
  Tensor& out = output_of_shape(c, c.input_shape(1));
  const std::vector<double> rates = as_doubles(c, widen(c.input(1)));
  dispatch<float, double, std::int32_t, std::int64_t, Half>(
      c.op(), out.dtype(), [&]<typename T>(T) {
        fill<T>(c, out, static_cast<std::int64_t>(rates.size()), [&](std::int64_t i) {
          return [poisson = Poisson(rates[static_cast<std::size_t>(i)], largest_of<T>())](
                     Philox philox) { return number_of<T>(poisson(philox)); };
        });
        return 0;
      });
}

}  // namespace

void register_random_gamma_kernels(KernelRegistry& registry) {
  registry.add_function("RandomGamma", random_gamma);
  registry.add_function("RandomPoissonV2", random_poisson);
}

}  // namespace tensorkeep::runtime
