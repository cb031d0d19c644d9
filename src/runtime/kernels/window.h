#pragma once

#include <array>

#include "runtime/kernel.h"

namespace tensorkeep::runtime {

// One spatial dimension of a convolution or pooling.
struct WindowDim {
  std::int64_t input = 0;
  std::int64_t filter = 0;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_before = 0;
  std::int64_t output = 0;

  // Where tap `f` of output `o` reads; outside [0, input) in the padding.
  std::int64_t position(std::int64_t o, std::int64_t f) const {
    return o * stride + f * dilation - pad_before;
  }
};

// The attributes that convolutions and poolings share. Lists have an entry for depth, height and
// width; an image without a depth has one of size 1.
struct WindowAttrs {
  int spatial = 2;              // 3: volumes, with a depth
  bool channels_first = false;  // data_format NCHW or NCDHW
  std::string padding;          // SAME, VALID, EXPLICIT
  std::array<std::int64_t, 3> strides = {1, 1, 1};
  std::array<std::int64_t, 3> dilations = {1, 1, 1};
  std::array<std::int64_t, 3> window = {1, 1, 1};  // ksize, for poolings
  std::array<std::array<std::int64_t, 2>, 3> explicit_pads = {};

  int rank() const { return spatial + 2; }
  int channel_axis() const { return channels_first ? 1 : spatial + 1; }
  // Where dimension `index` (0 depth, 1 height, 2 width) is in an image.
  int axis(int index) const { return index + (channels_first ? 2 : 1) - (3 - spatial); }
  // Its size; that of a missing depth is 1.
  std::int64_t size(const Shape& image, int index) const {
    return index < 3 - spatial ? 1 : image.dim(axis(index));
  }
};

// Throws InvalidArgumentError and UnimplementedError with TensorFlow's messages.
WindowAttrs convolution_attrs(const Operation& op);
WindowAttrs pooling_attrs(const Operation& op);

// The output's size and the padding along dimension `index` (0 depth, 1 height, 2 width).
WindowDim plan_window(KernelContext& c, const WindowAttrs& attrs, int index, std::int64_t input,
                      std::int64_t filter);

// Depth, height and width of what slides over an image.
struct Windows {
  std::array<WindowDim, 3> dims;

  std::int64_t taps() const { return dims[0].filter * dims[1].filter * dims[2].filter; }
  std::int64_t inputs() const { return dims[0].input * dims[1].input * dims[2].input; }
  std::int64_t outputs() const { return dims[0].output * dims[1].output * dims[2].output; }
};
// `filter` gives the window's size along each dimension.
template <typename Size>
Windows plan_windows(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                     Size&& filter) {
  Windows windows;
  for (int i = 0; i < 3; ++i) {
    windows.dims[static_cast<std::size_t>(i)] =
        plan_window(c, attrs, i, attrs.size(input, i), i < 3 - attrs.spatial ? 1 : filter(i));
  }
  return windows;
}

// [batch, (depth,) height, width, channels] of the inputs or outputs, in the order of the
// attributes' data format or with the channels last.
Shape input_shape(const WindowAttrs& attrs, std::int64_t batch, const Windows& windows,
                  std::int64_t channels, bool channels_first);
Shape output_shape(const WindowAttrs& attrs, std::int64_t batch, const Windows& windows,
                   std::int64_t channels, bool channels_first);

// NCHW to NHWC and back, or the same with a depth; kernels compute with the channels last.
Tensor to_channels_last(const Tensor& tensor);
Tensor to_channels_first(const Tensor& tensor);

// An image with the channels last, whatever the attributes' data format.
inline Tensor image_of(const WindowAttrs& attrs, const Tensor& tensor) {
  return attrs.channels_first ? to_channels_last(tensor) : tensor;
}

// Runs `compute` on a tensor with the channels last and puts the image it makes into the asked-for
// order.
template <typename Compute>
void compute_image(const WindowAttrs& attrs, const Shape& channels_last, Tensor& output,
                   Compute&& compute) {
  if (!attrs.channels_first) return compute(output);
  Tensor image(output.dtype(), channels_last);
  compute(image);
  output = to_channels_first(image);
}

}  // namespace tensorkeep::runtime
