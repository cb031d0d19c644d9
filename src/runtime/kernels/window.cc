#include "runtime/kernels/window.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/checked_math.h"

namespace tensorkeep::runtime {
namespace {

[[noreturn]] void fail(const Operation& op, const std::string& message) {
  throw errors::InvalidArgumentError(message, {.node = op.name()});
}

// The two spatial entries of a list with one entry for each dimension.
std::array<std::int64_t, 2> spatial(const WindowAttrs& attrs,
                                    const std::vector<std::int64_t>& list) {
  const auto at = static_cast<std::size_t>(attrs.height_axis());
  return {list[at], list[at + 1]};
}

bool only_spatial(const WindowAttrs& attrs, const std::vector<std::int64_t>& list) {
  return list[0] == 1 && list[static_cast<std::size_t>(attrs.channel_axis())] == 1;
}

// Larger values would only overflow; no image has as many pixels.
void check_bounded(const Operation& op, const std::vector<std::int64_t>& list) {
  for (const std::int64_t value : list) {
    if (value > std::numeric_limits<std::int32_t>::max()) {
      fail(op, fmt::format("{} is out of range of int32", value));
    }
  }
}

void read_format(const Operation& op, WindowAttrs& attrs) {
  attrs.padding = op.attr_string("padding");
  if (!op.has_attr("data_format")) return;
  const std::string& format = op.attr_string("data_format");
  if (format != "NHWC" && format != "NCHW") fail(op, "Invalid data format");
  attrs.channels_first = format == "NCHW";
}

void read_strides(const Operation& op, WindowAttrs& attrs, const char* not_spatial,
                  const char* not_positive) {
  const auto strides = op.attr_ints("strides");
  if (strides.size() != 4) {
    fail(op, "Sliding window strides field must specify 4 dimensions");
  }
  check_bounded(op, strides);
  for (const std::int64_t stride : strides) {
    if (stride <= 0) fail(op, fmt::format(fmt::runtime(not_positive), stride));
  }
  if (!only_spatial(attrs, strides)) {
    throw errors::UnimplementedError(not_spatial, {.node = op.name()});
  }
  attrs.strides = spatial(attrs, strides);
}

void read_explicit_pads(const Operation& op, WindowAttrs& attrs) {
  const auto pads = op.has_attr("explicit_paddings") ? op.attr_ints("explicit_paddings")
                                                     : std::vector<std::int64_t>();
  if (attrs.padding != "EXPLICIT") {
    if (!pads.empty()) {
      fail(op,
           "explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT");
    }
    return;
  }
  if (pads.size() != 8) {
    fail(op, fmt::format("explicit_paddings attribute must contain 8 values, but got: {}",
                         pads.size()));
  }
  check_bounded(op, pads);
  if (std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad < 0; })) {
    fail(op, "All elements of explicit_paddings must be nonnegative");
  }
  const auto channel = static_cast<std::size_t>(attrs.channel_axis()) * 2;
  if (pads[0] != 0 || pads[1] != 0 || pads[channel] != 0 || pads[channel + 1] != 0) {
    fail(op, "Nonzero explicit padding in the batch or depth dimensions is not supported");
  }
  const auto height = static_cast<std::size_t>(attrs.height_axis()) * 2;
  attrs.explicit_pads = {{{pads[height], pads[height + 1]}, {pads[height + 2], pads[height + 3]}}};
}

}  // namespace

WindowAttrs convolution_attrs(const Operation& op) {
  WindowAttrs attrs;
  read_format(op, attrs);
  read_strides(op, attrs,
               "Current implementation does not yet support strides in the batch and depth "
               "dimensions.",
               "Row and column strides should be larger than 0.");
  const auto dilations = op.attr_ints("dilations");
  if (dilations.size() != 4) fail(op, "Sliding window dilations field must specify 4 dimensions");
  check_bounded(op, dilations);
  if (std::any_of(dilations.begin(), dilations.end(), [](std::int64_t d) { return d <= 0; })) {
    fail(op, "Dilated rates should be larger than 0.");
  }
  if (!only_spatial(attrs, dilations)) {
    throw errors::UnimplementedError(
        "Current implementation does not yet support dilations in the batch and depth dimensions.",
        {.node = op.name()});
  }
  attrs.dilations = spatial(attrs, dilations);
  read_explicit_pads(op, attrs);
  return attrs;
}

