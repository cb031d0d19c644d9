#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/reader.h"
#include "bundle/writer.h"
#include "checkpoint_testing.h"
#include "convert/source.h"
#include "io/default_file_system.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "slices/lazy_writer.h"
#include "slices/writer.h"
#include "tensorkeep/convert.h"

namespace tensorkeep {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

SaveItem part(const std::string& name, const Tensor& tensor, const Shape& whole,
              const std::string& slice) {
  return {name, tensor, ShapeAndSlice{whole, TensorSlice::parse(slice)}};
}

std::vector<float> numbers(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i) / 4;
  return values;
}

// Whole tensors, runs of rows, and slices of columns.
std::vector<SaveItem> all_kinds() {
  return {part("columns", Tensor::from<float>({1, 3}, {2, 1}), {2, 2}, "-:0,1"),
          part("columns", Tensor::from<float>({2, 4}, {2, 1}), {2, 2}, "-:1,1"),
          {"empty", Tensor::zeros(int64, {0, 2})},
          {"large", Tensor::vector(numbers(700'000))},
          part("rows", Tensor::from<std::int32_t>({5, 6}, {1, 2}), {3, 2}, "2,1:-"),
          part("rows", Tensor::from<std::int32_t>({1, 2, 3, 4}, {2, 2}), {3, 2}, "0,2:-"),
          {"scalar", Tensor::scalar(true)},
          {"words", Tensor::vector<std::string>({"a", "", "bc"})}};
}

class ConvertTensorsTest : public ::testing::Test {
 protected:
  io::MemoryFileSystem files;
  io::ScopedFileSystem scope{files};

  std::string all_of(const std::string& path) {
    const auto source = convert::open_source(files, path);
    std::string text;
    for (std::size_t i = 0; i < source->tensors().size(); ++i) {
      text += testing::line_of(source->tensors()[i].name, source->read(i)) + "\n";
    }
    return text;
  }
};

TEST_F(ConvertTensorsTest, CheckpointsKeepTheirSlicesAndBytes) {
  bundle::write("v2", all_kinds(), {.file_system = &files});
  slices::write("v1", all_kinds(), {.file_system = &files});
  EXPECT_EQ(convert_tensors("v1", "to2", FileFormat::kV2).tensors, 6u);
  EXPECT_EQ(files.get("to2.index"), files.get("v2.index"));
  EXPECT_EQ(files.get("to2.data-00000-of-00001"), files.get("v2.data-00000-of-00001"));
  EXPECT_TRUE(convert_tensors("v2", "to1", FileFormat::kV1).left_out.empty());
  EXPECT_EQ(files.get("to1"), files.get("v1"));
}

TEST_F(ConvertTensorsTest, OtherFormatsHoldThemWhole) {
  bundle::write("v2", all_kinds(), {.file_system = &files});
  std::string numbers_only = all_of("v2");
  numbers_only.resize(numbers_only.find(testing::to_hex("words")));
  for (const auto& [name, format] : {std::pair("a.npz", FileFormat::kNpz),
                                     std::pair("a.safetensors", FileFormat::kSafetensors)}) {
    const ConvertSummary summary = convert_tensors("v2", name, format);
    EXPECT_EQ(summary.tensors, 5u);
    ASSERT_EQ(summary.left_out.size(), 1u);
    EXPECT_EQ(summary.left_out[0].name, "words");
    EXPECT_THAT(summary.left_out[0].reason, HasSubstr("string elements"));
    EXPECT_EQ(all_of(name), numbers_only) << name;
    convert_tensors(name, "back", FileFormat::kV2);
    EXPECT_EQ(all_of("back"), numbers_only) << name;
  }
}

TEST_F(ConvertTensorsTest, EveryTypeComesThroughEveryFormatThatHasIt) {
  std::vector<SaveItem> items;
  for (const DType dtype : all_dtypes()) {
    if (size_of(dtype) > 0) items.push_back({name_of(dtype), Tensor::zeros(dtype, {2})});
  }
  bundle::write("v2", items, {.file_system = &files});
  const std::map<std::string, std::size_t> held{
      {"v1", 15}, {"v2", 30}, {"npz", 30}, {"safetensors", 18}};
  for (const auto& [name, count] : held) {
    const ConvertSummary summary = convert_tensors("v2", "x." + name, *file_format_from_name(name));
    EXPECT_EQ(summary.tensors, count) << name;
    EXPECT_EQ(summary.tensors + summary.left_out.size(), items.size()) << name;
    if (name == "npz") continue;  // unsigned integers instead of what numpy lacks
    const auto source = convert::open_source(files, "x." + name);
    for (const auto& tensor : source->tensors()) EXPECT_EQ(name_of(tensor.dtype), tensor.name);
  }
}

TEST_F(ConvertTensorsTest, NamesThatAFormatCannotHoldAreLeftOut) {
  bundle::write("v2",
                std::vector<SaveItem>{{std::string("a\0b", 3), Tensor::scalar(1.0f)},
                                      {"\xff", Tensor::scalar(2.0f)},
                                      {"__metadata__", Tensor::scalar(3.0f)}},
                {.file_system = &files});
  const auto reasons = [&](const std::string& path, FileFormat format) {
    std::string text;
    for (const auto& left : convert_tensors("v2", path, format).left_out)
      text += left.reason + "\n";
    return text;
  };
  EXPECT_EQ(reasons("a.npz", FileFormat::kNpz), "no zip archive can hold its name\n");
  EXPECT_EQ(reasons("a.safetensors", FileFormat::kSafetensors),
            "the safetensors format keeps this name for itself\n"
            "its name is no UTF-8, which the safetensors format asks for\n");
}

TEST_F(ConvertTensorsTest, ProgressEndsAtTheWhole) {
  bundle::write("v2", all_kinds(), {.file_system = &files});
  for (const FileFormat format :
       {FileFormat::kV1, FileFormat::kV2, FileFormat::kNpz, FileFormat::kSafetensors}) {
    std::uint64_t last = 0;
    std::uint64_t total = 0;
    std::size_t calls = 0;
    convert_tensors("v2", fmt::format("other{}", static_cast<int>(format)), format,
                    [&](std::uint64_t done, std::uint64_t all) {
                      EXPECT_GE(done, last);
                      last = done;
                      total = all;
                      ++calls;
                    });
    EXPECT_EQ(last, total);
    EXPECT_GT(total, 2'800'000u);
    EXPECT_GT(calls, 5u);
  }
}

TEST_F(ConvertTensorsTest, DamageIsFoundAndLeavesNothingBehind) {
  bundle::write("v2", all_kinds(), {.file_system = &files});
  std::string data = files.get("v2.data-00000-of-00001");
  data[data.size() / 2] ^= 1;
  files.put("v2.data-00000-of-00001", data);
  const auto before = files.all_files();
  for (const FileFormat format :
       {FileFormat::kV1, FileFormat::kV2, FileFormat::kNpz, FileFormat::kSafetensors}) {
    EXPECT_THAT(error_of([&] { convert_tensors("v2", "other", format); }),
                HasSubstr("Checksum does not match: stored"));
    EXPECT_EQ(files.all_files(), before);
  }
}

TEST_F(ConvertTensorsTest, AtEveryFaultTheOldFileOrTheNewOneIsThere) {
  bundle::write("v2", all_kinds(), {.file_system = &files});
  for (const FileFormat format :
       {FileFormat::kV1, FileFormat::kV2, FileFormat::kNpz, FileFormat::kSafetensors}) {
    for (std::int64_t i = 0;; ++i) {
      io::MemoryFileSystem disk;
      for (const auto& [name, contents] : files.all_files()) disk.put(name, contents);
      io::FaultyFileSystem faulty(disk);
      const io::ScopedFileSystem faulty_scope(faulty);
      faulty.fail_at(i);
      const std::string error = error_of([&] { convert_tensors("v2", "other", format); });
      if (!faulty.has_failed()) break;
      if (error == "no error") continue;
      EXPECT_THAT(error, HasSubstr("ResourceExhaustedError")) << i;
      if (disk.all_files().size() != 2) {  // it failed after the new file was in place
        EXPECT_FALSE(convert::open_source(disk, "other")->tensors().empty()) << i;
      }
    }
  }
}

TEST_F(ConvertTensorsTest, AV1FileIsNotPutUnderAV2Checkpoint) {
  bundle::write("v2", all_kinds(), {.file_system = &files});
  const std::string before = all_of("v2");
  EXPECT_EQ(error_of([&] { convert_tensors("v2", "v2", FileFormat::kV1); }),
            "FailedPreconditionError: v2; v2.index is a V2 checkpoint of the same name, which "
            "every reader prefers: name the V1 file otherwise, or remove it");
  EXPECT_EQ(convert_tensors("v2", "v2", FileFormat::kV2).tensors, 6u);  // over itself
  EXPECT_EQ(all_of("v2"), before);
}

TEST(FileFormatTest, ByNameAndByPath) {
  EXPECT_EQ(file_format_of_path("a/b.npz"), FileFormat::kNpz);
  EXPECT_EQ(file_format_of_path("b.safetensors"), FileFormat::kSafetensors);
  EXPECT_EQ(file_format_of_path("model.ckpt"), FileFormat::kV2);
  EXPECT_EQ(file_format_from_name("v1"), FileFormat::kV1);
  EXPECT_FALSE(file_format_from_name("v3").has_value());
}

TEST(FileFormatTest, AV1SliceHasALimit) {
  EXPECT_EQ(slices::obstacle(float32, {536'000'000}), "");
  EXPECT_EQ(slices::obstacle(float32, {536'870'912}),
            "the V1 format has no room for more than 2^31 bytes in a slice");
  EXPECT_NE(slices::obstacle(int32, {215'000'000}), "");
  EXPECT_NE(slices::obstacle(int64, {std::int64_t{1} << 62, 4}), "");
}

}  // namespace
}  // namespace tensorkeep
