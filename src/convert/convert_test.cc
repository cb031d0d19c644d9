#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <map>

#include "convert/npy.h"
#include "convert/npz.h"
#include "convert/zip_writer.h"
#include "io/faulty_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(NpyTest, HeadersAreNumpys) {
  const std::string header = npy_header(float32, {2, 3});
  EXPECT_EQ(header.size() % 64, 0u);
  EXPECT_EQ(header.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_THAT(header, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  "));
  EXPECT_THAT(header, EndsWith(" \n"));
  EXPECT_THAT(npy_header(int8, {}), HasSubstr("'shape': (), }"));
  EXPECT_THAT(npy_header(int8, {7}), HasSubstr("'shape': (7,), }"));
  EXPECT_EQ(npy_header(float64, Shape(std::vector<std::int64_t>(60, 1))).size() % 64, 0u);
}

TEST(NpyTest, EveryTypeHasItsWidth) {
  const std::map<std::string, std::string> known{
      {"float16", "<f2"},   {"float32", "<f4"},     {"float64", "<f8"}, {"int8", "|i1"},
      {"int16", "<i2"},     {"int32", "<i4"},       {"int64", "<i8"},   {"uint8", "|u1"},
      {"uint16", "<u2"},    {"uint32", "<u4"},      {"uint64", "<u8"},  {"bool", "|b1"},
      {"complex64", "<c8"}, {"complex128", "<c16"}, {"string", ""},     {"resource", ""},
      {"variant", ""},      {"bfloat16", "<u2"},    {"int4", "|u1"},    {"uint2", "|u1"},
      {"qint8", "|u1"},     {"quint16", "<u2"},     {"qint32", "<u4"},  {"float8_e5m2", "|u1"},
      {"int2", "|u1"},      {"qint16", "<u2"},      {"quint8", "|u1"},  {"uint4", "|u1"},
  };
  for (const DType dtype : all_dtypes()) {
    const auto row = known.find(name_of(dtype));
    EXPECT_EQ(npy_descr(dtype), row == known.end() ? "|u1" : row->second) << name_of(dtype);
  }
}

TEST(NpyTest, FilesAreWrittenWholeOrNotAtAll) {
  io::MemoryFileSystem files;
  const Tensor tensor = Tensor::vector<std::uint16_t>({1, 2});
  save_npy(files, tensor, "a.npy");
  const std::string bytes = files.get("a.npy");
  EXPECT_EQ(bytes, npy_header(uint16, {2}) + std::string("\1\0\2\0", 4));
  io::FaultyFileSystem faulty(files);
  faulty.fail_at(2);
  EXPECT_THROW(save_npy(faulty, Tensor::vector<float>({3}), "a.npy"),
               errors::ResourceExhaustedError);
  EXPECT_EQ(files.get("a.npy"), bytes);
  EXPECT_THAT(files.all_files(), ::testing::SizeIs(1));
  EXPECT_THROW(save_npy(files, Tensor::scalar(std::string("x")), "b.npy"),
               errors::UnimplementedError);
}

// A reader of archives by the book: from the end record to the directory to the members.
class Archive {
 public:
  explicit Archive(std::string bytes) : bytes_(std::move(bytes)) {
    const std::size_t end = bytes_.size() - 22;
    EXPECT_EQ(number(end, 4), 0x06054b50u);
    std::uint64_t count = number(end + 10, 2);
    std::uint64_t at = number(end + 16, 4);
    if (end >= 20 && number(end - 20, 4) == 0x07064b50) {
      const std::uint64_t end64 = number(end - 12, 8);
      EXPECT_EQ(number(end64, 4), 0x06064b50u);
      EXPECT_EQ(end64 + 12 + number(end64 + 4, 8), end - 20);
      count = number(end64 + 32, 8);
      at = number(end64 + 48, 8);
      zip64 = true;
    }
    for (std::uint64_t i = 0; i < count; ++i) at = read_entry(at);
  }

  std::map<std::string, std::string> members;
  bool zip64 = false;

 private:
  std::uint64_t number(std::uint64_t at, int width) const {
    std::uint64_t value = 0;
    for (int i = width; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(bytes_.at(at + static_cast<unsigned>(i)));
    }
    return value;
  }

  std::uint64_t read_entry(std::uint64_t at) {
    EXPECT_EQ(number(at, 4), 0x02014b50u);
    const std::string name = bytes_.substr(at + 46, number(at + 28, 2));
    const std::uint64_t extra_size = number(at + 30, 2);
    std::uint64_t next = at + 46 + name.size() + 4;  // behind the extra field's own header
    const auto value = [&](std::uint64_t field) {
      if (number(field, 4) != 0xffffffff) return number(field, 4);
      next += 8;
      return number(next - 8, 8);
    };
    const std::uint64_t size = value(at + 24);
    EXPECT_EQ(value(at + 20), size);
    const std::uint64_t offset = value(at + 42);
    const std::uint64_t end = at + 46 + name.size() + extra_size;
    EXPECT_EQ(extra_size == 0 ? end + 4 : end, next);
    EXPECT_EQ(number(offset, 4), 0x04034b50u);
    EXPECT_EQ(bytes_.substr(offset + 30, number(offset + 26, 2)), name);
    const std::string data =
        bytes_.substr(offset + 30 + name.size() + number(offset + 28, 2), size);
    const auto crc =
        crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size()));
    EXPECT_EQ(number(at + 16, 4), crc);
    EXPECT_EQ(number(offset + 14, 4), crc);
    members[name] = data;
    return end;
  }

  std::string bytes_;
};

