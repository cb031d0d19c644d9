#include <fmt/format.h>

#include "base/checked_math.h"
#include "runtime/kernels/convolution.h"
#include "runtime/kernels/families.h"
#include "runtime/simd/loops.h"

// Convolutions of each channel by itself: channel c of the input makes the channels
// [c * multiplier, (c + 1) * multiplier) of the output.
namespace tensorkeep::runtime {
namespace {

std::int64_t multiplier_of(const Convolution& plan) {
  return plan.out_per_group();
}

// sums[c, q] += x[c] * factors[c, q], where `scratch` holds as many elements.
template <typename T>
void add_products(const Convolution& plan, const T* x, const T* factors, T* sums, T* scratch) {
  const std::int64_t multiplier = multiplier_of(plan);
  if (multiplier != 1) {
    for (std::int64_t ch = 0; ch < plan.in_channels; ++ch) {
      for (std::int64_t q = 0; q < multiplier; ++q) *sums++ += x[ch] * *factors++;
    }
    return;
  }
  const simd::Loops<T>& loops = simd::loops_of<T>();
  constexpr auto kBoth = simd::Operands::kBothVary;
  loops.binary[simd::Binary::kMul][kBoth](x, factors, scratch, plan.in_channels);
  loops.binary[simd::Binary::kAdd][kBoth](sums, scratch, sums, plan.in_channels);
}

// x[c] += sum over q of a[c, q] * b[c, q].
template <typename T>
void add_dot_products(const Convolution& plan, const T* a, const T* b, T* x, T* scratch) {
  const std::int64_t multiplier = multiplier_of(plan);
  if (multiplier == 1) return add_products(plan, a, b, x, scratch);
  for (std::int64_t ch = 0; ch < plan.in_channels; ++ch) {
    T sum = 0;
    for (std::int64_t q = 0; q < multiplier; ++q) sum += *a++ * *b++;
    x[ch] += sum;
  }
}

// Calls f(offset in the input, in the filter, in the output) wherever an image's pixel meets a tap.
template <typename F>
void for_each_meeting(const Convolution& plan, F&& f) {
  for (std::int64_t pixel = 0; pixel < plan.pixels(); ++pixel) {
    for_each_tap(plan, pixel, [&](std::int64_t in, std::int64_t tap) {
      if (in >= 0) f(in, tap * plan.out_channels, pixel * plan.out_channels);
    });
  }
}

// Runs compute(image number, scratch) for all images, on several threads.
template <typename T, typename Compute>
void for_each_image(const Convolution& plan, Compute&& compute) {
  parallel_for(plan.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<T> scratch(static_cast<std::size_t>(plan.in_channels));
    for (std::int64_t n = begin; n < end; ++n) compute(n, scratch.data());
  });
}

Convolution plan_depthwise(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                           const Shape& filter) {
  if (input.rank() != 4) c.fail("input must be 4-dimensional" + input.debug_string());
  if (filter.rank() != 4) c.fail("filter must be 4-dimensional: " + filter.debug_string());
  Convolution plan = plan_convolution(c, attrs, input, filter);
  if (plan.in_channels != filter.dim(2)) {
    c.fail(fmt::format("input and filter must have the same depth: {} vs {}", plan.in_channels,
                       filter.dim(2)));
  }
  const auto channels = checked_mul(plan.in_channels, filter.dim(3));
  if (!channels) c.fail("too many output channels");
  plan.out_channels = *channels;
  plan.groups = std::max<std::int64_t>(plan.in_channels, 1);
  return plan;
}

// The plan of a gradient, whose out_backprop is input 2.
Convolution plan_depthwise_gradient(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                                    const Shape& filter) {
  const std::string label = c.op().type() == "DepthwiseConv2dNativeBackpropInput"
                                ? "DepthwiseConv2DBackpropInput"
                                : "DepthwiseConv2DBackpropFilter";
  const Shape& gradient = c.input_shape(2);
  const auto check_rank = [&](const Shape& shape, const char* name) {
    if (shape.rank() != 4) c.fail(fmt::format("{}: {} must be 4-dimensional", label, name));
  };
  check_rank(input, "input");
  check_rank(filter, "filter");
  check_rank(gradient, "out_backprop");
  const Convolution plan = plan_depthwise(c, attrs, input, filter);
  if (gradient.dim(0) != plan.batch) {
    c.fail(fmt::format("{}: input and out_backprop must have the same batch size", label));
  }
  const auto check_size = [&](int dim, const char* what, std::int64_t computed) {
    const std::int64_t actual = gradient.dim(dim);
    if (actual == computed) return;
    c.fail(
        fmt::format("{}: Number of {} of out_backprop doesn't match computed: actual = {}, "
                    "computed = {}",
                    label, what, actual, computed));
  };
  check_size(attrs.axis(1), "rows", plan.windows.dims[1].output);
  check_size(attrs.axis(2), "cols", plan.windows.dims[2].output);
  if (gradient.dim(attrs.channel_axis()) != plan.out_channels) {
    c.fail(fmt::format("{}: depth_multiplier * in_depth not equal to out_depth", label));
  }
  return plan;
}

struct Depthwise {
  static Convolution plan(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                          const Shape& filter) {
    return plan_depthwise(c, attrs, input, filter);
  }
  static Shape input_sizes(KernelContext& c, const WindowAttrs&) {
    return shape_from_input(c, 0, "input_sizes");
  }
  static Convolution plan_gradient(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                                   const Shape& filter) {
    return plan_depthwise_gradient(c, attrs, input, filter);
  }

