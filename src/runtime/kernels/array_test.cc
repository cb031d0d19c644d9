#include <gtest/gtest.h>

#include "run_kernel.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/literal.h"

// Expected values are those of TensorFlow (and numpy).
namespace tensorkeep::runtime {
namespace {

Tensor ints(const Literal& literal) {
  return literal.to_tensor(int32);
}
Tensor floats(const Literal& literal) {
  return literal.to_tensor(float32);
}
// 0, 1, 2, ... in a shape.
Tensor counting(Shape shape) {
  Tensor tensor(float32, std::move(shape));
  float next = 0;
  for (float& value : tensor.mutable_data<float>()) value = next++;
  return tensor;
}

void expect_same(const Tensor& got, const Tensor& want) {
  EXPECT_TRUE(got.identical_to(want))
      << "got " << got.to_string() << " " << got.shape().to_string() << " want " << want.to_string()
      << " " << want.shape().to_string();
}

void expect_error(const std::string& op, std::vector<Tensor> inputs,
                  const std::map<std::string, Attr>& attrs, const std::string& message) {
  try {
    run_kernel(op, std::move(inputs), attrs);
    ADD_FAILURE() << op << " passed";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.message().rfind(message, 0), 0u) << error.message();
  }
}

TEST(ArrayKernels, ReshapeSharesTheBuffer) {
  const Tensor x = counting({2, 3});
  const Tensor y = run_kernel("Reshape", {x, ints({3, -1})})[0];
  expect_same(y, counting({3, 2}));
  EXPECT_TRUE(y.shares_buffer_with(x));
  EXPECT_TRUE(run_kernel("ExpandDims", {x, ints(-1)})[0].shape() == Shape({2, 3, 1}));
  EXPECT_TRUE(run_kernel("Squeeze", {counting({1, 2, 1})})[0].shape() == Shape({2}));
  EXPECT_TRUE(
      run_kernel("Squeeze", {counting({1, 2, 1})}, {{"squeeze_dims", std::vector<int>{-1}}})[0]
          .shape() == Shape({1, 2}));
  expect_error("Reshape", {x, ints({4})}, {},
               "Input to reshape is a tensor with 6 values, but the requested shape has 4");
  expect_error("Reshape", {x, ints({4, -1})}, {},
               "Input to reshape is a tensor with 6 values, but the requested shape requires a "
               "multiple of 4");
  expect_error("Squeeze", {x}, {{"squeeze_dims", std::vector<int>{0}}},
               "Can not squeeze dim[0], expected a dimension of 1, got 2");
}

TEST(ArrayKernels, ConcatAndSplitAreInverse) {
  const Tensor x = counting({2, 5});
  const auto parts = run_kernel("SplitV", {x, ints({2, -1}), ints(1)}, {{"num_split", 2}});
  expect_same(parts[0], floats({{0, 1}, {5, 6}}));
  expect_same(parts[1], floats({{2, 3, 4}, {7, 8, 9}}));
  expect_same(run_kernel("ConcatV2", {parts[0], parts[1], ints(-1)})[0], x);
  const auto rows = run_kernel("Split", {ints(0), x}, {{"num_split", 2}});
  expect_same(rows[1], floats({{5, 6, 7, 8, 9}}));
  EXPECT_TRUE(rows[1].shares_buffer_with(x));
  const Tensor text = Literal({"a", "bc"}).to_tensor();
  expect_same(run_kernel("ConcatV2", {text, text, ints(0)})[0],
              Literal({"a", "bc", "a", "bc"}).to_tensor());
  expect_error(
      "Split", {ints(1), x}, {{"num_split", 2}},
      "Number of ways to split should evenly divide the split dimension, but got split_dim "
      "1 (size = 5) and num_split 2");
}

TEST(ArrayKernels, PackAndUnpackAreInverse) {
  const Tensor a = floats({1, 2});
  const Tensor b = floats({3, 4});
  const Tensor columns = run_kernel("Pack", {a, b}, {{"axis", 1}})[0];
  expect_same(columns, floats({{1, 3}, {2, 4}}));
  const auto back = run_kernel("Unpack", {columns}, {{"num", 2}, {"axis", -1}});
  expect_same(back[0], a);
  expect_same(back[1], b);
  expect_same(run_kernel("Unpack", {columns}, {{"num", 2}, {"axis", 0}})[1], floats({2, 4}));
}

TEST(ArrayKernels, Slices) {
  const Tensor x = counting({3, 4});
  expect_same(run_kernel("Slice", {x, ints({1, 1}), ints({-1, 2})})[0], floats({{5, 6}, {9, 10}}));
  // x[::-2, 1], with its gradient
  const std::vector<Tensor> spec = {ints({0, 1}), ints({0, 2}), ints({-2, 1})};
  const std::map<std::string, Attr> masks = {
      {"begin_mask", 1}, {"end_mask", 1}, {"shrink_axis_mask", 2}};
  expect_same(run_kernel("StridedSlice", {x, spec[0], spec[1], spec[2]}, masks)[0], floats({9, 1}));
  expect_same(run_kernel("StridedSliceGrad",
                         {ints({3, 4}), spec[0], spec[1], spec[2], floats({7, 8})}, masks)[0],
              floats({{0, 8, 0, 0}, {0, 0, 0, 0}, {0, 7, 0, 0}}));
  // x[..., None, 3]
  expect_same(run_kernel("StridedSlice", {x, ints({0, 0, 3}), ints({0, 0, 4}), ints({1, 1, 1})},
                         {{"ellipsis_mask", 1}, {"new_axis_mask", 2}, {"shrink_axis_mask", 4}})[0],
              floats({{3}, {7}, {11}}));
  expect_error("StridedSlice", {x, ints({5}), ints({6}), ints({1})}, {{"shrink_axis_mask", 1}},
               "slice index 5 of dimension 0 out of bounds.");
  expect_error("Slice", {x, ints({0, 3}), ints({1, 2})}, {},
               "Expected size[1] in [0, 1], but got 2");
}

TEST(ArrayKernels, MoveWholeDimensions) {
  const Tensor x = counting({2, 3});
  expect_same(run_kernel("Transpose", {x, ints({1, 0})})[0], floats({{0, 3}, {1, 4}, {2, 5}}));
  expect_same(run_kernel("Transpose", {counting({2, 1, 3}), ints({2, 1, 0})})[0],
              floats({{{0, 3}}, {{1, 4}}, {{2, 5}}}));
  expect_same(run_kernel("Tile", {x, ints({1, 2})})[0],
              floats({{0, 1, 2, 0, 1, 2}, {3, 4, 5, 3, 4, 5}}));
  expect_same(run_kernel("Pad", {x, ints({{1, 0}, {0, 1}})})[0],
              floats({{0, 0, 0, 0}, {0, 1, 2, 0}, {3, 4, 5, 0}}));
  expect_same(run_kernel("PadV2", {floats({1, 2}), ints({{1, 1}}), floats(9)})[0],
              floats({9, 1, 2, 9}));
  expect_same(run_kernel("ReverseV2", {x, ints({-1})})[0], floats({{2, 1, 0}, {5, 4, 3}}));
  expect_same(run_kernel("BroadcastTo", {floats({{1}, {2}}), ints({2, 2, 3})})[0],
              floats({{{1, 1, 1}, {2, 2, 2}}, {{1, 1, 1}, {2, 2, 2}}}));
  expect_error("Transpose", {x, ints({0, 0})}, {}, "0 is missing from {0,0}.");
  expect_error("Pad", {x, ints({{1, 0}})}, {},
               "The first dimension of paddings must be the rank of inputs[1,2] [2,3]");
}

TEST(ArrayKernels, GatherAndScatter) {
  const Tensor x = counting({3, 2});
  expect_same(run_kernel("GatherV2", {x, ints({2, 0, 2}), ints(0)})[0],
              floats({{4, 5}, {0, 1}, {4, 5}}));
  expect_same(run_kernel("GatherV2", {x, ints({{1}, {0}}), ints(1)})[0],
              floats({{{1}, {0}}, {{3}, {2}}, {{5}, {4}}}));
  expect_same(run_kernel("GatherV2", {x, ints({{1}, {0}, {1}}), ints(1)}, {{"batch_dims", 1}})[0],
              floats({{1}, {2}, {5}}));
  expect_same(run_kernel("GatherNd", {x, ints({{2, 1}, {0, 0}})})[0], floats({5, 0}));
  expect_same(run_kernel("ScatterNd", {ints({{1}, {3}, {1}}), floats({1, 2, 4}), ints({5})})[0],
              floats({0, 5, 0, 2, 0}));
  expect_error("GatherV2", {x, ints({0, 3}), ints(0)}, {}, "indices[1] = 3 is not in [0, 3)");
  expect_error("GatherNd", {x, ints({{0, 2}})}, {},
               "indices[0] = [0, 2] does not index into param shape [3,2]");
}

TEST(ArrayKernels, OneHotAndWhere) {
  const Tensor on = floats(1);
  const Tensor off = floats(0);
  expect_same(run_kernel("OneHot", {ints({0, 2, -1}), ints(3), on, off})[0],
              floats({{1, 0, 0}, {0, 0, 1}, {0, 0, 0}}));
  expect_same(run_kernel("OneHot", {ints({0, 2}), ints(3), on, off}, {{"axis", 0}})[0],
              floats({{1, 0}, {0, 0}, {0, 1}}));
  expect_same(run_kernel("Where", {floats({{0, 2}, {3, 0}})})[0],
              Literal({{0, 1}, {1, 0}}).to_tensor(int64));
}

TEST(ArrayKernels, ShapesAndHelpersOfGradients) {
  expect_same(run_kernel("Shape", {counting({2, 3})})[0], ints({2, 3}));
  expect_same(run_kernel("Size", {counting({2, 3})})[0], ints(6));
  expect_same(run_kernel("Fill", {ints({2}), Literal("x").to_tensor()})[0],
              Literal({"x", "x"}).to_tensor());
  const auto offsets = run_kernel("ConcatOffset", {ints(1), ints({2, 3}), ints({2, 5})});
  expect_same(offsets[0], ints({0, 0}));
  expect_same(offsets[1], ints({0, 3}));
  const auto axes = run_kernel("BroadcastGradientArgs", {ints({2, 1, 3}), ints({4, 3})});
  expect_same(axes[0], ints({1}));
  expect_same(axes[1], ints({0}));
  const auto none = run_kernel("BroadcastGradientArgs", {ints({2, 1}), ints({2, 1})});
  EXPECT_EQ(none[0].num_elements() + none[1].num_elements(), 0);
  expect_same(run_kernel("InvertPermutation", {ints({2, 0, 1})})[0], ints({1, 2, 0}));
  expect_error("InvertPermutation", {ints({0, 0})}, {}, "0 is duplicated in the input.");
  expect_error("BroadcastGradientArgs", {ints({2}), ints({3})}, {},
               "Incompatible shapes: [2] vs. [3]");
}

}  // namespace
}  // namespace tensorkeep::runtime
