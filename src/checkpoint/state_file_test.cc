#include "checkpoint/state_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "checkpoint/management.h"
#include "checkpoint/paths.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
constexpr double kInf = std::numeric_limits<double>::infinity();

std::string text_of(const std::string& save_dir, const std::string& newest,
                    const CheckpointStateOptions& options = {}) {
  return encode_state(train::generate_checkpoint_state_proto(save_dir, newest, options));
}

// Every text is what TensorFlow 2.21 (protobuf 7) makes of the same arguments:
// text_format.MessageToString(generate_checkpoint_state_proto(...)).
TEST(StateFileTest, BytesAreTensorFlows) {
  const struct {
    std::string dir, newest;
    CheckpointStateOptions options;
    std::string text;
  } table[] = {
      {"/d",
       "/d/m-1",
       {},
       "model_checkpoint_path: \"/d/m-1\"\nall_model_checkpoint_paths: \"/d/m-1\"\n"},
      {"d",
       "d/m-1",
       {.all_model_checkpoint_paths = {"d/m-0", "d/m-1"}},
       "model_checkpoint_path: \"m-1\"\nall_model_checkpoint_paths: \"m-0\"\n"
       "all_model_checkpoint_paths: \"m-1\"\n"},
      {"", "m", {}, "model_checkpoint_path: \"m\"\nall_model_checkpoint_paths: \"m\"\n"},
      {"d", "m", {}, "model_checkpoint_path: \"../m\"\nall_model_checkpoint_paths: \"../m\"\n"},
      {"d/",
       "d/sub/../m-1",
       {},
       "model_checkpoint_path: \"m-1\"\nall_model_checkpoint_paths: \"m-1\"\n"},
      {"d//e", "d/e//m", {}, "model_checkpoint_path: \"m\"\nall_model_checkpoint_paths: \"m\"\n"},
      {"../d", "../d/m", {}, "model_checkpoint_path: \"m\"\nall_model_checkpoint_paths: \"m\"\n"},
      {"a/b",
       "/x/y",
       {},
       "model_checkpoint_path: \"/x/y\"\nall_model_checkpoint_paths: \"/x/y\"\n"},
      {"/d",
       "m",
       {.all_model_checkpoint_paths = {"x"},
        .all_model_checkpoint_timestamps = {1.0, 1700000000.123456},
        .last_preserved_timestamp = 2e22},
       "model_checkpoint_path: \"m\"\nall_model_checkpoint_paths: \"x\"\n"
       "all_model_checkpoint_paths: \"m\"\nall_model_checkpoint_timestamps: 1.0\n"
       "all_model_checkpoint_timestamps: 1700000000.123456\nlast_preserved_timestamp: 2e+22\n"},
      {"/d",
       "/d/\xc3\xa9\"q\\'\n\t\x01\x7f",
       {},
       "model_checkpoint_path: \"/d/\xc3\xa9\\\"q\\\\\\'\\n\\t\\001\\177\"\n"
       "all_model_checkpoint_paths: \"/d/\xc3\xa9\\\"q\\\\\\'\\n\\t\\001\\177\"\n"},
      {"/d",
       "/m",
       {.all_model_checkpoint_timestamps = {kInf}, .last_preserved_timestamp = 1e-7},
       "model_checkpoint_path: \"/m\"\nall_model_checkpoint_paths: \"/m\"\n"
       "all_model_checkpoint_timestamps: inf\nlast_preserved_timestamp: 1e-07\n"},
      {"/d",
       "/m",
       {.all_model_checkpoint_timestamps = {123456789012345678.0}, .last_preserved_timestamp = 0.1},
       "model_checkpoint_path: \"/m\"\nall_model_checkpoint_paths: \"/m\"\n"
       "all_model_checkpoint_timestamps: 1.2345678901234568e+17\nlast_preserved_timestamp: 0.1\n"},
      {"/d",
       "/m",
       {.all_model_checkpoint_timestamps = {1e16}, .last_preserved_timestamp = 1e15},
       "model_checkpoint_path: \"/m\"\nall_model_checkpoint_paths: \"/m\"\n"
       "all_model_checkpoint_timestamps: 1e+16\nlast_preserved_timestamp: 1000000000000000.0\n"},
      {"/d",
       "/m",
       {.all_model_checkpoint_timestamps = {0.0}, .last_preserved_timestamp = -0.0},
       "model_checkpoint_path: \"/m\"\nall_model_checkpoint_paths: \"/m\"\n"
       "all_model_checkpoint_timestamps: 0.0\nlast_preserved_timestamp: -0.0\n"},
  };
  for (const auto& row : table) EXPECT_EQ(text_of(row.dir, row.newest, row.options), row.text);
}

