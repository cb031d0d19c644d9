#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "io/faulty_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The same tests for both kinds of files; `root` is an empty directory.
class FileSystemTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      files = &memory;
      root = "/root";
      memory.create_directory(root);
    } else {
      files = &posix_file_system();
      root = ::testing::TempDir() + "tensorkeep_io_XXXXXX";
      ASSERT_NE(mkdtemp(root.data()), nullptr);
    }
  }
  void TearDown() override {
    if (!GetParam()) std::filesystem::remove_all(root);
  }
  std::string at(const std::string& name) const { return join_path(root, name); }
  void write(const std::string& name, const std::string& contents) {
    const auto file = files->create(at(name));
    file->append(as_bytes(contents));
    file->close();
  }

  MemoryFileSystem memory;
  FileSystem* files = nullptr;
  std::string root;
};
INSTANTIATE_TEST_SUITE_P(Kinds, FileSystemTest, ::testing::Bool(), [](const auto& info) {
  return info.param ? std::string("Memory") : std::string("Posix");
});

template <typename E, typename F>
std::string text_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST_P(FileSystemTest, WritesReadsAndKnowsTheSize) {
  write("a", "hello");
  EXPECT_EQ(read_file(*files, at("a")), "hello");
  EXPECT_EQ(files->stat(at("a"))->size, 5u);
  const auto file = files->open(at("a"));
  std::string part(3, '?');
  EXPECT_EQ(file->read(3, {reinterpret_cast<std::byte*>(part.data()), 3}), 2u);
  EXPECT_EQ(part, "lo?");
  EXPECT_EQ(file->read(99, {reinterpret_cast<std::byte*>(part.data()), 3}), 0u);
  EXPECT_THAT(text_of<errors::OutOfRangeError>([&] {
                file->read_exactly(3, {reinterpret_cast<std::byte*>(part.data()), 3});
              }),
              HasSubstr("Read less bytes than requested: " + at("a") + " ends at byte 5"));
}

TEST_P(FileSystemTest, PositionedWritesFillPreallocatedRoom) {
  const auto file = files->create(at("p"));
  file->preallocate(6);
  file->write_at(3, as_bytes("def"));
  file->write_at(0, as_bytes("abc"));
  file->sync();
  file->close();
  EXPECT_EQ(read_file(*files, at("p")), "abcdef");
}

TEST_P(FileSystemTest, RenameReplacesAndLinksShare) {
  write("a", "1");
  write("b", "2");
  files->link(at("a"), at("c"));
  EXPECT_THROW(files->link(at("a"), at("b")), errors::AlreadyExistsError);
  files->rename(at("a"), at("b"));
  EXPECT_THAT(files->list(root), ElementsAre("b", "c"));
  EXPECT_EQ(read_file(*files, at("b")), "1");
  files->remove(at("b"));
  EXPECT_EQ(read_file(*files, at("c")), "1");
}

TEST_P(FileSystemTest, DirectoriesAreMadeListedAndRemoved) {
  files->create_directories(at("x/y"));
  files->create_directory(at("x"));
  EXPECT_TRUE(files->is_directory(at("x/y")));
  write("x/f", "");
  EXPECT_THAT(files->list(at("x")), ElementsAre("f", "y"));
  EXPECT_THROW(files->remove_directory(at("x")), errors::FailedPreconditionError);
  files->remove_directory(at("x/y"));
  EXPECT_FALSE(files->exists(at("x/y")));
  files->sync_directory(root);
}

