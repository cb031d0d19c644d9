#include <gmock/gmock.h>

#include <limits>

#include "base/crc32c.h"
#include "slices/format.h"
#include "slices/slices_testing.h"
#include "table/format.h"
#include "table/ordered_code.h"
#include "table/writer.h"
#include "tensorkeep/proto/saved_tensor_slice.pb.h"

// Files that are not what they should be: the class and the words of every error.
namespace tensorkeep::slices {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string as_value(const proto::TensorProto& data) {
  proto::SavedTensorSlices message;
  message.mutable_data()->set_name("a");
  *message.mutable_data()->mutable_data() = data;
  return message.SerializeAsString();
}

class SlicesDamageTest : public ::testing::Test {
 protected:
  SlicesDamageTest() {
    const std::vector<Item> items{{"a", Tensor::vector<float>({1, 2, 3, 4})},
                                  {"i", Tensor::vector<std::int32_t>({1, -2, 300})},
                                  {"s", Tensor::vector<std::string>({"x", "yyy", ""})},
                                  {"z", Tensor::zeros(int32, {0})}};
    write("/p", items, {.file_system = &files});
    good = files.get("/p");
  }
  std::string open() {
    return error_of([&] { open_one("/p", files); });
  }
  // What reading says; verifying must say the same.
  std::string read(const std::string& name) {
    const std::string text = error_of([&] { open_one("/p", files).read(name); });
    EXPECT_EQ(error_of([&] { open_one("/p", files).verify(name); }), text);
    return text;
  }
  void put_table(const std::map<std::string, std::string>& entries) {
    const auto file = files.create("/p", io::FileSystem::Create::kTruncate);
    table::Writer writer(*file);
    for (const auto& [key, value] : entries) writer.add(key, value);
    writer.finish();
  }
  // Reads "a", described as `tensor`, with this value.
  std::string read_value(const SavedTensor& tensor, const std::string& value) {
    put_table({{"", encode_meta({&tensor, 1})},
               {table::encode_slice_key("a", TensorSlice::full(1)), value}});
    return read("a");
  }
  static SavedTensor tensor_of(DType dtype, std::int64_t size) {
    return {"a", dtype, Shape{size}, {TensorSlice::full(1)}};
  }

  io::MemoryFileSystem files;
  std::string good;
};

TEST_F(SlicesDamageTest, EveryByte) {
  const std::string everything = everything_in("/p", files);
  int noticed = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      files.put("/p", bad);
      const std::string text =
          error_of([&] { EXPECT_EQ(everything_in("/p", files), everything) << i; });
      EXPECT_THAT(text, AnyOf("no error", AllOf(StartsWith("DataLossError: "), HasSubstr("/p"))))
          << i;
      noticed += text != "no error";
    }
  }
  // What is not noticed is not read: the footer's padding and the empty metaindex.
  EXPECT_GT(noticed, static_cast<int>(2 * good.size()));
}

TEST_F(SlicesDamageTest, EveryTruncation) {
  for (std::size_t size = 0; size < good.size(); ++size) {
    files.put("/p", good.substr(0, size));
    EXPECT_THAT(
        open(),
        StartsWith(size < 48 ? "DataLossError: Unable to open table file /p: file is too "
                               "short to be an sstable"
                             : "DataLossError: Unable to open table file /p: not an sstable "
                               "(bad magic number)"));
  }
}

