#include "tensorkeep/checkpoint_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/default_file_system.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "tensorkeep/checkpoint_management.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/state_ops.h"

namespace tensorkeep::train {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CheckpointManagerTest : public testing::Test {
 protected:
  CheckpointManagerTest() {
    files_.create_directory("d");
    session_.run(global_variables_initializer());
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
  Variable step_{Tensor::scalar(std::int64_t{10}), {.name = "step", .use_resource = true}};
  Checkpoint checkpoint_{{{"step", step_}}};
  Session session_;
};

TEST_F(CheckpointManagerTest, KeepsTheNewestAndSaysSo) {
  CheckpointManager manager(checkpoint_, "d", 2);
  EXPECT_EQ(manager.latest_checkpoint(), std::nullopt);
  EXPECT_EQ(manager.directory(), "d");
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(manager.save(session_), "d/ckpt-" + std::to_string(i));
  }
  EXPECT_THAT(manager.checkpoints(), ElementsAre("d/ckpt-2", "d/ckpt-3"));
  EXPECT_EQ(manager.latest_checkpoint(), "d/ckpt-3");
  EXPECT_THAT(files_.list("d"),
              ElementsAre("checkpoint", "ckpt-2.data-00000-of-00001", "ckpt-2.index",
                          "ckpt-3.data-00000-of-00001", "ckpt-3.index"));
  const auto state = get_checkpoint_state("d");
  EXPECT_EQ(state->model_checkpoint_path, "d/ckpt-3");
  EXPECT_THAT(state->all_model_checkpoint_paths, ElementsAre("d/ckpt-2", "d/ckpt-3"));
  ASSERT_EQ(state->all_model_checkpoint_timestamps.size(), 2u);
  EXPECT_LT(state->last_preserved_timestamp, state->all_model_checkpoint_timestamps[0]);

  // Another manager goes on from the state file.
  CheckpointManager next(checkpoint_, "d", 1);
  EXPECT_THAT(next.checkpoints(), ElementsAre("d/ckpt-2", "d/ckpt-3"));
  EXPECT_EQ(next.save(session_, {.checkpoint_number = 7}), "d/ckpt-7");
  EXPECT_THAT(next.checkpoints(), ElementsAre("d/ckpt-7"));
  EXPECT_EQ(next.save(session_, {.checkpoint_number = step_}), "d/ckpt-10");
  EXPECT_THAT(files_.list("d"),
              ElementsAre("checkpoint", "ckpt-10.data-00000-of-00001", "ckpt-10.index"));
  EXPECT_EQ(session_.run(checkpoint_.save_counter()).value<std::int64_t>(), 5);
}

TEST_F(CheckpointManagerTest, SavesWhenTheIntervalHasPassed) {
  CheckpointManager manager(
      checkpoint_, "d", std::nullopt,
      {.checkpoint_name = "m", .step_counter = step_, .checkpoint_interval = 5});
  const auto at = [&](std::int64_t step, bool check_interval = true) {
    session_.run(assign(step_, Tensor::scalar(step)));
    return manager.save(session_, {.check_interval = check_interval});
  };
  EXPECT_EQ(manager.checkpoint_interval(), 5);
  EXPECT_EQ(at(10), "d/m-1");
  EXPECT_EQ(at(14), std::nullopt);
  EXPECT_EQ(at(14, false), "d/m-2");
  EXPECT_EQ(at(14, false), std::nullopt) << "that step has been saved";
  EXPECT_EQ(at(19), "d/m-3");
  CheckpointManager known(
      checkpoint_, "d", std::nullopt,
      {.step_counter = step_, .checkpoint_interval = 5, .last_checkpoint_step = 18});
  EXPECT_EQ(known.save(session_), std::nullopt);
}

TEST_F(CheckpointManagerTest, RestoresTheNewestOrCallsTheFunction) {
  int calls = 0;
  const CheckpointManagerOptions options{
      .step_counter = step_, .checkpoint_interval = 2, .init_fn = [&] { ++calls; }};
  CheckpointManager manager(checkpoint_, "d", 3, options);
  EXPECT_EQ(manager.restore_or_initialize(session_), std::nullopt);
  EXPECT_EQ(calls, 1);
  manager.save(session_);
  session_.run(assign(step_, Tensor::scalar(std::int64_t{50})));
  CheckpointManager next(checkpoint_, "d", 3, options);
  EXPECT_EQ(next.restore_or_initialize(session_), "d/ckpt-1");
  EXPECT_EQ(session_.run(step_).value<std::int64_t>(), 10);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(next.save(session_), std::nullopt) << "this step is the newest checkpoint's";
}

TEST_F(CheckpointManagerTest, WrongArgumentsAreErrors) {
  const auto text_of = [&](std::optional<int> keep, const CheckpointManagerOptions& options) {
    try {
      CheckpointManager(checkpoint_, "d", keep, options);
    } catch (const errors::InvalidArgumentError& error) {
      EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError);
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(text_of(0, {}), "Expected a positive integer or `None` for `max_to_keep`, got 0.");
  EXPECT_EQ(text_of(1, {.checkpoint_interval = 2}),
            "`step_counter` should be passed if `checkpoint_interval` is not None.");
}

TEST_F(CheckpointManagerTest, ACheckpointThatCannotBeRemovedStays) {
  CheckpointManager manager(checkpoint_, "d", 1);
  manager.save(session_);
  // A folder in the place of a data file.
  files_.remove("d/ckpt-1.data-00000-of-00001");
  files_.create_directory("d/ckpt-1.data-00000-of-00001");
  EXPECT_EQ(manager.save(session_), "d/ckpt-2");
  EXPECT_THAT(manager.checkpoints(), ElementsAre("d/ckpt-2"));
  EXPECT_TRUE(files_.exists("d/ckpt-1.data-00000-of-00001"));
}

// What the state file names is there, at every fault; and no manager names what is not.
TEST_F(CheckpointManagerTest, AtEveryFaultTheStateFileIsRight) {
  CheckpointManager manager(checkpoint_, "d", 1);
  manager.save(session_);
  bool saved = false;
  for (int n = 0; !saved; ++n) {
    ASSERT_LT(n, 1000);
    io::FaultyFileSystem faulty(files_);
    faulty.fail_at(n);
    {
      const io::ScopedFileSystem scoped(faulty);
      try {
        manager.save(session_);
        saved = !faulty.has_failed();
      } catch (const errors::ResourceExhaustedError&) {
      }
    }
    const auto state = get_checkpoint_state("d");
    EXPECT_TRUE(checkpoint_exists(state->model_checkpoint_path)) << n;
    EXPECT_EQ(CheckpointReader("d").get_tensor("step").value<std::int64_t>(), 10) << n;
    for (const std::string& path : manager.checkpoints()) EXPECT_TRUE(checkpoint_exists(path)) << n;
  }
  EXPECT_EQ(manager.checkpoints().size(), 1u);
}

}  // namespace
}  // namespace tensorkeep::train
