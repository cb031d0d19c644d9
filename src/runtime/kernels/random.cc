#include "runtime/kernels/families.h"
#include "runtime/kernels/random_distributions.h"

// Random tensors by the seeds of their operations.
namespace tensorkeep::runtime {
namespace {

Philox reserve_for(KernelContext& c, const Tensor& out) {
  return reserve(c, static_cast<std::uint64_t>(out.num_elements()) * kReserved);
}

template <template <typename> typename Distribution>
void draw_floats(KernelContext& c) {
  Tensor& out = output_of_shape(c);
  dispatch<float, double, Half, BFloat16>(c.op(), out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    fill_random<T>(reserve_for(c, out), out, Distribution<T>());
    return 0;
  });
}

void truncated_normal(KernelContext& c) {
  Tensor& out = output_of_shape(c);
  dispatch<float, double, Half, BFloat16>(c.op(), out.dtype(), [&](auto zero) {
    fill_truncated_normal<decltype(zero)>(reserve_for(c, out), out);
    return 0;
  });
}

void uniform_int(KernelContext& c) {
  Tensor& out = output_of_shape(c);
  if (out.num_elements() == 0) return;
  dispatch<std::int32_t, std::int64_t>(c.op(), out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const auto distribution = uniform_int_between<T>(c, 1);
    fill_random<T>(reserve_for(c, out), out, distribution);
    return 0;
  });
}

// Fisher and Yates from the front; whole rows move.
void shuffle(KernelContext& c) {
  const Tensor& input = c.input(0);
  if (input.num_elements() <= 1 || input.shape().dim(0) <= 1) return c.set_output(0, input);
  const std::int64_t rows = input.shape().dim(0);
  Philox philox = reserve(c, static_cast<std::uint64_t>((rows - 1 + 3) / 4));
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  Philox::Group group = {};
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    if (i % 4 == 0) group = philox();
    const auto left = static_cast<std::uint32_t>(order.size() - i);
    std::swap(order[i], order[i + group[i % 4] % left]);
  }
  Tensor& out = c.allocate_output(0, input.shape());
  const std::int64_t inner = input.num_elements() / rows;
  by_width(c, input.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = mutable_elements<T>(out);
    for (const std::int64_t row : order) {
      to = std::copy_n(elements<T>(input) + row * inner, inner, to);
    }
  });
}

}  // namespace

void register_random_kernels(KernelRegistry& registry) {
  registry.add_function("RandomUniform", draw_floats<Uniform>);
  registry.add_function("RandomStandardNormal", draw_floats<Normal>);
  registry.add_function("TruncatedNormal", truncated_normal);
  registry.add_function("RandomUniformInt", uniform_int);
  registry.add_function("RandomShuffle", shuffle);
}

}  // namespace tensorkeep::runtime