TEST(StateFileTest, WhatIsWrittenIsReadBack) {
  const CheckpointState state{"/a \"b\"\n\xff", {"x", "/a \"b\"\n\xff"}, {1.5, kInf}, 1e-300};
  EXPECT_EQ(decode_state(encode_state(state), "f"), state);
}

TEST(StateFileTest, WrongArgumentsAreErrors) {
  const auto message = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const errors::InvalidArgumentError& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_EQ(message([] {
              text_of("/d", "/m", {.all_model_checkpoint_timestamps = {1, 2}});
            }),
            "Checkpoint timestamps, if provided, must match checkpoint paths (got paths ['/m'] and "
            "timestamps [1, 2])");
  EXPECT_EQ(message([] { text_of("d", ""); }), "no path specified");
  io::MemoryFileSystem files;
  EXPECT_EQ(message([&] { update_state(files, ".", "m", {.latest_filename = "sub/checkpoint"}); }),
            "'latest_filename' must not contain path components");
  try {
    update_state(files, "/", "/checkpoint", {});
    ADD_FAILURE();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.python_class(), errors::PythonClass::kRuntimeError);
    EXPECT_THAT(error.message(),
                StartsWith("Save path '/checkpoint' conflicts with path used for "
                           "checkpoint state.  Please use a different save path."));
  }
}

TEST(StateFileTest, DamagedFilesSaySo) {
  const struct {
    std::string bytes;
    const char* text;
  } table[] = {
      {"", "Invalid checkpoint state loaded from /d/checkpoint"},
      {"all_model_checkpoint_paths: \"x\"", "Invalid checkpoint state loaded from /d/checkpoint"},
      {"garbage", "/d/checkpoint: not a CheckpointState (line 1, column 8: "},
      {"model_checkpoint_path: \"a\" foo: 3", "not a CheckpointState (line 1, column "},
      {"model_checkpoint_path: \"a", "not a CheckpointState (line 1, column "},
      {std::string(100, '\0'), "not a CheckpointState (line 1, column 1: "},
  };
  io::MemoryFileSystem files;
  files.create_directory("/d");
  EXPECT_EQ(get_state(files, "/d"), std::nullopt) << "an absent file is no error";
  for (const auto& row : table) {
    files.put("/d/checkpoint", row.bytes);
    try {
      get_state(files, "/d");
      ADD_FAILURE() << row.bytes;
    } catch (const errors::DataLossError& error) {
      EXPECT_THAT(error.message(), HasSubstr(row.text));
      EXPECT_EQ(error.file(), "/d/checkpoint");
    }
    EXPECT_THROW(latest(files, "/d"), errors::DataLossError);
  }
}

TEST(StateFileTest, ReadsWhatTensorFlowReads) {
  io::MemoryFileSystem files;
  files.create_directory("d");
  files.put("d/checkpoint", "model_checkpoint_path: 'a' \"b\" # a comment\n");
  EXPECT_EQ(get_state(files, "d")->model_checkpoint_path, "d/ab");
  files.put("d/checkpoint", "model_checkpoint_path: \"a\" model_checkpoint_path: \"b\"");
  EXPECT_EQ(get_state(files, "d")->model_checkpoint_path, "d/b") << "the last one counts";
  files.put("checkpoint", "model_checkpoint_path: \"/x/a\"");
  EXPECT_EQ(get_state(files, "")->model_checkpoint_path, "/x/a");
}

