#include "checkpoint/object_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

using proto::TrackableObjectGraph;

void add_child(TrackableObjectGraph& graph, int parent, const char* name, int node) {
  while (graph.nodes_size() <= parent) graph.add_nodes();
  auto* child = graph.mutable_nodes(parent)->add_children();
  child->set_local_name(name);
  child->set_node_id(node);
}

void add_slot(TrackableObjectGraph& graph, int optimizer, int variable, int slot) {
  auto* reference = graph.mutable_nodes(optimizer)->add_slot_variables();
  reference->set_original_variable_node_id(variable);
  reference->set_slot_name("m");
  reference->set_slot_variable_node_id(slot);
}

TrackableObjectGraph written_and_read(const TrackableObjectGraph& graph) {
  return read_object_graph(Tensor::scalar(graph.SerializeAsString()), "d/c");
}

TEST(ObjectGraphTest, NamesArePathsThatKeepTheirDots) {
  EXPECT_EQ(child_path("", "w"), "w");
  EXPECT_EQ(child_path("model", "a.b/c"), "model/a..b.Sc");
  EXPECT_EQ(slot_path("w", "opt", "m.1"), "w/.OPTIMIZER_SLOT/opt/m..1");
  EXPECT_EQ(value_key("model/w"), "model/w/.ATTRIBUTES/VARIABLE_VALUE");
}

TEST(ObjectGraphTest, NodesAreCalledByTheirPaths) {
  TrackableObjectGraph graph;
  add_child(graph, 0, "opt", 1);
  add_child(graph, 0, "net", 2);
  add_child(graph, 2, "w", 3);
  add_child(graph, 3, "back", 0);
  for (int i = 0; i < 3; ++i) graph.add_nodes();
  add_slot(graph, 1, 3, 4);
  add_slot(graph, 4, 4, 5);
  const TrackableObjectGraph read = written_and_read(graph);
  const NodeNames names(read);
  EXPECT_EQ(names[0], "(root)");
  EXPECT_EQ(names[3], "(root).net.w");
  EXPECT_EQ(names[4], "(root).opt's state 'm' for (root).net.w");
  EXPECT_EQ(names[5], "(node 4)'s state 'm' for (node 4)");
  EXPECT_EQ(names[6], "(node 6)") << "nothing leads there";
}

TEST(ObjectGraphTest, OfALongPathTheEndIsShown) {
  TrackableObjectGraph graph;
  for (int i = 0; i < 200; ++i) add_child(graph, i, "a", i + 1);
  graph.add_nodes();
  const TrackableObjectGraph read = written_and_read(graph);
  const NodeNames names(read);
  EXPECT_EQ(names[100].size(), std::string("(root)").size() + 2 * 100);
  EXPECT_THAT(names[200], testing::StartsWith("...a.a."));
  EXPECT_EQ(names[200].size(), std::string("..").size() + 2 * 100);
}

TEST(ObjectGraphTest, GraphsThatReferToNoNodeAreRefused) {
  const auto error_of = [](const TrackableObjectGraph& graph) -> std::string {
    try {
      written_and_read(graph);
    } catch (const errors::DataLossError& error) {
      EXPECT_EQ(error.file(), "d/c");
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(error_of({}), "_CHECKPOINTABLE_OBJECT_GRAPH refers to node 0 of 0 (d/c)");
  for (const int node : {-1, 2, 1 << 30}) {
    TrackableObjectGraph children;
    add_child(children, 1, "a", node);
    EXPECT_THAT(error_of(children), testing::HasSubstr("refers to node"));
    TrackableObjectGraph variables = children;
    variables.mutable_nodes(1)->clear_children();
    EXPECT_EQ(error_of(variables), "no error");
    TrackableObjectGraph slots = variables;
    add_slot(variables, 0, node, 1);
    EXPECT_THAT(error_of(variables), testing::HasSubstr("refers to node"));
    add_slot(slots, 0, 1, node);
    EXPECT_THAT(error_of(slots), testing::HasSubstr("refers to node"));
  }
  EXPECT_THROW(read_object_graph(Tensor::scalar(std::string("\xff")), "f"), errors::DataLossError);
  EXPECT_THROW(read_object_graph(Tensor::scalar(1), "f"), errors::DataLossError);
}

}  // namespace
}  // namespace tensorkeep::checkpoint
