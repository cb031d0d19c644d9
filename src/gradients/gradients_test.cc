#include "tensorkeep/gradients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/scopes.h"

// Which nodes the driver adds; the rules' own nodes are in the golden graphs of tests/tensorflow.
// The names are those of TensorFlow 2.21.
namespace tensorkeep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class GradientsTest : public ::testing::Test {
 protected:
  Operation* op(const std::string& name) const { return graph_.get_operation_by_name(name); }
  bool has(const std::string& name) const { return graph_.find_operation(name) != nullptr; }
  static std::vector<std::string> inputs_of(const Operation* op) {
    std::vector<std::string> names;
    for (const Output& input : op->inputs()) names.push_back(input.op().name());
    return names;
  }
  static std::vector<std::string> controls_of(const Operation* op) {
    std::vector<std::string> names;
    for (const Operation* control : op->control_inputs()) names.push_back(control->name());
    return names;
  }

  Graph graph_;
  Graph::AsDefault as_default_{graph_};
  Output x_ = placeholder(float32, {2}, {"x"});
};

TEST_F(GradientsTest, StartsFromOnesOfTheShapeOfY) {
  const Gradient dx = gradients(x_ * 2, x_)[0];
  EXPECT_EQ(inputs_of(op("gradients/grad_ys_0")),
            (std::vector<std::string>{"gradients/Shape", "gradients/grad_ys_0/Const"}));
  EXPECT_EQ(dx.tensor().op().name(), "gradients/mul_grad/Mul");
}

TEST_F(GradientsTest, AGivenGradientStartsIt) {
  const Output start = constant({1.0, 2.0}, {.name = "start"});
  const Gradient dx = gradients(-x_, x_, {.grad_ys = {start}, .name = "back"})[0];
  EXPECT_THAT(inputs_of(op("back/grad_ys_0")), ElementsAre("start"));
  EXPECT_EQ(dx.tensor().name(), "back/Neg_grad/Neg:0");
}

TEST_F(GradientsTest, WhatYDoesNotDependOnHasNone) {
  const Output other = placeholder(float32, {3});
  const Gradients found = gradients(square(x_), {other, x_});
  EXPECT_TRUE(found[0].none());
  EXPECT_FALSE(found[1].none());
  const Gradients zeros =
      gradients(square(x_), other, {.unconnected_gradients = UnconnectedGradients::ZERO});
  EXPECT_EQ(zeros[0].tensor().shape(), Shape({3}));
  EXPECT_TRUE(gradients(floor(x_), x_)[0].none());
  EXPECT_TRUE(gradients(cast(greater(x_, 0), float32), x_)[0].none());
}

TEST_F(GradientsTest, TheGradientOfYByItselfIsTheStart) {
  EXPECT_EQ(gradients(x_, x_)[0].tensor().op().name(), "gradients/grad_ys_0");
}

TEST_F(GradientsTest, SeveralUsesAddUp) {
  const Output y = square(x_) + exp(x_);
  const Gradient dx = gradients(y, x_)[0];
  EXPECT_EQ(dx.tensor().op().type(), "AddN");
  EXPECT_EQ(dx.tensor().op().name(), "gradients/AddN");
  EXPECT_THAT(inputs_of(op("gradients/AddN")),
              ElementsAre("gradients/Square_grad/Mul_1", "gradients/Exp_grad/mul"));
  EXPECT_THAT(op("gradients/AddN")->colocation_groups(),
              ElementsAre("loc:@gradients/Square_grad/Mul_1"));
}

TEST_F(GradientsTest, ATreeAddsPairByPair) {
  const Output y = square(x_) + exp(x_) + sin(x_);
  const Gradient dx =
      gradients(y, x_, {.aggregation_method = AggregationMethod::EXPERIMENTAL_TREE})[0];
  EXPECT_EQ(dx.tensor().op().name(), "gradients/x_gradient_sum/AddN_1");
  EXPECT_EQ(op("gradients/x_gradient_sum/AddN_1")->num_inputs(), 2);
}