Archive archive_of(const std::map<std::string, std::string>& members,
                   std::uint64_t zip64_from = ZipWriter::kZip64From) {
  io::MemoryFileSystem files;
  const auto file = files.create("a.zip", io::FileSystem::Create::kTruncate);
  ZipWriter zip(*file, zip64_from);
  for (const auto& [name, data] : members) {
    zip.add(name, data.size(), [&view = data](const ZipWriter::Sink& sink) {
      sink(io::as_bytes(std::string_view(view).substr(0, view.size() / 2)));
      sink(io::as_bytes(std::string_view(view).substr(view.size() / 2)));
    });
  }
  zip.finish();
  file->close();
  return Archive(files.get("a.zip"));
}

TEST(ZipWriterTest, MembersReadBack) {
  const std::map<std::string, std::string> members{
      {"a/b.npy", "hello"}, {"empty", ""}, {"\xc3\xa9", "x"}, {"\xff", std::string(1000, '\0')}};
  const Archive plain = archive_of(members);
  EXPECT_EQ(plain.members, members);
  EXPECT_FALSE(plain.zip64);
  EXPECT_TRUE(archive_of({}).members.empty());
}

TEST(ZipWriterTest, WhatIsLargeGoesIntoZip64) {
  const std::map<std::string, std::string> members{{"a", "hello"}, {"b", "x"}, {"c", "world"}};
  for (const std::uint64_t from : {1, 2, 5, 6, 40, 100}) {
    const Archive archive = archive_of(members, from);
    EXPECT_EQ(archive.members, members) << from;
    EXPECT_TRUE(archive.zip64) << from;
  }
  std::map<std::string, std::string> many;
  for (int i = 0; i < 65535; ++i) many[std::to_string(i)] = "";
  const Archive archive = archive_of(many);
  EXPECT_TRUE(archive.zip64);
  EXPECT_EQ(archive.members, many);
}

TEST(ZipWriterTest, Names) {
  EXPECT_TRUE(ZipWriter::can_name(std::string(65535, 'a')));
  EXPECT_FALSE(ZipWriter::can_name(std::string(65536, 'a')));
  EXPECT_FALSE(ZipWriter::can_name(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace tensorkeep::convert
