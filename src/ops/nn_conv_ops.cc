#include <fmt/format.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/op_builder.h"
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

// How a dilated convolution becomes a plain one of the parts of its images.
struct SpaceToBatch {
  Tensor block_shape;
  Tensor paddings;
  Tensor crops;
};

std::vector<std::int32_t> narrowed(const std::vector<std::int64_t>& values) {
  return {values.begin(), values.end()};
}

// Adds the constants that TensorFlow computes with on the way.
SpaceToBatch blocks_of(const Shape& input, const Shape& filter,
                       const std::vector<std::int64_t>& rate, const std::string& padding,
                       bool channels_first) {
  const bool known = input.rank_known() && input.rank() == 4 && filter.rank_known() &&
                     filter.rank() == 4 && input.dim(channels_first ? 2 : 1) >= 0 &&
                     input.dim(channels_first ? 3 : 2) >= 0 && filter.dim(0) >= 0 &&
                     filter.dim(1) >= 0;
  if (!known || (padding != "SAME" && padding != "VALID") || rate[0] < 1 || rate[1] < 1) {
    throw errors::UnimplementedError(
        "depthwise_conv2d with dilations needs positive ones, SAME or VALID, and images and a "
        "filter of known sizes; depthwise_conv2d_native does not.");
  }
  std::vector<std::int64_t> block;
  std::vector<std::int64_t> base;
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> paddings;
  std::vector<std::int64_t> crops;
  if (channels_first) {  // the channels are a dimension that stays whole
    block = {1};
    paddings = {0, 0};
    crops = {0, 0};
  }
  for (int i = 0; i < 2; ++i) {
    const std::int64_t size = input.dim(i + (channels_first ? 2 : 1));
    const std::int64_t step = rate[static_cast<std::size_t>(i)];
    const std::int64_t extra = padding == "SAME" ? (filter.dim(i) - 1) * step : 0;
    const std::int64_t before = extra / 2;
    const std::int64_t after = extra - before;
    const std::int64_t rest = (step - (size + extra) % step) % step;
    sizes.push_back(size);
    base.insert(base.end(), {before, after});
    block.push_back(step);
    paddings.insert(paddings.end(), {before, after + rest});
    crops.insert(crops.end(), {0, rest});
  }
  const auto pairs = [](const std::vector<std::int64_t>& list) {
    return Tensor::from(narrowed(list), Shape{std::ssize(list) / 2, 2});
  };
  if (padding == "SAME") constant(pairs(base), {.name = "stack"});
  {
    const NameScope scope("required_space_to_batch_paddings");
    constant(Tensor::vector(narrowed(sizes)), {.name = "input_shape"});
    if (padding != "SAME") constant(pairs(base), {.name = "base_paddings"});
    const auto last = [&](const std::vector<std::int64_t>& list) {
      return std::vector<std::int64_t>(list.end() - 4, list.end());
    };
    constant(pairs(last(paddings)), {.name = "paddings"});
    constant(pairs(last(crops)), {.name = "crops"});
  }
  return {Tensor::vector(narrowed(block)), pairs(paddings), pairs(crops)};
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
  const bool first = options.data_format.starts_with("NC");
  std::vector<std::int64_t> rate = options.dilations;
  if (rate.size() == 4) {
    rate.assign({options.dilations[first ? 2 : 1], options.dilations[first ? 3 : 2]});
  }
  // TensorFlow's general form of a dilated operation adds these two, needed or not.
  shape(weights);
  constant({rate.at(0), rate.at(1)}, {.dtype = int32, .name = "dilation_rate"});
  DepthwiseConv2dOptions native = options;
  native.dilations = {1, 1, 1, 1};
  native.name = scope.name();
  if (rate == std::vector<std::int64_t>{1, 1}) {
    return depthwise_conv2d_native(tensor, weights, native);
  }
  const SpaceToBatch blocks =
      blocks_of(tensor.shape(), weights.shape(), rate, options.padding, first);
  native.padding = "VALID";
  const Output parts = space_to_batch_nd(tensor, blocks.block_shape, blocks.paddings);
  return batch_to_space_nd(depthwise_conv2d_native(parts, weights, native), blocks.block_shape,
                           blocks.crops);
}

Output max_pool(const Input& value, const PoolOptions& options) {
  return pool("MaxPool", value, options);
}
Output avg_pool(const Input& value, const PoolOptions& options) {
  return pool("AvgPool", value, options);
}

}  // namespace tensorkeep::nn
