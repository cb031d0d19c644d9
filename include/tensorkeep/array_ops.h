#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"

// Making, reshaping, joining and cutting tensors. Shapes are literals, tensors or a known Shape.
// Every function adds nodes with TensorFlow's names to the graph of its inputs, and throws
// InvalidArgumentError (ValueError or TypeError) where shapes or types do not fit.
namespace tensorkeep {

// A value that must be fed. Without a shape anything may be fed.
Output placeholder(DType dtype, const Shape& shape = Shape::unknown(), const Name& name = {});
Output placeholder_with_default(const Input& input, const Shape& shape, const Name& name = {});

Output identity(const Input& input, const Name& name = {});
// The input, of which gradients know nothing.
Output stop_gradient(const Input& input, const Name& name = {});
std::vector<Output> identity_n(const std::vector<Input>& inputs, const Name& name = {});

// Below 1000 elements a Const, else a Fill.
Output zeros(const Input& shape, DType dtype = float32, const Name& name = {});
Output ones(const Input& shape, DType dtype = float32, const Name& name = {});
Output fill(const Input& dims, const Input& value, const Name& name = {});

struct LikeOptions {
  std::optional<DType> dtype = std::nullopt;  // the input's own
  std::string name = {};
  bool optimize = true;  // a constant where the shape is known already
};
Output zeros_like(const Input& tensor, const LikeOptions& options = {});
Output ones_like(const Input& tensor, const LikeOptions& options = {});

struct ShapeOptions {
  std::string name = {};
  DType out_type = int32;
  bool optimize = true;  // a Const where the shape is known already
};
Output shape(const Input& input, const ShapeOptions& options = {});
Output size(const Input& input, const ShapeOptions& options = {});
Output rank(const Input& input, const Name& name = {});
std::vector<Output> shape_n(const std::vector<Input>& inputs, const ShapeOptions& options = {});

// One dimension may be -1: it takes what is left.
Output reshape(const Input& tensor, const Input& shape, const Name& name = {});
// A dimension of size 1 at `axis`; -1 puts it last.
Output expand_dims(const Input& input, const Input& axis, const Name& name = {});
// Without the dimensions of size 1, or without those of `axis` alone.
Output squeeze(const Input& input, const std::vector<int>& axis = {}, const Name& name = {});
// The dimensions in the order `perm`; without one, reversed.
Output transpose(const Input& a, const Input& perm = {}, const Name& name = {});
Output broadcast_to(const Input& input, const Input& shape, const Name& name = {});
Output bitcast(const Input& input, DType type, const Name& name = {});

// Along the dimension `axis`, which counts from the end where it is negative.
Output concat(const std::vector<Input>& values, const Input& axis, const Name& name = {});
std::vector<Output> split(const Input& value, int num_splits, const Input& axis = 0,
                          const Name& name = {});
// Parts of the given sizes; one of them may be -1.
std::vector<Output> split(const Input& value, const std::vector<int>& size_splits,
                          const Input& axis = 0, const Name& name = {});

struct AxisOptions {
  int axis = 0;
  std::string name = {};
};
// Joins tensors of one shape along a new dimension. Literals and tensors may be mixed.
Output stack(const std::vector<Input>& values, const AxisOptions& options = {});

struct UnstackOptions {
  std::optional<int> num = std::nullopt;  // from the shape
  int axis = 0;
  std::string name = {};
};
std::vector<Output> unstack(const Input& value, const UnstackOptions& options = {});

// `size` elements from `begin` on in each dimension; a size of -1 is what is left.
Output slice(const Input& input, const Input& begin, const Input& size, const Name& name = {});

// Bit i of a mask speaks of entry i of begin, end and strides.
struct StridedSliceOptions {
  int begin_mask = 0;        // begin[i] is the first element
  int end_mask = 0;          // end[i] is behind the last element
  int ellipsis_mask = 0;     // entry i stands for as many whole dimensions as are left
  int new_axis_mask = 0;     // entry i is a new dimension of size 1
  int shrink_axis_mask = 0;  // entry i takes one element and drops the dimension
  std::string name = {};
};
Output strided_slice(const Input& input, const Input& begin, const Input& end,
                     const StridedSliceOptions& options = {});
Output strided_slice(const Input& input, const Input& begin, const Input& end, const Input& strides,
                     const StridedSliceOptions& options = {});

// begin:end:step, of which each may be left out: Span{1, 3}, Span{.end = -1}, Span{}.
struct Span {
  Input begin = {};
  Input end = {};
  Input step = {};
};
struct NewAxis {};
struct Ellipsis {};
inline constexpr NewAxis newaxis = {};
inline constexpr Ellipsis ellipsis = {};

// What Python puts between brackets: an index (integer or scalar tensor), a Span, newaxis,
// ellipsis.
class Subscript {
 public:
  Subscript(int index) : value_(Input(index)) {}
  Subscript(Output index) : value_(Input(index)) {}
  Subscript(Span span) : value_(std::move(span)) {}
  Subscript(NewAxis axis) : value_(axis) {}
  Subscript(Ellipsis rest) : value_(rest) {}
  const std::variant<Input, Span, NewAxis, Ellipsis>& value() const { return value_; }

