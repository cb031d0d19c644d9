#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/session.h"

// The errors' words are TensorFlow 2.21's, but for the array's name, which has a counter there.
namespace tensorkeep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TensorArrayTest : public testing::Test {
 protected:
  // An array and what was written to it last.
  struct Array {
    Output handle;
    Output flow;
  };

  Array make(int size, const std::map<std::string, Attr>& attrs = {}) {
    OpBuilder builder("TensorArrayV3");
    builder.input(constant(size)).attr("dtype", float32).attr("tensor_array_name", "arr");
    for (const auto& [name, value] : attrs) builder.attr(name, value);
    const auto outputs = builder.outputs();
    return {outputs[0], outputs[1]};
  }
  Array write(const Array& array, int index, const Literal& value) {
    return {array.handle, OpBuilder("TensorArrayWriteV3")
                              .input(array.handle)
                              .input(constant(index))
                              .input(constant(value))
                              .input(array.flow)
                              .output()};
  }
  Output read(const Array& array, int index, DType dtype = float32) {
    return OpBuilder("TensorArrayReadV3")
        .input(array.handle)
        .input(constant(index))
        .input(array.flow)
        .attr("dtype", dtype)
        .output();
  }
  Output gather(const Array& array, const std::vector<int>& indices) {
    return OpBuilder("TensorArrayGatherV3")
        .input(array.handle)
        .input(constant(indices, {.dtype = int32}))
        .input(array.flow)
        .attr("dtype", float32)
        .output();
  }
  Array scatter(const Array& array, const std::vector<int>& indices, const Literal& value) {
    return {array.handle, OpBuilder("TensorArrayScatterV3")
                              .input(array.handle)
                              .input(constant(indices))
                              .input(constant(value))
                              .input(array.flow)
                              .output()};
  }
  Array split(const Array& array, const Literal& value, const Literal& lengths) {
    return {array.handle, OpBuilder("TensorArraySplitV3")
                              .input(array.handle)
                              .input(constant(value))
                              .input(constant(lengths, {.dtype = int64}))
                              .input(array.flow)
                              .output()};
  }
  std::vector<Output> concat(const Array& array) {
    return OpBuilder("TensorArrayConcatV3")
        .input(array.handle)
        .input(array.flow)
        .attr("dtype", float32)
        .outputs();
  }
  Output size(const Array& array) {
    return OpBuilder("TensorArraySizeV3").input(array.handle).input(array.flow).output();
  }

  Tensor run(const Output& fetch) {
    Session session(graph_);
    return session.run(fetch);
  }
  std::vector<float> floats(const Output& fetch) {
    const Tensor value = run(fetch);
    return {value.data<float>().begin(), value.data<float>().end()};
  }
  template <typename E = errors::InvalidArgumentError>
  std::string error_of(const Output& fetch) {
    try {
      run(fetch);
    } catch (const E& error) {
      return error.message();
    }
    ADD_FAILURE() << "nothing thrown";
    return "";
  }

  Graph graph_;
  Graph::AsDefault scope_{graph_};
};

TEST_F(TensorArrayTest, HoldsWhatIsWritten) {
  const Array two = write(write(make(2), 0, {1.0, 2.0}), 1, {3.0, 4.0});
  EXPECT_THAT(floats(read(two, 1)), ElementsAre(3, 4));
  const Tensor stacked = run(gather(two, {1, 0}));
  EXPECT_EQ(stacked.shape(), Shape({2, 2}));
  EXPECT_THAT(stacked.data<float>(), ElementsAre(3, 4, 1, 2));
  EXPECT_EQ(run(size(two)).value<std::int32_t>(), 2);
}

TEST_F(TensorArrayTest, ScatterAndSplitTakeApartWhatGatherAndConcatJoin) {
  const Array scattered = scatter(make(2), {1, 0}, {{1.0, 2.0}, {3.0, 4.0}});
  EXPECT_THAT(floats(read(scattered, 1)), ElementsAre(1, 2));
  const Array parts = split(make(2), {1.0, 2.0, 3.0}, {1, 2});
  EXPECT_THAT(floats(read(parts, 1)), ElementsAre(2, 3));
  Session session(graph_);
  const auto outputs = concat(parts);
  const auto joined = session.run({outputs[0], outputs[1]});
  EXPECT_THAT(joined[0].data<float>(), ElementsAre(1, 2, 3));
  EXPECT_THAT(joined[1].data<std::int64_t>(), ElementsAre(1, 2));
}

