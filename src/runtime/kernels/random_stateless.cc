#include <fmt/format.h>

#include "runtime/kernels/families.h"
#include "runtime/kernels/random_distributions.h"

// Random tensors by seeds that are inputs: the same seed gives the same numbers in every run. The
// second version of each operation takes what a seed stands for: a key and a counter.
namespace tensorkeep::runtime {
namespace {

Philox of_seed(const KernelContext& c, int index) {
  if (c.input_shape(index) != Shape{2}) {
    c.fail("seed must have shape [2], not " + c.input_shape(index).debug_string());
  }
  const Tensor& seed = c.input(index);
  const auto at = [&](std::size_t i) {
    return dispatch<std::int32_t, std::int64_t, std::uint32_t, std::uint64_t>(
        c.op(), seed.dtype(),
        [&]<typename T>(T) { return static_cast<std::uint64_t>(seed.data<T>()[i]); });
  };
  return scrambled(at(0), at(1));
}

Philox of_key(const KernelContext& c) {
  constexpr int kPhilox = 1;
  constexpr int kAutomatic = 3;
  if (c.input_shape(1) != Shape{1}) {
    c.fail("key must have shape [1], not " + c.input_shape(1).debug_string());
  }
  if (c.input_shape(2).rank() != 1 || c.input_shape(2).dim(0) < 2) {
    c.fail("counter must be a vector of at least 2 elements, got shape " +
           c.input_shape(2).debug_string());
  }
  if (c.input_shape(3).rank() != 0) {
    c.fail("algorithm must be of shape [], not " + c.input_shape(3).debug_string());
  }
  const auto algorithm = c.input(3).value<std::int32_t>();
  if (algorithm != kPhilox && algorithm != kAutomatic) {
    c.fail(fmt::format("Unsupported algorithm id: {}", algorithm));
  }
  const auto counter = c.input(2).data<std::uint64_t>();
  return Philox(c.input(1).data<std::uint64_t>()[0], counter[0], counter[1]);
}

template <bool kByKey>
Philox generator_of(const KernelContext& c) {
  return kByKey ? of_key(c) : of_seed(c, 1);
}

template <template <typename> typename Distribution, bool kByKey>
void draw_floats(KernelContext& c) {
  const Philox philox = generator_of<kByKey>(c);
  Tensor& out = output_of_shape(c);
  dispatch<float, double, Half, BFloat16>(c.op(), out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    fill_random<T>(philox, out, Distribution<T>());
    return 0;
  });
}

template <bool kByKey>
void draw_truncated_normal(KernelContext& c) {
  const Philox philox = generator_of<kByKey>(c);
  Tensor& out = output_of_shape(c);
  dispatch<float, double, Half, BFloat16>(c.op(), out.dtype(), [&](auto zero) {
    fill_truncated_normal<decltype(zero)>(philox, out);
    return 0;
  });
}

template <bool kByKey>
void draw_integers(KernelContext& c) {
  const Philox philox = generator_of<kByKey>(c);
  Tensor& out = output_of_shape(c);
  if (out.num_elements() == 0) return;
  dispatch<std::int32_t, std::int64_t, std::uint32_t, std::uint64_t>(
      c.op(), out.dtype(), [&](auto zero) {
        using T = decltype(zero);
        fill_random<T>(philox, out, uniform_int_between<T>(c, kByKey ? 4 : 2));
        return 0;
      });
}

template <bool kByKey>
void draw_all_integers(KernelContext& c) {
  const Philox philox = generator_of<kByKey>(c);
  Tensor& out = output_of_shape(c);
  dispatch<std::int32_t, std::int64_t, std::uint32_t, std::uint64_t>(
      c.op(), out.dtype(), [&](auto zero) {
        using T = decltype(zero);
        fill_random<T>(philox, out, FullInt<T>());
        return 0;
      });
}

void key_and_counter(KernelContext& c) {
  const Philox philox = of_seed(c, 0);
  c.allocate_output(0, {1}).mutable_data<std::uint64_t>()[0] = philox.key();
  Tensor& counter = c.allocate_output(1, {2});
  counter.mutable_data<std::uint64_t>()[0] = 0;
  counter.mutable_data<std::uint64_t>()[1] = philox.high();
}

template <bool kByKey>
void register_version(KernelRegistry& registry, const std::string& version) {
  registry.add_function("StatelessRandomUniform" + version, draw_floats<Uniform, kByKey>);
  registry.add_function("StatelessRandomNormal" + version, draw_floats<Normal, kByKey>);
  registry.add_function("StatelessTruncatedNormal" + version, draw_truncated_normal<kByKey>);
  registry.add_function("StatelessRandomUniformInt" + version, draw_integers<kByKey>);
  registry.add_function("StatelessRandomUniformFullInt" + version, draw_all_integers<kByKey>);
}

}  // namespace

void register_random_stateless_kernels(KernelRegistry& registry) {
  register_version<false>(registry, "");
  register_version<true>(registry, "V2");
  registry.add_function("StatelessRandomGetKeyCounter", key_and_counter);
}

}  // namespace tensorkeep::runtime
