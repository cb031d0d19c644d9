#include "bundle/writer.h"

#include <gmock/gmock.h>

#include "bundle/bundle_testing.h"
#include "io/faulty_file_system.h"

namespace tensorkeep::bundle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kPlainData = "/d/p.data-00000-of-00001";

std::vector<Item> items_of(float value) {
  return {{"a", Tensor::vector<float>({value, value + 1})},
          {"b/words", Tensor::vector<std::string>({"x", std::to_string(value)})},
          {"c", Tensor::zeros(int64, {100, 30})}};
}

struct Folder {
  Folder() { files.create_directory("/d"); }
  void save(float value, io::FileSystem& through, io::Durability durability) {
    const auto items = items_of(value);
    write("/d/p", items, {.file_system = &through, .durability = durability, .threads = 1});
  }
  std::map<std::string, std::string> fresh(float value) {
    Folder other;
    other.save(value, other.files, io::Durability::kFast);
    return other.files.all_files();
  }
  io::MemoryFileSystem files;
};

TEST(WriterTest, OverwritingEndsWithTheFilesOfAFreshSave) {
  for (const auto durability : {io::Durability::kFast, io::Durability::kDurable}) {
    Folder folder;
    for (const float value : {1.0f, 2.0f, 3.0f}) {
      folder.save(value, folder.files, durability);
      EXPECT_EQ(folder.files.all_files(), folder.fresh(value));
    }
  }
}

TEST(WriterTest, OtherNumbersOfShardsAndStrayFilesAreReplacedToo) {
  Folder folder;
  for (const char* suffix : {".index", ".data-00000-of-00002", ".data-00001-of-00002"}) {
    folder.files.put(std::string("/d/p") + suffix, golden_bytes(std::string("merged") + suffix));
  }
  folder.files.put("/d/p.data-00007-of-00009", "left over");
  folder.files.put("/d/p2.data-00000-of-00002", "another's");
  folder.files.put("/d/p.data-00000-of-00002.bak", "not ours");
  folder.save(1, folder.files, io::Durability::kDurable);
  auto expected = folder.fresh(1);
  expected["/d/p2.data-00000-of-00002"] = "another's";
  expected["/d/p.data-00000-of-00002.bak"] = "not ours";
  EXPECT_EQ(folder.files.all_files(), expected);
}

TEST(WriterTest, AnOldCheckpointThatCannotBeReadIsNotTouchedBeforeTheNewOneIsThere) {
  for (std::int64_t n = 0;; ++n) {
    Folder folder;
    folder.files.put("/d/p.index", "garbage");
    folder.files.put(kPlainData, "precious");
    folder.files.put("/d/p.data-00000-of-00002", "precious too");
    const auto before = folder.files.all_files();
    io::FaultyFileSystem faulty(folder.files);
    faulty.fail_at(n);
    const std::string error = error_of([&] { folder.save(1, faulty, io::Durability::kFast); });
    if (error != "no error") {
      EXPECT_EQ(folder.files.all_files(), before) << n;
    }
    if (!faulty.has_failed()) {
      EXPECT_EQ(folder.files.all_files(), folder.fresh(1));
      break;
    }
  }
}

TEST(WriterTest, HardLinkedDataStaysWholeUnderItsOtherName) {
  Folder folder;
  folder.save(1, folder.files, io::Durability::kDurable);
  folder.files.link(kPlainData, "/d/kept.data-00000-of-00001");
  folder.files.link("/d/p.index", "/d/kept.index");
  const std::string old = everything_in("/d/kept", folder.files);
  folder.save(2, folder.files, io::Durability::kDurable);
  EXPECT_EQ(everything_in("/d/kept", folder.files), old);
}

TEST(WriterTest, WithoutHardLinksTheNumbersAlternate) {
  Folder folder;
  io::FaultyFileSystem no_links(folder.files);
  no_links.forbid_links();
  for (const float value : {1.0f, 2.0f, 3.0f, 4.0f}) {
    folder.save(value, no_links, io::Durability::kDurable);
    EXPECT_EQ(everything_in("/d/p", folder.files), [&] {
      Folder other;
      other.save(value, other.files, io::Durability::kFast);
      return everything_in("/d/p", other.files);
    }());
    const bool second = value == 2.0f || value == 4.0f;
    EXPECT_THAT(folder.files.list("/d"),
                ElementsAre(second ? "p.data-00001-of-00002" : "p.data-00000-of-00001", "p.index"));
  }
}