TEST_P(FileSystemTest, ErrorsHaveTheirClassAndNameThePath) {
  EXPECT_EQ(text_of<errors::NotFoundError>([&] { files->open(at("no")); }),
            at("no") + "; No such file or directory");
  EXPECT_THROW(files->create(at("no/file")), errors::NotFoundError);
  EXPECT_THROW(files->rename(at("no"), at("x")), errors::NotFoundError);
  EXPECT_THROW(files->remove(at("no")), errors::NotFoundError);
  EXPECT_THROW(files->list(at("no")), errors::NotFoundError);
  EXPECT_THROW(files->open(root), errors::FailedPreconditionError);
  write("a", "");
  EXPECT_THROW(files->create(at("a"), FileSystem::Create::kExclusive), errors::AlreadyExistsError);
  EXPECT_THROW(files->create_directory(at("a")), errors::AlreadyExistsError);
  EXPECT_FALSE(files->stat(at("no/a")));
  write("long", "12345");
  EXPECT_THAT(text_of<errors::ResourceExhaustedError>([&] { read_file(*files, at("long"), 4); }),
              HasSubstr("5 bytes are more than the 4"));
}

TEST_P(FileSystemTest, AtomicWriteLeavesNothingBehindWhereverItFails) {
  for (const Durability durability : {Durability::kFast, Durability::kDurable}) {
    write("state", "old");
    for (std::int64_t n = 0;; ++n) {
      FaultyFileSystem faulty(*files);
      faulty.fail_at(n);
      try {
        write_file_atomically(faulty, at("state"), "new", durability);
        EXPECT_FALSE(faulty.has_failed());
        break;
      } catch (const errors::ResourceExhaustedError&) {
      }
      EXPECT_THAT(files->list(root), ElementsAre("state"));
      const std::string now = read_file(*files, at("state"));
      EXPECT_TRUE(now == "old" || now == "new") << n << now;
      write("state", "old");
    }
    EXPECT_EQ(read_file(*files, at("state")), "new");
  }
}

TEST(PosixFileSystemTest, AFullDiskNamesNeededAndFreeBytes) {
  FileSystem& files = posix_file_system();
  if (!files.exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const auto file = files.create("/dev/full");
  EXPECT_THAT(text_of<errors::ResourceExhaustedError>([&] { file->append(as_bytes("12345")); }),
              HasSubstr("/dev/full; No space left on device (5 bytes needed"));
}

TEST(PosixFileSystemTest, MapsAreReadOnlyViewsFromAnyOffset) {
  FileSystem& files = posix_file_system();
  const std::string path = ::testing::TempDir() + "tensorkeep_map";
  write_file_atomically(files, path, std::string(5000, 'a') + "xyz", Durability::kFast);
  const auto map = files.open(path)->map(5000, 3);
  ASSERT_TRUE(map);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(map.get()), 3), "xyz");
  EXPECT_FALSE(files.open(path)->map(5000, 4));
  files.remove(path);
}

TEST(MemoryFileSystemTest, APowerLossKeepsOnlyWhatWasSynced) {
  const auto none = [](std::size_t) { return false; };
  const auto all = [](std::size_t) { return true; };
  MemoryFileSystem files;
  files.put("/old", "old");
  const auto file = files.create("/new", FileSystem::Create::kTruncate);
  file->append(as_bytes("abc"));
  EXPECT_EQ(files.unsynced_changes(), 1u);
  EXPECT_FALSE(files.power_loss(none)->exists("/new"));
  EXPECT_EQ(files.power_loss(all)->get("/new"), "");
  file->sync();
  files.sync_directory("/");
  files.rename("/new", "/old");
  EXPECT_EQ(files.power_loss(none)->get("/old"), "old");
  EXPECT_EQ(files.power_loss(none)->get("/new"), "abc");
  EXPECT_EQ(files.power_loss(all)->get("/old"), "abc");
}

TEST(PathTest, PartsAndJoins) {
  EXPECT_EQ(directory_of("a/b/c"), "a/b");
  EXPECT_EQ(directory_of("c"), ".");
  EXPECT_EQ(directory_of("/c"), "/");
  EXPECT_EQ(base_name_of("a/b/c"), "c");
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("a", "/b"), "/b");
  EXPECT_EQ(join_path("", "b"), "b");
}

}  // namespace
}  // namespace tensorkeep::io
