#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/op_builder.h"

// Convolutions and pools of volumes: five dimensions, channels last or second.
namespace tensorkeep::ops {
namespace {

using Grads = const std::vector<Output>&;

constexpr int kSpatial = 3;

// The first spatial dimension, and that of the channels.
struct Layout {
  int first;
  int channels;
};

Layout layout_of(ShapeContext& c) {
  const std::string& format = c.op().attr_string("data_format");
  if (format == "NDHWC") return {1, 4};
  if (format == "NCDHW") return {2, 1};
  c.fail(fmt::format("Unsupported data format '{}'", format));
}

std::vector<std::int64_t> five_of(ShapeContext& c, const char* attr) {
  std::vector<std::int64_t> values = c.op().attr_ints(attr);
  if (values.size() != 5) {
    c.fail(fmt::format("{} requires the {} attribute to contain 5 values, but got: {}",
                       c.op().type(), attr, values.size()));
  }
  return values;
}

std::int64_t windowed_size(ShapeContext& c, std::int64_t input, std::int64_t size,
                           std::int64_t stride, std::int64_t dilation) {
  if (stride <= 0) c.fail(fmt::format("Stride must be > 0, but got {}", stride));
  if (dilation <= 0) c.fail(fmt::format("Dilation rate must be > 0, but got {}", dilation));
  if (input < 0) return None;
  if (c.op().attr_string("padding") == "SAME") return (input + stride - 1) / stride;
  if (size < 0) return None;
  const std::int64_t reach = (size - 1) * dilation + 1;
  if (reach > input) {
    c.fail(fmt::format("Negative dimension size caused by subtracting {} from {}", reach, input));
  }
  return (input - reach + stride) / stride;
}

void conv3d(ShapeContext& c) {
  const Layout layout = layout_of(c);
  const Shape input = c.input_with_rank(0, 5);
  const Shape filter = c.input_with_rank(1, 5);
  const std::int64_t in = input.dim(layout.channels);
  const std::int64_t filter_in = filter.dim(3);
  if (in >= 0 && filter_in >= 0 && (filter_in == 0 || in % filter_in != 0)) {
    c.fail(fmt::format("Depth of input ({}) is not a multiple of input depth of filter ({})", in,
                       filter_in));
  }
  const auto strides = five_of(c, "strides");
  const auto dilations = five_of(c, "dilations");
  std::vector<std::int64_t> out(5);
  out[0] = input.dim(0);
  out[static_cast<std::size_t>(layout.channels)] = filter.dim(4);
  for (int i = 0; i < kSpatial; ++i) {
    const int dim = layout.first + i;
    const auto at = static_cast<std::size_t>(dim);
    out[at] = windowed_size(c, input.dim(dim), filter.dim(i), strides[at], dilations[at]);
  }
  c.set_output(0, Shape(std::move(out)));
}

void pool(ShapeContext& c) {
  const Layout layout = layout_of(c);
  const Shape input = c.input_with_rank(0, 5);
  const auto ksize = five_of(c, "ksize");
  const auto strides = five_of(c, "strides");
  std::vector<std::int64_t> out(5);
  out[0] = input.dim(0);
  out[static_cast<std::size_t>(layout.channels)] = input.dim(layout.channels);
  for (int i = 0; i < kSpatial; ++i) {
    const int dim = layout.first + i;
    const auto at = static_cast<std::size_t>(dim);
    out[at] = windowed_size(c, input.dim(dim), ksize[at], strides[at], 1);
  }
  c.set_output(0, Shape(std::move(out)));
}

// The output's shape is a value: input_sizes or filter_sizes.
template <int kSizes>
void backprop(ShapeContext& c) {
  const Shape sizes = c.input_as_shape(kSizes);
  if (!sizes.rank_known()) return c.set_output(0, Shape::unknown_of_rank(5));
  if (sizes.rank() != 5) c.fail(fmt::format("Shape must be rank 5 but is rank {}", sizes.rank()));
  c.set_output(0, sizes);
}

void max_pool_grad(ShapeContext& c) {
  c.set_output(0, c.input_with_rank(0, 5));
}
// The second gradient has the shape of the pool's output.
void max_pool_grad_grad(ShapeContext& c) {
  c.set_output(0, c.input_with_rank(1, 5));
}

// A gradient with the attributes of the operation itself.
Output with_attrs_of(const Operation& op, const char* type, const std::vector<Input>& inputs) {
  OpBuilder builder(type);
  for (const Input& input : inputs) builder.input(input);
  for (const char* name : {"strides", "padding", "data_format", "dilations", "ksize"}) {
    if (op.has_attr(name)) builder.attr(name, op.attr(name));
  }
  return builder.output();
}

Gradients conv3d_gradient(Operation& op, Grads grads) {
  const std::vector<Output> shapes = shape_n({op.input(0), op.input(1)});
  const Output input =
      with_attrs_of(op, "Conv3DBackpropInputV2", {shapes[0], op.input(1), grads[0]});
  return {input, with_attrs_of(op, "Conv3DBackpropFilterV2", {op.input(0), shapes[1], grads[0]})};
}
Gradients conv3d_backprop_input(Operation& op, Grads grads) {
  const Output sizes = shape(op.input(1));
  const Output filter = with_attrs_of(op, "Conv3DBackpropFilterV2", {grads[0], sizes, op.input(2)});
  return {Gradient(), filter, with_attrs_of(op, "Conv3D", {grads[0], op.input(1)})};
}
Gradients conv3d_backprop_filter(Operation& op, Grads grads) {
  const Output sizes = shape(op.input(0));
  const Output input = with_attrs_of(op, "Conv3DBackpropInputV2", {sizes, grads[0], op.input(2)});
  return {input, Gradient(), with_attrs_of(op, "Conv3D", {op.input(0), grads[0]})};
}

Gradients max_pool(Operation& op, Grads grads) {
  return {with_attrs_of(op, "MaxPool3DGrad", {op.input(0), op.output(), grads[0]})};
}
Gradients max_pool_gradient(Operation& op, Grads grads) {
  const Output input = zeros_like(op.input(0));
  const Output output = zeros_like(op.input(1));
  return {input, output,
          with_attrs_of(op, "MaxPool3DGradGrad", {op.input(0), op.input(1), grads[0]})};
}

Gradients avg_pool(Operation& op, Grads grads) {
  return {with_attrs_of(op, "AvgPool3DGrad", {shape(op.input(0)), grads[0]})};
}
Gradients avg_pool_gradient(Operation& op, Grads grads) {
  const Output sizes = stop_gradient(op.input(0));
  return {sizes, with_attrs_of(op, "AvgPool3D", {grads[0]})};
}

}  // namespace

void register_nn_volumes(OpRegistry& registry) {
  registry.add("Conv3D", {.shape = conv3d, .gradient = conv3d_gradient});
  registry.add("Conv3DBackpropInputV2", {.shape = backprop<0>, .gradient = conv3d_backprop_input});
  registry.add("Conv3DBackpropFilterV2",
               {.shape = backprop<1>, .gradient = conv3d_backprop_filter});
  registry.add("MaxPool3D", {.shape = pool, .gradient = max_pool});
  registry.add("MaxPool3DGrad", {.shape = max_pool_grad, .gradient = max_pool_gradient});
  registry.add("MaxPool3DGradGrad", {.shape = max_pool_grad_grad});
  registry.add("AvgPool3D", {.shape = pool, .gradient = avg_pool});
  registry.add("AvgPool3DGrad", {.shape = backprop<0>, .gradient = avg_pool_gradient});
}

}  // namespace tensorkeep::ops