// A large value has a block of its own, which is decoded before its checksum is known.
TEST_F(SlicesDamageTest, BytesOfALargeValue) {
  for (const auto& [tensor, name] :
       {std::pair(Tensor::zeros(float32, {400'000}), "float"),
        std::pair(Tensor::from(std::vector<std::int32_t>(400'000, -1), {400'000}), "int"),
        std::pair(Tensor::from(std::vector<std::string>(400'000, "abc"), {400'000}), "string")}) {
    const std::vector<Item> items{{"v", tensor}};
    write("/p", items, {.file_system = &files});
    const std::string bytes = files.get("/p");
    for (const std::size_t at :
         {std::size_t{100}, std::size_t{108}, std::size_t{112}, std::size_t{115}, std::size_t{118},
          bytes.size() / 2, bytes.size() - 160}) {
      for (const int flip : {0x01, 0x80, 0xff}) {
        std::string bad = bytes;
        bad[at] = static_cast<char>(bad[at] ^ flip);
        files.put("/p", bad);
        EXPECT_THAT(read("v"), StartsWith("DataLossError: ")) << name << at << "^" << flip;
      }
    }
    std::string bad = bytes;
    bad[bytes.size() / 2] = static_cast<char>(bad[bytes.size() / 2] ^ 1);
    files.put("/p", bad);
    EXPECT_THAT(read("v"), StartsWith("DataLossError: block checksum mismatch: /p, bytes "));
  }
}

TEST_F(SlicesDamageTest, TablesThatAreNoCheckpoint) {
  put_table({{"a", "x"}});
  EXPECT_EQ(open(),
            "DataLossError: Failed to find the saved tensor slices at the beginning of the "
            "checkpoint file: /p: the file is a table, but no V1 checkpoint");
  put_table({{"", "\xff\xff"}});
  EXPECT_EQ(open(),
            "DataLossError: Failed to find the saved tensor slices at the beginning of the "
            "checkpoint file: /p: the record is no list of tensors");
  std::string bad = good;
  bad[10] = static_cast<char>(bad[10] ^ 1);
  files.put("/p", bad);
  EXPECT_THAT(open(), StartsWith("DataLossError: Failed to find the saved tensor slices at the "
                                 "beginning of the checkpoint file: /p: block checksum mismatch"));
  EXPECT_EQ(error_of([&] { open_one("/none", files); }),
            "NotFoundError: /none; No such file or directory");
}

TEST_F(SlicesDamageTest, Versions) {
  proto::SavedTensorSlices message;
  put_table({{"", message.SerializeAsString()}});
  EXPECT_EQ(open(), "no error") << "very old files say nothing";
  message.mutable_meta()->mutable_versions()->set_min_consumer(2);
  put_table({{"", message.SerializeAsString()}});
  EXPECT_THAT(open(), StartsWith("InvalidArgumentError: Checkpoint min consumer version 2 above "
                                 "current version 1"));
  message.mutable_meta()->mutable_versions()->set_min_consumer(0);
  message.mutable_meta()->mutable_versions()->add_bad_consumers(1);
  put_table({{"", message.SerializeAsString()}});
  EXPECT_THAT(open(), StartsWith("InvalidArgumentError: Checkpoint disallows consumer version 1"));
}

TEST_F(SlicesDamageTest, MissingTensorsAndRecords) {
  EXPECT_EQ(read("nope"), "NotFoundError: Tensor name \"nope\" not found in checkpoint files /p");
  const SavedTensor tensor = tensor_of(float32, 4);
  put_table({{"", encode_meta({&tensor, 1})}});
  EXPECT_EQ(
      read("a"),
      "DataLossError: Error copying slice data: tensor a is in the list of /p, but not in the "
      "file");
}

TEST_F(SlicesDamageTest, DescriptionsThatLie) {
  proto::SavedTensorSlices message;
  auto& saved = *message.mutable_meta()->add_tensor();
  saved.set_name("a");
  saved.set_type(proto::DT_FLOAT);
  saved.mutable_shape()->add_dim()->set_size(4);
  saved.add_slice()->add_extent();
  proto::TensorProto four;
  for (int i = 0; i < 4; ++i) four.add_float_val(1);
  const auto with = [&](auto change) {
    proto::SavedTensorSlices changed = message;
    change(*changed.mutable_meta()->mutable_tensor(0));
    put_table({{"", changed.SerializeAsString()},
               {table::encode_slice_key("a", TensorSlice::full(1)), as_value(four)}});
    return read("a");
  };
  EXPECT_EQ(with([](auto&) {}), "no error");
  EXPECT_EQ(with([](auto& m) { m.set_type(static_cast<proto::DataType>(77)); }),
            "DataLossError: Invalid type 77 of tensor a (/p)");
  EXPECT_EQ(with([](auto& m) { m.set_type(proto::DT_FLOAT_REF); }),
            "DataLossError: Invalid type 101 of tensor a (/p)");
  EXPECT_THAT(with([](auto& m) { m.set_type(proto::DT_UINT32); }),
              StartsWith("UnimplementedError: Restoring data type uint32 not yet supported: tensor "
                         "a in /p"));
  EXPECT_THAT(with([](auto& m) { m.set_type(proto::DT_RESOURCE); }),
              StartsWith("UnimplementedError: "));
  EXPECT_THAT(with([](auto& m) { m.mutable_shape()->mutable_dim(0)->set_size(-1); }),
              StartsWith("DataLossError: Invalid tensor shape: a"));
  EXPECT_THAT(with([](auto& m) { m.mutable_shape()->set_unknown_rank(true); }),
              StartsWith("DataLossError: Invalid tensor shape: a"));
  EXPECT_THAT(with([](auto& m) {
                for (int i = 0; i < 3; ++i) {
                  m.mutable_shape()->add_dim()->set_size(std::int64_t{1} << 40);
                }
              }),
              StartsWith("DataLossError: Invalid tensor shape: a"));
  EXPECT_THAT(with([](auto& m) { m.mutable_shape()->add_dim()->set_size(1); }),
              StartsWith("DataLossError: Invalid slice of tensor a: "));
  EXPECT_THAT(with([](auto& m) { m.mutable_slice(0)->mutable_extent(0)->set_length(5); }),
              StartsWith("DataLossError: Invalid slice of tensor a: "));
  EXPECT_THAT(with([](auto& m) { m.mutable_slice(0)->mutable_extent(0)->set_length(-7); }),
              StartsWith("DataLossError: Invalid slice of tensor a: "));
  EXPECT_THAT(with([](auto& m) { m.add_slice()->add_extent(); }),
              StartsWith("InternalError: Overlapping slices: existing slice = -, new slice = - "
                         "(tensor a)"));
  // No file has so many elements.
  EXPECT_THAT(
      with([](auto& m) { m.mutable_shape()->mutable_dim(0)->set_size(std::int64_t{1} << 61); }),
      StartsWith(
          "DataLossError: Invalid value of tensor a: no 2305843009213693952 elements of type "
          "float32 in "));
}

TEST_F(SlicesDamageTest, MissingSlicesAreARemarkAndAnErrorOfReading) {
  const SavedTensor tensor{"a", float32, Shape{4}, {}};
  put_table({{"", encode_meta({&tensor, 1})}});
  const Reader reader = open_one("/p", files);
  EXPECT_EQ(
      error_of([&] { reader.read("a"); }),
      "InvalidArgumentError: Error copying slice data: tensor a is wanted in slice -, but only "
      "0 of its 4 elements are in /p");
  EXPECT_THAT(reader.remarks(),
              ::testing::ElementsAre("/p: tensor a lacks slices: 0 of 4 elements are there"));
}

TEST_F(SlicesDamageTest, FilesThatDisagree) {
  const std::vector<Item> other{{"a", Tensor::vector<float>({1, 2, 3})},
                                {"i", Tensor::vector<float>({1, 2, 3})},
                                {"s", Tensor::vector<std::string>({"x", "yyy", ""})},
                                {"own", Tensor::scalar(1.0f)}};
  write("/q", other, {.file_system = &files});
  const Reader reader("/pq", {"/p", "/q"}, {.file_system = &files});
  EXPECT_EQ(
      error_of([&] { reader.read("a"); }),
      "DataLossError: Incompatible tensor shapes detected for tensor a: existing = [4], new = "
      "[3] (/pq)");
  EXPECT_EQ(error_of([&] { reader.read("i"); }),
            "DataLossError: Incompatible tensor types detected for tensor i: existing = int32, new "
            "= float (/pq)");
  EXPECT_THAT(error_of([&] { reader.read("s"); }), StartsWith("InternalError: Overlapping slices"));
  EXPECT_EQ(error_of([&] { reader.read("own"); }), "no error");
}

TEST_F(SlicesDamageTest, ValuesThatLie) {
  proto::TensorProto floats;
  for (int i = 0; i < 4; ++i) floats.add_float_val(1);
  EXPECT_EQ(read_value(tensor_of(float32, 4), as_value(floats)), "no error");
  EXPECT_THAT(read_value(tensor_of(float32, 3), as_value(floats)),
              StartsWith("DataLossError: Invalid value of tensor a: 4 elements of type float32, "
                         "expected 3: /p"));
  EXPECT_THAT(read_value(tensor_of(float32, 5), as_value(floats)),
              StartsWith("DataLossError: Invalid value of tensor a: 4 elements of type float32, "
                         "expected 5: /p"));
  EXPECT_THAT(read_value(tensor_of(float32, 50), as_value(floats)),
              StartsWith("DataLossError: Invalid value of tensor a: no 50 elements of type float32 "
                         "in 25 bytes: /p"));
  EXPECT_THAT(read_value(tensor_of(int32, 4), as_value(floats)),
              StartsWith("DataLossError: Invalid value of tensor a: 0 elements of type int32"));
  proto::TensorProto ints;
  for (const int value : {1, -1, 300}) ints.add_int_val(value);
  EXPECT_EQ(read_value(tensor_of(int16, 3), as_value(ints)), "no error");
  EXPECT_THAT(read_value(tensor_of(int8, 2), as_value(ints)),
              StartsWith("DataLossError: Invalid value of tensor a: 3 elements of type int8"));
  EXPECT_THAT(read_value(tensor_of(int8, 4), as_value(ints)),
              StartsWith("DataLossError: Invalid value of tensor a: 3 elements of type int8"));
  proto::TensorProto strings;
  strings.add_string_val("x");
  EXPECT_EQ(read_value(tensor_of(DType::kString, 1), as_value(strings)), "no error");
  EXPECT_THAT(read_value(tensor_of(DType::kString, 0), as_value(strings)),
              StartsWith("DataLossError: Invalid value of tensor a: 1 elements of type string, "
                         "expected 0"));
  EXPECT_THAT(read_value(tensor_of(DType::kString, 2), as_value(strings)),
              StartsWith("DataLossError: Invalid value of tensor a: 1 elements of type string, "
                         "expected 2"));
  // Cut off anywhere, or with a field that is no field, the value is not all there.
  const std::string whole = as_value(ints);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(read_value(tensor_of(int16, 3), whole.substr(0, size)),
                StartsWith("DataLossError: "))
        << size;
  }
  EXPECT_THAT(read_value(tensor_of(float32, 1), std::string("\x0f\0\0\0\0\0", 6)),
              StartsWith("DataLossError: Invalid value of tensor a: an unknown kind of field: /p"));
  EXPECT_THAT(read_value(tensor_of(float32, 1), std::string("\x12\x7f\0\0\0\0", 6)),
              StartsWith("DataLossError: Invalid value of tensor a: a field is longer than the "
                         "record: /p"));
}

// Lists in other forms than ours, which readers of the format have to take.
TEST_F(SlicesDamageTest, ListsOfOneNumberAFieldAndUnknownFields) {
  const auto wrap = [](const std::string& tensor) {
    const std::string slice = std::string("\x1a") + static_cast<char>(tensor.size()) + tensor;
    return std::string("\x12") + static_cast<char>(slice.size()) + slice;
  };
  // float_val: 1.0 (no packed list), a string field 99, and a packed list of 2.0.
  const std::string floats("\x2d\0\0\x80\x3f\x9a\x06\x01x\x2a\x04\0\0\0\x40", 15);
  EXPECT_EQ(read_value(tensor_of(float32, 2), wrap(floats)), "no error");
  EXPECT_EQ(open_one("/p", files).read("a").data<float>()[1], 2.0f);
  const std::string ints("\x38\x05\x3a\x02\x06\x07\x38\x08", 8);
  EXPECT_EQ(read_value(tensor_of(int32, 4), wrap(ints)), "no error");
  EXPECT_EQ(open_one("/p", files).read("a").data<std::int32_t>()[3], 8);
}

}  // namespace
}  // namespace tensorkeep::slices
