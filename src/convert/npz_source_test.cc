#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "checkpoint_testing.h"
#include "convert/npy.h"
#include "convert/source.h"
#include "convert/zip_writer.h"
#include "io/files.h"
#include "io/memory_file_system.h"

namespace tensorkeep::convert {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using ::testing::StartsWith;

void put_number(std::string& bytes, std::size_t at, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) {
    bytes.at(at + static_cast<std::size_t>(i)) = static_cast<char>(value >> (8 * i));
  }
}

// An archive of one stored member.
std::string archive_of(const std::string& name, const std::string& data,
                       std::uint64_t zip64_from = ZipWriter::kZip64From) {
  io::MemoryFileSystem files;
  const auto file = files.create("z", io::FileSystem::Create::kTruncate);
  ZipWriter zip(*file, zip64_from);
  zip.add(name, data.size(), [&](const ZipWriter::Sink& sink) { sink(io::as_bytes(data)); });
  zip.finish();
  file->close();
  return files.get("z");
}

std::string npy_of(const Tensor& tensor) {
  return npy_header(tensor.dtype(), tensor.shape()) +
         std::string(static_cast<const char*>(tensor.raw_data()), tensor.num_bytes());
}

// The same with the member's data deflated.
std::string deflated(const std::string& name, const std::string& data) {
  const std::string stored = archive_of(name, data);
  std::string packed(data.size() + 100, '\0');
  z_stream state{};
  EXPECT_EQ(deflateInit2(&state, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  state.avail_in = static_cast<uInt>(data.size());
  state.next_out = reinterpret_cast<Bytef*>(packed.data());
  state.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
  packed.resize(state.total_out);
  deflateEnd(&state);
  const std::size_t begin = 30 + name.size();
  std::string bytes = stored.substr(0, begin) + packed;
  const std::size_t directory = bytes.size();
  bytes += stored.substr(begin + data.size());
  put_number(bytes, 8, 8, 2);
  put_number(bytes, directory + 10, 8, 2);
  put_number(bytes, directory + 20, packed.size(), 4);
  put_number(bytes, bytes.size() - 22 + 16, directory, 4);
  return bytes;
}

Tensor read(const std::string& archive, const std::string& name = "a") {
  io::MemoryFileSystem files;
  files.put("p.npz", archive);
  const auto source = open_source(files, "p.npz");
  return source->read(source->find(name));
}

const Tensor kTensor = Tensor::from<std::int32_t>({1, 2, 3, 4, 5, 6}, {2, 3});

TEST(NpzSourceTest, MembersAreReadStoredDeflatedAndInZip64) {
  EXPECT_TRUE(read(archive_of("a.npy", npy_of(kTensor))).identical_to(kTensor));
  EXPECT_TRUE(read(archive_of("a.npy", npy_of(kTensor), 1)).identical_to(kTensor));
  EXPECT_TRUE(read(deflated("a.npy", npy_of(kTensor))).identical_to(kTensor));
  const Tensor zeros = Tensor::zeros(float32, {300, 1000});
  EXPECT_TRUE(read(deflated("z/a.npy", npy_of(zeros)), "z/a").identical_to(zeros));
  const std::string comment = archive_of("a.npy", npy_of(kTensor));
  std::string with_comment = comment + "PK\x05\x06 and so on, and on and on and on";
  put_number(with_comment, comment.size() - 2, with_comment.size() - comment.size(), 2);
  EXPECT_TRUE(read(with_comment).identical_to(kTensor));
}

TEST(NpzSourceTest, ColumnsBecomeRowsAndBoolsTrue) {
  std::string columns = npy_of(kTensor);
  columns.replace(columns.find("False"), 5, "True ");
  EXPECT_TRUE(read(archive_of("a.npy", columns))
                  .identical_to(Tensor::from<std::int32_t>({1, 3, 5, 2, 4, 6}, {2, 3})));
  std::string bools = npy_of(Tensor::vector<bool>({true, false}));
  bools.end()[-2] = 9;
  EXPECT_TRUE(read(archive_of("a.npy", bools)).identical_to(Tensor::vector<bool>({true, false})));
}

TEST(NpzSourceTest, DamagedArchivesSaySo) {
  const std::string whole = archive_of("a.npy", npy_of(kTensor));
  const std::size_t directory = whole.size() - 22 - 46 - 5;
  const auto error = [](const std::string& bytes) { return error_of([&] { read(bytes); }); };
  const auto changed = [&](std::size_t at, std::uint64_t value, int width) {
    std::string bytes = whole;
    put_number(bytes, at, value, width);
    return error(bytes);
  };
  EXPECT_EQ(error("what"), "DataLossError: p.npz: not a zip archive");
  EXPECT_EQ(error(""), "DataLossError: p.npz: not a zip archive");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(error(whole.substr(0, size)), StartsWith("DataLossError: p.npz: ")) << size;
  }
  const std::string damaged = "DataLossError: p.npz: this zip archive is damaged: ";
  EXPECT_EQ(error(whole.substr(0, whole.size() - 1)),
            damaged + "it has no directory; it is truncated, perhaps");
  EXPECT_EQ(changed(whole.size() - 22 + 16, whole.size(), 4),
            damaged + "it points behind its end; it is truncated, perhaps");
  EXPECT_EQ(changed(whole.size() - 22 + 10, 60000, 2), damaged + "its directory is too short");
  EXPECT_EQ(changed(directory, 1, 4), damaged + "entry 0 of its directory makes no sense");
  EXPECT_EQ(changed(directory + 28, 60000, 2), damaged + "entry 0 of its directory is cut off");
  EXPECT_EQ(changed(directory + 42, 1, 4),
            damaged + "member a.npy is not where the directory says");
  EXPECT_EQ(changed(0, 1, 4), damaged + "member a.npy is not where the directory says");
  EXPECT_EQ(changed(directory + 20, 1 << 20, 4),
            damaged + "member a.npy reaches behind the end of the file");
  EXPECT_EQ(changed(directory + 24, 1 << 20, 4),
            damaged + "member a.npy cannot be 1048576 bytes long");
  EXPECT_EQ(changed(directory + 8, 1, 2), "UnimplementedError: p.npz: member a.npy is encrypted");
  EXPECT_EQ(changed(directory + 10, 12, 2),
            "UnimplementedError: p.npz: member a.npy is compressed by method 12; stored and "
            "deflated ones can be read");
  EXPECT_THAT(changed(directory + 16, 1, 4),
              HasSubstr("p.npz: member a.npy is damaged: its CRC-32 is "));
  EXPECT_THAT(changed(35, 0, 1), HasSubstr("DataLossError: p.npz: member a.npy: not a .npy file"));
}

TEST(NpzSourceTest, DamagedDeflatedDataSaySo) {
  const std::string data = npy_of(Tensor::zeros(int32, {1000}));
  const std::string whole = deflated("a.npy", data);
  const std::size_t directory = whole.size() - 22 - 46 - 5;
  const auto error = [&](std::size_t at, std::uint64_t value, int width) {
    std::string bytes = whole;
    put_number(bytes, at, value, width);
    return error_of([&] { read(bytes); });
  };
  EXPECT_THAT(error(directory + 20, 10, 4), HasSubstr("cut off"));
  EXPECT_THAT(error(35, 0xff, 1), HasSubstr("cannot be unpacked: its data are damaged"));
  // The sizes are believed only as far as the data and the header of the .npy bear them out.
  EXPECT_THAT(error(directory + 24, 4127, 4), HasSubstr("3999 bytes of elements for a int32"));
  EXPECT_THAT(error(directory + 24, 0x7fffffff, 4), HasSubstr("cannot be 2147483647 bytes long"));
}

TEST(NpzSourceTest, WhatIsNoArrayOfNumbersHasAnObstacle) {
  io::MemoryFileSystem files;
  std::string text = npy_of(kTensor);
  text.replace(text.find("'<i4'"), 5, "'<U6'");
  files.put("a.npz", archive_of("a.npy", text));
  EXPECT_EQ(open_source(files, "a.npz")->tensors()[0].obstacle,
            "elements of numpy type '<U6' cannot be read: little-endian numbers can");
  files.put("b.npz", archive_of("notes.txt", "x"));
  EXPECT_EQ(open_source(files, "b.npz")->tensors()[0].obstacle, "it is no .npy file");
  files.put("c.npz", archive_of(".npy", npy_of(kTensor)));
  EXPECT_EQ(open_source(files, "c.npz")->tensors()[0].obstacle, "it has no name");
}

}  // namespace
}  // namespace tensorkeep::convert
