#include <gtest/gtest.h>

#include <cmath>

#include "run_kernel.h"
#include "runtime/kernels/window.h"

namespace tensorkeep::runtime {
namespace {

using Attrs = std::map<std::string, Attr>;
using Ints = std::vector<std::int64_t>;

Tensor values(const Shape& shape, double phase) {
  Tensor result(float32, shape);
  for (float& value : result.mutable_data<float>()) {
    value = static_cast<float>(std::sin(phase));
    phase += 1.7;
  }
  return result;
}

Tensor vector_of(const Shape& shape) {
  std::vector<std::int32_t> dims;
  for (const std::int64_t dim : shape.dims()) dims.push_back(static_cast<std::int32_t>(dim));
  return Tensor::vector(dims);
}

Attrs attrs_of(const char* format, const Attrs& more) {
  const bool first = format == std::string("NCHW");
  Attrs attrs = more;
  attrs.emplace("data_format", std::string(format));
  attrs.emplace("padding", std::string("SAME"));
  attrs.emplace("strides", first ? Ints{1, 1, 2, 2} : Ints{1, 2, 2, 1});
  if (attrs.contains("ksize")) {
    attrs.erase("ksize");
    attrs.emplace("ksize", first ? Ints{1, 1, 3, 2} : Ints{1, 3, 2, 1});
  }
  return attrs;
}

// Runs an operation in both formats: `images` are given in NHWC, the rest as they are.
void expect_same(const std::string& op, const std::vector<Tensor>& inputs,
                 const std::vector<bool>& images, bool makes_image, const Attrs& more = {}) {
  SCOPED_TRACE(op);
  const Tensor expected = run_kernel(op, inputs, attrs_of("NHWC", more)).at(0);
  std::vector<Tensor> moved = inputs;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    if (images[i]) moved[i] = to_channels_first(moved[i]);
  }
  const Tensor got = run_kernel(op, moved, attrs_of("NCHW", more)).at(0);
  EXPECT_TRUE((makes_image ? to_channels_last(got) : got).identical_to(expected));
}

TEST(ConvKernelsTest, ChannelsFirstIsTheSameWithTheDimensionsInAnotherOrder) {
  const Tensor x = values({2, 5, 6, 4}, 0.3);
  const Shape first{2, 4, 5, 6};
  const Tensor w = values({3, 2, 2, 6}, 0.9);  // of two groups
  const Tensor g = values({2, 3, 3, 6}, 0.1);
  expect_same("Conv2D", {x, w}, {true, false}, true);
  expect_same("Conv2DBackpropFilter", {x, vector_of(w.shape()), g}, {true, false, true}, false);
  const Tensor depthwise = values({3, 2, 4, 2}, 0.2);
  const Tensor of_each = values({2, 3, 3, 8}, 0.6);
  expect_same("DepthwiseConv2dNative", {x, depthwise}, {true, false}, true);
  expect_same("DepthwiseConv2dNativeBackpropFilter", {x, vector_of(depthwise.shape()), of_each},
              {true, false, true}, false);

  const Attrs window = {{"ksize", Ints{}}};
  expect_same("MaxPool", {x}, {true}, true, window);
  expect_same("AvgPool", {x}, {true}, true, window);
  const Tensor pooled = run_kernel("MaxPool", {x}, attrs_of("NHWC", window)).at(0);
  const Tensor of_pooled = values(pooled.shape(), 0.4);
  expect_same("MaxPoolGrad", {x, pooled, of_pooled}, {true, true, true}, true, window);
  expect_same("MaxPoolGradGrad", {x, pooled, x}, {true, true, true}, true, window);

  // Operations that take the image's shape: [2, 4, 5, 6] instead of [2, 5, 6, 4].
  const auto by_shape = [&](const std::string& op, const std::vector<Tensor>& behind,
                            const std::vector<bool>& images, const Attrs& more) {
    SCOPED_TRACE(op);
    std::vector<Tensor> last{vector_of(x.shape())};
    std::vector<Tensor> moved{vector_of(first)};
    for (std::size_t i = 0; i < behind.size(); ++i) {
      last.push_back(behind[i]);
      moved.push_back(images[i] ? to_channels_first(behind[i]) : behind[i]);
    }
    const Tensor expected = run_kernel(op, last, attrs_of("NHWC", more)).at(0);
    const Tensor got = run_kernel(op, moved, attrs_of("NCHW", more)).at(0);
    EXPECT_TRUE(to_channels_last(got).identical_to(expected));
  };
  by_shape("Conv2DBackpropInput", {w, g}, {false, true}, {});
  by_shape("DepthwiseConv2dNativeBackpropInput", {depthwise, of_each}, {false, true}, {});
  by_shape("AvgPoolGrad", {of_pooled}, {true}, window);
}

TEST(ConvKernelsTest, AGroupIsAConvolutionOfItsOwn) {
  const Tensor x = values({1, 4, 4, 4}, 0.3);
  const Tensor w = values({2, 2, 2, 6}, 0.9);
  const Tensor all = run_kernel("Conv2D", {x, w}, attrs_of("NHWC", {})).at(0);
  const auto part = [](const Tensor& tensor, std::int64_t begin, std::int64_t size) {
    std::vector<std::int64_t> dims = tensor.shape().dims();
    const std::int64_t channels = std::exchange(dims.back(), size);
    Tensor result(float32, Shape(dims));
    const auto to = result.mutable_data<float>();
    for (std::size_t i = 0; i < to.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      to[i] =
          tensor.data<float>()[static_cast<std::size_t>(at / size * channels + begin + at % size)];
    }
    return result;
  };
  for (const std::int64_t group : {0, 1}) {
    const Tensor alone =
        run_kernel("Conv2D", {part(x, 2 * group, 2), part(w, 3 * group, 3)}, attrs_of("NHWC", {}))
            .at(0);
    const Tensor expected = part(all, 3 * group, 3);
    for (std::size_t i = 0; i < alone.data<float>().size(); ++i) {
      EXPECT_NEAR(alone.data<float>()[i], expected.data<float>()[i], 1e-5) << i;
    }
  }
}

TEST(ConvKernelsTest, ImagesWithoutChannelsGiveZeros) {
  const Tensor none(float32, Shape{1, 4, 4, 0});
  const Tensor w = values({2, 2, 3, 3}, 0.5);
  const Tensor y = run_kernel("Conv2D", {none, w}, attrs_of("NHWC", {})).at(0);
  EXPECT_TRUE(y.identical_to(Tensor::zeros(float32, {1, 2, 2, 3})));
  const Tensor gradient =
      run_kernel("Conv2DBackpropFilter", {none, vector_of(w.shape()), y}, attrs_of("NHWC", {}))
          .at(0);
  EXPECT_TRUE(gradient.identical_to(Tensor::zeros(float32, w.shape())));
}

}  // namespace
}  // namespace tensorkeep::runtime
