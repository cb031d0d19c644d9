#include "tensorkeep/variable.h"

#include <gtest/gtest.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"

namespace tensorkeep {
namespace {

class VariableTest : public ::testing::Test {
 protected:
  std::vector<std::string> node_names() const {
    std::vector<std::string> names;
    for (const auto& op : graph_.operations()) names.push_back(op->name());
    return names;
  }
  Operation& node(const std::string& name) { return *graph_.get_operation_by_name(name); }
  std::string inputs_of(const std::string& name) {
    const auto def = node(name).node_def();
    std::string text;
    for (const std::string& input : def.input()) text += (text.empty() ? "" : " ") + input;
    return text;
  }

  Graph graph_;
  Graph::AsDefault as_default_ = graph_.as_default();
};

using Names = std::vector<std::string>;
using Groups = std::vector<std::string>;

TEST_F(VariableTest, AReferenceVariableIsFourNodes) {
  const Variable w(zeros({2, 3}), {.name = "w"});
  EXPECT_EQ(node_names(), (Names{"zeros", "w", "w/Assign", "w/read"}));
  EXPECT_EQ(inputs_of("w/Assign"), "w zeros");
  EXPECT_EQ(node("w/Assign").colocation_groups(), Groups{"loc:@w"});
  EXPECT_TRUE(node("w/Assign").attr_bool("use_locking"));
  EXPECT_TRUE(node("w/read").has_attr("_class"));
  EXPECT_EQ(node("w/read").output_shape(0), (Shape{2, 3}));
  EXPECT_EQ(w.name(), "w:0");
  EXPECT_EQ(w.dtype(), float32);
  EXPECT_EQ(w.to_string(), "<tf.Variable 'w:0' shape=(2, 3) dtype=float32_ref>");
  EXPECT_EQ(w.value().name(), "w/read:0");
  EXPECT_EQ(w.read_value().name(), "read:0");
}

TEST_F(VariableTest, LiteralsBecomeInitialValues) {
  const Variable v({{1.0}, {2.0}});
  EXPECT_EQ(v.shape(), (Shape{2, 1}));
  EXPECT_EQ(v.initial_value().name(), "Variable/initial_value:0");
  EXPECT_EQ(Variable(0).dtype(), int32);
  EXPECT_EQ(Variable(0, {.dtype = int64}).dtype(), int64);
}

TEST_F(VariableTest, AResourceVariableReadsAnewForEveryUse) {
  const DeviceScope cpu("/cpu:0");
  const Variable r({1.0, 2.0}, {.name = "r", .use_resource = true});
  EXPECT_EQ(node_names(),
            (Names{"r/Initializer/initial_value", "r", "r/IsInitialized/VarIsInitializedOp",
                   "r/Assign", "r/Read/ReadVariableOp"}));
  EXPECT_EQ(node("r/Initializer/initial_value").device(), "");
  EXPECT_EQ(node("r/Initializer/initial_value").colocation_groups(), Groups{"loc:@r"});
  EXPECT_EQ(node("r").attr_string("shared_name"), "r");
  EXPECT_EQ(node("r/Assign").device(), "/device:CPU:0");
  EXPECT_FALSE(node("r/Assign").has_attr("_class"));
  EXPECT_EQ(identity(r, {.name = "use"}).op().input(0).name(), "use/ReadVariableOp:0");
  EXPECT_EQ(r.value().shape(), Shape{2});
  EXPECT_EQ(r.shape(), Shape{2});
  EXPECT_EQ(r.read_value().name(), "Identity:0");
}

TEST_F(VariableTest, AnInitialValueMayBeAFunction) {
  const Variable w([] { return zeros({2}); }, {.name = "w"});
  EXPECT_EQ(node_names(), (Names{"w/Initializer/zeros", "w", "w/Assign", "w/read"}));
  EXPECT_EQ(node("w/Initializer/zeros").colocation_groups(), Groups{"loc:@w"});
  EXPECT_TRUE(node("w").has_attr("_class"));
}

TEST_F(VariableTest, UpdatesOfReferences) {
  const Variable w({1.0, 2.0}, {.name = "w"});
  const Assigned added = assign_add(w, {1.0, 1.0});
  EXPECT_EQ(added.op()->name(), "AssignAdd");
  EXPECT_EQ(inputs_of("AssignAdd"), "w AssignAdd/value");
  EXPECT_EQ(node("AssignAdd").colocation_groups(), Groups{"loc:@w"});
  EXPECT_FALSE(node("AssignAdd").attr_bool("use_locking"));
  EXPECT_TRUE(assign(w, {3.0, 4.0}).op()->attr_bool("use_locking"));
  EXPECT_FALSE(w.assign({3.0, 4.0}).op()->attr_bool("use_locking"));
  EXPECT_EQ(scatter_add(w, {0}, {1.0}).op()->attr_dtype("Tindices"), int32);
  EXPECT_THROW(assign(w, {1.0, 2.0, 3.0}), errors::InvalidArgumentError);
}

TEST_F(VariableTest, UpdatesOfResourcesAreReadAfterwards) {
  const Variable r({1.0, 2.0}, {.name = "r", .use_resource = true});
  const Assigned added = assign_add(r, {1.0, 1.0}, {.name = "ignored"});
  EXPECT_EQ(inputs_of("AssignAddVariableOp"), "r Const");
  EXPECT_EQ(added.as_graph_element().name(), "ReadVariableOp:0");
  EXPECT_EQ(inputs_of("ReadVariableOp"), "r ^AssignAddVariableOp");
  EXPECT_EQ(identity(added).op().input(0).op().control_inputs(), std::vector{added.op()});
  try {
    r.assign({1.0});
    FAIL();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.message(),
              "Cannot assign value to variable ' r:0': Shape mismatch.The variable shape (2,), and "
              "the assigned value shape (1,) are incompatible.");
    EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError);
  }
}

