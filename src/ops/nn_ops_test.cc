#include "tensorkeep/nn_ops.h"

#include <gtest/gtest.h>

#include <functional>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/gradients.h"

namespace tensorkeep {
namespace {

class NnOpsTest : public ::testing::Test {
 protected:
  std::string inputs_of(const std::string& name) {
    std::string text;
    const auto def = graph_.get_operation_by_name(name)->node_def();
    for (const std::string& input : def.input()) text += (text.empty() ? "" : " ") + input;
    return text;
  }
  static std::string message(const std::function<void()>& f) {
    try {
      f();
    } catch (const errors::Error& error) {
      return error.message();
    }
    return "no error";
  }
  Graph graph_;
  Graph::AsDefault as_default_ = graph_.as_default();
};

TEST_F(NnOpsTest, ShapesOfConvolutionsAndPools) {
  const Output x = placeholder(float32, {None, 9, 8, 2}, {"x"});
  const Output w = placeholder(float32, {3, 3, 2, 4}, {"w"});
  EXPECT_EQ(nn::conv2d(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"}).shape(),
            (Shape{None, 9, 8, 4}));
  const Output strided = nn::conv2d(x, w, {.strides = {1, 2, 2, 1}, .padding = "VALID"});
  EXPECT_EQ(strided.shape(), (Shape{None, 4, 3, 4}));
  EXPECT_EQ(
      nn::max_pool(x, {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "SAME"}).shape(),
      (Shape{None, 5, 4, 2}));
  EXPECT_EQ(
      nn::avg_pool(x, {.ksize = {1, 3, 3, 1}, .strides = {1, 1, 1, 1}, .padding = "VALID"}).shape(),
      (Shape{None, 7, 6, 2}));
  const Gradients back = gradients(strided, std::vector<Output>{x, w});
  EXPECT_EQ(back[0].tensor().name(), "gradients/Conv2D_1_grad/Conv2DBackpropInput:0");
  EXPECT_EQ(back[0].tensor().shape(), (Shape{None, 9, 8, 2}));
  EXPECT_EQ(back[1].tensor().shape(), (Shape{3, 3, 2, 4}));
  const std::vector<Output> sizes = shape_n({x, w});
  EXPECT_EQ(
      nn::conv2d_backprop_input(sizes[0], w, strided, {.strides = {1, 2, 2, 1}, .padding = "VALID"})
          .shape(),
      (Shape{None, 9, 8, 2}));
}

TEST_F(NnOpsTest, ConvolutionsThatDoNotFit) {
  const Output x = placeholder(float32, {1, 2, 2, 3}, {"x"});
  const Output w = placeholder(float32, {3, 3, 2, 4}, {"w"});
  EXPECT_TRUE(message([&] {
                nn::conv2d(x, w, {.strides = {1, 1, 1, 1}, .padding = "SAME"});
              }).starts_with("Depth of input (3) is not a multiple of input depth of filter (2)"));
  EXPECT_TRUE(
      message([&] {
        nn::max_pool(x, {.ksize = {1, 3, 3, 1}, .strides = {1, 1, 1, 1}, .padding = "VALID"});
      }).starts_with("Negative dimension size caused by subtracting 3 from 2"));
}

TEST_F(NnOpsTest, SoftmaxCrossEntropyFlattensItsInputs) {
  const Output logits = placeholder(float32, {None, 5}, {"logits"});
  const Output labels = placeholder(float32, {None, 5}, {"labels"});
  const Output loss = nn::softmax_cross_entropy_with_logits({.labels = labels, .logits = logits});
  const std::string scope = "softmax_cross_entropy_with_logits_sg";
  EXPECT_EQ(loss.name(), scope + "/Reshape_2:0");
  EXPECT_EQ(loss.shape(), Shape{None});
  EXPECT_EQ(inputs_of(scope), scope + "/Reshape " + scope + "/Reshape_1");
  EXPECT_EQ(inputs_of(scope + "/Slice_1"),
            scope + "/Shape_2 " + scope + "/Slice_1/begin " + scope + "/Slice_1/size");
  EXPECT_EQ(inputs_of(scope + "/Slice_2/size"), scope + "/Sub_2");
  EXPECT_EQ(inputs_of(scope + "/concat_1"),
            scope + "/concat_1/values_0 " + scope + "/Slice_1 " + scope + "/concat_1/axis");
  const Gradients back = gradients(loss, std::vector<Output>{logits, labels});
  EXPECT_EQ(back[0].tensor().shape(), (Shape{None, 5}));
  EXPECT_TRUE(back[1].none());
}

TEST_F(NnOpsTest, Dropout) {
  const Output x = placeholder(float32, {2, 3}, {"x"});
  const Output kept = nn::dropout(x, {.keep_prob = 0.5, .seed = 1});
  EXPECT_EQ(kept.name(), "dropout/SelectV2:0");
  EXPECT_EQ(inputs_of("dropout/SelectV2"), "dropout/GreaterEqual dropout/Mul dropout/Const_1");
  EXPECT_EQ(inputs_of("dropout/GreaterEqual"),
            "dropout/random_uniform/RandomUniform dropout/GreaterEqual/y");
  EXPECT_EQ(nn::dropout(x, {.keep_prob = 1.0}), x);
  const Output p = placeholder(float32, Shape::unknown(), {"p"});
  nn::dropout(x, {.keep_prob = p});
  EXPECT_EQ(inputs_of("sub"), "sub/x p");
  EXPECT_EQ(message([&] { nn::dropout(x, {.rate = 1.5}); }),
            "`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate=1.5");
}

TEST_F(NnOpsTest, GradientsOfGradients) {
  const Output x = placeholder(float32, {2, 3}, {"x"});
  for (const Output& y : {nn::relu(x), nn::relu6(x), nn::elu(x), nn::selu(x), nn::softplus(x),
                          nn::leaky_relu(x), nn::softmax(x), nn::log_softmax(x)}) {
    const Gradients first = gradients(y, x);
    ASSERT_FALSE(first[0].none()) << y.name();
    EXPECT_EQ(first[0].tensor().shape(), (Shape{2, 3})) << y.name();
    const Gradients second = gradients(first[0].tensor(), x);
    EXPECT_FALSE(second[0].none()) << y.name();
  }
}

}  // namespace
}  // namespace tensorkeep
