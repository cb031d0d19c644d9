#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/random_distributions.h"

// Classes drawn with the probabilities that rows of logits stand for.
namespace tensorkeep::runtime {
namespace {

struct Draws {
  std::int64_t rows;
  std::int64_t classes;
  std::int64_t samples;
};

Draws checked_draws(const KernelContext& c) {
  if (c.input_shape(0).rank() != 2) {
    c.fail("logits should be a matrix, got shape " + c.input_shape(0).debug_string());
  }
  if (c.input_shape(1).rank() != 0) {
    c.fail("num_samples should be a scalar, got shape " + c.input_shape(1).debug_string());
  }
  const Draws draws = {c.input_shape(0).dim(0), c.input_shape(0).dim(1),
                       c.input(1).value<std::int32_t>()};
  if (draws.samples < 0) {
    c.fail(fmt::format("num_samples should be non-negative, got {}", draws.samples));
  }
  if (draws.classes <= 0) {
    c.fail(fmt::format("num_classes should be positive, got {}", draws.classes));
  }
  return draws;
}

// The sums of the first probabilities, not normalized; logits that are not finite count nothing.
template <typename T>
std::vector<double> cumulative(std::span<const T> logits) {
  T largest = std::numeric_limits<T>::lowest();
  for (const T x : logits) {
    if (std::isfinite(x)) largest = std::max(largest, x);
  }
  std::vector<double> sums;
  sums.reserve(logits.size());
  double total = 0;
  for (const T x : logits) {
    if (std::isfinite(x)) total += std::exp(static_cast<double>(x) - static_cast<double>(largest));
    sums.push_back(total);
  }
  return sums;
}

template <typename T>
std::vector<std::int64_t> draw(const Tensor& logits, const Draws& draws, Philox philox) {
  SingleNumbers next(philox);
  std::vector<std::int64_t> classes;
  classes.reserve(static_cast<std::size_t>(draws.rows * draws.samples));
  const auto width = static_cast<std::size_t>(draws.classes);
  for (std::size_t row = 0; row < static_cast<std::size_t>(draws.rows); ++row) {
    const auto sums = cumulative<T>(logits.data<T>().subspan(row * width, width));
    for (std::int64_t i = 0; i < draws.samples; ++i) {
      const std::uint32_t high = next();
      const double at = unit_double(high, next()) * sums.back();
      classes.push_back(std::upper_bound(sums.begin(), sums.end(), at) - sums.begin());
    }
  }
  return classes;
}

template <typename T>
void draw_classes(KernelContext& c, const Draws& draws, Philox philox) {
  Tensor& out = c.allocate_output(0, {draws.rows, draws.samples});
  if (out.num_elements() == 0) return;
  const std::vector<std::int64_t> classes = draw<T>(widen(c.input(0)), draws, philox);
  c.set_output(0, integer_tensor(out.dtype(), classes, out.shape()));
}

template <typename T>
void multinomial(KernelContext& c) {
  const Draws draws = checked_draws(c);
  // Two numbers make a sample.
  const auto rows = static_cast<std::uint64_t>(draws.rows);
  const auto numbers = static_cast<std::uint64_t>((draws.samples + 3) / 4 * 4) * 2;
  draw_classes<T>(c, draws, reserve(c, rows * numbers * kReserved));
}

template <typename T>
void stateless_multinomial(KernelContext& c) {
  const Draws draws = checked_draws(c);
  if (c.input_shape(2) != Shape{2}) {
    c.fail("seed must have shape [2], not " + c.input_shape(2).debug_string());
  }
  const std::vector<std::int64_t> seed = integers(c, 2);
  draw_classes<T>(
      c, draws,
      scrambled(static_cast<std::uint64_t>(seed[0]), static_cast<std::uint64_t>(seed[1])));
}

Kernel make_of_logits(const Operation& op, Kernel of_float, Kernel of_double) {
  const DType dtype = base_dtype(op.input(0).dtype());
  return dispatch<float, double>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
      [&]<typename T>(T) { return std::is_same_v<T, float> ? of_float : of_double; });
}

}  // namespace

void register_random_categorical_kernels(KernelRegistry& registry) {
  registry.add("Multinomial", [](const Operation& op) {
    return make_of_logits(op, multinomial<float>, multinomial<double>);
  });
  registry.add("StatelessMultinomial", [](const Operation& op) {
    return make_of_logits(op, stateless_multinomial<float>, stateless_multinomial<double>);
  });
}

}  // namespace tensorkeep::runtime
