#include "tensorkeep/graph.h"

#include <gtest/gtest.h>

#include "graph/device_spec.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

TEST(GraphTest, NamesAreUniqueIgnoringCase) {
  Graph graph;
  EXPECT_EQ(graph.unique_name("a"), "a");
  EXPECT_EQ(graph.unique_name("A"), "A_1");
  EXPECT_EQ(graph.unique_name("a_1"), "a_1_1");
  EXPECT_EQ(graph.unique_name("a"), "a_2");
  EXPECT_EQ(graph.unique_name("b", /*mark_as_used=*/false), "b");
  EXPECT_EQ(graph.unique_name("b"), "b");
}

TEST(GraphTest, ScopesNestAndReopen) {
  Graph graph;
  std::string first;
  {
    const NameScope scope(graph, "x");
    first = scope.name();
    EXPECT_EQ(first, "x/");
    const NameScope inner(graph, "y");
    EXPECT_EQ(inner.name(), "x/y/");
  }
  EXPECT_EQ(NameScope(graph, "x").name(), "x_1/");
  const NameScope again(graph, first);
  EXPECT_EQ(graph.unique_name("y"), "x/y_1");
  EXPECT_THROW(NameScope(graph, "a b"), errors::InvalidArgumentError);
}

TEST(GraphTest, DefaultGraphsStackPerThread) {
  Graph& process = get_default_graph();
  Graph graph;
  {
    const auto scope = graph.as_default();
    EXPECT_EQ(&get_default_graph(), &graph);
    EXPECT_THROW(reset_default_graph(), errors::FailedPreconditionError);
  }
  EXPECT_EQ(&get_default_graph(), &process);
}

TEST(GraphTest, UnknownOperationsAreKept) {
  Graph graph;
  Operation* op = graph.add_operation({.type = "NobodysOp", .output_dtypes = {{float32}}});
  EXPECT_EQ(op->name(), "NobodysOp");
  EXPECT_FALSE(op->output().shape().rank_known());
  EXPECT_EQ(graph.get_tensor_by_name("NobodysOp:0"), op->output());
  EXPECT_THROW(graph.get_tensor_by_name("NobodysOp:1"), errors::NotFoundError);
  EXPECT_THROW(graph.get_tensor_by_name("NobodysOp"), errors::InvalidArgumentError);
  EXPECT_THROW(graph.get_operation_by_name("other"), errors::NotFoundError);
  graph.finalize();
  EXPECT_THROW(graph.add_operation({.type = "NobodysOp"}), errors::FailedPreconditionError);
}

TEST(GraphTest, ControlDependenciesLeaveOutWhatDataOrdersAlready) {
  Graph graph;
  Operation* a = graph.add_operation({.type = "Nobody", .name = "a", .output_dtypes = {{float32}}});
  const ControlDependencies scope(graph, {a});
  Operation* b = graph.add_operation({.type = "Nobody", .name = "b", .output_dtypes = {{float32}}});
  EXPECT_EQ(b->control_inputs(), std::vector<Operation*>{a});
  Operation* c = graph.add_operation({.type = "Nobody", .name = "c", .inputs = {b->output()}});
  EXPECT_TRUE(c->control_inputs().empty()) << "b waits for a already";
  Operation* d = graph.add_operation({.type = "Nobody", .name = "d", .inputs = {a->output()}});
  EXPECT_TRUE(d->control_inputs().empty()) << "a is a data input";
}

TEST(GraphTest, ColocationsAreSortedAndStrongerThanDevices) {
  Graph graph;
  Operation* a = graph.add_operation({.type = "Nobody", .name = "a"});
  const DeviceScope device(graph, "/cpu:0");
  Operation* b = graph.add_operation({.type = "Nobody", .name = "b"});
  EXPECT_EQ(b->device(), "/device:CPU:0");
  const ColocationScope colocation(graph, a);
  Operation* c = graph.add_operation({.type = "Nobody", .name = "c"});
  EXPECT_EQ(c->device(), "");
  EXPECT_EQ(c->colocation_groups(), std::vector<std::string>{"loc:@a"});
}

TEST(GraphTest, AFunctionTellsAnOperationsDevice) {
  Graph graph;
  const DeviceScope job(graph, "/job:ps");
  const DeviceScope task(
      graph, [](Operation& op) { return op.name() == "a" ? "/task:3" : op.device() + "/cpu:1"; });
  EXPECT_EQ(graph.add_operation({.type = "Nobody", .name = "a"})->device(), "/job:ps/task:3");
  const DeviceScope inner(graph, "/task:2");
  EXPECT_EQ(graph.add_operation({.type = "Nobody", .name = "b"})->device(),
            "/job:ps/task:2/device:CPU:1");
}

TEST(GraphTest, NamesOfOperationsAreChecked) {
  Graph graph;
  for (const char* name : {"a:0", "a b", "^a", "/a", "_a"}) {
    EXPECT_THROW(graph.add_operation({.type = "Nobody", .name = name}),
                 errors::InvalidArgumentError)
        << name;
  }
  EXPECT_TRUE(graph.operations().empty());
  const NameScope scope(graph, "x");
  EXPECT_EQ(graph.add_operation({.type = "Nobody", .name = "_a"})->name(), "x/_a");
}

TEST(DeviceSpecTest, MergesAsTensorFlow) {
  EXPECT_EQ(canonical_device("/cpu:0"), "/device:CPU:0");
  EXPECT_EQ(canonical_device("/job:ps/task:1/gpu:2"), "/job:ps/task:1/device:GPU:2");
  EXPECT_EQ(merge_devices("/job:ps/task:1", "/cpu:0"), "/job:ps/task:1/device:CPU:0");
  EXPECT_EQ(merge_devices("/device:GPU:0", "/device:CPU:1"), "/device:CPU:1");
  EXPECT_THROW(canonical_device("/nonsense"), errors::InvalidArgumentError);
}

}  // namespace
}  // namespace tensorkeep
