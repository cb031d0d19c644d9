#include "tensorkeep/array_ops.h"

#include <gtest/gtest.h>

#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/initializers.h"
#include "tensorkeep/random_ops.h"

// Names and shapes are those of TensorFlow 2.21's tensorflow.compat.v1.
namespace tensorkeep {
namespace {

class ArrayOpsTest : public testing::Test {
 protected:
  std::string value_error(void (*build)()) {
    try {
      build();
    } catch (const errors::InvalidArgumentError& error) {
      EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError);
      return error.message();
    }
    return "no error";
  }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault default_{*graph_};
};

TEST_F(ArrayOpsTest, SmallZerosAreAConstantLargeOnesAFill) {
  EXPECT_EQ(zeros({999}).op().type(), "Const");
  const Output large = zeros({10, 100});
  EXPECT_EQ(large.op().type(), "Fill");
  EXPECT_EQ(large.name(), "zeros_1:0");
  EXPECT_EQ(large.op().input(0).name(), "zeros_1/shape_as_tensor:0");
  EXPECT_EQ(large.op().input(1).name(), "zeros_1/Const:0");
  EXPECT_EQ(large.shape(), Shape({10, 100}));
  EXPECT_EQ(zeros({}).shape(), Shape());
}

TEST_F(ArrayOpsTest, ShapesFollowFromConstants) {
  const Output u = placeholder(float32, {None, 4});
  EXPECT_EQ(reshape(u, {-1, 2, 2}).shape(), Shape({None, 2, 2}));
  EXPECT_EQ(reshape(u, shape(u)).shape(), Shape({None, 4}));
  EXPECT_EQ(concat({u, u}, 1).shape(), Shape({None, 8}));
  EXPECT_EQ(getitem(u, {Span{}, newaxis, -1}).shape(), Shape({None, 1}));
  EXPECT_EQ(getitem(u, {0, Span{1, {}, 2}}).shape(), Shape({2}));
  EXPECT_EQ(getitem(shape(u), {0}).name(), "strided_slice_2:0");
  EXPECT_EQ(split(u, {1, -1}, 1)[1].shape(), Shape({None, 3}));
  EXPECT_FALSE(squeeze(u).shape().rank_known());
}

TEST_F(ArrayOpsTest, RefusesWhatDoesNotFit) {
  EXPECT_EQ(value_error([] { reshape(zeros({6}), {4}); })
                .rfind("Cannot reshape a tensor with 6 elements to shape [4] (4 elements) for "
                       "'{{node Reshape}}",
                       0),
            0u);
  EXPECT_EQ(value_error([] {
              split(zeros({5}), 2);
            }).rfind("Dimension size must be evenly divisible by 2 but is 5", 0),
            0u);
  EXPECT_EQ(value_error([] {
              getitem(zeros({3}), {3});
            }).rfind("slice index 3 of dimension 0 out of bounds.", 0),
            0u);
  EXPECT_EQ(value_error([] { unstack(placeholder(float32, {None})); }),
            "Cannot infer argument `num` from shape (?,)");
  EXPECT_EQ(value_error([] {
              constant({1, 2, 3}, {.shape = {2}});
            }),
            "Too many elements provided. Takes at most 2, but got 3.");
}

TEST_F(ArrayOpsTest, TupleWaitsForAllAndColocates) {
  const Output a = constant(1.0);
  const Output b = constant(2.0);
  const std::vector<Output> both = tuple({a, Output(), b});
  EXPECT_EQ(both[0].name(), "tuple/control_dependency:0");
  EXPECT_FALSE(both[1]);
  EXPECT_EQ(both[2].op().colocation_groups(), std::vector<std::string>{"loc:@Const_1"});
  EXPECT_EQ(both[0].op().control_inputs().at(0)->name(), "tuple/group_deps");
  EXPECT_EQ(group({a, b})->control_inputs().size(), 2u);
}

TEST_F(ArrayOpsTest, SeedsOfGraphAndOperation) {
  using Seeds = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(get_seed(std::nullopt), Seeds(0, 0));
  EXPECT_EQ(get_seed(7), Seeds(87654321, 7));
  set_random_seed(0);
  EXPECT_EQ(get_seed(std::nullopt), Seeds(0, 2147483647));
  EXPECT_EQ(get_seed(std::nullopt), Seeds(0, 1));
  EXPECT_EQ(get_seed(-1), Seeds(0, 2147483646));
}

TEST_F(ArrayOpsTest, InitializersScaleByTheFans) {
  const Output value = glorot_uniform_initializer({.seed = 1})({3, 3, 2, 4});
  EXPECT_EQ(value.name(), "random_uniform:0");
  const Tensor high = graph_->get_operation_by_name("random_uniform/max")->attr_tensor("value");
  EXPECT_FLOAT_EQ(high.value<float>(), std::sqrt(3.0f / 27.0f));
  EXPECT_EQ(value_error([] { variance_scaling_initializer({.mode = "fan"}); }),
            "Argument `mode` should be one of ('fan_in', 'fan_out', 'fan_avg'). Received: fan");
}

}  // namespace
}  // namespace tensorkeep
