#include <gmock/gmock.h>

#include "base/crc32c.h"
#include "bundle/bundle_testing.h"
#include "bundle/format.h"
#include "table/writer.h"
#include "tensorkeep/proto/tensor_bundle.pb.h"

// Files that are not what they should be: the class and the words of every error.
namespace tensorkeep::bundle {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kIndex = "/p.index";
constexpr const char* kData = "/p.data-00000-of-00001";

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() {
    const std::vector<Item> items{{"a", Tensor::vector<float>({1, 2, 3, 4})},
                                  {"s", Tensor::vector<std::string>({"x", "yyy", ""})},
                                  {"z", Tensor::zeros(int32, {0})}};
    write("/p", items, {.file_system = &files});
    index = files.get(kIndex);
    data = files.get(kData);
  }
  std::string read(const char* name) {
    return error_of([&] { Reader("/p", {.file_system = &files}).read(name); });
  }
  std::string verify(const char* name) {
    return error_of([&] { Reader("/p", {.file_system = &files}).verify(name); });
  }
  // Replaces the index by one with this header and these entries.
  void put_index(const std::string& header, const std::map<std::string, std::string>& entries) {
    const auto file = files.create(kIndex, io::FileSystem::Create::kTruncate);
    table::Writer writer(*file);
    if (!header.empty()) writer.add("", header);
    for (const auto& [key, value] : entries) writer.add(key, value);
    writer.finish();
  }
  std::string read_entry(const proto::BundleEntryProto& entry) {
    put_index(encode_header({}), {{"a", entry.SerializeAsString()}});
    const std::string text = read("a");
    EXPECT_EQ(verify("a"), text);
    return text;
  }

  io::MemoryFileSystem files;
  std::string index;
  std::string data;
};

TEST_F(DamageTest, EveryByteOfTheDataFile) {
  const Reader good("/p", {.file_system = &files});
  for (std::size_t i = 0; i < data.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bad = data;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      files.put(kData, bad);
      const bool in_a = i < 16;
      const std::string place = in_a ? "(tensor a, bytes 0 to 16 of /p.data-00000-of-00001)"
                                     : "(tensor s, bytes 16 to 27 of /p.data-00000-of-00001)";
      for (const std::string& text : {read(in_a ? "a" : "s"), verify(in_a ? "a" : "s")}) {
        EXPECT_THAT(text, AllOf(StartsWith("DataLossError: "), HasSubstr(place))) << i;
      }
      EXPECT_EQ(read(in_a ? "s" : "a"), "no error");
    }
  }
}

TEST_F(DamageTest, TheWordsOfAWrongChecksum) {
  std::string bad = data;
  bad[3] = static_cast<char>(bad[3] ^ 1);
  files.put(kData, bad);
  const auto stored = crc32c::extend(0, data.data(), 16);
  const auto now = crc32c::extend(0, bad.data(), 16);
  EXPECT_THAT(read("a"),
              StartsWith("DataLossError: TensorBundle at /p shard 0 (16 bytes): Checksum does "
                         "not match: stored " +
                         std::to_string(stored) + " vs. calculated on the restored bytes " +
                         std::to_string(now)));
  bad = data;
  bad[19] = static_cast<char>(bad[19] ^ 1);
  files.put(kData, bad);
  EXPECT_THAT(read("s"),
              StartsWith("DataLossError: The length checksum does not match: expected "));
  const auto verdicts = Reader("/p", {.file_system = &files}).verify_all();
  EXPECT_TRUE(verdicts[0].ok);
  EXPECT_FALSE(verdicts[1].ok);
  EXPECT_EQ(verdicts[1].code, errors::Code::kDataLoss);
  EXPECT_TRUE(verdicts[2].ok);
}

TEST_F(DamageTest, TheDataFileCutAtEveryLength) {
  for (std::size_t size = 0; size < data.size(); ++size) {
    files.put(kData, data.substr(0, size));
    for (const char* name : {"a", "s"}) {
      const bool whole = name[0] == 'a' && size >= 16;
      const std::string expected =
          std::string("OutOfRangeError: Read less bytes than requested (tensor ") + name;
      for (const std::string& text : {read(name), verify(name)}) {
        if (whole) {
          EXPECT_EQ(text, "no error");
        } else {
          EXPECT_THAT(text, AllOf(StartsWith(expected), HasSubstr(kData))) << size;
        }
      }
    }
  }
}