TEST_F(TensorArrayTest, GrowsIfItMay) {
  const Array grown = write(make(2, {{"dynamic_size", true}}), 2000000000, 1.0);
  EXPECT_EQ(run(size(grown)).value<std::int32_t>(), 2000000001) << "without taking the memory";
  EXPECT_EQ(
      error_of(write(make(2), 5, 1.0).flow)
          .find("TensorArray arr: Tried to write to index 5 but array is not resizeable and size "
                "is: 2"),
      0u);
}

TEST_F(TensorArrayTest, UnwrittenElementsAreZerosWhereTheShapeIsKnown) {
  EXPECT_THAT(floats(read(make(2, {{"element_shape", Shape{2}}}), 1)), ElementsAre(0, 0));
  const Array written = write(make(2, {{"identical_element_shapes", true}}), 0, {5.0});
  EXPECT_THAT(floats(read(written, 1)), ElementsAre(0));
  EXPECT_THAT(error_of(read(write(make(2), 0, 1.0), 1)),
              HasSubstr("Could not read from TensorArray index 1.  Furthermore, the element shape "
                        "is not fully defined: <unknown>."));
}

TEST_F(TensorArrayTest, AnElementIsWrittenOnceAndReadOnce) {
  const Array once = write(make(1), 0, 1.0);
  EXPECT_THAT(error_of(write(once, 0, 2.0).flow), HasSubstr("it has already been written to."));
  const Output first = read(once, 0);
  const ControlDependencies after({&first.op()});
  EXPECT_THAT(error_of(read(once, 0)), HasSubstr("Could not read index 0 twice because it was "
                                                 "cleared after a previous read"));
  EXPECT_THAT(error_of(write(once, 0, 2.0).flow), HasSubstr("it has already been read."));
}

TEST_F(TensorArrayTest, WhatDoesNotFitIsSaid) {
  EXPECT_THAT(error_of(make(-1).flow), HasSubstr("Size should be >= 0."));
  EXPECT_THAT(error_of(write(make(1), 0, 1).flow),
              HasSubstr("TensorArray dtype is float but Op is trying to write dtype int32."));
  EXPECT_THAT(error_of(read(write(make(1), 0, 1.0), 0, int32)),
              HasSubstr("TensorArray dtype is float but Op requested dtype int32."));
  EXPECT_THAT(error_of(read(make(2), 2)),
              HasSubstr("Tried to read from index 2 but array size is: 2"));
  const Array threes = make(1, {{"element_shape", Shape{3}}});
  const auto write_one = [&](const Output& handle) {
    return OpBuilder("TensorArrayWriteV3")
        .input(handle)
        .input(constant(0))
        .input(constant({1.0}, {.dtype = float32}))
        .input(threes.flow)
        .output();
  };
  EXPECT_THROW(write_one(threes.handle), errors::InvalidArgumentError);  // as the graph knows it
  const Output unknown = placeholder_with_default(threes.handle, Shape::unknown());
  EXPECT_THAT(error_of(write_one(unknown)),
              HasSubstr("because the value shape is [1] which is incompatible with the "
                        "TensorArray's inferred element shape: [3]"));
  const Array uneven = write(write(make(2), 0, {1.0}), 1, {1.0, 2.0});
  EXPECT_THAT(error_of(gather(uneven, {0, 1})),
              HasSubstr("TensorArray has inconsistent shapes.  Index 0 has shape: [1] but index 1 "
                        "has shape: [2]"));
  EXPECT_THAT(error_of(concat(write(make(1), 0, 1.0))[0]),
              HasSubstr("Concat saw a scalar shape at index 0"));
  EXPECT_THAT(error_of(scatter(make(2), {0, 5}, {1.0, 2.0}).flow),
              HasSubstr("Max scatter index must be < array size (5 vs. 2)"));
  EXPECT_THAT(error_of(split(make(2), {1.0, 2.0, 3.0}, {1, 1}).flow),
              HasSubstr("Expected sum of lengths to be equal to values.shape[0], but sum of "
                        "lengths is 2 and value's shape is: [3]"));
  EXPECT_THAT(error_of(split(make(2), {1.0, 2.0, 3.0}, {1, 1, 1}).flow),
              HasSubstr("TensorArray's size is not equal to the size of lengths (2 vs. 3)"));
  EXPECT_THAT(error_of<errors::UnimplementedError>(gather(make(2), {})),
              HasSubstr("TensorArray has size zero, but element shape <unknown> is not fully "
                        "defined."));
}

}  // namespace
}  // namespace tensorkeep
