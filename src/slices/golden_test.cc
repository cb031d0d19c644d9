#include <gmock/gmock.h>
#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>

#include <cmath>

#include "base/crc32c.h"
#include "slices/slices_testing.h"
#include "slices/value.h"
#include "table/reader.h"

// Against files that TensorFlow wrote (tests/golden/make_slices.py).
namespace tensorkeep::slices {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<Item> items_of(const Reader& reader) {
  std::vector<Item> items;
  for (const Entry& entry : reader.entries())
    items.push_back({entry.name, reader.read(entry.name)});
  return items;
}

TEST(SlicesGoldenTest, EveryTypeReadsAsTensorFlowReadsIt) {
  const Reader reader = open_one(golden("all_types"));
  EXPECT_EQ(lines_of(reader), lines_of_file(golden("all_types.txt")));
  for (const Entry& entry : reader.entries()) {
    reader.verify(entry.name);
    EXPECT_THAT(entry.slices, IsEmpty()) << entry.name;
    const std::size_t width = size_of(entry.dtype);
    if (width > 0) {
      EXPECT_EQ(entry.size, width * static_cast<std::size_t>(entry.shape.num_elements()));
    }
  }
  EXPECT_GT(reader.entry("long string").size, 17000u);
  EXPECT_THAT(reader.remarks(), IsEmpty());
}

TEST(SlicesGoldenTest, AllTypesThatTheFormatHoldsAreThere) {
  const Reader reader = open_one(golden("all_types"));
  for (const DType dtype : all_dtypes()) {
    const Entry* entry = reader.find("type/" + name_of(dtype));
    ASSERT_EQ(entry != nullptr, list_field_of(dtype).has_value()) << name_of(dtype);
    if (entry) {
      EXPECT_EQ(entry->dtype, dtype);
    }
  }
}

TEST(SlicesGoldenTest, WhatWeWriteIsTensorFlowsByteForByte) {
  const std::vector<Item> items = items_of(open_one(golden("all_types")));
  for (const auto durability : {io::Durability::kFast, io::Durability::kDurable}) {
    io::MemoryFileSystem files;
    const std::uint64_t size =
        write("/p", items, {.file_system = &files, .durability = durability, .threads = 2});
    EXPECT_THAT(files.list("/"), ElementsAre("p"));
    EXPECT_EQ(files.get("/p"), golden_bytes("all_types"));
    EXPECT_EQ(size, files.get("/p").size());
  }
}

std::vector<Item> sliced_items() {
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) values.push_back(static_cast<float>(i));
  const Tensor whole = Tensor::from(values, {6, 2});
  const auto part = [](const char* text) { return parse_shape_and_slice(text); };
  const auto floats = [](std::vector<float> v, Shape shape) { return Tensor::from(v, shape); };
  const auto words = [](std::vector<std::string> v) { return Tensor::vector(v); };
  return {{"full", whole, part("6 2 0,6:-")},
          {"p", floats({0, 1, 2, 3}, {2, 2}), part("6 2 0,2:-")},
          {"p", floats({4, 6, 8, 10}, {4, 1}), part("6 2 2,4:0,1")},
          {"p", floats({5, 7, 9, 11}, {4, 1}), part("6 2 2,4:1,1")},
          {"plain", whole},
          {"w", words({"a", "bb", ""}), part("4 0,3")},
          {"w", words({"dddd"}), part("4 3,1")}};
}

TEST(SlicesGoldenTest, SlicesAreWrittenAsTensorFlowWritesThem) {
  io::MemoryFileSystem files;
  write("/p", sliced_items(), {.file_system = &files});
  EXPECT_EQ(files.get("/p"), golden_bytes("sliced"));
}

TEST(SlicesGoldenTest, SlicesAreReadWholeExactlyAndAcross) {
  const Reader reader = open_one(golden("sliced"));
  EXPECT_EQ(lines_of(reader), lines_of_file(golden("sliced.txt")));
  EXPECT_EQ(reader.entry("p").slices.size(), 3u);
  EXPECT_EQ(reader.entry("p").size, 48u);
  EXPECT_THAT(reader.entry("full").slices, IsEmpty()) << "a slice of everything is no slice";
  for (const char* slice : {"2,4:0,1", "0,2:-", "1,3:-", "5,1:1,1", "-:1,1", "0,6:0,2"}) {
    for (const char* name : {"p", "plain", "full"}) {
      const TensorSlice asked = TensorSlice::parse(slice);
      const Tensor part = reader.read_slice(name, asked);
      const TensorSlice box = asked.resolved({6, 2});
      ASSERT_EQ(part.shape(), asked.slice_shape({6, 2}));
      std::size_t i = 0;
      for (std::int64_t r = 0; r < box.extents()[0].length; ++r) {
        for (std::int64_t c = 0; c < box.extents()[1].length; ++c, ++i) {
          EXPECT_EQ(part.data<float>()[i], static_cast<float>((box.extents()[0].start + r) * 2 +
                                                              box.extents()[1].start + c))
              << name << slice;
        }
      }
    }
  }
  EXPECT_EQ(line_of("w", reader.read_slice("w", TensorSlice::parse("1,3"))),
            "77 string [3] 6262,,64646464");
  EXPECT_THAT(
      error_of([&] { reader.read_slice("p", TensorSlice::parse("5,2:-")); }),
      StartsWith(
          "InternalError: Extent in dimension 0 out of bounds: shape = [6,2], slice = 5,2:-"));
}

