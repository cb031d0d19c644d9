#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "tensorkeep/checkpoint.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/trackable_object_graph.pb.h"

namespace tensorkeep::train {

inline constexpr const char* kObjectGraph = "_CHECKPOINTABLE_OBJECT_GRAPH";

// Checkpoints in the folder "d" of a file system in memory.
class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() { files_.create_directory("d"); }

  static std::vector<float> floats(Session& session, const Variable& variable) {
    const Tensor value = session.run(variable);
    const auto data = value.data<float>();
    return {data.begin(), data.end()};
  }
  static std::vector<std::string> keys_of(const std::string& prefix) {
    std::vector<std::string> keys;
    for (const auto& tensor : CheckpointReader(prefix).tensors()) keys.push_back(tensor.name);
    return keys;
  }
  static proto::TrackableObjectGraph objects_of(const std::string& prefix) {
    proto::TrackableObjectGraph graph;
    graph.ParseFromString(CheckpointReader(prefix).get_tensor(kObjectGraph).value<std::string>());
    return graph;
  }
  static Variable vector_of(const char* name, float value, bool use_resource = true) {
    return Variable(constant({value, value}), {.name = name, .use_resource = use_resource});
  }
  // The words of an assertion that fails.
  static std::string failure_of(const std::function<void()>& assertion) {
    try {
      assertion();
    } catch (const errors::InvalidArgumentError& error) {
      EXPECT_EQ(error.python_class(), errors::PythonClass::kAssertionError);
      return error.what();
    }
    return "no error";
  }
  // Runs `body` in a graph of its own.
  static void in_another_graph(const std::function<void(Session&)>& body) {
    const auto graph = std::make_shared<Graph>();
    const auto scope = graph->as_default();
    Session session;
    body(session);
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
};

}  // namespace tensorkeep::train
