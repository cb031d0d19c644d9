#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/default_file_system.h"
#include "io/faulty_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/checkpoint_management.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"

// Savers of the V1 format.
namespace tensorkeep::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SaverV1Test : public ::testing::Test {
 protected:
  SaverV1Test() { files_.create_directory("d"); }
  std::string error_of(const std::function<void()>& f) {
    try {
      f();
    } catch (const errors::Error& error) {
      return std::string(errors::class_name(error.code())) + ": " + error.what();
    }
    return "no error";
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
};

TEST_F(SaverV1Test, RestoresWhatItSavedInEveryWayOfNamingIt) {
  const Variable v(constant({1.0, 2.0, 3.0}), {.name = "v"});
  const Variable r(7, {.name = "r", .use_resource = true});
  for (const auto version : {SaverDef::V1, SaverDef::LEGACY}) {
    Saver saver({.write_version = version});
    EXPECT_EQ(saver.as_saver_def().version(), version);
    Session session;
    session.run(global_variables_initializer());
    EXPECT_EQ(saver.save(session, "d/model", {.global_step = 3}), "d/model-3");
    EXPECT_THAT(files_.list("d"), ElementsAre("checkpoint", "model-3", "model-3.meta"));
    EXPECT_EQ(latest_checkpoint("d"), "d/model-3");
  }
  Saver saver({.write_version = SaverDef::V1});
  for (const char* path : {"d/model-3", "d/model-3.meta", "d"}) {
    Session session;
    saver.restore(session, path);
    EXPECT_EQ(session.run(v).data<float>()[2], 3.0f) << path;
    EXPECT_EQ(session.run(r).value<std::int32_t>(), 7) << path;
  }
  const auto other = std::make_shared<Graph>();
  const auto scope = other->as_default();
  const auto imported = import_meta_graph("d/model-3.meta");
  Session session;
  Saver(*imported).restore(session, "d/model-3");
  EXPECT_EQ(session.run("v:0").data<float>()[1], 2.0f);
}

TEST_F(SaverV1Test, EitherFormatIsRestoredByASaverOfTheOther) {
  const Variable v(1.0, {.name = "v"});
  Saver v1({.name = "one", .write_version = SaverDef::V1});
  Saver v2({.name = "two"});
  Session session;
  session.run(global_variables_initializer());
  v1.save(session, "d/one");
  v2.save(session, "d/two");
  for (Saver* saver : {&v1, &v2}) {
    for (const char* path : {"d/one", "d/two"}) {
      Session other;
      saver->restore(other, path);
      EXPECT_EQ(other.run(v).value<float>(), 1.0f);
    }
  }
}

TEST_F(SaverV1Test, KeepsTheNewestAndSaysSo) {
  const Variable v(1.0, {.name = "v"});
  Session session;
  session.run(global_variables_initializer());
  Saver saver({.max_to_keep = 2, .write_version = SaverDef::V1});
  for (const int n : {1, 2, 3}) saver.save(session, "d/m", {.global_step = n});
  EXPECT_THAT(files_.list("d"), ElementsAre("checkpoint", "m-2", "m-2.meta", "m-3", "m-3.meta"));
  EXPECT_EQ(io::read_file(files_, "d/checkpoint"),
            "model_checkpoint_path: \"m-3\"\nall_model_checkpoint_paths: \"m-2\"\n"
            "all_model_checkpoint_paths: \"m-3\"\n");
}

// All readers prefer V2, so that what was saved last would be passed over.
TEST_F(SaverV1Test, SavingOverAV2CheckpointReplacesIt) {
  const Variable v(1.0, {.name = "v"});
  const Output next = assign(v, 2.0);
  Session session;
  session.run(global_variables_initializer());
  Saver v2({.name = "two"});
  Saver v1({.name = "one", .write_version = SaverDef::V1});
  for (int n = 0;; ++n) {
    session.run(v.initializer());
    v2.save(session, "d/m");
    session.run(next);
    io::FaultyFileSystem faulty(files_);
    faulty.fail_at(n);
    bool saved = true;
    {
      const io::ScopedFileSystem scoped(faulty);
      saved = error_of([&] { v1.save(session, "d/m"); }) == "no error";
    }
    const float value = CheckpointReader("d/m").get_tensor("v").value<float>();
    EXPECT_TRUE(value == 2.0f || (value == 1.0f && !saved)) << n;
    if (!faulty.has_failed()) {
      EXPECT_THAT(files_.list("d"), ElementsAre("checkpoint", "m", "m.meta"));
      EXPECT_GT(n, 10);
      break;
    }
  }
}

TEST_F(SaverV1Test, AMisfitIsToldInTheWordsOfTheFormat) {
  {
    const auto other = std::make_shared<Graph>();
    const auto scope = other->as_default();
    const Variable v1(constant({1.0}), {.name = "v1"});
    const Variable v2(constant({2.0}), {.name = "v2"});
    const Variable count(1, {.name = "count"});
    Session session;
    session.run(global_variables_initializer());
    Saver({.write_version = SaverDef::V1}).save(session, "d/old");
  }
  const Variable v1(constant({5.0}), {.name = "other-v1"});
  const Variable v2(constant({6.0}), {.name = "other-v2"});
  const Variable count(5.0, {.name = "count"});
  Session session;
  session.run(global_variables_initializer());
  Saver saver({.write_version = SaverDef::V1});
  const std::string text = error_of([&] { saver.restore(session, "d/old"); });
  EXPECT_THAT(
      text,
      StartsWith("NotFoundError: Restoring from checkpoint failed. This is most likely due to "
                 "a Variable name or other graph key that is missing from the checkpoint. "
                 "Please ensure that you have not altered the graph expected based on the "
                 "checkpoint. Original error:\n\nTensor name \"other-v1\" not found in "
                 "checkpoint files d/old\n\t [[{{node save/RestoreV2}}]]"));
  EXPECT_THAT(text, HasSubstr("Tensor name \"other-v2\" not found in checkpoint files d/old"));
  EXPECT_THAT(text, HasSubstr("count: Expected to restore a tensor of type float, got a tensor of "
                              "type int32 instead: tensor_name = count"));
  EXPECT_EQ(session.run(v1).value<float>(), 5.0f);
  Saver renamed({{"v1", v1}, {"v2", v2}}, {.name = "renamed"});
  renamed.restore(session, "d/old");
  EXPECT_EQ(session.run(v2).value<float>(), 2.0f);
}

TEST_F(SaverV1Test, TypesThatTheFormatDoesNotHoldAreRefused) {
  const Variable v(Tensor::vector<std::uint32_t>({1}), {.name = "v"});
  const Variable b(Tensor::vector<BFloat16>({BFloat16(1.0f)}), {.name = "b"});
  Session session;
  session.run(global_variables_initializer());
  const auto refusal = [&](const Variable& variable) {
    Saver saver({variable}, {.write_version = SaverDef::V1});
    return error_of([&] { saver.save(session, "d/m"); });
  };
  EXPECT_THAT(refusal(v), StartsWith("InvalidArgumentError: Tensor slice serialization not "
                                     "implemented for dtype 22 (uint32); save as V2"));
  EXPECT_THAT(refusal(b), StartsWith("UnimplementedError: Saving data type bfloat16 not yet "
                                     "supported by the V1 format; save as V2"));
  EXPECT_TRUE(files_.list("d").empty());
}

// Its graph has a reading operation per variable.
TEST_F(SaverV1Test, NothingIsAssignedFromAFileWithADamagedTensor) {
  const auto block = [](float value) {  // a block of the table's for each
    return constant(Tensor::vector(std::vector<float>(100000, value)));
  };
  const Variable v(block(1.0f), {.name = "v"});
  const Variable w(block(4.5f), {.name = "w"});
  const Output next = assign(v, block(5.0f));
  Session session;
  session.run(global_variables_initializer());
  for (const bool sequentially : {false, true}) {
    Saver saver({.restore_sequentially = sequentially, .write_version = SaverDef::V1});
    saver.save(session, "d/m");
    std::string bytes = io::read_file(files_, "d/m");
    const std::size_t value = bytes.rfind(std::string("\x00\x00\x90\x40", 4));
    ASSERT_NE(value, std::string::npos);
    bytes[value] = 1;
    io::write_file_atomically(files_, "d/m", bytes, Durability::kFast);
    session.run(next);
    EXPECT_THAT(error_of([&] { saver.restore(session, "d/m"); }), StartsWith("DataLossError: "));
    EXPECT_EQ(session.run(v).data<float>()[0], 5.0f) << sequentially;
    Saver({v}, {.write_version = SaverDef::V1}).restore(session, "d/m");
    EXPECT_EQ(session.run(v).data<float>()[0], 1.0f) << sequentially;
  }
}

TEST_F(SaverV1Test, TheFolderIsNotMade) {
  const Variable v(1.0, {.name = "v"});
  Session session;
  session.run(global_variables_initializer());
  Saver saver({.write_version = SaverDef::V1});
  EXPECT_EQ(error_of([&] { saver.save(session, "no/m"); }),
            "InvalidArgumentError: Parent directory of no/m doesn't exist, can't save.");
}

// Graphs of before 0.12 read every variable by an operation of its own.
TEST_F(SaverV1Test, RestoreSliceIsUnderstoodAsRestoreV2Is) {
  const Variable v(constant({1.0, 2.0}), {.name = "v"});
  const Variable w(constant({3.0}), {.name = "w"});
  Session session;
  session.run(global_variables_initializer());
  Saver({.write_version = SaverDef::V1}).save(session, "d/m", {.write_meta_graph = false});

  GraphDef graph = graph_->as_graph_def();
  const auto add = [&](const char* name, const char* op, std::vector<std::string> inputs) {
    NodeDef& node = *graph.add_node();
    node.set_name(name);
    node.set_op(op);
    for (const std::string& input : inputs) node.add_input(input);
    return &node;
  };
  const auto add_string = [&](const char* name, const std::string& value) {
    NodeDef& node = *add(name, "Const", {});
    auto& tensor = *(*node.mutable_attr())["value"].mutable_tensor();
    tensor.set_dtype(proto::DT_STRING);
    tensor.mutable_tensor_shape();
    tensor.add_string_val(value);
    (*node.mutable_attr())["dtype"].set_type(proto::DT_STRING);
  };
  const auto set_type = [](NodeDef* node, const char* attr) {
    (*node->mutable_attr())[attr].set_type(proto::DT_FLOAT);
  };
  add_string("old/v/name", "v");
  add_string("old/v/spec", "2 1,1");
  add_string("old/w/name", "w");
  add_string("old/file", "none");
  set_type(add("old/v", "RestoreSlice", {"old/file", "old/v/name", "old/v/spec"}), "dt");
  set_type(add("old/w", "Restore", {"old/file", "old/w/name"}), "dt");
  set_type(add("old/assign_w", "Assign", {"w", "old/w"}), "T");
  add("old/restore_all", "NoOp", {"^old/assign_w", "^old/v"});
  const auto other = std::make_shared<Graph>();
  const auto scope = other->as_default();
  import_graph_def(graph, {.name = ""});
  SaverDef def;
  def.set_filename_tensor_name("old/file:0");
  def.set_save_tensor_name("save/control_dependency:0");
  def.set_restore_op_name("old/restore_all");
  Saver old({.saver_def = def});
  Session fresh;
  old.restore(fresh, "d/m");
  EXPECT_EQ(fresh.run("w:0").value<float>(), 3.0f);
  EXPECT_EQ(fresh.run("old/v:0", {{other->get_tensor_by_name("old/file:0"), "d/m"}}).value<float>(),
            2.0f);
  const std::string text = error_of([&] {
    fresh.run("old/v:0", {{other->get_tensor_by_name("old/file:0"), "d/none"}});
  });
  EXPECT_THAT(text, StartsWith("NotFoundError: Unsuccessful TensorSliceReader constructor: Failed "
                               "to find any matching files for d/none"));
}

}  // namespace
}  // namespace tensorkeep::train
