#include "tensorkeep/graph_util.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "tensorkeep/errors.h"

namespace tensorkeep::graph_util {
namespace {

using ::testing::ElementsAre;

GraphDef parse(const std::string& text) {
  GraphDef graph_def;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &graph_def)) << text;
  return graph_def;
}

// "name(input, input)" of every node.
std::vector<std::string> nodes(const GraphDef& graph_def) {
  std::vector<std::string> all;
  for (const NodeDef& node : graph_def.node()) {
    std::string inputs;
    for (const std::string& input : node.input()) inputs += (inputs.empty() ? "" : ", ") + input;
    all.push_back(node.name() + "(" + inputs + ")");
  }
  return all;
}

TEST(GraphUtilTest, ASubGraphHoldsWhatIsNeededInItsOrder) {
  const GraphDef graph_def = parse(R"(
      node { name: "c" op: "NoOp" input: "a:1" input: "^d" }
      node { name: "unused" op: "NoOp" input: "c" }
      node { name: "a" op: "NoOp" attr { key: "_class" value { list { s: "loc:@b" s: "other" } } } }
      node { name: "b" op: "NoOp" }
      node { name: "d" op: "NoOp" }
      library { function { signature { name: "f" } } }
      versions { producer: 24 })");
  const GraphDef part = extract_sub_graph(graph_def, {"c"});
  EXPECT_THAT(nodes(part), ElementsAre("c(a:1, ^d)", "a()", "b()", "d()"));
  EXPECT_EQ(part.library().function_size(), 1);
  EXPECT_EQ(part.versions().producer(), 24);
  EXPECT_THAT(nodes(extract_sub_graph(graph_def, {"d:0", "b"})), ElementsAre("b()", "d()"));
  EXPECT_EQ(extract_sub_graph(graph_def, {}).node_size(), 0);
  EXPECT_THROW(extract_sub_graph(graph_def, {"x"}), errors::InvalidArgumentError);
}

TEST(GraphUtilTest, TrainingNodesAreSplicedOut) {
  const GraphDef graph_def = parse(R"(
      node { name: "x" op: "Placeholder" }
      node { name: "check" op: "CheckNumerics" input: "x" }
      node { name: "i" op: "Identity" input: "check:0" }
      node { name: "stop" op: "StopGradient" input: "i:0" }
      node { name: "kept" op: "Identity" input: "stop" input: "^x" }
      node { name: "end_of_control" op: "Identity" input: "x" }
      node { name: "colocated" op: "Identity" input: "x" }
      node { name: "out" op: "AddN" input: "stop" input: "kept" input: "colocated"
             input: "^end_of_control" input: "^check"
             attr { key: "_class" value { list { s: "loc:@colocated" } } } }
      node { name: "result" op: "Identity" input: "out" }
      library { function { signature { name: "f" } } }
      versions { producer: 24 })");
  EXPECT_THAT(nodes(remove_training_nodes(graph_def, {"result"})),
              ElementsAre("x()", "kept(x, ^x)", "end_of_control(x)", "colocated(x)",
                          "out(x, kept, colocated, ^end_of_control)", "result(out)"));
  EXPECT_EQ(nodes(remove_training_nodes(graph_def)).back(),
            "out(x, kept, colocated, ^end_of_control)");
  EXPECT_EQ(remove_training_nodes(graph_def).versions().producer(), 24);
  EXPECT_EQ(remove_training_nodes(graph_def).library().function_size(), 1);
  // A ring of nodes that all go has no beginning.
  EXPECT_THAT(nodes(remove_training_nodes(parse(
                  R"(node { name: "a" op: "Identity" input: "b" }
                     node { name: "b" op: "Identity" input: "a" }
                     node { name: "c" op: "NoOp" input: "a" })"))),
              testing::SizeIs(1));
}

TEST(GraphUtilTest, SomeNodesRunOnCpusOnly) {
  const auto must = [](const std::string& text, bool pin_variables = false) {
    return must_run_on_cpu(parse("node {" + text + "}").node(0), pin_variables);
  };
  EXPECT_TRUE(must("op: 'Const' attr { key: 'dtype' value { type: DT_STRING } }"));
  EXPECT_TRUE(must("op: 'Const' attr { key: 'dtype' value { type: DT_INT32 } }"));
  EXPECT_FALSE(must("op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } }"));
  EXPECT_TRUE(must("op: 'DynamicStitch' attr { key: 'T' value { type: DT_INT32 } }"));
  EXPECT_FALSE(must("op: 'DynamicStitch' attr { key: 'T' value { type: DT_INT64 } }"));
  EXPECT_TRUE(must("op: 'Cast' attr { key: 'SrcT' value { type: DT_INT32 } }"));
  EXPECT_FALSE(must("op: 'Cast'"));
  EXPECT_FALSE(must("op: 'VariableV2'"));
  EXPECT_TRUE(must("op: 'VariableV2'", true));
}

TEST(GraphUtilTest, InputsHaveShapes) {
  Graph graph;
  graph.add_operation(
      {.type = "Placeholder",
       .name = "x",
       .attrs = {{"dtype", Attr(float32).value()}, {"shape", Attr(Shape{2, None}).value()}}});
  EXPECT_EQ(tensor_shape_from_node_def_name(graph, "x"), (Shape{2, None}));
  EXPECT_EQ(tensor_shape_from_node_def_name(graph, "x:0"), (Shape{2, None}));
  EXPECT_THROW(tensor_shape_from_node_def_name(graph, "y"), errors::NotFoundError);
}

}  // namespace
}  // namespace tensorkeep::graph_util
