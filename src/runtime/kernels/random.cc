#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <mutex>
#include <random>

#include "base/checked_math.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/philox.h"
#include "runtime/resource_manager.h"

// Random tensors, bit for bit TensorFlow's: which numbers of the Philox sequence make which element
// is part of the format of a seed.
namespace tensorkeep::runtime {
namespace {

// How many groups of the sequence a run reserves for each element, and how many numbers an element
// of a distribution with rejections may use.
constexpr std::int64_t kReserved = 256;

// The position of one operation in its sequence; the session keeps it, so that the next run goes on
// behind this one's numbers.
class Generator : public Resource {
 public:
  Generator(std::int64_t seed, std::int64_t seed2) {
    if (seed == 0 && seed2 == 0) {
      std::random_device device;
      const auto fresh = [&] { return (std::uint64_t{device()} << 32) | device(); };
      philox_ = Philox(fresh(), fresh());
    } else {
      philox_ = Philox(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(seed2));
    }
  }

  Philox reserve(std::uint64_t groups) {
    const std::lock_guard lock(mutex_);
    Philox result = philox_;
    philox_.skip(groups);
    return result;
  }

 private:
  std::mutex mutex_;
  Philox philox_;
};

// One generator for an operation of a session. `c.op()` gives the name.
Philox reserve(KernelContext& c, std::uint64_t groups) {
  const Operation& op = c.op();
  const auto generator = c.resources().find_or_make<Generator>("\x01random", op.name(), [&] {
    return std::make_shared<Generator>(op.attr_int("seed"), op.attr_int("seed2"));
  });
  return generator->reserve(groups);
}

float unit_float(std::uint32_t x) {
  return std::bit_cast<float>((127u << 23) | (x & 0x7fffffu)) - 1.0f;
}
double unit_double(std::uint32_t x0, std::uint32_t x1) {
  const std::uint64_t mantissa = (std::uint64_t{x0 & 0xfffffu} << 32) | x1;
  return std::bit_cast<double>((std::uint64_t{1023} << 52) | mantissa) - 1.0;
}

// Two independent standard normal values (Box and Muller). The angle is computed in double and
// rounded, as TensorFlow does; in float a quarter of the values would differ in the last bit.
std::array<float, 2> normal_pair(std::uint32_t x0, std::uint32_t x1) {
  const float u1 = std::max(unit_float(x0), 1.0e-7f);
  const float angle = static_cast<float>(2.0 * M_PI * static_cast<double>(unit_float(x1)));
  const float radius = std::sqrt(-2.0f * std::log(u1));
  return {std::sin(angle) * radius, std::cos(angle) * radius};
}
std::array<double, 2> normal_pair(std::uint32_t x0, std::uint32_t x1, std::uint32_t x2,
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

template <typename T, typename Distribution>
void draw(KernelContext& c, Tensor& out, const Distribution& distribution) {
  const std::int64_t count = out.num_elements();
  Philox philox = reserve(c, static_cast<std::uint64_t>(count) * kReserved);
  T* to = mutable_elements<T>(out);
  for (std::int64_t i = 0; i < count; i += Distribution::kCount) {
    const auto values = distribution(philox());
    std::copy_n(values.begin(), std::min<std::int64_t>(Distribution::kCount, count - i), to + i);
  }
}

Tensor& output_of_shape(KernelContext& c) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() != 1) {
    c.fail(fmt::format("shape must be a vector of {{int32,int64}}, got shape {}",
                       shape.debug_string()));
  }
  const std::vector<std::int64_t> dims = integers(c, 0);
  for (const std::int64_t dim : dims) {
    if (dim < 0) c.fail(fmt::format("Dimension {} must be >= 0", dim));
  }
  return c.allocate_output(0, Shape(dims));
}

template <template <typename> typename Distribution>
void draw_floats(KernelContext& c) {
  Tensor& out = output_of_shape(c);
  dispatch<float, double, Half, BFloat16>(c.op(), out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    draw<T>(c, out, Distribution<T>());
    return 0;
  });
}

// Normal values within two standard deviations. Every group of elements starts at numbers of its
// own, so that rejections do not move the next group.
template <typename T>
void draw_truncated(KernelContext& c, Tensor& out) {
  constexpr std::int64_t kGroup = std::is_same_v<T, double> ? 2 : 4;
  constexpr double kBound = 2.0;
  const std::int64_t count = out.num_elements();
  const Philox base = reserve(c, static_cast<std::uint64_t>(count) * kReserved);
  T* const to = mutable_elements<T>(out);
  for (std::int64_t begin = 0; begin < count; begin += kGroup) {
    Philox philox = base;
    philox.skip(static_cast<std::uint64_t>(begin / kGroup * (kGroup * kReserved / 4)));
    Philox::Group group = {};
    std::size_t used = group.size();
    const auto next = [&] {
      if (used == group.size()) {
        group = philox();
        used = 0;
      }
      return group[used++];
    };
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

void truncated_normal(KernelContext& c) {
  Tensor& out = output_of_shape(c);
  dispatch<float, double, Half, BFloat16>(c.op(), out.dtype(), [&](auto zero) {
    draw_truncated<decltype(zero)>(c, out);
    return 0;
  });
}

void uniform_int(KernelContext& c) {
  for (const int bound : {1, 2}) {
    if (c.input_shape(bound).rank() != 0) {
      c.fail(fmt::format("{} must be 0-D, got shape {}", bound == 1 ? "minval" : "maxval",
                         c.input_shape(bound).debug_string()));
    }
  }
  Tensor& out = output_of_shape(c);
  if (out.num_elements() == 0) return;
  dispatch<std::int32_t, std::int64_t>(c.op(), out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T low = c.input(1).value<T>();
    const T high = c.input(2).value<T>();
    if (low >= high) c.fail(fmt::format("Need minval < maxval, got {} >= {}", low, high));
    using Bits = std::make_unsigned_t<T>;
    draw<T>(
        c, out,
        UniformInt<T>{low, static_cast<Bits>(static_cast<Bits>(high) - static_cast<Bits>(low))});
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
