#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/op_registry.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"

// The graphs themselves are compared with TensorFlow's in tests/tensorflow; here is what a golden
// graph does not say: types, errors and what is not added.
namespace tensorkeep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MathTest : public ::testing::Test {
 protected:
  Output floats(const Shape& shape) { return placeholder(float32, shape); }
  Output ints(const Shape& shape) { return placeholder(int32, shape); }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& op : graph_.operations()) result.push_back(op->name());
    return result;
  }

  Graph graph_;
  Graph::AsDefault as_default_{graph_};
};

template <typename F>
void expect_error(errors::PythonClass python_class, const char* text, F&& f) {
  try {
    f();
    ADD_FAILURE() << "no error; wanted: " << text;
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.python_class(), python_class) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(text));
  }
}

constexpr auto kValueError = errors::PythonClass::kValueError;
constexpr auto kTypeError = errors::PythonClass::kTypeError;

TEST_F(MathTest, ALiteralTakesTheTypeOfTheOtherSide) {
  const Output x = placeholder(float64, {2}, {"x"});
  const Output right = x + 1;
  const Output left = 2 / x;
  EXPECT_EQ(right.op().input(1).name(), "add/y:0");
  EXPECT_EQ(right.op().input(1).dtype(), float64);
  EXPECT_EQ(left.op().input(0).name(), "truediv/x:0");
  EXPECT_EQ(left.dtype(), float64);
}

TEST_F(MathTest, PowTakesALiteralBase) {
  const Output y = pow(2, floats({3}), {"power"});
  EXPECT_EQ(y.op().input(0).name(), "power/x:0");
  EXPECT_EQ(y.dtype(), float32);
}

TEST_F(MathTest, PartsOfComplexNumbers) {
  const Output z = placeholder(complex128, {3});
  EXPECT_EQ(real(z).dtype(), float64);
  EXPECT_EQ(angle(z).dtype(), float64);
  EXPECT_EQ(abs(placeholder(complex64, {3})).dtype(), float32);
  const Output x = floats({3});
  EXPECT_EQ(real(x), x);
  EXPECT_EQ(conj(x), x);
  expect_error(kTypeError,
               "input must be a numeric tensor, but got tensor with dtype <dtype: 'bool",
               [] { real(constant(true)); });
  expect_error(kTypeError,
               "The `real` and `imag` components have incorrect types: float64 float32.",
               [&] { complex(placeholder(float64, {3}), x); });
}

TEST_F(MathTest, IntegersAreDividedAsFloats) {
  const Output i = ints({2});
  EXPECT_EQ((i / 2).dtype(), float64);
  EXPECT_EQ(truediv(placeholder(int16, {}), placeholder(int16, {})).dtype(), float32);
  EXPECT_EQ(div(i, 2).op().type(), "FloorDiv");
  EXPECT_EQ(div(floats({2}), 2).op().type(), "RealDiv");
  expect_error(kTypeError, "Invalid dtype tf.bool in __truediv__",
               [] { truediv(placeholder(boolean, {}), placeholder(boolean, {})); });
}

TEST_F(MathTest, TypesMustMatch) {
  expect_error(kTypeError, "`x` and `y` must have the same dtype, got tf.float32 != tf.int32.",
               [&] { floats({}) / ints({}); });
  expect_error(kTypeError,
               "Input 'y' of 'Mul' Op has type int32 that does not match type float32 of argument "
               "'x'.",
               [&] { floats({}) * ints({}); });
  expect_error(kTypeError, "Cannot convert value 'flaot' to a TensorFlow DType.",
               [&] { cast(ints({}), "flaot"); });
}

TEST_F(MathTest, ShapesMustFit) {
  expect_error(kValueError, "Dimensions must be equal, but are 2 and 3",
               [&] { floats({2}) + floats({3}); });
  expect_error(kValueError, "Dimensions must be equal, but are 3 and 4", [&] {
    matmul(floats({2, 3}), floats({4, 5}));
  });
  expect_error(kValueError, "Invalid reduction dimension 2 for input with 2 dimensions.", [&] {
    reduce_sum(floats({2, 3}), 2);
  });
  expect_error(kValueError, "Dimension (-3) must be in the range [-2, 2)", [&] {
    argmax(floats({2, 3}), -3);
  });
  expect_error(kValueError, "Requires start <= limit when delta > 0: 5/1", [] { range(5, 1); });
  expect_error(kValueError, "Requires delta != 0", [] { range(1, 5, 0); });
  expect_error(kValueError, "The input scalar must be a 0-D value. Received shape (2,).",
               [&] { scalar_mul(floats({2}), floats({2})); });
}