  template <typename T>
  static void convolve(const Convolution& plan, const Tensor& input, const Tensor& filter,
                       Tensor& output) {
    const T* const x = input.data<T>().data();
    const T* const w = filter.data<T>().data();
    T* const y = output.mutable_data<T>().data();
    for_each_image<T>(plan, [&](std::int64_t n, T* scratch) {
      T* const image = y + n * plan.image_out();
      std::fill_n(image, plan.image_out(), T(0));
      for_each_meeting(plan, [&](std::int64_t in, std::int64_t tap, std::int64_t out) {
        add_products(plan, x + n * plan.image_in() + in, w + tap, image + out, scratch);
      });
    });
  }

  template <typename T>
  static void convolve_back_to_input(const Convolution& plan, const Tensor& filter,
                                     const Tensor& gradient, Tensor& output) {
    const T* const w = filter.data<T>().data();
    const T* const g = gradient.data<T>().data();
    T* const x = output.mutable_data<T>().data();
    for_each_image<T>(plan, [&](std::int64_t n, T* scratch) {
      T* const image = x + n * plan.image_in();
      std::fill_n(image, plan.image_in(), T(0));
      for_each_meeting(plan, [&](std::int64_t in, std::int64_t tap, std::int64_t out) {
        add_dot_products(plan, g + n * plan.image_out() + out, w + tap, image + in, scratch);
      });
    });
  }

  template <typename T>
  static void convolve_back_to_filter(const Convolution& plan, const Tensor& input,
                                      const Tensor& gradient, Tensor& output) {
    const T* const x = input.data<T>().data();
    const T* const g = gradient.data<T>().data();
    const auto compute = [&](std::int64_t n, T* sum, T* scratch) {
      for_each_meeting(plan, [&](std::int64_t in, std::int64_t tap, std::int64_t out) {
        add_products(plan, x + n * plan.image_in() + in, g + n * plan.image_out() + out, sum + tap,
                     scratch);
      });
    };
    sum_over_images<T>(plan, output.mutable_data<T>(), plan.in_channels, compute);
  }
};

}  // namespace

void register_depthwise_kernels(KernelRegistry& registry) {
  using Kernels = ConvolutionKernels<Depthwise>;
  registry.add("DepthwiseConv2dNative", Kernels::forward);
  registry.add("DepthwiseConv2dNativeBackpropInput", Kernels::back_to_input);
  registry.add("DepthwiseConv2dNativeBackpropFilter", Kernels::back_to_filter);
}

}  // namespace tensorkeep::runtime