 private:
  std::variant<Input, Span, NewAxis, Ellipsis> value_;
};
// Python's x[1:3, ::2, None, 0] is getitem(x, {Span{1, 3}, Span{.step = 2}, newaxis, 0}).
Output getitem(const Input& tensor, const std::vector<Subscript>& subscripts);

struct GatherOptions {
  Input axis = {};  // batch_dims
  int batch_dims = 0;
  std::string name = {};
};
// The rows of `params` at `indices`: output[i..., :] = params[indices[i...], :].
Output gather(const Input& params, const Input& indices, const GatherOptions& options = {});
// The last dimension of `indices` is a coordinate into `params`.
Output gather_nd(const Input& params, const Input& indices, const Name& name = {});
// Zeros of `shape` with `updates` added at `indices`.
Output scatter_nd(const Input& indices, const Input& updates, const Input& shape,
                  const Name& name = {});

struct OneHotOptions {
  Input on_value = {};   // 1
  Input off_value = {};  // 0
  int axis = -1;         // where the new dimension goes; -1 is last
  std::optional<DType> dtype = std::nullopt;
  std::string name = {};
};
Output one_hot(const Input& indices, const Input& depth, const OneHotOptions& options = {});

// The coordinates of the true elements, in order: int64 [count, rank].
Output where(const Input& condition, const Name& name = {});
// The rows of `tensor` where `mask` is true; from `axis` on, counted from the front, they are what
// the mask's dimensions are about.
struct BooleanMaskOptions {
  int axis = 0;
  std::string name = {};
};
Output boolean_mask(const Input& tensor, const Input& mask, const BooleanMaskOptions& options = {});

Output tile(const Input& input, const Input& multiples, const Name& name = {});

struct PadOptions {
  std::string mode = "CONSTANT";  // or "REFLECT" (without the border), "SYMMETRIC" (with it)
  Input constant_values = 0;
  std::string name = {};
};
// `paddings` is [rank, 2]: how many elements to add before and after each dimension.
Output pad(const Input& tensor, const Input& paddings, const PadOptions& options = {});

Output reverse(const Input& tensor, const Input& axis, const Name& name = {});
Output invert_permutation(const Input& x, const Name& name = {});

// [n...] -> [n..., n...] with the input on the diagonal, and back; the matrix_ functions work on
// the last dimensions.
Output diag(const Input& diagonal, const Name& name = {});
Output diag_part(const Input& input, const Name& name = {});
Output matrix_band_part(const Input& input, const Input& num_lower, const Input& num_upper,
                        const Name& name = {});

// The rows of `data` whose partition is i become output i; dynamic_stitch puts rows together again.
std::vector<Output> dynamic_partition(const Input& data, const Input& partitions,
                                      int num_partitions, const Name& name = {});
Output dynamic_stitch(const std::vector<Input>& indices, const std::vector<Input>& data,
                      const Name& name = {});

// Dimension i + 1 is padded by paddings[i] (zeros before and after), then cut into blocks of
// block_shape[i]: each position in a block becomes a part of the batch. batch_to_space_nd puts them
// together again and crops.
Output space_to_batch_nd(const Input& input, const Input& block_shape, const Input& paddings,
                         const Name& name = {});
Output batch_to_space_nd(const Input& input, const Input& block_shape, const Input& crops,
                         const Name& name = {});

struct UniqueOptions {
  DType out_idx = int32;  // or int64
  std::string name = {};
};
// The distinct elements of a vector in the order of their first appearance, and for each element
// which of them it is.
std::pair<Output, Output> unique(const Input& x, const UniqueOptions& options = {});

}  // namespace tensorkeep