TEST_F(MathTest, AFailedShapeFunctionAddsNoOperation) {
  const Output a = floats({2});
  const Output b = floats({3});
  EXPECT_THROW(maximum(a, b), errors::InvalidArgumentError);
  EXPECT_EQ(graph_.operations().size(), 2u);
}

TEST_F(MathTest, AxesComeByPositionOrByName) {
  ReduceOptions two;
  two.axis = {0, 1};
  EXPECT_EQ(reduce_sum(floats({2, 3, 4}), two).shape(), Shape({4}));
  EXPECT_EQ(reduce_sum(floats({2, 3, 4}), {.axis = 1, .keepdims = true}).shape(), Shape({2, 1, 4}));
  ReduceOptions older;
  older.reduction_indices = -1;
  EXPECT_EQ(reduce_sum(floats({2, 3, 4}), older).shape(), Shape({2, 3}));
  expect_error(kValueError, "Cannot specify both 'axis' and 'reduction_indices'",
               [&] { reduce_sum(floats({2}), {.axis = 0, .reduction_indices = 0}); });
}

TEST_F(MathTest, ReducedShapesAreAsFarKnownAsTheyCanBe) {
  const Output axis = ints({});
  EXPECT_FALSE(reduce_sum(floats({2, 3}), axis).shape().rank_known());
  EXPECT_EQ(reduce_sum(floats({2, 3}), axis, {.keepdims = true}).shape(), Shape({None, None}));
  EXPECT_EQ(reduce_max(floats(Shape::unknown())).shape(), Shape());
  EXPECT_FALSE(reduce_max(floats(Shape::unknown()), 0).shape().rank_known());
  EXPECT_EQ(argmax(floats({2, 3}), axis).shape(), Shape({None}));
}

TEST_F(MathTest, NothingIsAddedWhereNothingIsToBeDone) {
  const Output x = floats({2});
  EXPECT_EQ(cast(x, float32), x);
  EXPECT_EQ(conj(x), x);
  EXPECT_EQ(add_n({x}), x);
  const Output i = ints({});
  EXPECT_EQ(round(i), i);
  EXPECT_EQ(graph_.operations().size(), 2u);
  EXPECT_EQ(add_n({x}, {"named"}).op().type(), "Identity");
  expect_error(kValueError, "Inputs must be an iterable of at least one Tensor", [] { add_n({}); });
}

TEST_F(MathTest, HigherRanksAreMultipliedInBatches) {
  EXPECT_EQ(matmul(floats({5, 2, 3}), floats({3, 4})).shape(), Shape({5, 2, 4}));
  const Output adjoint = matmul(placeholder(complex64, {5, 3, 2}),
                                placeholder(complex64, {5, 3, 4}), {.transpose_a = true});
  EXPECT_EQ(adjoint.op().type(), "BatchMatMulV2");
  EXPECT_EQ(adjoint.op().input(0).op().type(), "Conj");
  expect_error(kValueError, "Only one of `transpose_a` and `adjoint_a` can be True.", [&] {
    matmul(floats({2, 2}), floats({2, 2}), {.transpose_a = true, .adjoint_a = true});
  });
}

TEST_F(MathTest, RangesOfKnownEndsHaveKnownSizes) {
  EXPECT_EQ(range(5).shape(), Shape({5}));
  EXPECT_EQ(range(2, 11, 3).shape(), Shape({3}));
  EXPECT_EQ(range(10, 0, -3).shape(), Shape({4}));
  EXPECT_EQ(range(0.0, 1.0, 0.25).shape(), Shape({4}));
  EXPECT_EQ(range(ints({})).shape(), Shape({None}));
  EXPECT_EQ(range(0, 3, {.dtype = int64}).dtype(), int64);
}

TEST_F(MathTest, AddIsWhatTensorFlow1Reads) {
  EXPECT_EQ((floats({}) + floats({})).op().type(), "Add");
  EXPECT_EQ(add(floats({}), 1).op().type(), "Add");
}

TEST_F(MathTest, EveryRegisteredOperationHasAShapeFunction) {
  for (const std::string& name : OpRegistry::global().names()) {
    EXPECT_NE(OpRegistry::global().find(name)->shape, nullptr) << name;
  }
}

}  // namespace
}  // namespace tensorkeep
