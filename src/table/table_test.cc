#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <leveldb/env.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>
#include <leveldb/table_builder.h>
#include <snappy.h>

#include <limits>
#include <map>
#include <random>

#include "base/crc32c.h"
#include "io/faulty_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "table/format.h"
#include "table/ordered_code.h"
#include "table/reader.h"
#include "table/writer.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::table {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;
using Entries = std::map<std::string, std::string>;

std::string written(const Entries& entries) {
  io::MemoryFileSystem files;
  const auto file = files.create("/t", io::FileSystem::Create::kTruncate);
  Writer writer(*file);
  for (const auto& [key, value] : entries) writer.add(key, value);
  const std::uint64_t size = writer.finish();
  EXPECT_EQ(size, files.get("/t").size());
  return files.get("/t");
}

std::string written_in_pieces(const Entries& entries) {
  io::MemoryFileSystem files;
  const auto file = files.create("/t", io::FileSystem::Create::kTruncate);
  Writer writer(*file);
  for (const auto& [key, value] : entries) {
    writer.add(key, value.size(), [&, &bytes = value](const Writer::Sink& sink) {
      for (std::size_t at = 0; at < bytes.size(); at += 100'000) {
        sink(io::as_bytes(std::string_view(bytes).substr(at, 100'000)));
      }
    });
  }
  writer.finish();
  return files.get("/t");
}

std::optional<std::string> streamed(const Reader& reader, std::string_view key) {
  auto stream = reader.open_value(key);
  if (!stream) return std::nullopt;
  std::string value(stream->remaining(), '\0');
  const std::size_t head = std::min<std::size_t>(value.size(), 3);
  const auto bytes = std::as_writable_bytes(std::span(value));
  stream->read(bytes.first(head));
  stream->read(bytes.subspan(head));
  stream->finish();
  return value;
}

Entries read(const std::string& contents) {
  io::MemoryFileSystem files;
  files.put("/t", contents);
  const Reader reader(files.open("/t"));
  Entries entries;
  reader.for_each([&](std::string_view key, std::string_view value) {
    entries.emplace(key, value);
    EXPECT_EQ(reader.get(key), value);
    EXPECT_EQ(streamed(reader, key), value);
  });
  return entries;
}

std::string text_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const errors::DataLossError& error) {
    return error.what();
  }
  return "no error";
}

std::string error_of(const std::string& contents) {
  return text_of([&] { read(contents); });
}

// libleveldb reading from and writing to a string.
class StringFile final : public leveldb::RandomAccessFile, public leveldb::WritableFile {
 public:
  explicit StringFile(std::string contents = {}) : contents(std::move(contents)) {}
  leveldb::Status Read(std::uint64_t offset, std::size_t n, leveldb::Slice* result,
                       char*) const override {
    *result = leveldb::Slice(contents.data() + offset, n);
    return leveldb::Status::OK();
  }
  leveldb::Status Append(const leveldb::Slice& data) override {
    contents.append(data.data(), data.size());
    return leveldb::Status::OK();
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }
  std::string contents;
};

Entries read_with_leveldb(const std::string& contents) {
  StringFile file(contents);
  leveldb::Options options;
  options.paranoid_checks = true;
  leveldb::Table* opened = nullptr;
  EXPECT_TRUE(leveldb::Table::Open(options, &file, contents.size(), &opened).ok());
  const std::unique_ptr<leveldb::Table> table(opened);
  const std::unique_ptr<leveldb::Iterator> at(table->NewIterator({}));
  Entries entries;
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    entries.emplace(at->key().ToString(), at->value().ToString());
  }
  EXPECT_TRUE(at->status().ok());
  return entries;
}

std::string written_by_leveldb(const Entries& entries, leveldb::CompressionType compression) {
  StringFile file;
  leveldb::Options options;
  options.compression = compression;
  options.block_size = 1024;
  leveldb::TableBuilder builder(options, &file);
  for (const auto& [key, value] : entries) builder.Add(key, value);
  EXPECT_TRUE(builder.Finish().ok());
  return file.contents;
}