TEST(SlicesGoldenTest, ShardsAreOneCheckpoint) {
  const std::vector<std::string> paths{golden("sharded-00000-of-00002"),
                                       golden("sharded-00001-of-00002")};
  const Reader reader("sharded", paths);
  EXPECT_EQ(lines_of(reader), lines_of_file(golden("sharded.txt")));
  EXPECT_EQ(reader.entry("s").slices.size(), 2u);
  const std::vector<std::string> names{"s", "a", "b"};
  EXPECT_EQ(reader.read_many(names)[1].value<std::string>(), "text");
  const Reader half("sharded", {paths[1]});
  EXPECT_EQ(
      error_of([&] { half.read("s"); }),
      "InvalidArgumentError: Error copying slice data: tensor s is wanted in slice -, but only "
      "2 of its 4 elements are in sharded");
  EXPECT_EQ(error_of([&] { half.read("b"); }),
            "NotFoundError: Tensor name \"b\" not found in checkpoint files sharded");
  EXPECT_THAT(half.remarks(),
              ElementsAre("sharded: tensor s lacks slices: 2 of 4 elements are there"));
}

// The tensors of make_slices.py's many().
std::vector<Item> many_items() {
  std::map<std::string, Tensor> tensors;
  for (int i = 0; i < 6000; ++i) {
    std::vector<float> values;
    for (int k = 0; k < i % 5; ++k) values.push_back(static_cast<float>(k + i));
    char name[40];
    std::snprintf(name, sizeof name, "layer_%04d/weights_%d", i, i * i % 977);
    tensors[name] = Tensor::vector(values);
  }
  constexpr int kCount = 300000;
  std::vector<float> floats;
  std::vector<std::int32_t> ints;
  std::vector<std::int64_t> longs;
  std::vector<Half> halves;
  std::vector<bool> bools;
  for (int i = 0; i < kCount; ++i) {
    floats.push_back(static_cast<float>(i));
    ints.push_back((i - 150000) * 4099);
    longs.push_back((i - 150000) * (std::int64_t{1} << 40));
    halves.push_back(Half(static_cast<float>(i % 2048)));
  }
  for (int i = 0; i < 2 * kCount; ++i) bools.push_back(i % kCount % 3 == 0);
  std::vector<std::string> texts;
  for (int i = 0; i < 100000; ++i) texts.push_back(std::to_string(i));
  tensors["large/float"] = Tensor::vector(floats);
  tensors["large/int32"] = Tensor::vector(ints);
  tensors["large/int64"] = Tensor::vector(longs);
  tensors["large/half"] = Tensor::vector(halves);
  tensors["large/bool"] = Tensor::vector(bools);
  tensors["large/string"] = Tensor::vector(texts);
  std::vector<Item> items;
  for (auto& [name, tensor] : tensors) items.push_back({name, tensor});
  return items;
}

TEST(SlicesGoldenTest, ThousandsOfTensorsAndLargeOnes) {
  const std::vector<Item> items = many_items();
  io::MemoryFileSystem files;
  write("/many", items, {.file_system = &files});
  const std::string bytes = files.get("/many");
  EXPECT_EQ("many " + std::to_string(bytes.size()) + " " +
                std::to_string(crc32c::extend(0, bytes.data(), bytes.size())),
            lines_of_file(golden("many.txt"))[0]);
  const Reader reader("/many", {"/many"}, {.file_system = &files, .threads = 3});
  std::vector<std::string> names;
  for (const Item& item : items) names.push_back(item.name);
  const std::vector<Tensor> tensors = reader.read_many(names);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_TRUE(tensors[i].identical_to(items[i].tensor)) << items[i].name;
    reader.verify(items[i].name);
  }
}

class StringFile final : public leveldb::WritableFile {
 public:
  leveldb::Status Append(const leveldb::Slice& data) override {
    contents.append(data.data(), data.size());
    return leveldb::Status::OK();
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }
  std::string contents;
};

TEST(SlicesGoldenTest, CompressedFilesAreRead) {
  io::MemoryFileSystem files;
  const std::vector<Item> large{{"zeros", Tensor::zeros(float32, {1 << 20})}};
  write("/large", large, {.file_system = &files});
  files.put("/all", golden_bytes("all_types"));
  for (const char* path : {"/large", "/all"}) {
    StringFile packed;
    leveldb::Options options;
    options.compression = leveldb::kSnappyCompression;
    options.block_size = 4096;
    leveldb::TableBuilder builder(options, &packed);
    table::Reader(files.open(path)).for_each([&](std::string_view key, std::string_view value) {
      builder.Add({key.data(), key.size()}, {value.data(), value.size()});
    });
    ASSERT_TRUE(builder.Finish().ok());
    EXPECT_LT(packed.contents.size(), files.get(path).size());
    files.put("/packed", packed.contents);
    EXPECT_EQ(everything_in("/packed", files), everything_in(path, files));
  }
}

}  // namespace
}  // namespace tensorkeep::slices
