#include <gmock/gmock.h>

#include "base/crc32c.h"
#include "bundle/bundle_testing.h"

// Against files that TensorFlow wrote (tests/golden/make_bundle.py).
namespace tensorkeep::bundle {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kData = ".data-00000-of-00001";

TEST(GoldenTest, EveryTypeReadsAsTensorFlowReadsIt) {
  for (const char* name : {"all_types", "big_endian", "merged"}) {
    const Reader reader(golden(name));
    std::vector<std::string> lines;
    for (const Entry& entry : reader.entries())
      lines.push_back(line_of(entry.name, reader.read(entry.name)));
    EXPECT_EQ(lines, lines_of_file(golden(name) + ".txt")) << name;
    EXPECT_EQ(reader.big_endian(), std::string_view(name) == "big_endian");
    for (const Verdict& verdict : reader.verify_all()) EXPECT_TRUE(verdict.ok) << verdict.message;
    EXPECT_TRUE(reader.remarks().empty());
  }
}

TEST(GoldenTest, AllTypesAreThere) {
  const Reader reader(golden("all_types"));
  for (const DType dtype : all_dtypes()) {
    const bool has_elements = size_of(dtype) > 0 || dtype == DType::kString;
    const Entry* entry = reader.find("type/" + name_of(dtype));
    ASSERT_EQ(entry != nullptr, has_elements) << name_of(dtype);
    if (entry) {
      EXPECT_EQ(entry->dtype, dtype);
    }
  }
}

TEST(GoldenTest, WhatWeWriteIsTensorFlowsByteForByte) {
  const Reader reader(golden("all_types"));
  std::vector<std::string> names;
  for (const Entry& entry : reader.entries()) names.push_back(entry.name);
  const std::vector<Tensor> tensors = reader.read_many(names);
  std::vector<Item> items;
  for (std::size_t i = 0; i < names.size(); ++i) items.push_back({names[i], tensors[i]});
  for (const int threads : {1, 3}) {
    for (const auto durability : {io::Durability::kFast, io::Durability::kDurable}) {
      io::MemoryFileSystem files;
      const Summary summary =
          write("/p", items, {.file_system = &files, .durability = durability, .threads = threads});
      EXPECT_EQ(files.all_files().size(), 2u);
      EXPECT_EQ(files.get("/p.index"), golden_bytes("all_types.index"));
      EXPECT_EQ(files.get(std::string("/p") + kData),
                golden_bytes(std::string("all_types") + kData));
      EXPECT_EQ(summary.index_bytes, files.get("/p.index").size());
      EXPECT_EQ(summary.data_bytes, files.get(std::string("/p") + kData).size());
    }
  }
}

std::vector<Item> sliced_items() {
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) values.push_back(static_cast<float>(i));
  const Tensor whole = Tensor::from(values, {6, 2});
  const auto part = [](const char* text) { return parse_shape_and_slice(text); };
  const auto floats = [](std::vector<float> v, Shape shape) { return Tensor::from(v, shape); };
  const auto words = [](std::vector<std::string> v) { return Tensor::vector(v); };
  return {{"p", floats({0, 1, 2, 3}, {2, 2}), part("6 2 0,2:-")},
          {"p", floats({4, 6, 8, 10}, {4, 1}), part("6 2 2,4:0,1")},
          {"p", floats({5, 7, 9, 11}, {4, 1}), part("6 2 2,4:1,1")},
          {"plain", whole},
          {"full", whole, part("6 2 0,6:-")},
          {"w", words({"a", "bb", ""}), part("4 0,3")},
          {"w", words({"dddd"}), part("4 3,1")}};
}

TEST(GoldenTest, SlicesAreWrittenAsTensorFlowWritesThem) {
  io::MemoryFileSystem files;
  write("/p", sliced_items(), {.file_system = &files});
  EXPECT_EQ(files.get("/p.index"), golden_bytes("sliced.index"));
  EXPECT_EQ(files.get(std::string("/p") + kData), golden_bytes(std::string("sliced") + kData));
}