Entries many_entries() {
  Entries entries{{"", "header"}, {std::string("\0a\0\1", 4), "slice"}, {"\xff\xff", "last"}};
  for (int i = 0; i < 3000; ++i) {
    entries["layer_" + std::to_string(i * 7919 % 3000) + "/weights"] =
        std::string(static_cast<std::size_t>(i % 300), static_cast<char>(i));
  }
  entries["m/huge"] = std::string(7 * kBlockSize + 5, 'z');
  entries["m/large"] = std::string(3 * kBlockSize, 'x');
  entries["m/large2"] = std::string(2 * kBlockSize, 'y');
  return entries;
}

TEST(TableTest, WhatWeWriteBothReadersRead) {
  for (const Entries& entries : {Entries{}, Entries{{"", "x"}}, many_entries()}) {
    const std::string contents = written(entries);
    EXPECT_EQ(read(contents), entries);
    EXPECT_EQ(read_with_leveldb(contents), entries);
  }
}

// What libleveldb makes of the same entries with TensorFlow's block size and its rule for large
// values.
std::string written_as_tensorflow(const Entries& entries) {
  StringFile file;
  leveldb::Options options;
  options.compression = leveldb::kNoCompression;
  options.block_size = kBlockSize;
  leveldb::TableBuilder builder(options, &file);
  for (const auto& [key, value] : entries) {
    if (key.size() + value.size() >= 2 * kBlockSize) builder.Flush();
    builder.Add(key, value);
  }
  EXPECT_TRUE(builder.Finish().ok());
  return file.contents;
}

TEST(TableTest, WhatWeWriteIsLevelDbsByteForByte) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  std::vector<Entries> cases{{}, {{"", ""}}, {{"\xff\xff", "x"}}, many_entries()};
  for (int i = 0; i < 30; ++i) {
    Entries entries;
    for (std::size_t n = below(200); n > 0; --n) {
      std::string key;  // of few letters, so that keys begin alike, and of the highest byte
      for (std::size_t k = below(12); k > 0; --k) key += "ab\0\xfe\xff"[below(5)];
      const std::size_t sizes[] = {0, 100, kBlockSize / 9, kBlockSize, 2 * kBlockSize + 100};
      entries[key] = std::string(below(sizes[below(5)] + 1), static_cast<char>(n));
    }
    cases.push_back(std::move(entries));
  }
  for (const Entries& entries : cases) {
    const std::string expected = written_as_tensorflow(entries);
    EXPECT_TRUE(written(entries) == expected);
    EXPECT_TRUE(written_in_pieces(entries) == expected);
  }
}

TEST(TableTest, APieceTooFewOrTooManyIsOurFault) {
  for (const std::size_t size : {std::size_t{10}, 3 * kBlockSize}) {
    io::MemoryFileSystem files;
    const auto file = files.create("/t", io::FileSystem::Create::kTruncate);
    Writer writer(*file);
    const std::string value(size + 1, 'x');
    EXPECT_THROW(
        writer.add("a", size, [&](const Writer::Sink& sink) { sink(io::as_bytes(value)); }),
        errors::InternalError);
  }
}

TEST(TableTest, WeReadWhatLevelDbWritesCompressedOrNot) {
  for (const auto compression : {leveldb::kNoCompression, leveldb::kSnappyCompression}) {
    const Entries entries = many_entries();
    EXPECT_EQ(read(written_by_leveldb(entries, compression)), entries);
  }
}

TEST(TableTest, MissingKeysAreNotFound) {
  io::MemoryFileSystem files;
  files.put("/t", written(many_entries()));
  const Reader reader(files.open("/t"));
  for (const char* key :
       {"a", "layer_", "layer_5/weight", "layer_5/weightt", "zzz", "\xff\xff\xff"}) {
    EXPECT_FALSE(reader.get(key)) << key;
    EXPECT_FALSE(reader.open_value(key)) << key;
  }
}

