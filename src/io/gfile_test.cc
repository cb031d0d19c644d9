#include "tensorkeep/gfile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::gfile {
namespace {

using ::testing::ElementsAre;

class GFileTest : public testing::Test {
 protected:
  GFileTest() { MakeDirs("/d"); }
  static std::string contents(const std::string& path) { return FastGFile(path, "rb").read(); }
  static std::string error_of(const std::function<void()>& f, errors::Code code) {
    try {
      f();
    } catch (const errors::Error& error) {
      EXPECT_EQ(error.code(), code);
      return error.what();
    }
    return "no error";
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem use_{files_};
};

TEST_F(GFileTest, WhatIsWrittenIsThereAtTheEnd) {
  {
    GFile f("/d/a", "wb");
    f.write("one\n");
    EXPECT_FALSE(Exists("/d/a"));
    f.flush();
    EXPECT_EQ(contents("/d/a"), "one\n");
    f.write(std::string_view("two\n\0three", 10));
  }
  GFile f("/d/a", "r");
  EXPECT_EQ(f.size(), 14);
  EXPECT_EQ(f.readline(), "one\n");
  EXPECT_EQ(f.tell(), 4);
  EXPECT_EQ(f.read(2), "tw");
  EXPECT_EQ(f.readlines(), (std::vector<std::string>{"o\n", std::string("\0three", 6)}));
  EXPECT_EQ(f.read(), "");
  f.seek(1);
  EXPECT_EQ(f.read(3), "ne\n");
  GFile("/d/a", "w");
  EXPECT_EQ(contents("/d/a"), "");
}

TEST_F(GFileTest, AppendingAndUpdating) {
  GFile("/d/a", "a").write("ab");
  GFile("/d/a", "a+").write("cd");
  EXPECT_EQ(contents("/d/a"), "abcd");
  {
    GFile f("/d/a", "r+");
    f.seek(1);
    f.write("XYZW");
  }
  EXPECT_EQ(contents("/d/a"), "aXYZW");
}

TEST_F(GFileTest, AnExceptionLeavesTheOldFile) {
  GFile("/d/a", "w").write("old");
  try {
    GFile f("/d/a", "w");
    f.write("half of the n");
    throw std::runtime_error("stop");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(contents("/d/a"), "old");
}

TEST_F(GFileTest, Errors) {
  using errors::Code;
  GFile("/d/a", "w").write("a");
  EXPECT_EQ(error_of([] { GFile("/d/no"); }, Code::kNotFound), "/d/no; No such file or directory");
  EXPECT_EQ(error_of([] { GFile("/no/a", "w"); }, Code::kNotFound),
            "/no/a; No such file or directory");
  EXPECT_EQ(error_of([] { GFile("/d"); }, Code::kFailedPrecondition), "/d; Is a directory");
  EXPECT_EQ(error_of([] { GFile("/d/a", "q"); }, Code::kInvalidArgument),
            "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+': q");
  EXPECT_EQ(error_of([] { GFile("/d/a").write("x"); }, Code::kPermissionDenied),
            "File isn't open for writing: /d/a");
  EXPECT_EQ(error_of([] { GFile("/d/a", "a").read(); }, Code::kPermissionDenied),
            "File isn't open for reading: /d/a");
  EXPECT_EQ(error_of([] { GFile("/d/a").seek(-1); }, Code::kInvalidArgument),
            "/d/a: cannot seek to -1");
  EXPECT_EQ(error_of(
                [] {
                  GFile f("/d/a");
                  f.close();
                  f.close();
                  f.read();
                },
                Code::kFailedPrecondition),
            "/d/a is closed");
  EXPECT_EQ(error_of([] { ListDirectory("/no"); }, Code::kNotFound),
            "Could not find directory /no");
  EXPECT_EQ(error_of([] { MkDir("/no/x"); }, Code::kNotFound), "/no/x; No such file or directory");
  EXPECT_EQ(error_of([] { Remove("/no"); }, Code::kNotFound), "/no; No such file or directory");
  EXPECT_EQ(error_of([] { Remove("/d"); }, Code::kFailedPrecondition), "/d; Is a directory");
  EXPECT_EQ(error_of([] { Rename("/d/a", "/d/a"); }, Code::kAlreadyExists),
            "file already exists: /d/a");
  EXPECT_EQ(error_of([] { Copy("/d/a", "/d/a"); }, Code::kAlreadyExists),
            "file already exists: /d/a");
  EXPECT_EQ(error_of([] { DeleteRecursively("/no"); }, Code::kNotFound), "/no not found");
  EXPECT_EQ(contents("/d/a"), "a");
}

TEST_F(GFileTest, Folders) {
  GFile("/d/a", "w").write("a");
  MakeDirs("/d/x/y");
  MkDir("/d/z");
  EXPECT_TRUE(IsDirectory("/d/x/y"));
  EXPECT_FALSE(IsDirectory("/d/a"));
  Copy("/d/a", "/d/x/b");
  Rename("/d/a", "/d/x/b", true);
  EXPECT_THAT(ListDirectory("/d"), ElementsAre("x", "z"));
  EXPECT_EQ(contents("/d/x/b"), "a");
  DeleteRecursively("/d/x");
  EXPECT_THAT(ListDirectory("/d"), ElementsAre("z"));
}

}  // namespace
}  // namespace tensorkeep::gfile