TEST(GoldenTest, SlicesAreReadWholeExactlyAndAcross) {
  const Reader reader(golden("sliced"));
  std::vector<std::string> names;
  for (const Entry& entry : reader.entries()) names.push_back(entry.name);
  EXPECT_EQ(names, (std::vector<std::string>{"full", "p", "plain", "w"}));
  EXPECT_EQ(reader.entry("p").slices.size(), 3u);
  EXPECT_EQ(reader.entry("p").size, 48u);
  EXPECT_TRUE(reader.entry("full").slices.empty()) << "a slice of everything is no slice";
  std::vector<std::string> lines;
  for (const char* name : {"full", "p", "plain"}) lines.push_back(line_of(name, reader.read(name)));
  EXPECT_EQ(lines, lines_of_file(golden("sliced") + ".txt"));
  for (const char* slice : {"2,4:0,1", "0,2:-", "1,3:-", "5,1:1,1", "-:1,1", "0,6:0,2"}) {
    for (const char* name : {"p", "plain"}) {
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
  // Strings too, where TensorFlow gives up.
  EXPECT_EQ(line_of("w", reader.read("w")), "77 string [4] 61,6262,,64646464");
  EXPECT_EQ(line_of("w", reader.read_slice("w", TensorSlice::parse("1,3"))),
            "77 string [3] 6262,,64646464");
  EXPECT_THAT(
      error_of([&] { reader.read_slice("p", TensorSlice::parse("5,2:-")); }),
      StartsWith(
          "InternalError: Extent in dimension 0 out of bounds: shape = [6,2], slice = 5,2:-"));
  EXPECT_THAT(error_of([&] { reader.read_slice("p", TensorSlice::parse("-")); }),
              StartsWith("InternalError: Mismatching ranks: shape = [6,2], slice = -"));
}

TEST(GoldenTest, MergingIsTensorFlowsByteForByte) {
  io::MemoryFileSystem files;
  files.create_directories("/d/tmp");
  for (const char* part : {"part_0", "part_1"}) {
    for (const char* suffix : {".index", kData}) {
      files.put(std::string("/d/tmp/") + part + suffix, golden_bytes(std::string(part) + suffix));
    }
  }
  const std::vector<std::string> prefixes{"/d/tmp/part_0", "/d/tmp/part_1"};
  merge(prefixes, "/d/merged", {.file_system = &files});
  EXPECT_EQ(files.all_files().size(), 3u);
  EXPECT_FALSE(files.exists("/d/tmp"));
  for (const char* suffix : {".index", ".data-00000-of-00002", ".data-00001-of-00002"}) {
    EXPECT_EQ(files.get(std::string("/d/merged") + suffix),
              golden_bytes(std::string("merged") + suffix));
  }
}

TEST(GoldenTest, VariantsAreVerifiedAndReadAsTheyAre) {
  const Reader reader(golden("variants"));
  EXPECT_EQ(reader.read("a").data<std::int32_t>()[0], 7);
  reader.verify("list");
  reader.verify("pair");
  EXPECT_EQ(reader.read_stored_bytes("pair").size(), reader.entry("pair").size);
  EXPECT_THAT(error_of([&] { reader.read("list"); }),
              StartsWith("UnimplementedError: Reading tensor list of type variant"));
  io::MemoryFileSystem files;
  files.put("/v.index", golden_bytes("variants.index"));
  const std::string data = golden_bytes(std::string("variants") + kData);
  for (std::size_t i = reader.entry("list").offset; i < data.size(); ++i) {
    std::string bad = data;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    files.put(std::string("/v") + kData, bad);
    const Reader damaged("/v", {.file_system = &files});
    const bool in_pair = i >= reader.entry("pair").offset;
    EXPECT_THAT(error_of([&] { damaged.verify(in_pair ? "pair" : "list"); }),
                StartsWith("DataLossError"))
        << i;
  }
}

TEST(GoldenTest, SixThousandTensorsGiveTensorFlowsIndex) {
  std::vector<Item> items;
  for (int i = 0; i < 6000; ++i) {
    std::vector<float> values;
    for (int j = 0; j < i % 5; ++j) values.push_back(static_cast<float>(i + j));
    char name[64];
    std::snprintf(name, sizeof name, "layer_%04d/weights_%lld", i,
                  static_cast<long long>(i) * i % 977);
    items.push_back({name, Tensor::vector(values)});
  }
  io::MemoryFileSystem files;
  write("/many", items, {.file_system = &files});
  std::vector<std::string> lines;
  for (const char* file : {"many.index", "many.data-00000-of-00001"}) {
    const std::string contents = files.get(std::string("/") + file);
    lines.push_back(std::string(file) + " " + std::to_string(contents.size()) + " " +
                    std::to_string(crc32c::extend(0, contents.data(), contents.size())));
  }
  EXPECT_EQ(lines, lines_of_file(golden("many.txt")));
  const Reader reader("/many", {.file_system = &files});
  EXPECT_EQ(reader.entries().size(), 6000u);
  EXPECT_EQ(reader.read("layer_0004/weights_16").data<float>()[3], 7.0f);
}

}  // namespace
}  // namespace tensorkeep::bundle
