#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "runtime/kernels/narrow.h"
#include "runtime/kernels/window.h"
#include "runtime/parallel.h"

// What dense, grouped and depthwise convolutions share, of images and of volumes.
namespace tensorkeep::runtime {

// All sizes of one convolution, with the channels last. Grouped: each group of input channels makes
// a group of output channels.
struct Convolution {
  std::int64_t batch = 0;
  Windows windows;
  std::int64_t in_channels = 0;
  std::int64_t out_channels = 0;
  std::int64_t groups = 1;

  std::int64_t in_per_group() const { return in_channels / groups; }
  std::int64_t out_per_group() const { return out_channels / groups; }
  // Elements under the filter, in one group.
  std::int64_t patch() const { return windows.taps() * in_per_group(); }
  std::int64_t pixels() const { return windows.outputs(); }
  std::int64_t image_in() const { return windows.inputs() * in_channels; }
  std::int64_t image_out() const { return pixels() * out_channels; }
};

// Batch and windows; the output's channels are the caller's. A filter is [(depth,) height, width,
// in, out].
Convolution plan_convolution(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                             const Shape& filter);

inline Shape output_shape(const WindowAttrs& attrs, const Convolution& plan, bool channels_first) {
  return output_shape(attrs, plan.batch, plan.windows, plan.out_channels, channels_first);
}

// The shape that an input holds; fails with "input_sizes input must be 1-dim, not 2-dim".
Shape shape_from_input(KernelContext& c, int index, const char* name);

// Whether the work is done because there is nothing to sum.
bool is_zero(Tensor& output, const Tensor& a, const Tensor& b);

// Calls f(offset in the image or -1 in the padding, number of the tap) for the taps of a pixel.
template <typename F>
void for_each_tap(const Convolution& plan, std::int64_t pixel, F&& f) {
  const auto& [depth, height, width] = plan.windows.dims;
  const std::int64_t ox = pixel % width.output;
  const std::int64_t oy = pixel / width.output % height.output;
  const std::int64_t oz = pixel / (width.output * height.output);
  std::int64_t tap = 0;
  for (std::int64_t fz = 0; fz < depth.filter; ++fz) {
    const std::int64_t z = depth.position(oz, fz);
    for (std::int64_t fy = 0; fy < height.filter; ++fy) {
      const std::int64_t y = height.position(oy, fy);
      const bool in_line = z >= 0 && z < depth.input && y >= 0 && y < height.input;
      for (std::int64_t fx = 0; fx < width.filter; ++fx, ++tap) {
        const std::int64_t x = width.position(ox, fx);
        const bool inside = in_line && x >= 0 && x < width.input;
        f(inside ? ((z * height.input + y) * width.input + x) * plan.in_channels : -1, tap);
      }
    }
  }
}

// Adds up what `compute(image number, sum, scratch)` adds to a filter's gradient: each part sums
// its images by itself, and the parts are added in order.
template <typename T, typename Compute>
void sum_over_images(const Convolution& plan, std::span<T> sum, std::int64_t scratch_size,
                     Compute&& compute) {
  std::fill(sum.begin(), sum.end(), T(0));
  const std::int64_t parts = std::min<std::int64_t>(plan.batch, parallel_width());
  std::vector<std::vector<T>> sums(static_cast<std::size_t>(parts),
                                   std::vector<T>(sum.size(), T(0)));
  parallel_for(parts, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<T> scratch(static_cast<std::size_t>(scratch_size));
    for (std::int64_t part = first; part < last; ++part) {
      T* const own = sums[static_cast<std::size_t>(part)].data();
      for (std::int64_t n = plan.batch * part / parts; n < plan.batch * (part + 1) / parts; ++n) {
        compute(n, own, scratch.data());
      }
    }
  });
  for (const std::vector<T>& part : sums) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
  }
}

// make(zero) for the type that the operation computes in: float32 for narrower ones.
template <typename F>
Kernel dispatch_float(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

// A convolution and its two gradients. `Family` knows what fits together, and has the loops:
//   Convolution plan(c, attrs, input's shape, filter's shape);
//   Shape input_sizes(c, attrs): the shape that input 0 holds;
//   Convolution plan_gradient(c, attrs, input's shape, filter's shape), which checks input 2 too;
//   void convolve<T>(plan, input, filter, output);
//   void convolve_back_to_input<T>(plan, filter, gradient, input);
//   void convolve_back_to_filter<T>(plan, input, gradient, filter).
template <typename Family>
struct ConvolutionKernels {
  static Kernel forward(const Operation& op) {
    const WindowAttrs attrs = convolution_attrs(op);
    return dispatch_float(op, [&](auto zero) -> Kernel {
      using T = decltype(zero);
      return [attrs](KernelContext& c) {
        const Convolution plan = Family::plan(c, attrs, c.input_shape(0), c.input_shape(1));
        Tensor& output = c.allocate_output(0, output_shape(attrs, plan, attrs.channels_first));
        if (is_zero(output, c.input(0), c.input(1))) return;
        const Tensor image = image_of(attrs, c.input(0));
        compute_image(attrs, output_shape(attrs, plan, false), output, [&](Tensor& y) {
          compute_wide([&](const Tensor& x, const Tensor& w,
                           Tensor& out) { Family::template convolve<T>(plan, x, w, out); },
                       y, image, c.input(1));
        });
      };
    });
  }

  static Kernel back_to_input(const Operation& op) {
    const WindowAttrs attrs = convolution_attrs(op);
    return dispatch_float(op, [&](auto zero) -> Kernel {
      using T = decltype(zero);
      return [attrs](KernelContext& c) {
        const Shape input = Family::input_sizes(c, attrs);
        const Convolution plan = Family::plan_gradient(c, attrs, input, c.input_shape(1));
        Tensor& output = c.allocate_output(0, input);
        if (is_zero(output, c.input(1), c.input(2))) return;
        const Tensor gradient = image_of(attrs, c.input(2));
        const Shape last = input_shape(attrs, plan.batch, plan.windows, plan.in_channels, false);
        compute_image(attrs, last, output, [&](Tensor& x) {
          compute_wide(
              [&](const Tensor& w, const Tensor& g, Tensor& out) {
                Family::template convolve_back_to_input<T>(plan, w, g, out);
              },
              x, c.input(1), gradient);
        });
      };
    });
  }

  static Kernel back_to_filter(const Operation& op) {
    const WindowAttrs attrs = convolution_attrs(op);
    return dispatch_float(op, [&](auto zero) -> Kernel {
      using T = decltype(zero);
      return [attrs](KernelContext& c) {
        const Shape filter = shape_from_input(c, 1, "filter_sizes");
        const Convolution plan = Family::plan_gradient(c, attrs, c.input_shape(0), filter);
        Tensor& output = c.allocate_output(0, filter);
        if (is_zero(output, c.input(0), c.input(2))) return;
        const Tensor image = image_of(attrs, c.input(0));
        const Tensor gradient = image_of(attrs, c.input(2));
        compute_wide([&](const Tensor& x, const Tensor& g,
                         Tensor& w) { Family::template convolve_back_to_filter<T>(plan, x, g, w); },
                     output, image, gradient);
      };
    });
  }
};

}  // namespace tensorkeep::runtime
