#include "numeric_cases.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/nn_ops.h"

// Convolutions, pools, activations and losses.
namespace tensorkeep {

namespace {

OpBuilder with_window(const char* type, const char* padding) {
  OpBuilder builder(type);
  builder.attr("padding", padding);
  return builder;
}

std::vector<Case> volume_cases() {
  using Sizes = std::vector<std::int64_t>;
  std::vector<Case> cases;
  const Spread volume = {{1, 3, 4, 3, 2}};
  const auto convolve = [](const char* padding, const Sizes& strides, const Sizes& dilations) {
    return one([=](const Xs& x) {
      return with_window("Conv3D", padding)
          .input(x[0])
          .input(x[1])
          .attr("strides", strides)
          .attr("dilations", dilations)
          .output();
    });
  };
  const std::vector<Spread> inputs = {volume, {{2, 1, 2, 2, 2}}};
  const Sizes ones = {1, 1, 1, 1, 1};
  cases.push_back({"Conv3D", inputs, convolve("SAME", {1, 2, 1, 2, 1}, ones)});
  cases.push_back({"Conv3D", inputs, convolve("VALID", ones, {1, 1, 2, 1, 1})});
  const std::vector<Spread> small = {{{1, 2, 2, 2, 1}}, {{2, 1, 2, 1, 2}}};
  cases.push_back({"Conv3D Conv3DBackpropInputV2", small, convolve("VALID", ones, ones)});
  cases.push_back({"Conv3D Conv3DBackpropFilterV2", small, convolve("SAME", ones, ones)});
  for (const char* padding : {"SAME", "VALID"}) {
    cases.push_back({"AvgPool3D AvgPool3DGrad", {volume}, one([=](const Xs& x) {
                       return with_window("AvgPool3D", padding)
                           .input(x[0])
                           .attr("ksize", Sizes{1, 2, 2, 1, 1})
                           .attr("strides", Sizes{1, 1, 2, 1, 1})
                           .output();
                     })});
  }
  return cases;
}

}  // namespace

std::vector<Case> network_cases() {
  using nn::Conv2dOptions;
  std::vector<Case> cases;
  const Spread image = {{2, 6, 5, 2}};
  const Conv2dOptions convolutions[] = {
      {.strides = {1, 1, 1, 1}, .padding = "SAME"},
      {.strides = {1, 2, 3, 1}, .padding = "VALID"},
      {.strides = {1, 2, 2, 1}, .padding = "SAME"},
      {.strides = {1, 1, 1, 1}, .padding = "VALID", .dilations = {1, 2, 2, 1}},
      {.strides = {1, 2, 1, 1},
       .padding = "EXPLICIT",
       .explicit_paddings = {0, 0, 2, 1, 0, 1, 0, 0}},
  };
  for (const Conv2dOptions& options : convolutions) {
    const Build build = one([=](const Xs& x) { return nn::conv2d(x[0], x[1], options); });
    const Spread filter = {{3, 2, 2, 3}};
    cases.push_back({"Conv2D", {image, filter}, build});
  }
  const Conv2dOptions on_channels_first = {
      .strides = {1, 1, 2, 1}, .padding = "SAME", .data_format = "NCHW"};
  cases.push_back({"Conv2D", {{{2, 2, 6, 5}}, {{3, 2, 2, 3}}}, one([=](const Xs& x) {
                     return nn::conv2d(x[0], x[1], on_channels_first);
                   })});
  cases.push_back({"Conv2D", {{{2, 6, 5, 4}}, {{3, 2, 2, 6}}}, one([](const Xs& x) {
                     return nn::conv2d(x[0], x[1], {.strides = {1, 2, 1, 1}, .padding = "SAME"});
                   })});
  const nn::DepthwiseConv2dOptions depthwise[] = {
      {.strides = {1, 1, 1, 1}, .padding = "SAME"},
      {.strides = {1, 2, 3, 1}, .padding = "VALID"},
      {.strides = {1, 1, 1, 1}, .padding = "VALID", .dilations = {1, 2, 2, 1}},
      {.strides = {1, 2, 1, 1},
       .padding = "EXPLICIT",
       .explicit_paddings = {0, 0, 2, 1, 0, 1, 0, 0}},
  };
  for (const nn::DepthwiseConv2dOptions& options : depthwise) {
    for (const std::int64_t multiplier : {1, 2}) {
      cases.push_back(
          {"DepthwiseConv2dNative", {image, {{3, 2, 2, multiplier}}}, one([=](const Xs& x) {
             return nn::depthwise_conv2d_native(x[0], x[1], options);
           })});
    }
  }
  const Build depthwise_conv = one([](const Xs& x) {
    return nn::depthwise_conv2d(x[0], x[1], {.strides = {1, 1, 1, 1}, .padding = "SAME"});
  });
  for (const char* second : {"Input", "Filter"}) {
    cases.push_back({std::string("DepthwiseConv2dNative DepthwiseConv2dNativeBackprop") + second,
                     {{{1, 3, 3, 2}}, {{2, 2, 2, 2}}},
                     depthwise_conv});
  }
  const Build conv = one([](const Xs& x) {
    return nn::conv2d(x[0], x[1], {.strides = {1, 2, 1, 1}, .padding = "SAME"});
  });
  const std::vector<Spread> small = {{{1, 3, 3, 1}}, {{2, 2, 1, 2}}};
  cases.push_back({"Conv2D Conv2DBackpropInput", small, conv});
  cases.push_back({"Conv2D Conv2DBackpropFilter", small, conv});
  for (const Case& c : volume_cases()) cases.push_back(c);
  const nn::PoolOptions pools[] = {
      {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "VALID"},
      {.ksize = {1, 3, 2, 1}, .strides = {1, 2, 1, 1}, .padding = "SAME"},
      {.ksize = {1, 2, 3, 1}, .strides = {1, 3, 2, 1}, .padding = "SAME"},
  };
  for (const nn::PoolOptions& options : pools) {
    cases.push_back({"AvgPool AvgPoolGrad", {image}, one([=](const Xs& x) {
                       return nn::avg_pool(x[0], options);
                     })});
    cases.push_back({"MaxPool MaxPoolGrad", {image}, one([=](const Xs& x) {
                       return nn::max_pool(x[0], options);
                     })});
  }
  for (const char* format : {"NHWC", "NCHW"}) {
    const Spread bias = {{format == std::string("NHWC") ? 2 : 6}};
    cases.push_back({"BiasAdd BiasAddGrad", {image, bias}, one([=](const Xs& x) {
                       return OpBuilder("BiasAdd")
                           .input(x[0])
                           .input(x[1])
                           .attr("data_format", std::string(format))
                           .output();
                     })});
  }
  for (const int axis : {0, 1, -2}) {
    cases.push_back({"Softmax",
                     {{{2, 3, 4}}},
                     one([=](const Xs& x) { return nn::softmax(x[0], {.axis = axis}); }),
                     Mode::kKnownShapes});
    cases.push_back({"LogSoftmax",
                     {{{2, 3, 4}}},
                     one([=](const Xs& x) { return nn::log_softmax(x[0], {.axis = axis}); }),
                     Mode::kKnownShapes});
  }
  cases.push_back({"SquaredDifference", {{{2, 3, 4}}}, [](const Xs& x) {
                     const auto [mean, variance] = nn::moments(x[0], {0, 2});
                     return Xs{mean, variance};
                   }});
  cases.push_back({"Rsqrt", {kAny}, one([](const Xs& x) { return nn::l2_normalize(x[0], 1); })});
  // TensorFlow's rule takes the labels of each row for probabilities, and the second output (the
  // gradient itself) for independent of them.
  const std::string cross_entropy = "SoftmaxCrossEntropyWithLogits";
  cases.push_back({cross_entropy, {kAny, kPositive}, one([=](const Xs& x) {
                     return OpBuilder(cross_entropy).input(x[0]).input(nn::softmax(x[1])).output();
                   })});
  cases.push_back({cross_entropy, {kAny}, [=](const Xs& x) {
                     const Literal labels = {{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}};
                     return OpBuilder(cross_entropy).input(x[0]).input(labels).outputs();
                   }});
  cases.push_back({"Sparse" + cross_entropy, {kAny}, [=](const Xs& x) {
                     const Literal labels = {2, 0};
                     return OpBuilder("Sparse" + cross_entropy).input(x[0]).input(labels).outputs();
                   }});
  return cases;
}

}  // namespace tensorkeep