// docs/deviations.md: TensorFlow finds nothing in a folder that was moved.
TEST(StateFileTest, AMovedFolderKeepsItsCheckpoints) {
  io::MemoryFileSystem files;
  for (const char* directory : {"/new", "/new/sub", "/old", "/old/run"}) {
    files.create_directory(directory);
  }
  files.put("/new/checkpoint",
            "model_checkpoint_path: \"/old/run/m-2\"\n"
            "all_model_checkpoint_paths: \"/old/run/sub/m-1\"\n"
            "all_model_checkpoint_paths: \"/old/run/m-2\"\n"
            "all_model_checkpoint_paths: \"/old/run/gone\"\n");
  files.put("/new/m-2.index", "");
  files.put("/new/m-1.index", "");
  files.put("/new/sub/m-1.index", "");
  const auto state = get_state(files, "/new");
  EXPECT_EQ(state->model_checkpoint_path, "/new/m-2");
  EXPECT_THAT(state->all_model_checkpoint_paths,
              ElementsAre("/new/sub/m-1", "/new/m-2", "/old/run/gone"));
  EXPECT_EQ(latest(files, "/new"), "/new/m-2");
  files.put("/old/run/m-2.index", "");
  EXPECT_EQ(latest(files, "/new"), "/old/run/m-2") << "what is where it is said to be stays";
}

TEST(StateFileTest, LatestNeedsTheCheckpoint) {
  io::MemoryFileSystem files;
  files.create_directory("/d");
  EXPECT_EQ(latest(files, "/d"), std::nullopt);
  update_state(files, "/d", "/d/m[1]", {});
  EXPECT_EQ(latest(files, "/d"), std::nullopt);
  files.put("/d/m[1]", "V1");
  EXPECT_EQ(latest(files, "/d"), "/d/m[1]");
  update_state(files, "/d",
               "/d/m-?????"
               "-of-00002",
               {.latest_filename = "other"});
  EXPECT_EQ(latest(files, "/d", "other"), std::nullopt);
  files.put("/d/m-00001-of-00002", "V1");
  EXPECT_EQ(latest(files, "/d", "other"),
            "/d/m-?????"
            "-of-00002");
}

TEST(StateFileTest, RelativePathsOnRequest) {
  io::MemoryFileSystem files;
  files.create_directory("/d");
  update_state(
      files, "/d", "/d/m-2",
      {.all_model_checkpoint_paths = {"/d/sub/m-1", "/d/m-2"}, .save_relative_paths = true});
  EXPECT_EQ(files.get("/d/checkpoint"),
            "model_checkpoint_path: \"m-2\"\nall_model_checkpoint_paths: \"sub/m-1\"\n"
            "all_model_checkpoint_paths: \"m-2\"\n");
}

TEST(StateFileTest, AFailedUpdateLeavesTheOldFile) {
  io::MemoryFileSystem files;
  files.create_directory("/d");
  update_state(files, "/d", "/d/m-1", {});
  const auto before = files.all_files();
  io::FaultyFileSystem counting(files);
  update_state(counting, "/d", "/d/m-1", {});
  ASSERT_GE(counting.operations(), 4);
  for (std::int64_t operation = 0; operation + 1 < counting.operations(); ++operation) {
    io::FaultyFileSystem faulty(files);
    faulty.fail_at(operation);
    EXPECT_THROW(update_state(faulty, "/d", "/d/m-2", {}), errors::Error) << operation;
    if (files.get("/d/checkpoint").find("m-2") == std::string::npos) {
      EXPECT_EQ(files.all_files(), before) << operation;
    }
    update_state(files, "/d", "/d/m-1", {});
  }
}