TEST(TableTest, KeysMustRise) {
  io::MemoryFileSystem files;
  const auto file = files.create("/t", io::FileSystem::Create::kTruncate);
  Writer writer(*file);
  writer.add("b", "");
  EXPECT_THROW(writer.add("b", ""), errors::InternalError);
  EXPECT_THROW(writer.add("a", ""), errors::InternalError);
}

TEST(TableTest, AFailingDiskIsToldAsItIs) {
  io::MemoryFileSystem memory;
  io::FaultyFileSystem files(memory);
  const auto file = files.create("/t", io::FileSystem::Create::kTruncate);
  files.fail_at(2);
  Writer writer(*file);
  EXPECT_THROW(
      {
        for (const auto& [key, value] : many_entries()) writer.add(key, value);
        writer.finish();
      },
      errors::ResourceExhaustedError);
}

TEST(TableTest, ADamagedLargeValueIsNoticedAtItsEnd) {
  const Entries entries{{"a", std::string(5 * kBlockSize, 'x')}};
  const std::string good = written(entries);
  io::MemoryFileSystem files;
  for (const std::size_t at : {std::size_t{6}, 5 * kBlockSize, 5 * kBlockSize + 15}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    files.put("/t", bad);
    const Reader reader(files.open("/t"));
    EXPECT_THAT(text_of([&] { streamed(reader, "a"); }),
                MatchesRegex("block checksum mismatch: /t, bytes 0 to [0-9]+; the file is "
                             "damaged"));
    auto stream = reader.open_value("a");
    ASSERT_TRUE(stream);
    EXPECT_THAT(text_of([&] { stream->skip(5 * kBlockSize + 1); }),
                StartsWith("value ends too early: /t"));
  }
}

TEST(TableTest, EveryDamagedByteIsNoticedOrHarmless) {
  const Entries entries{{"", "header"}, {"a", "1"}, {"ab", "2"}};
  const std::string good = written(entries);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      try {
        EXPECT_EQ(read(bad), entries) << i;
      } catch (const errors::DataLossError& error) {
        EXPECT_THAT(error.what(), HasSubstr("/t")) << i;
      }
    }
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THAT(error_of(good.substr(0, size)),
                HasSubstr(size < kFooterSize ? "file is too short to be an sstable: /t"
                                             : "not an sstable (bad magic number): /t"));
  }
}

// A file of one block, given as its contents before compression; the index names it.
std::string file_of(std::string block, char type = 0) {
  const auto append_block = [](std::string& file, const std::string& contents, char type) {
    std::string handle;
    append_varint(handle, file.size());
    append_varint(handle, contents.size());
    const std::string stored = contents + type;
    file += stored;
    append_little_endian(file, crc32c::mask(crc32c::extend(0, stored.data(), stored.size())));
    return handle;
  };
  std::string file;
  const std::string handle = append_block(file, block, type);
  std::string index{'\0', '\1', static_cast<char>(handle.size()), 'z'};
  index += handle + std::string(4, '\0') + std::string("\1\0\0\0", 4);
  std::string footer = handle;
  footer += append_block(file, index, 0);
  footer.resize(40);
  append_little_endian(footer, kMagic);
  return file + footer;
}

TEST(TableTest, HostileBlocksWithGoodChecksumsAreErrors) {
  const std::string restarts(4, '\0');
  const std::string good =
      std::string("\0\1\1av", 5) + std::string(4, '\0') + std::string("\1\0\0\0", 4);
  EXPECT_EQ(read(file_of(good)), (Entries{{"a", "v"}}));
  EXPECT_THAT(error_of(file_of("abc")), HasSubstr("bad block contents: /t, bytes 0 to 3"));
  EXPECT_THAT(error_of(file_of("\xff\xff\xff\xff")), HasSubstr("bad block contents"));
  EXPECT_THAT(error_of(file_of(std::string("\5\1\1av", 5) + restarts)),
              HasSubstr("bad entry in block"));
  EXPECT_THAT(error_of(file_of(std::string("\0\1\7av", 5) + restarts)),
              HasSubstr("bad entry in block"));
  EXPECT_THAT(error_of(file_of(std::string("\0\xff\xff\xff\xff\x0f\1av", 9) + restarts)),
              HasSubstr("bad entry in block"));
  EXPECT_THAT(error_of(file_of(std::string("\0\1\1av\0\1\1aw", 10) + restarts)),
              HasSubstr("keys out of order or twice (\"a\")"));
  EXPECT_THAT(error_of(file_of(good, 7)), HasSubstr("bad block type"));
  EXPECT_THAT(error_of(file_of(good, 1)), HasSubstr("corrupted compressed block contents"));
  std::string packed;
  snappy::Compress(good.data(), good.size(), &packed);
  EXPECT_EQ(read(file_of(packed, 1)), (Entries{{"a", "v"}}));
  // Claims 4 GiB.
  EXPECT_THAT(error_of(file_of(std::string("\xff\xff\xff\xff\x0f", 5) + packed, 1)),
              HasSubstr("corrupted compressed block contents"));
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[c & 15];
  }
  return text;
}

