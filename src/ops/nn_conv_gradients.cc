#include "graph/op_registry.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/op_builder.h"

// Gradients of convolutions and pools, as TensorFlow builds them.
namespace tensorkeep::ops {
namespace {

using Grads = const std::vector<Output>&;

// A convolution's or pool's gradient with the attributes of the operation itself.
Output with_attrs_of(const Operation& op, const char* type, const std::vector<Input>& inputs) {
  OpBuilder builder(type);
  for (const Input& input : inputs) builder.input(input);
  for (const char* name : {"strides", "padding", "data_format", "dilations", "ksize",
                           "explicit_paddings", "use_cudnn_on_gpu", "rates"}) {
    if (op.has_attr(name)) builder.attr(name, op.attr(name));
  }
  return builder.output();
}

Gradients conv2d(Operation& op, Grads grads) {
  const std::vector<Output> shapes = shape_n({op.input(0), op.input(1)});
  const Output input = with_attrs_of(op, "Conv2DBackpropInput", {shapes[0], op.input(1), grads[0]});
  const Output filter =
      with_attrs_of(op, "Conv2DBackpropFilter", {op.input(0), shapes[1], grads[0]});
  return {input, filter};
}
Gradients conv2d_backprop_input(Operation& op, Grads grads) {
  const Output sizes = shape(op.input(1));
  const Output filter = with_attrs_of(op, "Conv2DBackpropFilter", {grads[0], sizes, op.input(2)});
  return {Gradient(), filter, with_attrs_of(op, "Conv2D", {grads[0], op.input(1)})};
}
Gradients conv2d_backprop_filter(Operation& op, Grads grads) {
  const Output sizes = shape(op.input(0));
  const Output input = with_attrs_of(op, "Conv2DBackpropInput", {sizes, grads[0], op.input(2)});
  return {input, Gradient(), with_attrs_of(op, "Conv2D", {op.input(0), grads[0]})};
}

Gradients depthwise_conv2d(Operation& op, Grads grads) {
  const Output input = with_attrs_of(op, "DepthwiseConv2dNativeBackpropInput",
                                     {shape(op.input(0)), op.input(1), grads[0]});
  const Output filter = with_attrs_of(op, "DepthwiseConv2dNativeBackpropFilter",
                                      {op.input(0), shape(op.input(1)), grads[0]});
  return {input, filter};
}
Gradients depthwise_backprop_input(Operation& op, Grads grads) {
  const Output filter = with_attrs_of(op, "DepthwiseConv2dNativeBackpropFilter",
                                      {grads[0], shape(op.input(1)), op.input(2)});
  return {Gradient(), filter, with_attrs_of(op, "DepthwiseConv2dNative", {grads[0], op.input(1)})};
}
Gradients depthwise_backprop_filter(Operation& op, Grads grads) {
  const Output input = with_attrs_of(op, "DepthwiseConv2dNativeBackpropInput",
                                     {shape(op.input(0)), grads[0], op.input(2)});
  return {input, Gradient(), with_attrs_of(op, "DepthwiseConv2dNative", {op.input(0), grads[0]})};
}

Gradients max_pool(Operation& op, Grads grads) {
  return {with_attrs_of(op, "MaxPoolGrad", {op.input(0), op.output(), grads[0]})};
}
Output max_pool_again(const Operation& op, const char* type, const Output& grad) {
  OpBuilder builder(type);
  builder.input(op.input(0)).input(op.input(1)).input(grad);
  for (const char* name : {"ksize", "strides", "padding", "data_format"}) {
    builder.attr(name, op.attr(name));
  }
  return builder.output();
}
Gradients max_pool_grad(Operation& op, Grads grads) {
  const Output input = zeros_like(op.input(0));
  const Output output = zeros_like(op.input(1));
  return {input, output, max_pool_again(op, "MaxPoolGradGrad", grads[0])};
}
Gradients max_pool_grad_grad(Operation& op, Grads grads) {
  const Output input = zeros_like(op.input(0));
  const Output output = zeros_like(op.input(1));
  return {input, output, max_pool_again(op, "MaxPoolGrad", grads[0])};
}

Gradients avg_pool(Operation& op, Grads grads) {
  return {with_attrs_of(op, "AvgPoolGrad", {shape(op.input(0)), grads[0]})};
}
Gradients avg_pool_grad(Operation& op, Grads grads) {
  const Output sizes = stop_gradient(op.input(0));
  return {sizes, with_attrs_of(op, "AvgPool", {grads[0]})};
}

Gradients dilation2d(Operation& op, Grads grads) {
  const std::vector<Input> inputs = {op.input(0), op.input(1), grads[0]};
  const Output input = with_attrs_of(op, "Dilation2DBackpropInput", inputs);
  return {input, with_attrs_of(op, "Dilation2DBackpropFilter", inputs)};
}

constexpr GradientRow kRows[] = {
    {"AvgPool", avg_pool},
    {"AvgPoolGrad", avg_pool_grad},
    {"Conv2D", conv2d},
    {"Conv2DBackpropFilter", conv2d_backprop_filter},
    {"Conv2DBackpropInput", conv2d_backprop_input},
    {"DepthwiseConv2dNative", depthwise_conv2d},
    {"DepthwiseConv2dNativeBackpropFilter", depthwise_backprop_filter},
    {"DepthwiseConv2dNativeBackpropInput", depthwise_backprop_input},
    {"Dilation2D", dilation2d},
    {"MaxPool", max_pool},
    {"MaxPoolGrad", max_pool_grad},
    {"MaxPoolGradGrad", max_pool_grad_grad},
};

}  // namespace

void register_nn_conv_gradients(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
