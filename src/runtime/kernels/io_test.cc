#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "run_kernel.h"

// Operations on checkpoints by themselves: what they say of wrong arguments.
namespace tensorkeep::runtime {
namespace {

using ::testing::StartsWith;

class IoKernelsTest : public ::testing::Test {
 protected:
  static Tensor text(const std::string& value) { return Tensor::scalar(value); }
  static Tensor texts(std::vector<std::string> values) { return Tensor::vector(values); }
  static std::string error(const std::string& type, std::vector<Tensor> inputs,
                           const std::map<std::string, Attr>& attrs = {}) {
    try {
      run_kernel(type, std::move(inputs), attrs);
    } catch (const errors::Error& e) {
      return std::string(errors::class_name(e.code())) + ": " + e.what();
    }
    return "no error";
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  Tensor two_ = Tensor::vector<float>({1, 2});
};

TEST_F(IoKernelsTest, SaveAndRestoreV1) {
  run_kernel("Save", {text("p"), texts({"b", "a"}), two_, Tensor::scalar(7)});
  const auto read = [](const char* name, DType dtype) {
    return run_kernel("Restore", {text("p"), text(name)}, {{"dt", dtype}})[0];
  };
  EXPECT_TRUE(read("b", float32).identical_to(two_));
  EXPECT_EQ(read("a", int32).value<std::int32_t>(), 7);
  run_kernel("SaveSlices",
             {text("s"), texts({"v", "v", "w"}), texts({"4 0,2", "4 2,2", ""}), two_, two_, two_});
  const auto slice = [](const char* spec) {
    return run_kernel("RestoreSlice", {text("s"), text("v"), text(spec)}, {{"dt", float32}})[0];
  };
  EXPECT_EQ(slice("").shape(), Shape({4}));
  EXPECT_TRUE(slice("4 1,2").identical_to(Tensor::vector<float>({2, 1})));
  const auto v2 = run_kernel("RestoreV2", {text("s"), texts({"v", "w"}), texts({"4 3,1", ""})},
                             {{"dtypes", std::vector<DType>{float32, float32}}});
  EXPECT_TRUE(v2[0].identical_to(Tensor::vector<float>({2})));
  EXPECT_TRUE(v2[1].identical_to(two_));
}

TEST_F(IoKernelsTest, WhatCannotBeSaved) {
  EXPECT_THAT(error("Save", {texts({"a", "b"}), texts({"v"}), two_}),
              StartsWith("InvalidArgumentError: Input 0 (filename) must be a string scalar; got a "
                         "tensor of 2elements"));
  EXPECT_THAT(error("Save", {text("p"), texts({"v", "w"}), two_}),
              StartsWith("InvalidArgumentError: Expected totally 4 inputs as input #1 (which is a "
                         "string tensor of saved names) contains 2 names, but received 3 inputs"));
  EXPECT_THAT(error("SaveSlices", {text("p"), texts({"v"}), texts({"", ""}), two_}),
              StartsWith("InvalidArgumentError: Expected 1 elements for the tensor shapes and "
                         "slices but got 2"));
  EXPECT_THAT(error("SaveSlices", {text("p"), texts({"v"}), texts({"4 0,3"}), two_}),
              StartsWith("InvalidArgumentError: Slice in shape_and_slice specification does not "
                         "match the shape of the tensor to  save: 4 0,3, tensor: [2]"));
  EXPECT_THAT(error("SaveSlices", {text("p"), texts({"v"}), texts({"4 3,2"}), two_}),
              StartsWith("InternalError: Extent in dimension 0 out of bounds: shape = [4], slice = "
                         "3,2"));
  EXPECT_TRUE(files_.all_files().empty());
}

TEST_F(IoKernelsTest, WhatCannotBeRestored) {
  run_kernel("SaveSlices", {text("p"), texts({"v"}), texts({"4 0,2"}), two_});
  const auto restore = [](Tensor file, Tensor name, const char* spec, DType dtype = float32) {
    return error("RestoreSlice", {std::move(file), std::move(name), text(spec)}, {{"dt", dtype}});
  };
  EXPECT_THAT(restore(text("p"), text("x"), ""),
              StartsWith("NotFoundError: Tensor name \"x\" not found in checkpoint files p"));
  EXPECT_THAT(restore(text("p"), text("v"), "", int32),
              StartsWith("InvalidArgumentError: Expected to restore a tensor of type int32, got a "
                         "tensor of type float instead: tensor_name = v"));
  EXPECT_THAT(restore(text("p"), text("v"), "5 0,2"),
              StartsWith("InvalidArgumentError: Shape in shape_and_slice spec does not match the "
                         "shape in the save file: [5], save file shape: [4]"));
  EXPECT_THAT(restore(text("p"), text("v"), "4 0,3"),
              StartsWith("InvalidArgumentError: Error copying slice data"));
  EXPECT_THAT(restore(text("p"), text("v"), "4"),
              StartsWith("InvalidArgumentError: Need least two elements in shape_and_slice"));
  EXPECT_THAT(
      restore(text("none"), text("v"), ""),
      StartsWith("NotFoundError: Unsuccessful TensorSliceReader constructor: Failed to find "
                 "any matching files for none"));
  EXPECT_THAT(restore(texts({"p", "q"}), text("v"), ""),
              StartsWith("InvalidArgumentError: Input 0 (file_pattern) must be a string scalar; "
                         "got a tensor of 2 elements"));
  EXPECT_THAT(restore(text("p"), texts({}), ""),
              StartsWith("InvalidArgumentError: Input 1 (file_pattern) must be a have at least 1 "
                         "elements"));
}

TEST_F(IoKernelsTest, StaticRegexFullMatch) {
  const std::map<std::string, Attr> s3{{"pattern", std::string("^s3://.*")}};
  const Tensor found =
      run_kernel("StaticRegexFullMatch", {texts({"s3://bucket/m", "/tmp/s3://m", ""})}, s3)[0];
  EXPECT_TRUE(found.identical_to(Tensor::from(std::vector<bool>{true, false, false}, {3})));
  EXPECT_THAT(error("StaticRegexFullMatch", {text("x")}, {{"pattern", std::string("(")}}),
              StartsWith("InvalidArgumentError: Invalid pattern: (, error: "));
  const Tensor of_long_text =
      run_kernel("StaticRegexFullMatch", {text("s3://" + std::string(1 << 20, 'x'))}, s3)[0];
  EXPECT_TRUE(of_long_text.value<bool>());
}

}  // namespace
}  // namespace tensorkeep::runtime