TEST(OrderedCodeTest, KnownCodes) {
  const auto signed_code = [](std::int64_t value) {
    std::string out;
    append_signed_num_increasing(out, value);
    return hex(out);
  };
  EXPECT_EQ(signed_code(0), "80");
  EXPECT_EQ(signed_code(2), "82");
  EXPECT_EQ(signed_code(-1), "7f");
  EXPECT_EQ(signed_code(0x424242), "f0424242");
  EXPECT_EQ(signed_code(-0x800), "3800");
  EXPECT_EQ(hex(encode_slice_key("p", TensorSlice::parse("0,2:0,2"))),
            "007000010102808280"
            "82");
  EXPECT_EQ(hex(encode_slice_key(std::string("\0\xff", 2), TensorSlice::parse("-"))),
            "0000ffff0000010101807f");
}

TEST(OrderedCodeTest, EveryNumberComesBackAndOrderIsKept) {
  std::vector<std::int64_t> values{0, std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max()};
  for (int bit = 0; bit < 63; ++bit) {
    for (const std::int64_t near : {-1, 0, 1}) {
      const std::int64_t value = (std::int64_t{1} << bit) + near;
      values.insert(values.end(), {value, -value});
    }
  }
  std::sort(values.begin(), values.end());
  std::string previous;
  for (const std::int64_t value : values) {
    std::string code;
    append_signed_num_increasing(code, value);
    EXPECT_LE(previous, code) << value;
    previous = code;
    std::string_view in = code;
    std::int64_t back = 0;
    ASSERT_TRUE(take_signed_num_increasing(in, back)) << value << hex(code);
    EXPECT_EQ(back, value);
    EXPECT_TRUE(in.empty());
    for (std::size_t cut = 0; cut < code.size(); ++cut) {
      in = std::string_view(code).substr(0, cut);
      EXPECT_FALSE(take_signed_num_increasing(in, back)) << value;
    }
    std::string plain;
    append_num_increasing(plain, static_cast<std::uint64_t>(value));
    in = plain;
    std::uint64_t unsigned_back = 0;
    ASSERT_TRUE(take_num_increasing(in, unsigned_back));
    EXPECT_EQ(unsigned_back, static_cast<std::uint64_t>(value));
  }
}

TEST(OrderedCodeTest, SliceKeysComeBackAndOtherKeysAreNone) {
  for (const char* text : {"-", "-:0,5", "7,1:3,100000:-"}) {
    const std::string name(
        "a\0b\xff"
        "c",
        5);
    const std::string key = encode_slice_key(name, TensorSlice::parse(text));
    const auto back = decode_slice_key(key);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->name, name);
    EXPECT_EQ(back->slice.to_string(), text);
    for (std::size_t cut = 0; cut < key.size(); ++cut)
      EXPECT_FALSE(decode_slice_key(key.substr(0, cut)));
    EXPECT_FALSE(decode_slice_key(key + "x"));
  }
  EXPECT_FALSE(decode_slice_key("weights"));
  EXPECT_FALSE(decode_slice_key(std::string("\0a\0\2", 4)));
}

}  // namespace
}  // namespace tensorkeep::table
