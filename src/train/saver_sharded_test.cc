#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/default_file_system.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"

// Savers with a file for every device.
namespace tensorkeep::train {
namespace {

using ::testing::ElementsAre;

class SaverShardedTest : public ::testing::Test {
 protected:
  SaverShardedTest() { files_.create_directory("d"); }
  // One variable on the CPU, one anywhere.
  std::pair<Variable, Variable> variables() {
    const auto cpu = device("/cpu:0");
    const Variable a(constant({1.0, 2.0}), {.name = "a"});
    const DeviceScope task("/task:1");
    const Variable b(3.0, {.name = "b"});
    return {a, b};
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
};

TEST_F(SaverShardedTest, V2IsMergedToOneCheckpoint) {
  const auto [a, b] = variables();
  Saver saver({.sharded = true, .max_to_keep = 1});
  Session session;
  session.run(global_variables_initializer());
  for (const int step : {1, 2}) {
    EXPECT_EQ(saver.save(session, "d/m", {.global_step = step}), "d/m-" + std::to_string(step));
  }
  EXPECT_THAT(files_.list("d"), ElementsAre("checkpoint", "m-2.data-00000-of-00002",
                                            "m-2.data-00001-of-00002", "m-2.index", "m-2.meta"));
  Session other;
  saver.restore(other, "d/m-2");
  EXPECT_EQ(other.run(a).data<float>()[1], 2.0f);
  EXPECT_EQ(other.run(b).value<float>(), 3.0f);
  Saver().restore(other, "d/m-2");
}

TEST_F(SaverShardedTest, V1IsAFileForEveryDevice) {
  const auto [a, b] = variables();
  Saver saver({.sharded = true, .max_to_keep = 1, .write_version = SaverDef::V1});
  Session session;
  session.run(global_variables_initializer());
  const std::string pattern =
      "d/m-2-?????"
      "-of-00002";
  saver.save(session, "d/m", {.global_step = 1});
  EXPECT_EQ(saver.save(session, "d/m", {.global_step = 2}), pattern);
  EXPECT_THAT(files_.list("d"),
              ElementsAre("checkpoint", "m-2-00000-of-00002", "m-2-00001-of-00002", "m-2.meta"));
  for (const std::string& path :
       {pattern, std::string("d"), std::string("d/m-2"), std::string("d/m-2-00001-of-00002")}) {
    Session other;
    saver.restore(other, path);
    EXPECT_EQ(other.run(a).data<float>()[1], 2.0f) << path;
    EXPECT_EQ(other.run(b).value<float>(), 3.0f) << path;
  }
  files_.remove("d/m-2-00000-of-00002");
  Session other;
  try {
    saver.restore(other, pattern);
    FAIL();
  } catch (const errors::NotFoundError& error) {
    EXPECT_EQ(error.tensor(), "a");
  }
  EXPECT_THAT(CheckpointReader(pattern).remarks(), ElementsAre("d/m-2-00000-of-00002 is missing"));
}

TEST_F(SaverShardedTest, AtEveryFaultTheOldCheckpointOrTheNewOneIsThere) {
  const auto [a, b] = variables();
  const Output next = assign(b, 4.0);
  Session session;
  session.run(global_variables_initializer());
  Saver saver({.sharded = true});
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
        EXPECT_FALSE(files_.exists("d/m_temp")) << n;
      }
    }
    const CheckpointReader reader("d/m");
    EXPECT_EQ(reader.get_tensor("a").data<float>()[0], 1.0f) << n;
    const float value = reader.get_tensor("b").value<float>();
    EXPECT_TRUE(value == 3.0f || value == 4.0f) << n;
  }
  EXPECT_EQ(CheckpointReader("d/m").get_tensor("b").value<float>(), 4.0f);
}

}  // namespace
}  // namespace tensorkeep::train
