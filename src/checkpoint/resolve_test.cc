#include "checkpoint/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/file_kind.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

using ::testing::HasSubstr;

const std::string kTable = std::string(40, '\0') + "\x57\xfb\x80\x8b\x24\x75\x47\xdb";

class ResolveTest : public ::testing::Test {
 protected:
  void SetUp() override { files_.create_directory("/d"); }

  void put(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) files_.put(path, kTable);
  }
  std::string prefix_of(const std::string& path) {
    const Checkpoint found = resolve(files_, path);
    return (found.format == Format::kV1 ? "V1 " : "") + found.prefix;
  }
  template <typename Error>
  std::string error_of(const std::string& path) {
    try {
      return "no error: " + prefix_of(path);
    } catch (const Error& error) {
      return error.message();
    }
  }

  io::MemoryFileSystem files_;
};

TEST_F(ResolveTest, APrefixAndItsMembers) {
  put({"/d/m-1.index", "/d/m-1.data-00000-of-00002", "/d/m-1.meta", "/d/m-2.index"});
  for (const char* path : {"/d/m-1", "/d/m-1.index", "/d/m-1.data-00000-of-00002", "/d/m-1.meta"}) {
    EXPECT_EQ(prefix_of(path), "/d/m-1") << path;
  }
}

TEST_F(ResolveTest, FoldersMeanTheNewest) {
  put({"/d/m-2.index", "/d/m-10.index"});
  EXPECT_EQ(prefix_of("/d"), "/d/m-10") << "without a state file, the one written last";
  EXPECT_EQ(prefix_of("/d/"), "/d/m-10");
  files_.put("/d/checkpoint", "model_checkpoint_path: \"m-2\"");
  EXPECT_EQ(prefix_of("/d"), "/d/m-2");
  EXPECT_EQ(prefix_of("/d/checkpoint"), "/d/m-2");
  files_.put("/d/checkpoint", "model_checkpoint_path: \"m-3\"");
  EXPECT_THAT(error_of<errors::NotFoundError>("/d"),
              HasSubstr("Couldn't match files for checkpoint /d/m-3, which /d/checkpoint calls the "
                        "newest. Checkpoints there are: /d/m-10 /d/m-2"));
  files_.put("/d/checkpoint", "?");
  EXPECT_THAT(error_of<errors::DataLossError>("/d"), HasSubstr("not a CheckpointState"));
}

TEST_F(ResolveTest, AFolderNamedLikeAPrefixGivesWay) {
  files_.create_directory("/d/m");
  put({"/d/m.index", "/d/m/other.index"});
  EXPECT_EQ(prefix_of("/d/m"), "/d/m");
  EXPECT_EQ(prefix_of("/d/m/"), "/d/m/other");
}

TEST_F(ResolveTest, SavedModels) {
  files_.create_directory("/d/variables");
  files_.put("/d/saved_model.pb", "x");
  EXPECT_EQ(error_of<errors::NotFoundError>("/d"),
            "Couldn't find 'checkpoint' file or checkpoints in given directory /d: this SavedModel "
            "has no variables");
  put({"/d/variables/variables.index"});
  for (const char* path : {"/d", "/d/", "/d/saved_model.pb", "/d/variables"}) {
    EXPECT_EQ(prefix_of(path), "/d/variables/variables") << path;
  }
  files_.remove("/d/variables/variables.index");
  put({"/d/variables/variables"});
  EXPECT_EQ(prefix_of("/d"), "V1 /d/variables/variables");
  EXPECT_EQ(prefix_of("/d/variables"), "V1 /d/variables/variables");
}

