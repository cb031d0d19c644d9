#include "tensorkeep/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/default_file_system.h"
#include "io/faulty_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::StartsWith;

class RecordTest : public ::testing::Test {
 protected:
  void SetUp() override { files.create_directory("/d"); }

  void write(const std::string& contents) {
    const auto file = files.create("/d/f", io::FileSystem::Create::kTruncate);
    file->append(io::as_bytes(contents));
    file->close();
  }
  static std::string error_of(RecordReader& reader) {
    try {
      reader.next();
    } catch (const errors::DataLossError& error) {
      EXPECT_THAT(error.what(), HasSubstr("/d/f"));
      EXPECT_EQ(error.file(), "/d/f");
      return error.what();
    }
    return "no error";
  }

  io::MemoryFileSystem files;
  io::ScopedFileSystem scoped{files};
};

TEST_F(RecordTest, AFrameIsTensorFlows) {
  // What TFRecordWriter of TensorFlow 2.21 writes for b"one" and b"".
  EXPECT_EQ(frame_record("one"), std::string("\x03\0\0\0\0\0\0\0\xb0\x99I\x0e"
                                             "one\x01@U\x08",
                                             19));
  EXPECT_EQ(frame_record(""), std::string("\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa2", 16));
  EXPECT_EQ(masked_crc32c(""), 0xa282ead8u);
}

TEST_F(RecordTest, WhatIsWrittenIsRead) {
  const std::string long_one(3'000'000, 'x');
  write(frame_record("one") + frame_record("") + frame_record(long_one) +
        frame_record(std::string("\0\n", 2)));
  RecordReader reader("/d/f");
  EXPECT_THAT(reader.next(), Optional(std::string("one")));
  EXPECT_THAT(reader.next(), Optional(std::string()));
  EXPECT_TRUE(reader.next() == long_one);
  RecordReader moved = std::move(reader);
  EXPECT_THAT(moved.next(), Optional(std::string("\0\n", 2)));
  EXPECT_EQ(moved.next(), std::nullopt);
  EXPECT_EQ(moved.next(), std::nullopt);
}

TEST_F(RecordTest, AWriterMakesAFileOfItsOwn) {
  RecordWriter writer("/d/f");
  writer.write("one");
  EXPECT_EQ(files.get("/d/f"), "");
  writer.flush();
  EXPECT_EQ(files.get("/d/f"), frame_record("one"));
  EXPECT_THROW(RecordWriter("/d/f"), errors::AlreadyExistsError);
  EXPECT_THROW(RecordWriter("/nowhere/f"), errors::NotFoundError);
  writer.write(std::string(3'000'000, 'x'));
  EXPECT_GT(files.get("/d/f").size(), 3'000'000u) << "so much does not wait";
  writer.write("two");
  writer.close();
  writer.close();
  writer.flush();
  EXPECT_THROW(writer.write("three"), errors::FailedPreconditionError);
  RecordReader reader("/d/f");
  EXPECT_THAT(reader.next(), Optional(std::string("one")));
  EXPECT_EQ(reader.next()->size(), 3'000'000u);
  EXPECT_THAT(reader.next(), Optional(std::string("two")));
  EXPECT_EQ(reader.next(), std::nullopt);
}

TEST_F(RecordTest, WhatTheDiskRefusesWaits) {
  io::FaultyFileSystem faulty(files);
  const io::ScopedFileSystem faulty_scope(faulty);
  {
    RecordWriter writer("/d/f");
    writer.write("one");
    faulty.fail_at(faulty.operations());
    EXPECT_THROW(writer.flush(), errors::ResourceExhaustedError);
    writer.write("two");
  }
  RecordReader reader("/d/f");
  EXPECT_THAT(reader.next(), Optional(std::string("one")));
  EXPECT_THAT(reader.next(), Optional(std::string("two")));
}

TEST_F(RecordTest, AFileMayGrow) {
  const std::string two = frame_record("two");
  const auto file = files.create("/d/f", io::FileSystem::Create::kTruncate);
  RecordReader reader("/d/f");
  EXPECT_EQ(reader.next(), std::nullopt);
  file->append(io::as_bytes(frame_record("one") + two.substr(0, 11)));
  EXPECT_THAT(reader.next(), Optional(std::string("one")));
  EXPECT_EQ(reader.next(), std::nullopt);
  file->append(io::as_bytes(two.substr(11, 2)));
  EXPECT_THAT(error_of(reader),
              StartsWith("truncated record at 19' failed with Read less bytes than requested"));
  file->append(io::as_bytes(two.substr(13)));
  EXPECT_THAT(reader.next(), Optional(std::string("two")));
}

TEST_F(RecordTest, EveryChangedByteIsFound) {
  const std::string good = frame_record("one") + frame_record("two");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    write(bad);
    RecordReader reader("/d/f");
    const std::size_t start = i < 19 ? 0 : 19;
    if (start > 0) {
      EXPECT_THAT(reader.next(), Optional(std::string("one")));
    }
    const std::string where = std::to_string(i < start + 12 ? start : start + 12);
    const std::string note = where == "0" ? " (Is this even a TFRecord file?)" : "";
    const std::string expected = "corrupted record at " + where + note + ":";
    EXPECT_THAT(error_of(reader), StartsWith(expected)) << i;
    EXPECT_THAT(error_of(reader), StartsWith(expected)) << "it stays there";
  }
}

TEST_F(RecordTest, EveryCutIsFound) {
  const std::string good = frame_record("one");
  for (std::size_t size = 0; size < good.size(); ++size) {
    write(good.substr(0, size));
    RecordReader reader("/d/f");
    if (size < 12) {
      EXPECT_EQ(reader.next(), std::nullopt) << size;
    } else {
      EXPECT_THAT(error_of(reader), StartsWith("truncated record at 0'")) << size;
    }
  }
}

TEST_F(RecordTest, ALengthIsNotBelieved) {
  for (const char top : {'\x00', '\x7f', '\x80', '\xff'}) {
    std::string header("\xff\xff\xff\xff\xff\xff\xff", 7);
    header += top;
    const std::uint32_t crc = masked_crc32c(header);
    header.append(reinterpret_cast<const char*>(&crc), sizeof crc);
    write(header + "data");
    RecordReader reader("/d/f");
    EXPECT_THAT(error_of(reader), StartsWith("truncated record at 0'"));
  }
}

TEST_F(RecordTest, AMissingFileSaysSo) {
  EXPECT_THROW(RecordReader("/d/nothing"), errors::NotFoundError);
}

}  // namespace
}  // namespace tensorkeep
