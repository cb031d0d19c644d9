#include <fmt/format.h>

#include "graph/op_builder.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/scopes.h"

// Convolutions and pools.
namespace tensorkeep::nn {
namespace {

Output convolution(const char* type, const std::string& name, const Input& a, const Input& b,
                   const Input* c, const Conv2dOptions& options) {
  OpBuilder builder(type, name);
  builder.input(a).input(b);
  if (c != nullptr) builder.input(*c);
  return builder.attr("strides", options.strides)
      .attr("padding", options.padding)
      .attr("explicit_paddings", options.explicit_paddings)
      .attr("use_cudnn_on_gpu", options.use_cudnn_on_gpu)
      .attr("data_format", options.data_format)
      .attr("dilations", options.dilations)
      .output();
}

Output pool(const char* type, const Input& value, const PoolOptions& options) {
  Graph& graph = graph_of({value});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, type);
  if (options.data_format != "NHWC" && options.data_format != "NCHW") {
    errors::raise_value_error(
        fmt::format("Unsupported data format '{}': NHWC and NCHW are there.", options.data_format));
  }
  return OpBuilder(type, scope.name())
      .input(value.to_tensor("value"))
      .attr("ksize", options.ksize)
      .attr("strides", options.strides)
      .attr("padding", options.padding)
      .attr("data_format", options.data_format)
      .output();
}

}  // namespace

Output conv2d(const Input& input, const Input& filter, const Conv2dOptions& options) {
  return convolution("Conv2D", options.name, input, filter, nullptr, options);
}
Output conv2d_backprop_input(const Input& input_sizes, const Input& filter,
                             const Input& out_backprop, const Conv2dOptions& options) {
  return convolution("Conv2DBackpropInput", options.name, input_sizes, filter, &out_backprop,
                     options);
}
Output conv2d_backprop_filter(const Input& input, const Input& filter_sizes,
                              const Input& out_backprop, const Conv2dOptions& options) {
  return convolution("Conv2DBackpropFilter", options.name, input, filter_sizes, &out_backprop,
                     options);
}

Output depthwise_conv2d_native(const Input& input, const Input& filter,
                               const DepthwiseConv2dOptions& options) {
  return OpBuilder("DepthwiseConv2dNative", options.name)
      .input(input)
      .input(filter)
      .attr("strides", options.strides)
      .attr("padding", options.padding)
      .attr("explicit_paddings", options.explicit_paddings)
      .attr("data_format", options.data_format)
      .attr("dilations", options.dilations)
      .output();
}

Output depthwise_conv2d(const Input& input, const Input& filter,
                        const DepthwiseConv2dOptions& options) {
  Graph& graph = graph_of({input, filter});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "depthwise");
  const Output tensor = input.to_tensor("tensor_in");
  const Output weights = filter.to_tensor("filter_in");
  if (options.dilations != std::vector<std::int64_t>{1, 1, 1, 1}) {
    throw errors::UnimplementedError(
        "depthwise_conv2d is not there with dilations; depthwise_conv2d_native is.");
  }
  // TensorFlow's general form of a dilated operation adds these two, and leaves them unused here.
  shape(weights);
  constant({1, 1}, {.dtype = int32, .name = "dilation_rate"});
  DepthwiseConv2dOptions native = options;
  native.name = scope.name();
  return depthwise_conv2d_native(tensor, weights, native);
}

Output max_pool(const Input& value, const PoolOptions& options) {
  return pool("MaxPool", value, options);
}
Output avg_pool(const Input& value, const PoolOptions& options) {
  return pool("AvgPool", value, options);
}

}  // namespace tensorkeep::nn