WindowAttrs pooling_attrs(const Operation& op) {
  WindowAttrs attrs;
  read_format(op, attrs);
  const auto window = op.attr_ints("ksize");
  if (window.size() != 4) fail(op, "Sliding window ksize field must specify 4 dimensions");
  check_bounded(op, window);
  if (std::any_of(window.begin(), window.end(), [](std::int64_t size) { return size <= 0; })) {
    fail(op, fmt::format("Sliding window ksize must be positive. The specified or inferred ksize "
                         "is: {}",
                         fmt::join(window, ",")));
  }
  if (window[0] != 1) {
    throw errors::UnimplementedError("Pooling is not yet supported on the batch dimension.",
                                     {.node = op.name()});
  }
  if (!only_spatial(attrs, window)) {
    throw errors::UnimplementedError("Pooling is not yet supported on the depth dimension.",
                                     {.node = op.name()});
  }
  attrs.window = spatial(attrs, window);
  read_strides(op, attrs, "Pooling is not yet supported on the batch dimension.",
               "Stride must be > 0, but got {}");
  read_explicit_pads(op, attrs);
  return attrs;
}

WindowDim plan_window(KernelContext& c, const WindowAttrs& attrs, int index, std::int64_t input,
                      std::int64_t filter) {
  const auto at = static_cast<std::size_t>(index);
  WindowDim dim;
  dim.input = input;
  dim.filter = filter;
  dim.stride = attrs.strides[at];
  dim.dilation = attrs.dilations[at];
  const auto reach = checked_mul<std::int64_t>(filter - 1, dim.dilation);
  if (!reach || *reach >= INT64_MAX / 4 || input >= INT64_MAX / 4) {
    c.fail(
        fmt::format("a window of {} elements, dilated by {}, is too large", filter, dim.dilation));
  }
  const std::int64_t effective = *reach + 1;
  if (attrs.padding == "SAME") {
    dim.output = (input + dim.stride - 1) / dim.stride;
    const std::int64_t needed = (dim.output - 1) * dim.stride + effective - input;
    dim.pad_before = std::max<std::int64_t>(needed, 0) / 2;
    return dim;
  }
  dim.pad_before = attrs.explicit_pads[at][0];
  const std::int64_t padded = input + attrs.explicit_pads[at][0] + attrs.explicit_pads[at][1];
  // TensorFlow divides towards zero: one window too large by less than a stride is size 0.
  dim.output = (padded - effective + dim.stride) / dim.stride;
  if (dim.output < 0 || padded - effective + dim.stride < 0) {
    c.fail(
        fmt::format("Computed output size would be negative: {} [input_size: {}, "
                    "effective_filter_size: {}, stride: {}]",
                    dim.output, input, effective, dim.stride));
  }
  return dim;
}

Shape image_shape(const WindowAttrs& attrs, std::int64_t batch, std::int64_t height,
                  std::int64_t width, std::int64_t channels) {
  return attrs.channels_first ? Shape{batch, channels, height, width}
                              : Shape{batch, height, width, channels};
}

namespace {

// [batch, a, b] to [batch, b, a], elements of any kind of one width.
template <typename T>
void swap_inner(const Tensor& from, std::int64_t batch, std::int64_t a, std::int64_t b,
                Tensor& to) {
  const T* x = from.bit_data<T>().data();
  T* y = to.mutable_bit_data<T>().data();
  for (std::int64_t n = 0; n < batch; ++n) {
    for (std::int64_t i = 0; i < a; ++i) {
      for (std::int64_t j = 0; j < b; ++j) y[(n * b + j) * a + i] = x[(n * a + i) * b + j];
    }
  }
}

Tensor swapped(const Tensor& tensor, std::int64_t a, std::int64_t b, Shape shape) {
  Tensor result(tensor.dtype(), std::move(shape));
  if (tensor.num_elements() == 0) return result;
  const std::int64_t batch = tensor.shape().dim(0);
  switch (size_of(tensor.dtype())) {
    case 1:
      swap_inner<std::uint8_t>(tensor, batch, a, b, result);
      break;
    case 2:
      swap_inner<std::uint16_t>(tensor, batch, a, b, result);
      break;
    case 4:
      swap_inner<std::uint32_t>(tensor, batch, a, b, result);
      break;
    default:
      swap_inner<std::uint64_t>(tensor, batch, a, b, result);
      break;
  }
  return result;
}

}  // namespace

Tensor to_channels_last(const Tensor& tensor) {
  const Shape& s = tensor.shape();
  const std::int64_t pixels = tensor.num_elements() == 0 ? 0 : s.dim(2) * s.dim(3);
  return swapped(tensor, s.dim(1), pixels, Shape{s.dim(0), s.dim(2), s.dim(3), s.dim(1)});
}

Tensor to_channels_first(const Tensor& tensor) {
  const Shape& s = tensor.shape();
  const std::int64_t pixels = tensor.num_elements() == 0 ? 0 : s.dim(1) * s.dim(2);
  return swapped(tensor, pixels, s.dim(3), Shape{s.dim(0), s.dim(3), s.dim(1), s.dim(2)});
}

}  // namespace tensorkeep::runtime
