#include "transform/freeze.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/importer.h"

namespace tensorkeep::transform {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

GraphDef parse(const std::string& text) {
  GraphDef graph_def;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &graph_def)) << text;
  return graph_def;
}

// "op name(input, ...)" of a float operation.
std::string node(const std::string& op, const std::string& name,
                 const std::vector<std::string>& inputs = {}, const std::string& more = "",
                 const std::string& type_attr = "T") {
  std::string text = "node{name:'" + name + "' op:'" + op + "'";
  for (const std::string& input : inputs) text += " input:'" + input + "'";
  return text + " attr{key:'" + type_attr + "' value{type:DT_FLOAT}}" + more + "}";
}
std::string variable(const std::string& name, const std::string& op = "VariableV2") {
  return node(op, name, {}, " attr{key:'shape' value{shape{dim{size:2}}}}", "dtype");
}
std::string at(const std::string& other) {
  return " attr{key:'_class' value{list{s:'loc:@" + other + "'}}}";
}

std::vector<Tensor> twos(const std::vector<std::string>& names) {
  return std::vector<Tensor>(names.size(), Tensor::vector<float>({2, 2}));
}
GraphDef frozen(const std::string& text, std::vector<std::string> outputs = {"out"}) {
  return freeze(parse(text), {.output_node_names = std::move(outputs)}, twos);
}
std::vector<std::string> ops(const GraphDef& graph_def) {
  std::vector<std::string> all;
  for (const NodeDef& each : graph_def.node()) all.push_back(each.name() + "=" + each.op());
  return all;
}
void expect_loads(const GraphDef& graph_def) {
  Graph graph;
  const auto scope = graph.as_default();
  EXPECT_NO_THROW(import_graph_def(graph_def, {.name = ""}));
}

