#include <fmt/format.h>

#include <complex>

#include "base/checked_math.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Borders that repeat what they border on.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

// 1 if the outermost element is not repeated (REFLECT), 0 if it is (SYMMETRIC).
std::int64_t border_offset(const Operation& op) {
  return op.attr_string("mode") == "REFLECT" ? 1 : 0;
}

// The elements before and after each dimension, from input 1.
Dims checked_paddings(const KernelContext& c) {
  Dims paddings = integers(c, 1);
  if (c.input_shape(1) != Shape({c.input_shape(0).rank(), 2})) {
    c.fail(fmt::format("The first dimension of paddings must be the rank of inputs{}, {}",
                       c.input_shape(1).debug_string(), c.input_shape(0).debug_string()));
  }
  for (std::size_t i = 0; i < paddings.size(); i += 2) {
    if (paddings[i] < 0 || paddings[i + 1] < 0) {
      c.fail(fmt::format("paddings must be non-negative: {} {}", paddings[i], paddings[i + 1]));
    }
  }
  return paddings;
}

void check_border(const KernelContext& c, std::int64_t offset, std::int64_t before,
                  std::int64_t after, std::int64_t size) {
  if (before <= size - offset && after <= size - offset) return;
  c.fail(offset == 0
             ? fmt::format("paddings must be no greater than the dimension size: {}, {} greater "
                           "than {}",
                           before, after, size)
             : fmt::format("paddings must be less than the dimension size: {}, {} not less than {}",
                           before, after, size));
}

// For each dimension, how far from the start each padded position's element is in the unpadded
// tensor.
std::vector<Dims> mirrored_offsets(const Dims& unpadded, const Dims& paddings,
                                   std::int64_t offset) {
  const Dims strides = strides_of(unpadded);
  std::vector<Dims> result;
  for (std::size_t d = 0; d < unpadded.size(); ++d) {
    Dims at;
    const std::int64_t size = unpadded[d];
    for (std::int64_t i = -paddings[2 * d]; i < size + paddings[2 * d + 1]; ++i) {
      std::int64_t source = i;
      if (i < 0) source = -i - 1 + offset;
      if (i >= size) source = 2 * size - 1 - i - offset;
      at.push_back(source * strides[d]);
    }
    result.push_back(std::move(at));
  }
  return result;
}

// Calls f with the place of each padded element, in order, in the unpadded tensor.
template <typename F>
void for_each_mirrored(const std::vector<Dims>& offsets, std::size_t dim, std::int64_t start,
                       F&& f) {
  if (dim == offsets.size()) return f(start);
  for (const std::int64_t offset : offsets[dim]) {
    for_each_mirrored(offsets, dim + 1, start + offset, f);
  }
}

void mirror_pad(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims paddings = checked_paddings(c);
  const std::int64_t offset = border_offset(c.op());
  Dims dims = input.shape().dims();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    check_border(c, offset, paddings[2 * i], paddings[2 * i + 1], dims[i]);
    const auto before = checked_add(dims[i], paddings[2 * i]);
    const auto size = before ? checked_add(*before, paddings[2 * i + 1]) : std::nullopt;
    if (!size) c.fail("the padded shape is too large");
    dims[i] = *size;
  }
  Tensor& out = c.allocate_output(0, Shape(dims));
  if (out.num_elements() == 0) return;
  const auto offsets = mirrored_offsets(input.shape().dims(), paddings, offset);
  by_width(c, input.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* const from = elements<T>(input);
    T* to = mutable_elements<T>(out);
    for_each_mirrored(offsets, 0, 0, [&](std::int64_t source) { *to++ = from[source]; });
  });
}

template <typename T>
T sum_of(T a, T b) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
    return T(static_cast<float>(a) + static_cast<float>(b));
  } else {
    return static_cast<T>(a + b);
  }
}

// Adds the borders to what they repeat.
template <typename T>
void mirror_pad_grad(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims paddings = checked_paddings(c);
  const std::int64_t offset = border_offset(c.op());
  Dims dims = input.shape().dims();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::int64_t before = paddings[2 * i];
    const std::int64_t after = paddings[2 * i + 1];
    if (before > dims[i] || after > dims[i] - before) {
      c.fail(fmt::format("the paddings {}, {} are greater than the padded dimension {}", before,
                         after, dims[i]));
    }
    dims[i] -= before + after;
    check_border(c, offset, before, after, dims[i]);
  }
  Tensor out = Tensor::zeros(input.dtype(), Shape(dims));
  if (input.num_elements() > 0) {
    const T* from = elements<T>(input);
    T* const to = mutable_elements<T>(out);
    for_each_mirrored(mirrored_offsets(dims, paddings, offset), 0, 0,
                      [&](std::int64_t target) { to[target] = sum_of(to[target], *from++); });
  }
  c.set_output(0, std::move(out));
}

Kernel make_mirror_pad_grad(const Operation& op) {
  return dispatch<float, double, Half, BFloat16, std::int8_t, std::int16_t, std::int32_t,
                  std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t,
                  std::complex<float>, std::complex<double>>(
      op, op.attr_dtype("T"), []<typename T>(T) -> Kernel { return mirror_pad_grad<T>; });
}

}  // namespace

void register_array_mirror_kernels(KernelRegistry& registry) {
  registry.add_function("MirrorPad", mirror_pad);
  registry.add("MirrorPadGrad", make_mirror_pad_grad);
}

}  // namespace tensorkeep::runtime
