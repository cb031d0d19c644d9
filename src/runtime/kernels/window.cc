#include "runtime/kernels/window.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "base/checked_math.h"

namespace tensorkeep::runtime {
namespace {

[[noreturn]] void fail(const Operation& op, const std::string& message) {
  throw errors::InvalidArgumentError(message, {.node = op.name()});
}

// The spatial entries of a list with one entry for each dimension.
std::array<std::int64_t, 3> spatial(const WindowAttrs& attrs,
                                    const std::vector<std::int64_t>& list) {
  std::array<std::int64_t, 3> result = {1, 1, 1};
  for (int i = 3 - attrs.spatial; i < 3; ++i) {
    result[static_cast<std::size_t>(i)] = list[static_cast<std::size_t>(attrs.axis(i))];
  }
  return result;
}

void check_count(const Operation& op, const WindowAttrs& attrs, const char* name,
                 const std::vector<std::int64_t>& list) {
  if (std::ssize(list) == attrs.rank()) return;
  fail(op, fmt::format("Sliding window {} field must specify {} dimensions", name, attrs.rank()));
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
  if (format != "NHWC" && format != "NCHW" && format != "NDHWC" && format != "NCDHW") {
    fail(op, "Invalid data format");
  }
  attrs.channels_first = format.starts_with("NC");
  attrs.spatial = static_cast<int>(format.size()) - 2;
}

void read_strides(const Operation& op, WindowAttrs& attrs, const char* not_spatial,
                  const char* not_positive) {
  const auto strides = op.attr_ints("strides");
  check_count(op, attrs, "strides", strides);
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
  const auto height = static_cast<std::size_t>(attrs.axis(1)) * 2;
  attrs.explicit_pads[1] = {pads[height], pads[height + 1]};
  attrs.explicit_pads[2] = {pads[height + 2], pads[height + 3]};
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
  check_count(op, attrs, "dilations", dilations);
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
  check_count(op, attrs, "ksize", window);
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

namespace {

Shape image_shape(const WindowAttrs& attrs, std::int64_t batch,
                  const std::array<std::int64_t, 3>& sizes, std::int64_t channels,
                  bool channels_first) {
  std::vector<std::int64_t> dims(sizes.begin() + (3 - attrs.spatial), sizes.end());
  dims.insert(dims.begin(), batch);
  dims.insert(channels_first ? dims.begin() + 1 : dims.end(), channels);
  return Shape(std::move(dims));
}

}  // namespace

Shape input_shape(const WindowAttrs& attrs, std::int64_t batch, const Windows& windows,
                  std::int64_t channels, bool channels_first) {
  const auto& d = windows.dims;
  return image_shape(attrs, batch, {d[0].input, d[1].input, d[2].input}, channels, channels_first);
}

Shape output_shape(const WindowAttrs& attrs, std::int64_t batch, const Windows& windows,
                   std::int64_t channels, bool channels_first) {
  const auto& d = windows.dims;
  return image_shape(attrs, batch, {d[0].output, d[1].output, d[2].output}, channels,
                     channels_first);
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

// From [batch, a..., b...], where `a` has `count` dimensions, to [batch, b..., a...].
Tensor turned(const Tensor& tensor, int count) {
  std::vector<std::int64_t> dims = tensor.shape().dims();
  const auto first = dims.begin() + 1;
  const auto middle = first + count;
  const auto multiply = std::multiplies<std::int64_t>();
  const bool empty = tensor.num_elements() == 0;
  const std::int64_t a = empty ? 0 : std::accumulate(first, middle, std::int64_t{1}, multiply);
  const std::int64_t b = empty ? 0 : std::accumulate(middle, dims.end(), std::int64_t{1}, multiply);
  std::rotate(first, middle, dims.end());
  return swapped(tensor, a, b, Shape(std::move(dims)));
}

}  // namespace

Tensor to_channels_last(const Tensor& tensor) {
  return turned(tensor, 1);
}

Tensor to_channels_first(const Tensor& tensor) {
  return turned(tensor, tensor.shape().rank() - 2);
}

}  // namespace tensorkeep::runtime