// Fails every operation of a save in turn; `check` sees what is left.
template <typename Prepare, typename Check>
void fail_everywhere(io::FaultyFileSystem::After after, io::Durability durability, Prepare prepare,
                     Check check) {
  for (std::int64_t n = 0;; ++n) {
    Folder folder;
    prepare(folder);
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

constexpr io::Durability kBoth[] = {io::Durability::kFast, io::Durability::kDurable};

TEST(WriterTest, AFailedFirstSaveLeavesNothing) {
  for (const auto durability : kBoth) {
    fail_everywhere(
        io::FaultyFileSystem::After::kRecover, durability, [](Folder&) {},
        [](Folder& folder, bool saved) {
          if (saved) {
            EXPECT_EQ(folder.files.all_files(), folder.fresh(2));
          } else if (folder.files.exists("/d/p.index")) {  // only its directory could not be synced
            EXPECT_EQ(folder.files.all_files(), folder.fresh(2));
          } else {
            EXPECT_TRUE(folder.files.all_files().empty());
          }
        });
  }
}

TEST(WriterTest, AFailedOverwriteLeavesTheOldOrTheNewCheckpointAndNothingElse) {
  for (const auto durability : kBoth) {
    fail_everywhere(
        io::FaultyFileSystem::After::kRecover, durability,
        [](Folder& folder) { folder.save(1, folder.files, io::Durability::kDurable); },
        [](Folder& folder, bool saved) {
          const std::string now = everything_in("/d/p", folder.files);
          Folder old_folder;
          old_folder.save(1, old_folder.files, io::Durability::kFast);
          Folder new_folder;
          new_folder.save(2, new_folder.files, io::Durability::kFast);
          const std::string old_state = everything_in("/d/p", old_folder.files);
          const std::string new_state = everything_in("/d/p", new_folder.files);
          if (saved) {
            EXPECT_EQ(now, new_state);
          } else {
            EXPECT_TRUE(now == old_state || now == new_state);
          }
          if (now == old_state) {
            EXPECT_EQ(folder.files.all_files(), old_folder.files.all_files());
          }
          for (const std::string& name : folder.files.list("/d")) {
            EXPECT_THAT(name, Not(HasSubstr("tempstate")));
          }
          // Whatever is left, the next save makes it clean.
          folder.save(2, folder.files, io::Durability::kFast);
          EXPECT_EQ(folder.files.all_files(), new_folder.files.all_files());
        });
  }
}

// The process dies at any operation; then the power fails, too, and of the directory's unsynced
// changes any may survive.
TEST(WriterTest, AtEveryDeathAndPowerLossOneCheckpointIsWhole) {
  Folder old_folder;
  old_folder.save(1, old_folder.files, io::Durability::kFast);
  const std::string old_state = everything_in("/d/p", old_folder.files);
  Folder new_folder;
  new_folder.save(2, new_folder.files, io::Durability::kFast);
  const std::string new_state = everything_in("/d/p", new_folder.files);
  for (const auto durability : kBoth) {
    fail_everywhere(
        io::FaultyFileSystem::After::kDead, durability,
        [](Folder& folder) { folder.save(1, folder.files, io::Durability::kDurable); },
        [&](Folder& folder, bool saved) {
          const std::string now = everything_in("/d/p", folder.files);
          EXPECT_TRUE(now == new_state || (now == old_state && !saved));
          if (durability == io::Durability::kFast) return;
          const std::size_t changes = folder.files.unsynced_changes();
          ASSERT_LT(changes, 12u);
          for (std::size_t kept = 0; kept < (std::size_t{1} << changes); ++kept) {
            const auto left =
                folder.files.power_loss([&](std::size_t i) { return (kept >> i & 1) != 0; });
            const std::string after = everything_in("/d/p", *left);
            EXPECT_TRUE(after == new_state || (after == old_state && !saved)) << kept;
          }
        });
  }
}

TEST(WriterTest, WhatCannotBeSavedIsRefusedBeforeAnythingIsWritten) {
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
  EXPECT_THAT(refusal({{"", one}}),
              StartsWith("InvalidArgumentError: A tensor to save has an empty name"));
  EXPECT_THAT(refusal({{"a", Tensor()}}),
              StartsWith("InvalidArgumentError: Tensor a to save has no value"));
  EXPECT_THAT(refusal({{"a", one}, {"a", two}}),
              StartsWith("InvalidArgumentError: Adding duplicate key: a"));
  EXPECT_THAT(
      refusal({{"a", two, part("4 0,2")}, {"a", two, part("4 0,2")}}),
      StartsWith(
          "InvalidArgumentError: Overlapping slices: existing slice = 0,2, new slice = 0,2"));
  EXPECT_THAT(
      refusal({{"a", two, part("4 0,2")}, {"a", two, part("4 1,2")}}),
      StartsWith(
          "InvalidArgumentError: Overlapping slices: existing slice = 0,2, new slice = 1,2"));
  EXPECT_THAT(refusal({{"a", two, part("4 0,2")}, {"a", two, part("5 2,2")}}),
              StartsWith("InvalidArgumentError: Slices of tensor a disagree on the whole"));
  EXPECT_THAT(
      refusal({{"a", two, part("4 0,2")}, {"a", Tensor::vector<double>({1, 2}), part("4 2,2")}}),
      StartsWith("InvalidArgumentError: Slices of tensor a disagree on the whole"));
  EXPECT_THAT(refusal({{"a", two}, {"a", two, part("4 2,2")}}),
              StartsWith("InvalidArgumentError: Adding duplicate key: a"));
  EXPECT_THAT(refusal({{"a", two, part("4 2,2")}, {"a", two}}),
              StartsWith("InvalidArgumentError: Adding duplicate key: a"));
  EXPECT_THAT(
      refusal({{"a", two, part("5 0,3")}}),
      StartsWith("InvalidArgumentError: Slice in shape_and_slice specification does not match "
                 "the shape of the tensor to  save: 5 0,3, tensor: [2]"));
  EXPECT_TRUE(files.all_files().empty());
}

TEST(WriterTest, AFullDiskIsNoticedBeforeWriting) {
  Folder folder;
  folder.files.set_free_space(1000);
  EXPECT_THAT(
      error_of([&] { folder.save(1, folder.files, io::Durability::kFast); }),
      ::testing::MatchesRegex("ResourceExhaustedError: /d/p; No space left on device \\([0-9]+ "
                              "bytes needed, 1000 free\\)\\. Nothing was written\\."));
  EXPECT_TRUE(folder.files.all_files().empty());
}

TEST(WriterTest, TheLastPartOfTheDirectoryIsMade) {
  io::MemoryFileSystem files;
  const auto items = items_of(1);
  write("/new/p", items, {.file_system = &files});
  EXPECT_EQ(files.list("/new").size(), 2u);
  EXPECT_EQ(error_of([&] { write("/no/no/p", items, {.file_system = &files}); }),
            "NotFoundError: /no/no; No such file or directory");
  EXPECT_FALSE(files.exists("/no"));
}

TEST(WriterTest, AnEmptyCheckpointIsACheckpoint) {
  io::MemoryFileSystem files;
  write("/p", {}, {.file_system = &files});
  EXPECT_TRUE(Reader("/p", {.file_system = &files}).entries().empty());
}

TEST(WriterTest, LargeTensorsInPiecesByAnyNumberOfThreads) {
  std::vector<Item> items;
  for (int i = 0; i < 5; ++i) {
    Tensor big(int32, {(3 << 20) + i});
    auto values = big.mutable_data<std::int32_t>();
    for (std::size_t j = 0; j < values.size(); ++j)
      values[j] = static_cast<int>(j * 2654435761u) + i;
    items.push_back({"big" + std::to_string(i), big});
    items.push_back({"small" + std::to_string(i), Tensor::scalar(i)});
  }
  items.push_back({"text", Tensor::vector<std::string>({std::string(3 << 20, 'x'), "", "y"})});
  std::map<std::string, std::string> first;
  for (const int threads : {1, 4}) {
    io::MemoryFileSystem files;
    write("/p", items, {.file_system = &files, .threads = threads});
    if (threads == 1) first = files.all_files();
    EXPECT_TRUE(files.all_files() == first);
    const Reader reader("/p", {.file_system = &files, .threads = threads});
    std::vector<std::string> names;
    for (const Item& item : items) names.push_back(item.name);
    const auto tensors = reader.read_many(names);
    for (std::size_t i = 0; i < items.size(); ++i)
      EXPECT_TRUE(tensors[i].identical_to(items[i].tensor));
    for (const Verdict& verdict : reader.verify_all()) EXPECT_TRUE(verdict.ok) << verdict.message;
  }
}

TEST(MergeTest, FailuresLeaveTheSourcesOrTheResult) {
  const auto prepare = [](io::MemoryFileSystem& files) {
    files.create_directories("/d/t");
    const std::vector<Item> a{{"a", Tensor::scalar(1)}};
    const std::vector<Item> b{{"b", Tensor::scalar(2)}};
    write("/d/t/0", a, {.file_system = &files});
    write("/d/t/1", b, {.file_system = &files});
  };
  const std::vector<std::string> prefixes{"/d/t/0", "/d/t/1"};
  for (const bool links : {true, false}) {
    for (std::int64_t n = 0;; ++n) {
      io::MemoryFileSystem files;
      prepare(files);
      const auto before = files.all_files();
      io::FaultyFileSystem faulty(files);
      faulty.fail_at(n);
      if (!links) faulty.forbid_links();
      const std::string text = error_of([&] { merge(prefixes, "/d/p", {.file_system = &faulty}); });
      SCOPED_TRACE(::testing::Message() << n << " " << text);
      if (files.exists("/d/p.index")) {
        EXPECT_THAT(everything_in("/d/p", files), HasSubstr("62 int32 [] 02000000"));
      } else {
        EXPECT_EQ(files.all_files(), before);
      }
      if (!faulty.has_failed()) {
        EXPECT_EQ(text, "no error");
        EXPECT_THAT(files.list("/d"),
                    ElementsAre("p.data-00000-of-00002", "p.data-00001-of-00002", "p.index"));
        break;
      }
    }
  }
}

TEST(MergeTest, WhatCannotBeMergedIsRefused) {
  io::MemoryFileSystem files;
  const auto save = [&](const char* prefix, std::vector<Item> items) {
    write(prefix, items, {.file_system = &files});
  };
  const auto part = [](const char* text) { return parse_shape_and_slice(text); };
  const Tensor two = Tensor::vector<float>({1, 2});
  save("/a", {{"x", two}, {"s", two, part("4 0,2")}});
  save("/b", {{"x", two}});
  save("/c", {{"s", two, part("6 2,2")}});
  save("/e", {{"s", two, part("4 0,2")}});
  const auto before = files.all_files();
  const auto error = [&](std::vector<std::string> prefixes) {
    return error_of([&] { merge(prefixes, "/m", {.file_system = &files}); });
  };
  EXPECT_THAT(error({}), StartsWith("InvalidArgumentError: At least one checkpoint"));
  EXPECT_EQ(
      error({"/a", "/b"}),
      "InvalidArgumentError: Duplicate tensor keyed by x encountered, when merging prefix: /b");
  EXPECT_THAT(error({"/a", "/c"}), StartsWith("InvalidArgumentError: Slices of tensor s disagree"));
  EXPECT_THAT(error({"/a", "/e"}), StartsWith("InvalidArgumentError: Duplicate tensor keyed by "));
  EXPECT_THAT(error({"/a", "/no"}), StartsWith("NotFoundError: /no.index; No such file"));
  EXPECT_EQ(files.all_files(), before);
}

}  // namespace
}  // namespace tensorkeep::bundle