TEST_F(GradientsTest, GatedGradientsWaitForEachOther) {
  const Output z = placeholder(float32, {2}, {"z"});
  const Gradients found = gradients(x_ * z, {x_, z}, {.gate_gradients = true});
  EXPECT_EQ(found[0].tensor().op().name(), "gradients/mul_grad/tuple/control_dependency");
  EXPECT_EQ(found[1].tensor().op().name(), "gradients/mul_grad/tuple/control_dependency_1");
  EXPECT_THAT(controls_of(op("gradients/mul_grad/tuple/group_deps")),
              UnorderedElementsAre("gradients/mul_grad/Mul", "gradients/mul_grad/Mul_1"));
  EXPECT_THAT(found[1].tensor().op().colocation_groups(),
              ElementsAre("loc:@gradients/mul_grad/Mul_1"));
}

TEST_F(GradientsTest, GradientsStandBesideTheirOperations) {
  const Output y = square(x_);
  const Gradient dx = gradients(y, x_, {.colocate_gradients_with_ops = true})[0];
  EXPECT_THAT(dx.tensor().op().colocation_groups(), ElementsAre("loc:@Square"));
  EXPECT_THAT(op("gradients/grad_ys_0")->colocation_groups(), ElementsAre("loc:@Square"));
}

TEST_F(GradientsTest, StopsWhereToldTo) {
  const Output middle = square(x_);
  EXPECT_TRUE(gradients(exp(middle), x_, {.stop_gradients = {middle}})[0].none());
  // The innermost x ends the way; an x above it is passed through.
  const Gradients both = gradients(exp(middle), {middle, x_});
  EXPECT_EQ(both[0].tensor().op().name(), "gradients_1/Exp_1_grad/mul");
  EXPECT_EQ(both[1].tensor().op().name(), "gradients_1/Square_grad/Mul_1");
}

TEST_F(GradientsTest, NamesRepeatWithTheScope) {
  const Output y = square(x_);
  gradients(y, x_);
  EXPECT_EQ(gradients(y, x_)[0].tensor().op().name(), "gradients_1/Square_grad/Mul_1");
  const auto scope = name_scope("train");
  EXPECT_EQ(gradients(y, x_)[0].tensor().op().name(), "train/gradients/Square_grad/Mul_1");
}

template <typename F>
void expect_type_error(const char* text, F&& f) {
  try {
    f();
    ADD_FAILURE() << "no error; wanted: " << text;
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.python_class(), errors::PythonClass::kTypeError);
    EXPECT_THAT(error.what(), HasSubstr(text));
  }
}

TEST_F(GradientsTest, AnOperationWithoutARuleIsNamed) {
  Operation* unknown = graph_.add_operation(
      {.type = "NobodysOp", .name = "mine", .inputs = {x_}, .output_dtypes = {{float32}}});
  try {
    gradients(unknown->output(), x_);
    FAIL() << "found a gradient";
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("No gradient defined for operation'mine' (op type: NobodysOp)."));
    EXPECT_EQ(error.python_class(), errors::PythonClass::kLookupError);
    EXPECT_EQ(error.node(), "mine");
  }
  unknown->set_attr("_gradient_op_type", "Neg");
  EXPECT_EQ(gradients(unknown->output(), x_)[0].tensor().op().type(), "Neg");
}

TEST_F(GradientsTest, BadStartsAreRefused) {
  const Output y = square(x_);
  try {
    gradients(y, x_, {.grad_ys = {Input(), Input()}});
    FAIL() << "took two grad_ys for one y";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Length mismatch. Passed 2 grad_ys for 1 ys"));
  }
  expect_type_error("must be real or integer",
                    [&] { gradients(y, x_, {.grad_ys = {constant(true)}}); });
  const Output z = placeholder(complex64, {});
  expect_type_error("Gradients of complex tensors", [&] { gradients(square(z), z); });
}

TEST_F(GradientsTest, AGradientOfAnotherShapeIsRefused) {
  const Output y = identity(x_);
  try {
    gradients(y, x_, {.grad_ys = {placeholder(float32, {3})}});
    FAIL() << "took a gradient of the wrong shape";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("Incompatible shapes between op input and calculated input gradient. "
                          "Forward operation: Identity. Input index: 0. Original input shape: "
                          "(2,). Calculated input gradient shape: (3,)"));
  }
}

}  // namespace
}  // namespace tensorkeep
