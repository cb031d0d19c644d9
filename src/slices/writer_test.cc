#include "slices/writer.h"

#include <gmock/gmock.h>

#include "io/faulty_file_system.h"
#include "slices/slices_testing.h"

namespace tensorkeep::slices {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr io::Durability kBoth[] = {io::Durability::kFast, io::Durability::kDurable};

std::vector<Item> items_of(float value) {
  return {{"a", Tensor::vector<float>({value, value + 1})},
          {"b/words", Tensor::vector<std::string>({"x", std::to_string(value)})},
          {"large", Tensor::from(std::vector<float>(200'000, value), {200, 1000})}};
}

struct Folder {
  Folder() { files.create_directory("/d"); }
  void save(float value, io::FileSystem& through, io::Durability durability) {
    const auto items = items_of(value);
    write("/d/p", items, {.file_system = &through, .durability = durability, .threads = 1});
  }
  io::MemoryFileSystem files;
};

std::string state_of(float value) {
  Folder folder;
  folder.save(value, folder.files, io::Durability::kFast);
  return folder.files.get("/d/p");
}

// Fails every operation of a save over an old one in turn; `check` sees what is left.
template <typename Check>
void fail_everywhere(io::FaultyFileSystem::After after, io::Durability durability, bool overwrite,
                     Check check) {
  for (std::int64_t n = 0;; ++n) {
    Folder folder;
    if (overwrite) folder.save(1, folder.files, io::Durability::kDurable);
    io::FaultyFileSystem faulty(folder.files);
    faulty.fail_at(n, errors::Code::kResourceExhausted, after);
    bool saved = true;
    try {
      folder.save(2, faulty, durability);
    } catch (const errors::ResourceExhaustedError& error) {
      saved = false;
      EXPECT_THAT(error.what(), HasSubstr("injected fault at operation"));
      EXPECT_THAT(error.file(), StartsWith("/d"));
    }
    SCOPED_TRACE(::testing::Message() << "operation " << n << (saved ? " saved" : " failed"));
    check(folder, saved);
    if (!faulty.has_failed()) {
      EXPECT_TRUE(saved);
      EXPECT_GT(n, 8);
      return;
    }
  }
}

TEST(SlicesWriterTest, AFailedFirstSaveLeavesNothing) {
  const std::string done = state_of(2);
  for (const auto durability : kBoth) {
    fail_everywhere(io::FaultyFileSystem::After::kRecover, durability, false,
                    [&](Folder& folder, bool saved) {
                      const auto left = folder.files.all_files();
                      // It is there also where only its directory could not be synced.
                      if (saved || !left.empty()) {
                        EXPECT_TRUE(left == (std::map<std::string, std::string>{{"/d/p", done}}));
                      }
                    });
  }
}

TEST(SlicesWriterTest, AFailedOverwriteLeavesTheOldOrTheNewCheckpointAndNothingElse) {
  const std::string old_state = state_of(1);
  const std::string new_state = state_of(2);
  for (const auto durability : kBoth) {
    fail_everywhere(io::FaultyFileSystem::After::kRecover, durability, true,
                    [&](Folder& folder, bool saved) {
                      EXPECT_THAT(folder.files.list("/d"), ElementsAre("p"));
                      const std::string now = folder.files.get("/d/p");
                      EXPECT_TRUE(now == new_state || (now == old_state && !saved));
                    });
  }
}

// The process dies at any operation; then the power fails, too, and of the directory's unsynced
// changes any may survive.
TEST(SlicesWriterTest, AtEveryDeathAndPowerLossOneCheckpointIsWhole) {
  const std::string old_state = state_of(1);
  const std::string new_state = state_of(2);
  for (const auto durability : kBoth) {
    fail_everywhere(
        io::FaultyFileSystem::After::kDead, durability, true, [&](Folder& folder, bool saved) {
          const std::string now = folder.files.get("/d/p");
          EXPECT_TRUE(now == new_state || (now == old_state && !saved));
          if (durability == io::Durability::kFast) return;
          const std::size_t changes = folder.files.unsynced_changes();
          ASSERT_LT(changes, 12u);
          for (std::size_t kept = 0; kept < (std::size_t{1} << changes); ++kept) {
            const auto left =
                folder.files.power_loss([&](std::size_t i) { return (kept >> i & 1) != 0; });
            const std::string after = left->get("/d/p");
            EXPECT_TRUE(after == new_state || (after == old_state && !saved)) << kept;
          }
        });
  }
}

TEST(SlicesWriterTest, WhatCannotBeSavedIsRefusedBeforeAnythingIsWritten) {
  io::MemoryFileSystem files;
  const Tensor one = Tensor::scalar(1.0f);
  const Tensor two = Tensor::vector<float>({1, 2});
  const auto refusal = [&](std::vector<Item> items) {
    io::FaultyFileSystem counting(files);
    const std::string text = error_of([&] { write("/p", items, {.file_system = &counting}); });
    EXPECT_EQ(counting.operations(), 0);
    return text;
  };
  const auto part = [](const char* text) { return parse_shape_and_slice(text); };
  EXPECT_EQ(refusal({{"a", Tensor()}}), "InvalidArgumentError: Tensor a to save has no value.");
  EXPECT_EQ(refusal({{"a", one}, {"a", one}}),
            "InvalidArgumentError: Overlapping slices: existing slice = , new slice =  (tensor a); "
            "the tensor could not be read");
  EXPECT_EQ(refusal({{"a", two, part("4 0,2")}, {"a", two, part("4 1,2")}}),
            "InvalidArgumentError: Overlapping slices: existing slice = 0,2, new slice = 1,2 "
            "(tensor a); the tensor could not be read");
  EXPECT_THAT(refusal({{"a", two}, {"a", two, part("2 0,2")}}),
              StartsWith("InvalidArgumentError: Overlapping slices: existing slice = -, new slice "
                         "= 0,2"));
  EXPECT_EQ(refusal({{"a", two, part("4 0,2")}, {"a", two, part("5 2,2")}}),
            "InternalError: Mismatching shapes: existing tensor = [4], trying to add name a, shape "
            "= [5]");
  EXPECT_EQ(refusal({{"a", two, part("4 0,2")}, {"a", Tensor::vector<int>({1, 2}), part("4 2,2")}}),
            "InternalError: Mismatching types: existing type = float, trying to add name a, type = "
            "int32");
  EXPECT_THAT(refusal({{"a", two, part("5 0,3")}}),
              StartsWith("InvalidArgumentError: Slice in shape_and_slice specification does not "
                         "match the shape of the tensor to  save: 5 0,3, tensor: [2]"));
  EXPECT_TRUE(files.all_files().empty());
}

TEST(SlicesWriterTest, TypesThatTensorFlowRefusesAreRefused) {
  io::MemoryFileSystem files;
  int refused = 0;
  for (const DType dtype : all_dtypes()) {
    if (size_of(dtype) == 0) continue;
    const std::vector<Item> items{{"v", Tensor::zeros(dtype, {2})}};
    const std::string text = error_of([&] { write("/p", items, {.file_system = &files}); });
    if (text == "no error") continue;
    ++refused;
    const bool known_late = dtype == DType::kUInt32 || dtype == DType::kUInt64;
    EXPECT_EQ(text, known_late ? "InvalidArgumentError: Tensor slice serialization not implemented "
                                 "for dtype " +
                                     std::to_string(static_cast<int>(dtype)) + " (" +
                                     name_of(dtype) + "); save as V2 (tensor v)"
                               : "UnimplementedError: Saving data type " + op_name_of(dtype) +
                                     " not yet supported by the V1 format; save as V2 (tensor v)");
  }
  EXPECT_EQ(refused, 15);
}

TEST(SlicesWriterTest, ASliceOfMoreThanTwoGigabytesIsRefused) {
  // Never touched: the size alone is enough.
  const auto nothing = Buffer::borrow(nullptr, 215'000'000, nullptr);
  const std::vector<Item> items{{"v", Tensor(int8, {215'000'000}, nothing)}};
  io::MemoryFileSystem files;
  EXPECT_THAT(error_of([&] { write("/p", items, {.file_system = &files}); }),
              StartsWith("InvalidArgumentError: Tensor slice is too large to serialize "
                         "(conservative estimate: 2150001031 bytes)"));
}

TEST(SlicesWriterTest, AFullDiskIsNoticedBeforeWriting) {
  Folder folder;
  folder.files.set_free_space(1000);
  EXPECT_THAT(error_of([&] { folder.save(1, folder.files, io::Durability::kFast); }),
              MatchesRegex("ResourceExhaustedError: /d/p; No space left on device \\([0-9]+ "
                           "bytes needed, 1000 free\\)\\. Nothing was written\\."));
  EXPECT_TRUE(folder.files.all_files().empty());
}

TEST(SlicesWriterTest, TheDirectoryIsNotMade) {
  io::MemoryFileSystem files;
  const auto items = items_of(1);
  EXPECT_THAT(
      error_of([&] { write("/new/p", items, {.file_system = &files}); }),
      MatchesRegex("NotFoundError: /new/p\\.tempstate[0-9a-f]+; No such file or directory"));
}

TEST(SlicesWriterTest, AnEmptyCheckpointIsACheckpoint) {
  io::MemoryFileSystem files;
  write("/p", {}, {.file_system = &files});
  EXPECT_TRUE(open_one("/p", files).entries().empty());
}

}  // namespace
}  // namespace tensorkeep::slices