std::string error_of(const GraphDef& graph_def, const FreezeOptions& options,
                     errors::PythonClass python_class) {
  try {
    freeze(graph_def, options, twos);
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.python_class(), python_class) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(FreezeTest, OldVariablesBecomeConstantsToo) {
  const GraphDef result =
      frozen(variable("v", "Variable") + node("Identity", "out", {"v"}) + variable("unused"));
  EXPECT_THAT(ops(result), ElementsAre("v=Const", "out=Identity"));
  const Tensor value = tensor_from_proto(result.node(0).attr().at("value").tensor());
  EXPECT_THAT(value.data<float>(), ElementsAre(2, 2));
  EXPECT_EQ(result.node(0).attr_size(), 2);
  expect_loads(result);
}

TEST(FreezeTest, ReferencesHandedOnBecomeValues) {
  const GraphDef result =
      frozen(variable("v") +
             "node{name:'p' op:'Placeholder' attr{key:'dtype' value{type:DT_BOOL}}"
             " attr{key:'shape' value{shape{}}}}" +
             node("RefSwitch", "s", {"v", "p"}) + node("RefIdentity", "i", {"s:1"}) +
             node("Identity", "other", {"s"}) +
             node("Merge", "out", {"other", "i"}, " attr{key:'N' value{i:2}}"));
  EXPECT_THAT(ops(result), ElementsAre("v=Const", "p=Placeholder", "s=Switch", "i=Identity",
                                       "other=Identity", "out=Merge"));
  expect_loads(result);
}

TEST(FreezeTest, AVariableMayBeThePredicate) {
  const std::string text =
      "node{name:'v' op:'VariableV2' attr{key:'dtype' value{type:DT_BOOL}}"
      " attr{key:'shape' value{shape{}}}}"
      "node{name:'r' op:'Identity' input:'v' attr{key:'T' value{type:DT_BOOL}}}"
      "node{name:'x' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}}}" +
      node("Switch", "out", {"x", "r"});
  const GraphDef result = freeze(parse(text), {.output_node_names = {"out"}}, [](const auto&) {
    return std::vector<Tensor>{Tensor::scalar(true)};
  });
  EXPECT_EQ(result.node(3).attr().at("T").type(), proto::DT_FLOAT);
  expect_loads(result);
}

TEST(FreezeTest, GathersKeepTheirBatchDimensions) {
  const std::string handle =
      "node{name:'v' op:'VarHandleOp' attr{key:'dtype' value{type:DT_FLOAT}}"
      " attr{key:'shape' value{shape{dim{size:2} dim{size:2}}}}}";
  const std::string indices =
      "node{name:'i' op:'Placeholder' attr{key:'dtype' value{type:DT_INT64}}"
      " attr{key:'shape' value{shape{dim{size:2} dim{size:1}}}}}";
  const GraphDef graph_def =
      parse(handle + indices +
            node("ResourceGather", "out", {"v", "i"},
                 " attr{key:'Tindices' value{type:DT_INT64}} attr{key:'batch_dims' value{i:1}}",
                 "dtype"));
  const GraphDef result = freeze(graph_def, {.output_node_names = {"out"}}, [](const auto&) {
    return std::vector<Tensor>{Tensor::from<float>({1, 2, 3, 4}, {2, 2})};
  });
  EXPECT_THAT(ops(result),
              ElementsAre("v=Const", "i=Placeholder", "out=GatherV2", "out/axis=Const"));
  EXPECT_EQ(result.node(2).attr().at("batch_dims").i(), 1);
  EXPECT_EQ(result.node(3).attr().at("value").tensor().int64_val(0), 1);
  expect_loads(result);
}

TEST(FreezeTest, QuestionsAboutVariablesAreAnswered) {
  const GraphDef result = frozen(
      "node{name:'v' op:'VarHandleOp' attr{key:'dtype' value{type:DT_FLOAT}}"
      " attr{key:'shape' value{shape{dim{size:2}}}}}"
      "node{name:'shape' op:'VariableShape' input:'v' attr{key:'out_type' value{type:DT_INT64}}}"
      "node{name:'is' op:'VarIsInitializedOp' input:'v'}"
      "node{name:'out' op:'NoOp' input:'^shape' input:'^is'}");
  EXPECT_THAT(ops(result), ElementsAre("v=Const", "shape=Shape", "is=Const", "out=NoOp"));
  EXPECT_EQ(result.node(1).attr().at("T").type(), proto::DT_FLOAT);
  EXPECT_EQ(result.node(1).attr().at("out_type").type(), proto::DT_INT64);
  EXPECT_TRUE(result.node(2).attr().at("value").tensor().bool_val(0));
  expect_loads(result);
}

TEST(FreezeTest, TrainingThatOnlyAColocationBringsAlongIsLeftOut) {
  const GraphDef result =
      frozen(variable("v") + variable("d") + node("AssignSub", "update", {"v", "d"}) +
                 node("Identity", "after", {"update"}) +
                 node("Identity", "out", {"v"},
                      " attr{key:'_class' value{list{s:'loc:@v' s:'loc:@after'}}}") +
                 node("Identity", "plain", {"out"}, at("update")),
             {"plain"});
  EXPECT_THAT(ops(result), ElementsAre("v=Const", "d=Const", "out=Identity", "plain=Identity"));
  EXPECT_THAT(result.node(2).attr().at("_class").list().s(), ElementsAre("loc:@v"));
  EXPECT_FALSE(result.node(3).attr().contains("_class"));
  expect_loads(result);
}

TEST(FreezeTest, WhatAnOutputNeedsIsNotLeftOut) {
  const GraphDef graph_def =
      parse(variable("v") + variable("d") + node("AssignSub", "update", {"v", "d"}) +
            node("Identity", "out", {"v", "^update"}));
  EXPECT_EQ(error_of(graph_def, {.output_node_names = {"out"}}, errors::PythonClass::kValueError),
            "Cannot freeze variable 'v': node 'update' (AssignSub) changes it and is needed for "
            "out. Ask for outputs that do not train, or name the variable in "
            "variable_names_blacklist");
  const GraphDef result =
      freeze(graph_def, {.output_node_names = {"out"}, .blacklist = {{"v"}}}, twos);
  EXPECT_THAT(ops(result),
              ElementsAre("v=VariableV2", "d=Const", "update=AssignSub", "out=Identity"));
  expect_loads(result);
}

TEST(FreezeTest, TheListsSayWhichVariables) {
  const GraphDef graph_def =
      parse(variable("a") + variable("b") + node("Identity", "out", {"a", "^b"}));
  const auto converted = [&](const FreezeOptions& options) {
    std::vector<std::string> asked;
    freeze(graph_def, options, [&](const std::vector<std::string>& names) {
      asked = names;
      return twos(names);
    });
    return asked;
  };
  EXPECT_THAT(converted({.output_node_names = {"out"}}), ElementsAre("a", "b"));
  EXPECT_THAT(converted({.output_node_names = {"out"}, .whitelist = {{"b"}}}), ElementsAre("b"));
  EXPECT_THAT(converted({.output_node_names = {"out"}, .blacklist = {{"b"}}}), ElementsAre("a"));
  const graph_util::VariableNames none = std::vector<std::string>();
  EXPECT_THAT(converted({.output_node_names = {"out"}, .whitelist = none}), ElementsAre());
}

TEST(FreezeTest, WhatIsTooLargeIsNamed) {
  const GraphDef graph_def =
      parse(variable("a") + variable("b") + node("Identity", "out", {"a", "^b"}));
  const auto with_limit = [&](std::int64_t bytes) {
    return error_of(graph_def, {.output_node_names = {"out"}, .max_bytes = bytes},
                    errors::PythonClass::kValueError);
  };
  EXPECT_EQ(with_limit(7),
            "Cannot create a tensor proto whose content is larger than 2GB. Node 'a' has 8 bytes");
  const auto size = static_cast<std::int64_t>(graph_def.ByteSizeLong());
  EXPECT_THAT(with_limit(size + 12), HasSubstr("GraphDef cannot be larger than 2GB. With node "
                                               "'b', which has 8 bytes, it would have "));
  EXPECT_EQ(with_limit(2 * size), "no error");
}

TEST(FreezeTest, OutputsThatAreNotThere) {
  const GraphDef graph_def = parse(variable("weights") + node("Identity", "out", {"weights"}));
  const auto error = [&](const std::string& name) {
    return error_of(graph_def, {.output_node_names = {name}}, errors::PythonClass::kAssertionError);
  };
  EXPECT_EQ(error("wieghts:0"), "wieghts:0 is not in graph; near it are: weights");
  EXPECT_EQ(error("nothing like it"), "nothing like it is not in graph");
  EXPECT_EQ(error("out:x"), "out:x is not in graph; near it are: out");
  EXPECT_EQ(error_of(parse(node("Identity", "out", {"gone"})), {.output_node_names = {"out"}},
                     errors::PythonClass::kKeyError),
            "Node 'out': Unknown input node 'gone'");
}

TEST(FreezeTest, LoopsWithoutAMergeEnd) {
  frozen(variable("v") + node("Identity", "a", {"b"}) + node("Identity", "b", {"a"}) +
         node("AddN", "out", {"v", "a"}, " attr{key:'N' value{i:2}}"));
}

}  // namespace
}  // namespace tensorkeep::transform
