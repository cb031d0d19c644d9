#include "tensorkeep/optimizers.h"

#include <gtest/gtest.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::train {
namespace {

class OptimizersTest : public ::testing::Test {
 protected:
  std::string node(const std::string& name) {
    const auto def = graph_.get_operation_by_name(name)->node_def();
    std::string text = def.op() + "(";
    for (const std::string& input : def.input()) {
      text += (text.ends_with("(") ? "" : ", ") + input;
    }
    return text + ")";
  }
  std::vector<std::string> groups(const std::string& name) {
    return graph_.get_operation_by_name(name)->colocation_groups();
  }
  Output loss_of(const Variable& w) { return reduce_sum(square(w)); }

  Graph graph_;
  Graph::AsDefault as_default_ = graph_.as_default();
};

using Groups = std::vector<std::string>;

TEST_F(OptimizersTest, GradientDescentCountsItsSteps) {
  const Variable w(ones({3}), {.name = "w"});
  const Variable step(0, {.trainable = false, .name = "step"});
  Operation* op = GradientDescentOptimizer(0.5).minimize(loss_of(w), {.global_step = step});
  EXPECT_EQ(op->name(), "GradientDescent");
  EXPECT_EQ(node("GradientDescent"), "AssignAdd(step, GradientDescent/value)");
  EXPECT_EQ(node("GradientDescent/value"), "Const(^GradientDescent/update)");
  EXPECT_EQ(node("GradientDescent/update"), "NoOp(^GradientDescent/update_w/ApplyGradientDescent)");
  EXPECT_EQ(groups("GradientDescent/update_w/ApplyGradientDescent"), Groups{"loc:@w"});
  EXPECT_EQ(graph_.get_collection(GraphKeys::TRAIN_OP).size(), 1u);
}

TEST_F(OptimizersTest, AdamKeepsTwoSlotsAndTwoPowers) {
  for (const bool resource : {false, true}) {
    Graph graph;
    const auto scope = graph.as_default();
    const Variable w(ones({3}), {.name = "w", .use_resource = resource});
    AdamOptimizer adam(0.1);
    adam.minimize(loss_of(w));
    EXPECT_EQ(adam.get_slot_names(), (std::vector<std::string>{"m", "v"}));
    EXPECT_EQ(adam.get_slot(w, "m").name(), "w/Adam:0");
    EXPECT_EQ(adam.get_slot(w, "v").name(), "w/Adam_1:0");
    EXPECT_FALSE(adam.get_slot(w, "other"));
    std::vector<std::string> names;
    for (const Variable& variable : adam.variables()) names.push_back(variable.name());
    EXPECT_EQ(names, (std::vector<std::string>{"beta1_power:0", "beta2_power:0", "w/Adam:0",
                                               "w/Adam_1:0"}));
    const Operation& zeros = *graph.get_operation_by_name("w/Adam/Initializer/zeros");
    EXPECT_EQ(zeros.colocation_groups(), Groups{"loc:@w"});
    EXPECT_EQ(graph.get_operation_by_name("beta1_power")->colocation_groups(), Groups{"loc:@w"});
    const std::string update =
        resource ? "Adam/update_w/ResourceApplyAdam" : "Adam/update_w/ApplyAdam";
    EXPECT_EQ(graph.get_operation_by_name(update)->input(3).name(),
              resource ? update + "/ReadVariableOp:0" : "beta1_power/read:0");
    EXPECT_EQ(graph.get_operation_by_name("Adam")->control_inputs().size(), 3u);
  }
}

TEST_F(OptimizersTest, SparseGradientsAreAddedUpFirst) {
  const Variable w(ones({5, 3}), {.name = "w"});
  const IndexedSlices rows{placeholder(float32, {None, 3}, {"rows"}),
                           placeholder(int32, {None}, {"i"}), Output()};
  const GradientsAndVariables pairs{{Gradient(rows), w}};
  GradientDescentOptimizer(0.1).apply_gradients(pairs);
  EXPECT_EQ(node("GradientDescent/update_w/ScatterSub"),
            "ScatterSub(w, i, GradientDescent/update_w/mul)");
  MomentumOptimizer(0.1, 0.9).apply_gradients(pairs);
  EXPECT_EQ(node("Momentum/update_w/SparseApplyMomentum"),
            "SparseApplyMomentum(w, w/Momentum, Momentum/learning_rate, "
            "Momentum/update_w/UnsortedSegmentSum, Momentum/update_w/Unique, Momentum/momentum)");
  AdamOptimizer(0.1).apply_gradients(pairs);
  EXPECT_EQ(node("Adam/update_w/ScatterAdd_1"),
            "ScatterAdd(w/Adam_1, Adam/update_w/Unique, Adam/update_w/mul_4, "
            "^Adam/update_w/Assign_1)");
  EXPECT_EQ(node("Adam/update_w/AssignSub"), "AssignSub(w, Adam/update_w/truediv_1)");
  EXPECT_EQ(node("Adam/update_w/truediv_1"), "RealDiv(Adam/update_w/mul_6, Adam/update_w/add)");
}

TEST_F(OptimizersTest, ErrorsAreTensorFlows) {
  const auto message = [](auto&& f) {
    try {
      f();
    } catch (const errors::InvalidArgumentError& error) {
      return error.message();
    }
    return std::string("no error");
  };
  const Output x = placeholder(float32, {3}, {"x"});
  GradientDescentOptimizer descent(0.1);
  EXPECT_EQ(message([&] { descent.minimize(reduce_sum(x)); }), "No variables to optimize.");
  EXPECT_EQ(message([&] { descent.apply_gradients({}); }), "No variables provided.");
  const Variable w(ones({3}), {.name = "w"});
  const std::string unconnected = message([&] { descent.minimize(reduce_sum(x)); });
  EXPECT_TRUE(unconnected.starts_with("No gradients provided for any variable, check your graph"))
      << unconnected;
  EXPECT_TRUE(message([&] { descent.minimize(constant(1)); }).starts_with("Invalid type tf.int32"));
}

}  // namespace
}  // namespace tensorkeep::train