TEST(ManagementTest, ExistenceTimesAndRemoval) {
  io::MemoryFileSystem files;
  files.create_directory("/d");
  for (const char* name :
       {"m-1.meta", "m-1.index", "m-1.data-00000-of-00002", "m-1.data-00001-of-00002", "m-10.index",
        "v1", "v1.meta", "m-1.data-00000-of-00002.tempstate"}) {
    files.put(std::string("/d/") + name, "x");
  }
  EXPECT_TRUE(checkpoint_exists(files, "/d/m-1"));
  EXPECT_TRUE(checkpoint_exists(files, "/d/v1"));
  EXPECT_FALSE(checkpoint_exists(files, "/d/m"));
  EXPECT_FALSE(checkpoint_exists(files, "/none/m"));
  EXPECT_FALSE(checkpoint_exists(files, ""));
  const double time = static_cast<double>(files.stat("/d/v1")->mtime_ns) / 1e9;
  EXPECT_THAT(get_checkpoint_mtimes(files, {"/d/none", "/d/v1"}), ElementsAre(time));

  remove_checkpoint(files, "/d/m-1", train::CheckpointFormatVersion::kV2, "meta");
  EXPECT_THAT(files.list("/d"),
              ElementsAre("m-1.data-00000-of-00002.tempstate", "m-10.index", "v1", "v1.meta"));
  remove_checkpoint(files, "/d/v1", train::CheckpointFormatVersion::kV1, "meta");
  remove_checkpoint(files, "/d/gone", train::CheckpointFormatVersion::kV2, "meta");
  EXPECT_THAT(files.list("/d"), ElementsAre("m-1.data-00000-of-00002.tempstate", "m-10.index"));
}

// The index goes before the data, so that no death in between leaves an index without its data.
TEST(ManagementTest, RemovalGoesFromMetaToData) {
  const auto left_after = [](std::size_t failing) {
    io::MemoryFileSystem files;
    files.create_directory("/d");
    for (const char* name : {"m.data-00000-of-00001", "m.index", "m.meta"}) {
      files.put(std::string("/d/") + name, "x");
    }
    io::FaultyFileSystem faulty(files);
    faulty.fail_at(static_cast<std::int64_t>(failing), errors::Code::kPermissionDenied);
    try {
      remove_checkpoint(faulty, "/d/m", train::CheckpointFormatVersion::kV2, "meta");
    } catch (const errors::PermissionDeniedError&) {
    }
    return files.list("/d");
  };
  std::set<std::vector<std::string>> seen;
  for (std::size_t i = 0; i < 12; ++i) seen.insert(left_after(i));
  EXPECT_THAT(seen, ElementsAre(ElementsAre(), ElementsAre("m.data-00000-of-00001"),
                                ElementsAre("m.data-00000-of-00001", "m.index"),
                                ElementsAre("m.data-00000-of-00001", "m.index", "m.meta")));
}

TEST(ManagementTest, MetaGraphNames) {
  EXPECT_EQ(train::meta_graph_filename("d/m-10"), "d/m-10.meta");
  EXPECT_EQ(train::meta_graph_filename("m-00001-of-00002"), "m.meta");
  EXPECT_EQ(train::meta_graph_filename("m-?????"
                                       "-of-00002",
                                       "graph"),
            "m.graph");
  EXPECT_EQ(train::meta_graph_filename("m--of-2"), "m--of-2.meta");
  EXPECT_EQ(train::meta_graph_filename("m-1-of-"), "m-1-of-.meta");
}

TEST(PathsTest, Matching) {
  EXPECT_TRUE(matches("model-00001-of-00002",
                      "model-?????"
                      "-of-00002"));
  EXPECT_FALSE(matches("model-001-of-00002",
                       "model-?????"
                       "-of-00002"));
  EXPECT_TRUE(matches("abcabc", "*abc"));
  EXPECT_TRUE(matches("aXbXc", "a*b*c*"));
  EXPECT_FALSE(matches("aXb", "a*c"));
  EXPECT_TRUE(matches("", "*"));
  EXPECT_FALSE(matches("b", "[ab]"));
  EXPECT_EQ(before_shard_suffix("d/m.data-00000-of-00001", ".data-"), "d/m");
  EXPECT_EQ(before_shard_suffix("d/m.data-0-of-1", ".data-"), "");
  EXPECT_EQ(before_shard_suffix("d/m.data-00000-of-00001x", ".data-"), "");
}

}  // namespace
}  // namespace tensorkeep::checkpoint