TEST_F(DamageTest, EveryByteOfTheIndex) {
  const std::string good = everything_in("/p", files);
  int noticed = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bad = index;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      files.put(kIndex, bad);
      const std::string text = error_of([&] { EXPECT_EQ(everything_in("/p", files), good) << i; });
      EXPECT_THAT(text, AnyOf("no error", AllOf(StartsWith("DataLossError: "), HasSubstr(kIndex))))
          << i;
      noticed += text != "no error";
    }
  }
  // What is not noticed is not read: the padding, the restart points' checksummed twins, metaindex.
  EXPECT_GT(noticed, static_cast<int>(index.size()));
  for (std::size_t size = 0; size < index.size(); ++size) {
    files.put(kIndex, index.substr(0, size));
    EXPECT_THAT(read("a"),
                StartsWith(size < 48 ? "DataLossError: file is too short to be an sstable"
                                     : "DataLossError: not an sstable (bad magic number)"));
  }
}

TEST_F(DamageTest, MissingAndSwappedFiles) {
  EXPECT_EQ(read("nope"), "NotFoundError: Key nope not found in checkpoint (Prefix: /p)");
  files.remove(kData);
  EXPECT_THAT(read("a"),
              StartsWith("NotFoundError: /p.data-00000-of-00001; No such file or directory"));
  const std::vector<Item> other{{"a", Tensor::vector<double>({1, 2, 3, 4, 5, 6})}};
  write("/q", other, {.file_system = &files});
  files.put(kData, files.get("/q.data-00000-of-00001"));  // longer than the index knows
  EXPECT_THAT(read("a"), HasSubstr("Checksum does not match"));
  EXPECT_THAT(
      Reader("/p", {.file_system = &files}).remarks(),
      ::testing::ElementsAre("/p.data-00000-of-00001: 48 bytes, but the index knows only 27: the "
                             "file may belong to another index"));
  files.remove(kIndex);
  EXPECT_EQ(read("a"), "NotFoundError: /p.index; No such file or directory");
  EXPECT_FALSE(exists("/p", files));
}

TEST_F(DamageTest, ForeignTablesAndVersions) {
  put_index("", {{"a", "x"}});
  EXPECT_THAT(read("a"), StartsWith("DataLossError: Failed to read the header of /p.index"));
  put_index("\xff\xff", {});
  EXPECT_THAT(read("a"), StartsWith("DataLossError: Entry for key \"\" not parseable"));
  proto::BundleHeaderProto header;
  header.set_num_shards(1);
  header.mutable_version()->set_min_consumer(2);
  put_index(header.SerializeAsString(), {});
  EXPECT_THAT(read("a"), StartsWith("InvalidArgumentError: Checkpoint min consumer version 2 above "
                                    "current version 1"));
  header.mutable_version()->set_min_consumer(0);
  header.mutable_version()->add_bad_consumers(1);
  put_index(header.SerializeAsString(), {});
  EXPECT_THAT(read("a"),
              StartsWith("InvalidArgumentError: Checkpoint disallows consumer version 1"));
  header.Clear();
  header.set_num_shards(-1);
  put_index(header.SerializeAsString(), {});
  EXPECT_THAT(read("a"), StartsWith("DataLossError: "));
}

TEST_F(DamageTest, BoolsOfAnyByteButZeroAreTrue) {
  proto::BundleEntryProto entry;
  entry.set_dtype(proto::DT_BOOL);
  entry.mutable_shape()->add_dim()->set_size(16);
  entry.set_size(16);
  entry.set_crc32c(crc32c::mask(crc32c::extend(0, data.data(), 16)));
  ASSERT_EQ(read_entry(entry), "no error");
  const Tensor bools = Reader("/p", {.file_system = &files}).read("a");
  const auto* bytes = static_cast<const char*>(bools.raw_data());
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(bytes[i], data[i] == 0 ? 0 : 1) << i;
}

