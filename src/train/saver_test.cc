#include "tensorkeep/saver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/near_names.h"
#include "bundle/writer.h"
#include "io/default_file_system.h"
#include "io/faulty_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/proto/trackable_object_graph.pb.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"

namespace tensorkeep::train {
namespace {

class SaverTest : public testing::Test {
 protected:
  SaverTest() { files_.create_directory("d"); }

  std::string node(const std::string& name) const {
    const NodeDef def = graph_->get_operation_by_name(name)->node_def();
    std::string text = def.op() + "(";
    for (const std::string& input : def.input()) {
      text += (text.back() == '(' ? "" : ", ") + input;
    }
    return text + ")" + def.device();
  }
  std::string state_file() { return io::read_file(files_, "d/checkpoint"); }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
};

// As in tests/data/graphs/saver_plain.txt.
TEST_F(SaverTest, AddsTensorFlowsNodes) {
  const Variable a(constant({1.0, 2.0}), {.name = "a"});
  const Variable b(0, {.name = "b"});
  const Saver saver;
  EXPECT_EQ(node("save/Const"), "Const()");
  EXPECT_EQ(node("save/SaveV2"),
            "SaveV2(save/Const, save/SaveV2/tensor_names, save/SaveV2/shape_and_slices, a, b)");
  EXPECT_EQ(node("save/control_dependency"), "Identity(save/Const, ^save/SaveV2)");
  EXPECT_EQ(node("save/RestoreV2"),
            "RestoreV2(save/Const, save/RestoreV2/tensor_names, "
            "save/RestoreV2/shape_and_slices)/device:CPU:0");
  EXPECT_EQ(node("save/Assign_1"), "Assign(b, save/RestoreV2:1)");
  EXPECT_EQ(node("save/restore_all"), "NoOp(^save/Assign, ^save/Assign_1)");
  EXPECT_THAT(graph_->get_operation_by_name("save/Assign")->colocation_groups(),
              testing::ElementsAre("loc:@a"));
  EXPECT_EQ(saver.as_saver_def().filename_tensor_name(), "save/Const:0");
  EXPECT_EQ(saver.as_saver_def().save_tensor_name(), "save/control_dependency:0");
  EXPECT_EQ(saver.as_saver_def().restore_op_name(), "save/restore_all");
  EXPECT_EQ(saver.as_saver_def().max_to_keep(), 5);
}

TEST_F(SaverTest, RefusesVariablesItCannotTellApart) {
  const auto text_of = [](auto&& make) -> std::string {
    try {
      make();
    } catch (const errors::InvalidArgumentError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(text_of([] { Saver(); }), "No variables to save");
  EXPECT_EQ(Saver({.allow_empty = true}).last_checkpoints().size(), 0u);
  const Variable a(1.0, {.name = "a"});
  EXPECT_EQ(text_of([&] { Saver({a, a}); }), "At least two variables have the same name: a");
  EXPECT_EQ(text_of([&] {
              Saver({{"x", a}, {"y", a}});
            }),
            "The same saveable will be restored with two names: y");
  const Output c = constant(1.0, {.name = "c"});
  EXPECT_THAT(text_of([&] { Saver(VarList{c}); }),
              testing::StartsWith("Variable to save is not a Variable: Tensor(\"c:0\""));
  EXPECT_THAT(text_of([&] { Saver({.var_list = {a}, .defer_build = true}); }),
              testing::StartsWith("If `var_list` is provided then build cannot be deferred."));
}

TEST_F(SaverTest, RestoresWhatItSaved) {
  const Variable v(constant({1.0, 2.0, 3.0}), {.name = "v"});
  const Variable r(7, {.name = "r", .use_resource = true});
  Saver saver;
  {
    Session session;
    session.run(global_variables_initializer());
    EXPECT_EQ(saver.save(session, "d/model", {.global_step = 3}), "d/model-3");
  }
  for (const char* path : {"d/model-3", "d/model-3.index", "d/model-3.meta", "d"}) {
    Session session;
    saver.restore(session, path);
    EXPECT_EQ(session.run(v).data<float>()[2], 3.0f) << path;
    EXPECT_EQ(session.run(r).value<std::int32_t>(), 7) << path;
  }
  // A graph from the .meta restores as well.
  const auto other = std::make_shared<Graph>();
  const auto scope = other->as_default();
  const auto imported = import_meta_graph("d/model-3.meta");
  Session session;
  Saver(*imported).restore(session, "d/model-3");
  EXPECT_EQ(session.run("v:0").data<float>()[1], 2.0f);
}

// The list of files and the state file are those of TensorFlow's Saver(max_to_keep=2).
TEST_F(SaverTest, KeepsTheNewestAndSaysSo) {
  const Variable step(10, {.name = "step"});
  Session session;
  session.run(global_variables_initializer());
  Saver saver({.max_to_keep = 2});
  for (const int n : {1, 2, 3, 2}) saver.save(session, "d/m", {.global_step = n});
  EXPECT_THAT(saver.last_checkpoints(), testing::ElementsAre("d/m-3", "d/m-2"));
  EXPECT_THAT(files_.list("d"),
              testing::ElementsAre("checkpoint", "m-2.data-00000-of-00001", "m-2.index", "m-2.meta",
                                   "m-3.data-00000-of-00001", "m-3.index", "m-3.meta"));
  EXPECT_EQ(state_file(),
            "model_checkpoint_path: \"m-2\"\nall_model_checkpoint_paths: \"m-3\"\n"
            "all_model_checkpoint_paths: \"m-2\"\n");
  EXPECT_EQ(saver.save(session, "d/m", {.global_step = step, .write_meta_graph = false}), "d/m-10");
  EXPECT_FALSE(files_.exists("d/m-10.meta"));
  EXPECT_FALSE(files_.exists("d/m-3.index"));
  EXPECT_EQ(Saver({.pad_step_number = true}).save(session, "d/p", {.global_step = 7}),
            "d/p-00000007");
}

TEST_F(SaverTest, TheListCanBeSetAndRecovered) {
  const Variable v(1.0, {.name = "v"});
  Session session;
  session.run(global_variables_initializer());
  Saver saver({.max_to_keep = 2});
  saver.save(session, "d/a");
  saver.save(session, "d/b");
  Saver next({.max_to_keep = 2});
  next.recover_last_checkpoints({"d/gone", "d/a", "d/b"});
  EXPECT_THAT(next.last_checkpoints(), testing::ElementsAre("d/a", "d/b"));
  next.save(session, "d/c");
  EXPECT_FALSE(files_.exists("d/a.index"));
  next.set_last_checkpoints({"d/b", "d/c"});  // of unknown age: kept
  next.save(session, "d/e");
  EXPECT_TRUE(files_.exists("d/b.index"));
}

TEST_F(SaverTest, AMisfitIsToldInFullAndNothingIsAssigned) {
  {
    const auto other = std::make_shared<Graph>();
    const auto scope = other->as_default();
    const Variable weights(constant({1.0, 2.0}), {.name = "weights"});
    const Variable bias(constant({1.0, 2.0}), {.name = "bias"});
    const Variable count(1, {.name = "count"});
    Session session;
    session.run(global_variables_initializer());
    Saver().save(session, "d/old");
  }
  const Variable weigths(constant({5.0, 6.0}), {.name = "weigths"});
  const Variable bias(constant({5.0, 6.0, 7.0}), {.name = "bias", .use_resource = true});
  const Variable count(5.0, {.name = "count"});
  Session session;
  session.run(global_variables_initializer());
  Saver saver;
  try {
    saver.restore(session, "d/old");
    FAIL();
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(
        error.what(),
        testing::StartsWith(
            "Restoring from checkpoint failed. This is most likely due to a Variable name "
            "or other graph key that is missing from the checkpoint. Please ensure that "
            "you have not altered the graph expected based on the checkpoint. Original "
            "error:\n\nKey weigths not found in checkpoint\n\t [[{{node save/RestoreV2}}]]"));
    EXPECT_THAT(error.what(), testing::HasSubstr("Key weigths not found in checkpoint; there is "
                                                 "weights"));
    EXPECT_THAT(error.what(),
                testing::HasSubstr("bias: tensor_name = bias; Assign requires shapes of both "
                                   "tensors to match. lhs shape= [3] rhs shape= [2]"));
    EXPECT_THAT(error.what(), testing::HasSubstr("tensor_name = count; expected dtype float does "
                                                 "not equal original dtype int32"));
    EXPECT_EQ(error.tensor(), "weigths");
  }
  EXPECT_EQ(session.run(bias).data<float>()[0], 5.0f);
  Saver only({count}, {.name = "only"});
  EXPECT_THROW(only.restore(session, "d/old"), errors::InvalidArgumentError);
  EXPECT_EQ(session.run(count).value<float>(), 5.0f);
}

TEST_F(SaverTest, RestoresVariablesByTheirFullNamesFromObjectBasedCheckpoints) {
  const Variable a({1.0, 2.0}, {.name = "a"});
  const Variable slot({3.0, 4.0}, {.name = "a/Adam"});
  Saver saver;
  Session session;
  const auto save = [&](const std::string& slot_name) {
    proto::TrackableObjectGraph objects;
    std::vector<SaveItem> items;
    for (const auto& [key, name, value] :
         {std::tuple("net/w/.ATTRIBUTES/VARIABLE_VALUE", std::string("a"), 5.0f),
          std::tuple("net/w/.OPTIMIZER_SLOT/opt/m/.ATTRIBUTES/VARIABLE_VALUE", slot_name, 6.0f)}) {
      auto* attribute = objects.add_nodes()->add_attributes();
      attribute->set_checkpoint_key(key);
      attribute->set_full_name(name);
      items.push_back({key, Tensor::vector<float>({value, value})});
    }
    items.push_back({"_CHECKPOINTABLE_OBJECT_GRAPH", Tensor::scalar(objects.SerializeAsString())});
    bundle::write("d/objects", items, {.file_system = &files_});
  };
  save("a/Adam");
  saver.restore(session, "d/objects");
  EXPECT_EQ(session.run(a).data<float>()[1], 5);
  EXPECT_EQ(session.run(slot).data<float>()[1], 6);
  session.run(global_variables_initializer());
  save("a/Adamax");
  try {
    saver.restore(session, "d/objects");
    FAIL();
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("Key a/Adam not found in checkpoint; there is "
                                                    "a/Adamax"));
  }
  EXPECT_EQ(session.run(a).data<float>()[1], 2) << "nothing was assigned";
}

TEST_F(SaverTest, PathsThatAreNoCheckpointsAreRefused) {
  const Variable v(1.0, {.name = "v"});
  Session session;
  session.run(global_variables_initializer());
  Saver saver;
  const auto text_of = [&](const std::optional<std::string>& path) -> std::string {
    try {
      saver.restore(session, path);
    } catch (const errors::InvalidArgumentError& error) {
      EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError);
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(text_of(std::nullopt), "Can't load save_path when it is None.");
  EXPECT_THAT(text_of("d/none"),
              testing::StartsWith("The passed save_path is not a valid checkpoint: d/none"));
  io::write_file_atomically(files_, "d/bad.index", "rubbish", Durability::kFast);
  EXPECT_THROW(saver.restore(session, "d/bad"), errors::DataLossError);
}

TEST_F(SaverTest, ASaveThatFailsChangesNothing) {
  const Variable v(1.0, {.name = "v"});
  const Variable late(constant({1.0}), {.name = "late"});
  Session session;
  session.run(v.initializer());
  Saver saver;
  try {
    saver.save(session, "d/m");
    FAIL();
  } catch (const errors::FailedPreconditionError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("Attempting to use uninitialized value late"));
  }
  EXPECT_TRUE(files_.list("d").empty());
  session.run(late.initializer());
  EXPECT_THROW(saver.save(session, "d/m", {.latest_filename = "x/y"}),
               errors::InvalidArgumentError);
  EXPECT_THROW(saver.save(session, "d/checkpoint"), errors::InvalidArgumentError);
  try {
    saver.save(session, "no/such/folder/m");
    FAIL();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_STREQ(error.what(), "Parent directory of no/such/folder/m doesn't exist, can't save.");
  }
  saver.save(session, "d/m");
  EXPECT_THROW(Saver({.defer_build = true}).save(session, "d/m"), errors::FailedPreconditionError);
}

// Overwriting a checkpoint while every operation on files fails once.
TEST_F(SaverTest, AtEveryFaultTheOldCheckpointOrTheNewOneIsThere) {
  const Variable v(1.0, {.name = "v"});
  const Output next = assign(v, 2.0);
  Session session;
  session.run(global_variables_initializer());
  Saver saver;
  saver.save(session, "d/m");
  session.run(next);
  bool saved = false;
  for (int n = 0; !saved; ++n) {
    ASSERT_LT(n, 1000);
    io::FaultyFileSystem faulty(files_);
    faulty.fail_at(n);
    {
      const io::ScopedFileSystem scoped(faulty);
      try {
        saver.save(session, "d/m");
        saved = !faulty.has_failed();
      } catch (const errors::ResourceExhaustedError&) {
      }
    }
    const float value = CheckpointReader("d/m").get_tensor("v").value<float>();
    EXPECT_TRUE(value == 1.0f || value == 2.0f) << n;
    EXPECT_TRUE(read_meta_graph_file("d/m.meta").has_saver_def());
    EXPECT_THAT(state_file(), testing::StartsWith("model_checkpoint_path: \"m\"")) << n;
    EXPECT_THAT(saver.last_checkpoints(), testing::ElementsAre("d/m"));
  }
  EXPECT_EQ(CheckpointReader("d/m").get_tensor("v").value<float>(), 2.0f);
}

TEST(NearNamesTest, FindsTypingErrors) {
  EXPECT_EQ(edit_distance("weights", "weigths", 5), 2);
  EXPECT_EQ(edit_distance("a", "abcdef", 2), 3);
  EXPECT_THAT(near_names("layer/weigths", {"layer/weights", "layer/biases", "layer/weight"}, 2),
              testing::ElementsAre("layer/weight", "layer/weights"));
}

}  // namespace
}  // namespace tensorkeep::train
