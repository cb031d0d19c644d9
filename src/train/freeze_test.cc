#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/gfile.h"
#include "tensorkeep/graph_util.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/session.h"
#include "tensorkeep/variable.h"

namespace tensorkeep {
namespace {

using ::testing::ElementsAre;

class FreezeGraphTest : public testing::Test {
 protected:
  // v1 + v2 = [3.], "add", saved as /m/model.ckpt.
  void build(bool resource) {
    const auto scope = graph_->as_default();
    const VariableOptions options = {.name = "v1", .use_resource = resource};
    const Variable v1(std::vector<float>{1}, options);
    const Variable v2(std::vector<float>{2}, {.name = "v2", .use_resource = resource});
    const Output result = v1 + v2;
    ASSERT_EQ(result.name(), "add:0");
    Operation* init = global_variables_initializer();
    train::Saver saver;
    session_ = std::make_unique<Session>();
    session_->run(init);
    saver.save(*session_, "/m/model.ckpt");
  }
  static std::vector<float> value_of(const GraphDef& graph_def) {
    Graph graph;
    const auto scope = graph.as_default();
    const auto elements = import_graph_def(graph_def, {.return_elements = {"add:0"}});
    Session session;
    const Tensor value = session.run(std::get<Output>(elements.at(0)));
    return {value.data<float>().begin(), value.data<float>().end()};
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem use_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  std::unique_ptr<Session> session_;
};

TEST_F(FreezeGraphTest, FromASession) {
  for (const bool resource : {false, true}) {
    graph_ = std::make_shared<Graph>();
    build(resource);
    const GraphDef frozen =
        graph_util::convert_variables_to_constants(*session_, graph_->as_graph_def(), {"add"});
    EXPECT_EQ(frozen.node_size(), 5);
    EXPECT_THAT(value_of(frozen), ElementsAre(3));
  }
}

TEST_F(FreezeGraphTest, FromFilesAlone) {
  build(true);
  const MetaGraphDef meta_graph = train::read_meta_graph_file("/m/model.ckpt.meta");
  EXPECT_THAT(value_of(graph_util::freeze_graph(meta_graph, "/m/model.ckpt", {"add:0"})),
              ElementsAre(3));
  MetaGraphDef without_saver = meta_graph;
  without_saver.clear_saver_def();
  EXPECT_THAT(value_of(graph_util::freeze_graph(without_saver, "/m/model.ckpt", {"add"})),
              ElementsAre(3));
  EXPECT_THROW(graph_util::freeze_graph(meta_graph, "/m/none", {"add"}),
               errors::InvalidArgumentError);
}

TEST_F(FreezeGraphTest, OperationsWithoutAKernelAreKept) {
  build(false);
  MetaGraphDef meta_graph = train::read_meta_graph_file("/m/model.ckpt.meta");
  NodeDef& mystery = *meta_graph.mutable_graph_def()->add_node();
  mystery.set_name("mystery");
  mystery.set_op("NobodyKnows");
  mystery.add_input("add");
  const GraphDef frozen = graph_util::freeze_graph(meta_graph, "/m/model.ckpt", {"mystery"});
  EXPECT_EQ(frozen.node(frozen.node_size() - 1).op(), "NobodyKnows");
  EXPECT_THAT(value_of(frozen), ElementsAre(3));
}

TEST_F(FreezeGraphTest, AVariableThatNothingReadsIsRead) {
  const auto scope = graph_->as_default();
  const auto attr = [](DType dtype) { return Attr(dtype).value(); };
  Operation* handle = graph_->add_operation(
      {.type = "VarHandleOp",
       .name = "v",
       .attrs = {{"dtype", attr(float32)}, {"shape", Attr(Shape{1}).value()}}});
  const Output value = Input(std::vector<float>{7}).to_tensor("Const");
  Operation* init = graph_->add_operation({.type = "AssignVariableOp",
                                           .name = "init",
                                           .inputs = {handle->output(), value},
                                           .attrs = {{"dtype", attr(float32)}}});
  Session session;
  session.run(init);
  const GraphDef frozen =
      graph_util::convert_variables_to_constants(session, graph_->as_graph_def(), {"v"});
  EXPECT_EQ(frozen.node(0).op(), "Const");
  EXPECT_EQ(frozen.node(0).attr().at("value").tensor().float_val(0), 7);
}

TEST_F(FreezeGraphTest, AVariableWithoutAValue) {
  build(false);
  Session fresh(*graph_);
  try {
    graph_util::convert_variables_to_constants(fresh, graph_->as_graph_def(), {"add"});
    FAIL();
  } catch (const errors::FailedPreconditionError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("Attempting to use uninitialized value v1"));
  }
}

}  // namespace
}  // namespace tensorkeep