TEST_F(DamageTest, EntriesThatLie) {
  proto::BundleEntryProto entry;
  entry.set_dtype(proto::DT_FLOAT);
  entry.mutable_shape()->add_dim()->set_size(4);
  entry.set_size(16);
  entry.set_crc32c(crc32c::mask(crc32c::extend(0, data.data(), 16)));
  EXPECT_EQ(read_entry(entry), "no error");
  const auto with = [&](auto change) {
    proto::BundleEntryProto changed = entry;
    change(changed);
    return read_entry(changed);
  };
  EXPECT_THAT(
      with([](auto& e) { e.set_size(15); }),
      StartsWith(
          "DataLossError: Invalid size in bundle entry: key a; stored size 15; expected size 16"));
  EXPECT_THAT(with([](auto& e) { e.set_size(-16); }), StartsWith("DataLossError: Invalid place"));
  EXPECT_THAT(with([](auto& e) { e.set_offset(-1); }), StartsWith("DataLossError: Invalid place"));
  EXPECT_THAT(with([](auto& e) { e.set_offset(std::int64_t{1} << 62); }),
              StartsWith("OutOfRangeError"));
  EXPECT_THAT(with([](auto& e) { e.set_offset(std::numeric_limits<std::int64_t>::max()); }),
              StartsWith("DataLossError: Invalid place"));
  EXPECT_THAT(with([](auto& e) { e.set_shard_id(1); }),
              StartsWith("DataLossError: Invalid place in bundle entry: key a; shard 1 of 1"));
  EXPECT_THAT(with([](auto& e) { e.set_shard_id(-1); }),
              StartsWith("DataLossError: Invalid place"));
  EXPECT_THAT(with([](auto& e) { e.set_dtype(static_cast<proto::DataType>(77)); }),
              StartsWith("DataLossError: Invalid type 77"));
  EXPECT_THAT(with([](auto& e) { e.set_dtype(proto::DT_FLOAT_REF); }),
              StartsWith("DataLossError: Invalid type 101"));
  EXPECT_THAT(with([](auto& e) { e.set_dtype(proto::DT_RESOURCE); }),
              StartsWith("UnimplementedError"));
  EXPECT_THAT(with([](auto& e) { e.mutable_shape()->mutable_dim(0)->set_size(-1); }),
              StartsWith("DataLossError: Invalid tensor shape: a"));
  EXPECT_THAT(with([](auto& e) { e.mutable_shape()->set_unknown_rank(true); }),
              StartsWith("DataLossError: Invalid tensor shape: a"));
  EXPECT_THAT(with([](auto& e) {
                for (int i = 0; i < 3; ++i)
                  e.mutable_shape()->add_dim()->set_size(std::int64_t{1} << 40);
              }),
              StartsWith("DataLossError: Invalid tensor shape: a"));
  EXPECT_THAT(with([](auto& e) {
                for (int i = 0; i < 300; ++i) e.mutable_shape()->add_dim()->set_size(1);
              }),
              StartsWith("DataLossError: Invalid tensor shape: a"));
  // The elements' number fits, the bytes' does not, or no file has so many.
  EXPECT_THAT(
      with([](auto& e) { e.mutable_shape()->mutable_dim(0)->set_size(std::int64_t{1} << 61); }),
      StartsWith("DataLossError: Invalid"));
  EXPECT_THAT(with([](auto& e) {
                e.mutable_shape()->mutable_dim(0)->set_size(std::int64_t{1} << 50);
                e.set_size(std::int64_t{1} << 52);
              }),
              StartsWith("OutOfRangeError: Read less bytes than requested"));
  EXPECT_THAT(with([](auto& e) { e.set_dtype(proto::DT_STRING); }), StartsWith("DataLossError: "));
  EXPECT_THAT(
      with([](auto& e) {
        e.set_dtype(proto::DT_STRING);
        e.mutable_shape()->mutable_dim(0)->set_size(1000);
      }),
      StartsWith("DataLossError: Invalid size in bundle entry: key a; stored size 16; expected "
                 "size is at least 1004"));
  put_index(encode_header({}), {{"a", "\xff"}, {"b", entry.SerializeAsString()}});
  EXPECT_THAT(read("a"), StartsWith("DataLossError: Entry for key a not parseable."));
  EXPECT_EQ(read("b"), "no error") << "one bad entry does not make the others unreadable";
}

