#include <fmt/format.h>

#include <array>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"

// Shapes of convolutions and pools.
namespace tensorkeep::ops {
namespace {

// Where the dimensions of a batch of images are.
struct Layout {
  int channels;
  int height;
  int width;
};

Layout layout_of(ShapeContext& c) {
  const std::string& format = c.op().attr_string("data_format");
  if (format == "NHWC") return {3, 1, 2};
  if (format == "NCHW") return {1, 2, 3};
  c.fail(fmt::format("Unsupported data format '{}'", format));
}

std::vector<std::int64_t> four_of(ShapeContext& c, const char* attr) {
  std::vector<std::int64_t> values = c.op().attr_ints(attr);
  if (values.size() != 4) {
    c.fail(fmt::format("{} requires the {} attribute to contain 4 values, but got: {}",
                       c.op().type(), attr, values.size()));
  }
  return values;
}

struct Window {
  std::int64_t size;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t pad_before = 0;
  std::int64_t pad_after = 0;
};

std::int64_t windowed_size(ShapeContext& c, std::int64_t input, const Window& window) {
  if (window.stride <= 0) c.fail(fmt::format("Stride must be > 0, but got {}", window.stride));
  if (window.dilation <= 0) {
    c.fail(fmt::format("Dilation rate must be > 0, but got {}", window.dilation));
  }
  const std::string& padding = c.op().attr_string("padding");
  if (input < 0) return None;
  if (padding == "SAME") return (input + window.stride - 1) / window.stride;
  if (window.size < 0) return None;
  const std::int64_t reach = (window.size - 1) * window.dilation + 1;
  const std::int64_t padded = input + window.pad_before + window.pad_after;
  if (reach > padded) {
    c.fail(fmt::format("Negative dimension size caused by subtracting {} from {}", reach, padded));
  }
  return (padded - reach + window.stride) / window.stride;
}

std::array<std::int64_t, 2> paddings_of(ShapeContext& c, int dim) {
  if (c.op().attr_string("padding") != "EXPLICIT") return {0, 0};
  const auto list = c.op().attr_ints("explicit_paddings");
  if (list.size() != 8) {
    c.fail(
        fmt::format("explicit_paddings attribute must contain 8 values, but got: {}", list.size()));
  }
  const std::size_t at = static_cast<std::size_t>(dim) * 2;
  return {list[at], list[at + 1]};
}

void set_convolved(ShapeContext& c, const Layout& layout, const Shape& input, const Shape& filter,
                   std::int64_t channels) {
  const auto strides = four_of(c, "strides");
  const auto dilations = four_of(c, "dilations");
  std::vector<std::int64_t> out(4);
  out[0] = input.dim(0);
  out[static_cast<std::size_t>(layout.channels)] = channels;
  const int spatial[] = {layout.height, layout.width};
  for (int i = 0; i < 2; ++i) {
    const int dim = spatial[i];
    const auto at = static_cast<std::size_t>(dim);
    const auto [before, after] = paddings_of(c, dim);
    out[at] = windowed_size(c, input.dim(dim),
                            {filter.dim(i), strides[at], dilations[at], before, after});
  }
  c.set_output(0, Shape(std::move(out)));
}

void conv2d(ShapeContext& c) {
  const Layout layout = layout_of(c);
  const Shape input = c.input_with_rank(0, 4);
  const Shape filter = c.input_with_rank(1, 4);
  const std::int64_t in = input.dim(layout.channels);
  const std::int64_t filter_in = filter.dim(2);
  if (in >= 0 && filter_in >= 0 && (filter_in == 0 || in % filter_in != 0)) {
    c.fail(fmt::format("Depth of input ({}) is not a multiple of input depth of filter ({})", in,
                       filter_in));
  }
  set_convolved(c, layout, input, filter, filter.dim(3));
}

// The filter is [height, width, in, multiplier].
void depthwise_conv2d(ShapeContext& c) {
  const Layout layout = layout_of(c);
  const Shape input = c.input_with_rank(0, 4);
  const Shape filter = c.input_with_rank(1, 4);
  const std::int64_t in = c.merge_dims(input.dim(layout.channels), filter.dim(2));
  set_convolved(c, layout, input, filter, multiply_dims(in, filter.dim(3)));
}

// The output's shape is a value: input_sizes or filter_sizes.
template <int kSizes>
void backprop(ShapeContext& c) {
  const Shape sizes = c.input_as_shape(kSizes);
  if (!sizes.rank_known()) return c.set_output(0, Shape::unknown_of_rank(4));
  if (sizes.rank() != 4) c.fail(fmt::format("Shape must be rank 4 but is rank {}", sizes.rank()));
  c.set_output(0, sizes);
}

void pool(ShapeContext& c) {
  const Layout layout = layout_of(c);
  const Shape input = c.input_with_rank(0, 4);
  const auto ksize = four_of(c, "ksize");
  const auto strides = four_of(c, "strides");
  std::vector<std::int64_t> out(4);
  out[0] = input.dim(0);
  for (const int dim : {layout.channels, layout.height, layout.width}) {
    const auto at = static_cast<std::size_t>(dim);
    out[at] = dim == layout.channels && ksize[at] == 1 && strides[at] == 1
                  ? input.dim(dim)
                  : windowed_size(c, input.dim(dim), {ksize[at], strides[at], 1});
  }
  c.set_output(0, Shape(std::move(out)));
}

// The largest elements and where they were; the channels come last.
void max_pool_with_argmax(ShapeContext& c) {
  const Shape input = c.input_with_rank(0, 4);
  const auto ksize = four_of(c, "ksize");
  const auto strides = four_of(c, "strides");
  std::vector<std::int64_t> out = input.dims();
  for (const std::size_t at : {1U, 2U}) {
    out[at] = windowed_size(c, input.dim(static_cast<int>(at)), {ksize[at], strides[at], 1});
  }
  c.set_output(0, Shape(out));
  c.set_output(1, Shape(std::move(out)));
}

// A patch's pixels become channels.
void image_patches(ShapeContext& c) {
  const Shape input = c.input_with_rank(0, 4);
  const auto ksizes = four_of(c, "ksizes");
  const auto strides = four_of(c, "strides");
  const auto rates = four_of(c, "rates");
  std::vector<std::int64_t> out = input.dims();
  for (const std::size_t at : {1U, 2U}) {
    out[at] = windowed_size(c, out[at], {ksizes[at], strides[at], rates[at]});
  }
  out[3] = multiply_dims(multiply_dims(out[3], ksizes[1]), ksizes[2]);
  c.set_output(0, Shape(std::move(out)));
}

void dilation(ShapeContext& c) {
  const Shape input = c.input_with_rank(0, 4);
  const Shape filter = c.input_with_rank(1, 3);
  const auto strides = four_of(c, "strides");
  const auto rates = four_of(c, "rates");
  std::vector<std::int64_t> out = input.dims();
  for (const std::size_t at : {1U, 2U}) {
    out[at] =
        windowed_size(c, out[at], {filter.dim(static_cast<int>(at) - 1), strides[at], rates[at]});
  }
  out[3] = c.merge_dims(out[3], filter.dim(2));
  c.set_output(0, Shape(std::move(out)));
}

template <int kInput>
void dilation_backprop(ShapeContext& c) {
  c.set_output(0, c.input(kInput));
}

void max_pool_grad(ShapeContext& c) {
  c.set_output(0, c.input_with_rank(0, 4));
}
// The second gradient has the shape of the pool's output.
void max_pool_grad_grad(ShapeContext& c) {
  c.set_output(0, c.input_with_rank(1, 4));
}

}  // namespace

void register_nn_conv(OpRegistry& registry) {
  registry.add("Conv2D", {.shape = conv2d});
  registry.add("Conv2DBackpropInput", {.shape = backprop<0>});
  registry.add("Conv2DBackpropFilter", {.shape = backprop<1>});
  registry.add("DepthwiseConv2dNative", {.shape = depthwise_conv2d});
  registry.add("DepthwiseConv2dNativeBackpropInput", {.shape = backprop<0>});
  registry.add("DepthwiseConv2dNativeBackpropFilter", {.shape = backprop<1>});
  registry.add("MaxPool", {.shape = pool});
  registry.add("MaxPoolWithArgmax", {.shape = max_pool_with_argmax});
  registry.add("MaxPoolGrad", {.shape = max_pool_grad});
  registry.add("MaxPoolGradGrad", {.shape = max_pool_grad_grad});
  registry.add("AvgPool", {.shape = pool});
  registry.add("AvgPoolGrad", {.shape = backprop<0>});
  registry.add("Dilation2D", {.shape = dilation});
  registry.add("Dilation2DBackpropFilter", {.shape = dilation_backprop<1>});
  registry.add("Dilation2DBackpropInput", {.shape = dilation_backprop<0>});
  registry.add("ExtractImagePatches", {.shape = image_patches});
}

}  // namespace tensorkeep::ops