TEST_F(VariableTest, CollectionsAndInitializers) {
  const Variable a(1.0, {.name = "a"});
  const Variable b(1.0, {.trainable = false, .name = "b"});
  const Variable c(1.0, {.trainable = false, .collections = {{"local_variables"}}, .name = "c"});
  EXPECT_EQ(global_variables(), (std::vector{a, b}));
  EXPECT_EQ(trainable_variables(), std::vector{a});
  EXPECT_EQ(local_variables(), std::vector{c});
  EXPECT_EQ(global_variables("[b-z]"), std::vector{b});
  EXPECT_THROW(global_variables("["), errors::InvalidArgumentError);
  global_variables_initializer();
  EXPECT_EQ(inputs_of("init"), "^a/Assign ^b/Assign");
  EXPECT_EQ(local_variables_initializer()->name(), "init_1");
  EXPECT_EQ(variables_initializer({})->name(), "init_2");
}

TEST_F(VariableTest, InitializersOnTwoDevicesAreGrouped) {
  const Variable a(1.0, {.name = "a"});
  {
    const DeviceScope cpu("/cpu:0");
    Variable(1.0, {.name = "b"});
  }
  global_variables_initializer();
  EXPECT_EQ(inputs_of("init"), "^init/NoOp ^init/NoOp_1");
  EXPECT_EQ(node("init/NoOp_1").device(), "/device:CPU:0");
}

TEST_F(VariableTest, AnInitialValueUsesInitialisedVariables) {
  const Variable a({1.0, 2.0}, {.name = "a"});
  const Variable b(identity(a, {.name = "twice"}), {.name = "b"});
  EXPECT_EQ(inputs_of("b/Assign"), "b twice_b");
  EXPECT_EQ(inputs_of("twice_b"), "a/read_b");
  EXPECT_EQ(inputs_of("a/read_b"), "b/cond/Merge");
  EXPECT_EQ(inputs_of("b/cond/Merge"), "b/cond/Switch_1 b/cond/read");
  EXPECT_EQ(inputs_of("b/cond/read/Switch"), "a b/cond/pred_id");
  EXPECT_EQ(node("b/cond/Switch_1").colocation_groups(), Groups{"loc:@a/initial_value"});
  EXPECT_EQ(b.initial_value().name(), "twice:0");
  EXPECT_EQ(graph_.get_collection(GraphKeys::COND_CONTEXT).size(), 2u);
  EXPECT_EQ(a.initialized_value().shape(), Shape{2});
}

