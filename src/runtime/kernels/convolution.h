#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "runtime/kernels/narrow.h"
#include "runtime/kernels/window.h"
#include "runtime/parallel.h"

// What dense, grouped and depthwise convolutions share.
namespace tensorkeep::runtime {

// All sizes of one convolution, in NHWC. Grouped: each group of input channels makes a group of
// output channels.
struct Convolution {
  std::int64_t batch = 0;
  WindowDim height;
  WindowDim width;
  std::int64_t in_channels = 0;
  std::int64_t out_channels = 0;
  std::int64_t groups = 1;

  std::int64_t in_per_group() const { return in_channels / groups; }
  std::int64_t out_per_group() const { return out_channels / groups; }
  // Elements under the filter, in one group.
  std::int64_t patch() const { return height.filter * width.filter * in_per_group(); }
  std::int64_t pixels() const { return height.output * width.output; }
  std::int64_t image_in() const { return height.input * width.input * in_channels; }
  std::int64_t image_out() const { return pixels() * out_channels; }
  Shape input_last() const { return {batch, height.input, width.input, in_channels}; }
  Shape output_last() const { return {batch, height.output, width.output, out_channels}; }
};

// Batch, height and width; the channels are the caller's.
Convolution plan_convolution(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                             const Shape& filter);
// The output's shape in the attributes' data format.
Shape output_shape(const WindowAttrs& attrs, const Convolution& plan);

// The shape that an input holds; fails with "input_sizes input must be 1-dim, not 2-dim".
Shape shape_from_input(KernelContext& c, int index, const char* name);

// Calls f(offset in the image or -1 in the padding, number of the tap) for the taps of a pixel.
template <typename F>
void for_each_tap(const Convolution& plan, std::int64_t pixel, F&& f) {
  const std::int64_t oy = pixel / plan.width.output;
  const std::int64_t ox = pixel % plan.width.output;
  std::int64_t tap = 0;
  for (std::int64_t fy = 0; fy < plan.height.filter; ++fy) {
    const std::int64_t y = plan.height.position(oy, fy);
    for (std::int64_t fx = 0; fx < plan.width.filter; ++fx, ++tap) {
      const std::int64_t x = plan.width.position(ox, fx);
      const bool inside = y >= 0 && y < plan.height.input && x >= 0 && x < plan.width.input;
      f(inside ? (y * plan.width.input + x) * plan.in_channels : -1, tap);
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

// An image in NHWC, whatever the attributes' data format.
inline Tensor image_of(const WindowAttrs& attrs, const Tensor& tensor) {
  return attrs.channels_first ? to_channels_last(tensor) : tensor;
}

// Runs `compute` on an NHWC tensor and puts the image it makes into the asked-for order.
template <typename Compute>
void compute_image(const WindowAttrs& attrs, const Shape& channels_last, Tensor& output,
                   Compute&& compute) {
  if (!attrs.channels_first) return compute(output);
  Tensor image(output.dtype(), channels_last);
  compute(image);
  output = to_channels_first(image);
}

// make(zero) for the type that the operation computes in: float32 for narrower ones.
template <typename F>
Kernel dispatch_float(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

}  // namespace tensorkeep::runtime
