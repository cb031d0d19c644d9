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

// The attributes that convolutions and poolings share.
struct WindowAttrs {
  bool channels_first = false;  // data_format NCHW
  std::string padding;          // SAME, VALID, EXPLICIT
  std::array<std::int64_t, 2> strides = {1, 1};
  std::array<std::int64_t, 2> dilations = {1, 1};
  std::array<std::int64_t, 2> window = {1, 1};  // ksize, for poolings
  std::array<std::array<std::int64_t, 2>, 2> explicit_pads = {};

  int channel_axis() const { return channels_first ? 1 : 3; }
  int height_axis() const { return channels_first ? 2 : 1; }
};

// Throws InvalidArgumentError and UnimplementedError with TensorFlow's messages.
WindowAttrs convolution_attrs(const Operation& op);
WindowAttrs pooling_attrs(const Operation& op);

// The output's size and the padding along dimension `index` (0 height, 1 width).
WindowDim plan_window(KernelContext& c, const WindowAttrs& attrs, int index, std::int64_t input,
                      std::int64_t filter);

// [batch, height, width, channels] in the order of the attributes' data format.
Shape image_shape(const WindowAttrs& attrs, std::int64_t batch, std::int64_t height,
                  std::int64_t width, std::int64_t channels);

// NCHW to NHWC and back; kernels compute in NHWC.
Tensor to_channels_last(const Tensor& tensor);
Tensor to_channels_first(const Tensor& tensor);

}  // namespace tensorkeep::runtime