TEST_F(ResolveTest, V1Files) {
  put({"/d/old", "/d/old.meta", "/d/s-00000-of-00002", "/d/s-00001-of-00002"});
  EXPECT_EQ(prefix_of("/d/old"), "V1 /d/old");
  EXPECT_EQ(prefix_of("/d/old.meta"), "V1 /d/old");
  EXPECT_EQ(prefix_of("/d/s"),
            "V1 /d/s-?????"
            "-of-00002");
  EXPECT_EQ(prefix_of("/d/s-?????"
                      "-of-00002"),
            "V1 /d/s-?????"
            "-of-00002");
  EXPECT_EQ(prefix_of("/d/s-00001-of-00002"),
            "V1 /d/s-?????"
            "-of-00002")
      << "a member stands for the whole";
  EXPECT_EQ(prefix_of("/d"), "V1 /d/old") << "without a state file, the newest with a .meta";
  put({"/d/old.index"});
  EXPECT_EQ(prefix_of("/d/old"), "/d/old") << "V2 wins, as in TensorFlow";
}

TEST_F(ResolveTest, WhatIsNotThereIsSaid) {
  const std::string start =
      "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for ";
  EXPECT_EQ(error_of<errors::NotFoundError>("/d/m"),
            start + "/d/m. The folder /d holds no checkpoint");
  EXPECT_EQ(error_of<errors::NotFoundError>("/e/m"), start + "/e/m. The folder /e does not exist");
  put({"/d/m-1.index"});
  EXPECT_EQ(error_of<errors::NotFoundError>("/d/m"), start + "/d/m. Checkpoints there are: /d/m-1");
  EXPECT_THAT(error_of<errors::NotFoundError>(""), HasSubstr("the path is empty"));
  put({"/d/x.data-00000-of-00001", "/d/y.meta"});
  EXPECT_EQ(error_of<errors::NotFoundError>("/d/x"),
            "/d/x.index; No such file or directory. The data files are there, but only the index "
            "knows the names, types and shapes");
  for (const char* path : {"/d/x.data-00000-of-00001", "/d/y.meta"}) {
    EXPECT_THAT(error_of<errors::NotFoundError>(path),
                HasSubstr(std::string(path).substr(0, 4) + ".index; No such file or directory. "));
  }
  files_.create_directory("/empty");
  EXPECT_EQ(error_of<errors::NotFoundError>("/empty"),
            "Couldn't find 'checkpoint' file or checkpoints in given directory /empty");
}

TEST_F(ResolveTest, ForeignFilesAreNamed) {
  const struct {
    std::string bytes;
    const char* kind;
  } table[] = {
      {"", "it is empty"},
      {"\x89HDF\r\n\x1a\n...", "it is an HDF5 file"},
      {"PK\x03\x04...", "it is a zip archive"},
      {"\x93NUMPY\x01", "it is a numpy array"},
      {"\x80\x04\x95", "it is a Python pickle"},
      {"\x1f\x8b\x08", "it is gzipped; unpack it first"},
      {std::string("\x1c\0\0\0TFL3", 8), "it is a TensorFlow Lite model"},
      {std::string("\x40\0\0\0\0\0\0\0{\"a\":", 13), "it is a safetensors file"},
      {"version https://git-lfs.github.com/spec/v1\n", "it is a Git LFS pointer"},
      {"<!DOCTYPE html>", "it is an HTML page"},
      {"node {\n  name: \"x\"\n", "it is a graph in text form"},
      {"a,b,c\n", "it is a text file"},
      {std::string(300, '\0'), "it begins with zeros"},
      {"\n\x05\x0a\x01x", "it may be a protocol buffer"},
      {"\xde\xad\xbe\xef", "its kind is unknown"},
  };
  for (const auto& row : table) {
    files_.put("/d/file", row.bytes);
    const std::string message = error_of<errors::DataLossError>("/d/file");
    EXPECT_THAT(message, HasSubstr("Unable to open table file /d/file: Data loss: not an sstable "
                                   "(bad magic number)"));
    EXPECT_THAT(message, HasSubstr(row.kind));
  }
}

}  // namespace
}  // namespace tensorkeep::checkpoint