TEST_F(VariableTest, ScopesAndControlDependencies) {
  Operation* before = no_op({.name = "before"});
  const NameScope layer("layer");
  const ControlDependencies wait({before});
  const Variable b(zeros({2}), {.name = "b"});
  EXPECT_EQ(b.name(), "layer/b:0");
  EXPECT_TRUE(node("layer/b").control_inputs().empty());
  EXPECT_TRUE(node("layer/b/Assign").control_inputs().empty());
}

TEST_F(VariableTest, AnUnknownShapeIsRefused) {
  const Output x = placeholder(float32, {None}, {.name = "x"});
  try {
    Variable(x, {.name = "v"});
    FAIL();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.message(),
              "initial_value must have a shape specified: Tensor(\"x:0\", shape=(?,), "
              "dtype=float32)");
  }
  const Variable any(x, {.validate_shape = false, .name = "any"});
  EXPECT_FALSE(any.shape().rank_known());
  EXPECT_FALSE(node("any/Assign").attr_bool("validate_shape"));
}

// Bytes of TensorFlow 2.21's VariableDefs.
TEST_F(VariableTest, TheProtoIsTensorFlows) {
  const Variable w(zeros({2}), {.name = "s/w"});
  EXPECT_EQ(w.to_proto()->SerializeAsString(),
            "\n\x05s/w:0\x12\ns/w/Assign\x1a\ns/w/read:0"
            "2\x07zeros:0"
            "8\x01");
  const Variable r([] { return zeros({2}); },
                   {.trainable = false, .name = "s/r", .use_resource = true});
  EXPECT_EQ(r.to_proto("s")->SerializeAsString(),
            "\n\x03r:0\x12\x08r/Assign\x1a\x17r/Read/ReadVariableOp:0(\x01"
            "2\x15r/Initializer/zeros:0");
  EXPECT_EQ(r.to_proto("other"), std::nullopt);

  const Variable again = Variable::from_proto(*r.to_proto());
  EXPECT_TRUE(again.is_resource());
  EXPECT_FALSE(again.trainable());
  EXPECT_EQ(again.shape(), Shape{2});
  EXPECT_EQ(again.to_proto()->SerializeAsString(), r.to_proto()->SerializeAsString());
  const Variable moved = Variable::from_proto(*r.to_proto("s"), "s");
  EXPECT_EQ(moved.name(), "s/r:0");
}

TEST_F(VariableTest, SaveSliceInfoIsKept) {
  const Variable part([] { return zeros({2}); }, {.name = "s/part"});
  part.set_save_slice_info(SaveSliceInfo{"s/whole", {4}, {2}, {2}});
  EXPECT_EQ(part.save_slice_info()->spec(), "4 2,2");
  const VariableDef def = *part.to_proto("s");
  EXPECT_EQ(def.save_slice_info_def().full_name(), "whole");
  EXPECT_EQ(Variable::from_proto(def, "s").save_slice_info()->full_name, "s/whole");
}

TEST_F(VariableTest, ForeignProtosAreErrors) {
  const Variable w(zeros({2}), {.name = "w"});
  VariableDef def = *w.to_proto();
  def.set_variable_name("nowhere:0");
  EXPECT_THROW(Variable::from_proto(def), errors::NotFoundError);
  def = *w.to_proto();
  def.set_variable_name("zeros:0");
  EXPECT_THROW(Variable::from_proto(def), errors::InvalidArgumentError);
  def = *w.to_proto();
  def.set_is_resource(true);
  EXPECT_THROW(Variable::from_proto(def), errors::InvalidArgumentError);
  def = *w.to_proto();
  def.set_aggregation(static_cast<proto::VariableAggregation>(9));
  EXPECT_THROW(Variable::from_proto(def), errors::InvalidArgumentError);
}

}  // namespace
}  // namespace tensorkeep
