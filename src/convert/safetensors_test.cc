#include "convert/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint_testing.h"
#include "convert/source.h"
#include "io/memory_file_system.h"

namespace tensorkeep::convert {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

std::string file_of(const std::string& json, const std::string& data) {
  std::string file;
  for (int shift = 0; shift < 64; shift += 8) {
    file += static_cast<char>(std::uint64_t{json.size()} >> shift);
  }
  return file + json + data;
}

Tensor read(const std::string& contents, const std::string& name) {
  io::MemoryFileSystem files;
  files.put("a.safetensors", contents);
  const auto source = open_source(files, "a.safetensors");
  return source->read(source->find(name));
}

TEST(SafetensorsTest, HeadersAreThoseOfTheFormatsLibrary) {
  SafetensorsHeader header;
  header.metadata = {{"a", "b\n\x01\xc3\xa9\""}};
  header.tensors = {{"s", "", float32, {}},
                    {"e", "", float32, {0, 3}},
                    {"b", "", int8, {1}},
                    {"d", "", uint64, {2}},
                    {"c", "", boolean, {3}}};
  const std::string bytes = encode_safetensors_header(header);
  const std::string json =
      "{\"__metadata__\":{\"a\":\"b\\n\\u0001\xc3\xa9\\\"\"},"
      "\"d\":{\"dtype\":\"U64\",\"shape\":[2],\"data_offsets\":[0,16]},"
      "\"e\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[16,16]},"
      "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[16,20]},"
      "\"b\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[20,21]},"
      "\"c\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[21,24]}}";
  EXPECT_EQ(bytes.substr(8, json.size()), json);
  EXPECT_EQ(bytes.size() % 8, 0u);
  EXPECT_EQ(bytes.find_first_not_of(' ', 8 + json.size()), std::string::npos);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x40\1\0\0\0\0\0\0", 8)) << bytes.size();
  SafetensorsHeader empty;
  EXPECT_EQ(encode_safetensors_header(empty), std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
}

TEST(SafetensorsTest, ReadsWhatOthersWrite) {
  const std::string json =
      "\n {\"a\\ud83d\\ude00\\/\\u00e9\" : {\"shape\":[2 , 1],\"data_offsets\":[1, 5],\t"
      "\"dtype\":\"I16\"},\"b\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[0,1]},"
      "\"n\":{\"dtype\":\"F4\",\"shape\":[4],\"data_offsets\":[5,7]}} ";
  const std::string file = file_of(json, std::string("\x07\1\0\2\0xx", 7));
  // Elements need not be aligned.
  EXPECT_TRUE(read(file, "a\xf0\x9f\x98\x80/\xc3\xa9")
                  .identical_to(Tensor::from<std::int16_t>({1, 2}, {2, 1})));
  EXPECT_TRUE(read(file, "b").identical_to(Tensor::vector<bool>({true})));
  io::MemoryFileSystem files;
  files.put("x", file_of("{\"__metadata__\":{\"k\":\"v\"}}", ""));
  const auto source = open_source(files, "x");  // by its contents
  EXPECT_EQ(source->format(), FileFormat::kSafetensors);
  EXPECT_EQ(source->metadata(), (std::map<std::string, std::string>{{"k", "v"}}));
  files.put("y.safetensors", file);
  const auto other = open_source(files, "y.safetensors");
  EXPECT_EQ(other->tensors()[other->find("n")].obstacle, "TensorFlow has no F4 elements");
}

TEST(SafetensorsTest, DamagedFilesSaySo) {
  const std::string a = R"("a":{"dtype":"I8","shape":[3],"data_offsets":[0,3]})";
  const std::pair<std::string, std::string> cases[] = {
      {"[]", "'{' expected at byte 0"},
      {"", "'{' expected at byte 0"},
      {"{" + a, "'}' expected"},
      {"{" + a + "}x", "text behind the end"},
      {"{" + a + "," + a + "}", "the key \"a\" comes twice"},
      {"{" + a + R"(,"b":{"dtype":"I8","shape":[1],"data_offsets":[2,3]}})",
       "tensor b begins at byte 2, the one before ends at 3"},
      {R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[1,3]}})",
       "tensor a begins at byte 1, the one before ends at 0"},
      {R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}})",
       "3 bytes of tensors, but the header tells of 2: the file is truncated or damaged"},
      {R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}})",
       "3 bytes of tensors, but the header tells of 4"},
      {R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,3]}})",
       "tensor a of type I8 and shape (2,) is said to take 3 bytes"},
      {R"({"a":{"dtype":"I8","shape":[3],"data_offsets":[3,0]}})", "lacks its type"},
      {R"({"a":{"dtype":"I8","shape":[3],"data_offsets":[0,3,4]}})", "two offsets expected"},
      {R"({"a":{"dtype":"I8","shape":[3]}})", "tensor a lacks its type, shape or offsets"},
      {R"({"a":{"dtype":"Z9","shape":[3],"data_offsets":[0,3]}})", "unknown type \"Z9\""},
      {R"({"a":{"dtype":"I8","shape":[-3],"data_offsets":[0,3]}})", "a whole number expected"},
      {R"({"a":{"dtype":"I8","shape":[3.0],"data_offsets":[0,3]}})", "a whole number expected"},
      {R"({"a":{"dtype":"I8","shape":[03],"data_offsets":[0,3]}})", "a whole number expected"},
      {R"({"a":{"dtype":"I8","shape":[9223372036854775808],"data_offsets":[0,3]}})",
       "a number is too large"},
      {R"({"a":{"dtype":"I8","shape":[4294967296,4294967296],"data_offsets":[0,3]}})",
       "is said to take 3 bytes"},
      {R"({"a":{"dtype":"I8","shape":[3],"data_offsets":[0,3],"x":1}})", "unknown key \"x\""},
      {R"({"a":3})", "'{' expected"},
      {R"({"__metadata__":{"a":1}})", "'\"' expected"},
      {R"({"__metadata__":{"a":"1","a":"2"}})", "the key \"a\" comes twice"},
      {R"({"a\ud83d":{}})", "half a character"},
      {R"({"a\ude00":{}})", "half a character"},
      {R"({"a\q":{}})", "an unknown escape"},
      {R"({"a\u12)", "four hexadecimal digits expected"},
      {"{\"a\xff\":{}}", "it is no UTF-8"},
      {"{\"a\n\":{}}", "a control character in a string"},
      {"{\"a", "a string has no end"},
  };
  for (const auto& row : cases) {
    const auto& json = row.first;
    const auto& what = row.second;
    const auto error = error_of([&] { read(file_of(json, "abc"), "a"); });
    EXPECT_THAT(error, HasSubstr("DataLossError: a.safetensors: "));
    EXPECT_THAT(error, HasSubstr(what)) << json;
  }
  const std::string deep = "{\"a\":" + std::string(100000, '{');
  EXPECT_THAT(error_of([&] { read(file_of(deep, ""), "a"); }), HasSubstr("DataLossError"));
}

TEST(SafetensorsTest, TheHeadersLengthIsBounded) {
  const auto error = [](const std::string& bytes) { return error_of([&] { read(bytes, "a"); }); };
  EXPECT_EQ(error("1234567"),
            "DataLossError: a.safetensors: not a safetensors file: it is shorter than the length "
            "of its header");
  EXPECT_EQ(error(std::string("\x09\0\0\0\0\0\0\0{}      ", 16)),
            "DataLossError: a.safetensors: not a safetensors file: a header of 9 bytes in a file "
            "of 16; it is truncated, perhaps");
  EXPECT_EQ(error(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10)),
            "DataLossError: a.safetensors: not a safetensors file: a header of "
            "18446744073709551615 bytes; the format allows 100000000");
}

}  // namespace
}  // namespace tensorkeep::convert