TEST_F(DamageTest, NamesThatAreNoText) {
  // The field is text, of which protobuf would complain on standard error: dim { name: "\xff" }.
  const std::string entry("\x08\x01\x12\x05\x12\x03\x12\x01\xff", 9);
  put_index(encode_header({}), {{"a", entry}});
  ::testing::internal::CaptureStderr();
  const std::string text = read("a");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(text, StartsWith("DataLossError: Entry for key a not parseable."));
}

TEST_F(DamageTest, SlicesThatLie) {
  const Tensor two = Tensor::vector<float>({1, 2});
  proto::BundleEntryProto whole;
  whole.set_dtype(proto::DT_FLOAT);
  whole.mutable_shape()->add_dim()->set_size(4);
  proto::BundleEntryProto part = whole;
  part.mutable_shape()->mutable_dim(0)->set_size(2);
  part.set_size(8);
  part.set_crc32c(crc32c::mask(crc32c::extend(0, data.data(), 8)));
  const auto add = [&](std::int64_t start, std::int64_t length) {
    auto* extent = whole.add_slices()->add_extent();
    extent->set_start(start);
    extent->set_length(length);
  };
  const std::string first("\0a\0\1\1\1\x80\x82", 8);
  const std::string second("\0a\0\1\1\1\x82\x82", 8);
  const auto result = [&] {
    put_index(encode_header({}), {{"a", whole.SerializeAsString()},
                                  {first, part.SerializeAsString()},
                                  {second, part.SerializeAsString()}});
    return read("a");
  };
  add(0, 2);
  EXPECT_THAT(result(),
              StartsWith("InvalidArgumentError: Does not have sufficient slices for partitioned "
                         "tensor a to restore in slice_spec: -"));
  EXPECT_THAT(Reader("/p", {.file_system = &files}).remarks(),
              ::testing::Contains(HasSubstr("tensor a lacks slices: 2 of 4 elements are there")));
  add(2, 2);
  EXPECT_EQ(result(), "no error");
  add(1, 2);
  EXPECT_THAT(
      result(),
      StartsWith("InternalError: Overlapping slices: existing slice = 0,2, new slice = 1,2"));
  whole.clear_slices();
  add(0, 3);
  add(3, 1);
  EXPECT_THAT(result(), StartsWith("NotFoundError: Key a (slice 0,3) not found in checkpoint"));
  whole.clear_slices();
  add(3, 2);
  EXPECT_THAT(result(), StartsWith("DataLossError: Invalid slice in bundle entry: key a"));
  whole.clear_slices();
  add(0, -7);
  EXPECT_THAT(result(), StartsWith("DataLossError: Invalid slice in bundle entry: key a"));
  whole.clear_slices();
  add(0, 2);
  add(2, 2);
  part.set_dtype(proto::DT_INT32);
  EXPECT_THAT(result(),
              StartsWith("DataLossError: Invalid slice in bundle entry: key a; slice 0,2 is stored "
                         "as int32 [2], the whole as float32 [4]"));
}

TEST_F(DamageTest, MemoryOfTheWrongSize) {
  const Reader reader("/p", {.file_system = &files});
  std::vector<std::byte> out(15);
  EXPECT_THAT(
      error_of([&] { reader.read_into("a", out); }),
      StartsWith("InvalidArgumentError: 15 bytes of memory given for tensor a, bytes 0 to 16"));
  EXPECT_THAT(error_of([&] { reader.read_into("s", out); }),
              StartsWith("InvalidArgumentError: tensor s of type string"));
  out.resize(16);
  reader.read_into("a", out);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(out.data()), 16), data.substr(0, 16));
}

}  // namespace
}  // namespace tensorkeep::bundle
