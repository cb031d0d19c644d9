#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tensorkeep/graph.h"

// What a strided slice means for one shape: the sparse entries (with ellipsis, new axes, masks) as
// one range per dimension. Shared by the shape function and the kernels.
namespace tensorkeep {

struct SliceMasks {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t ellipsis = 0;
  std::int64_t new_axis = 0;
  std::int64_t shrink_axis = 0;
};
SliceMasks slice_masks_of(const Operation& op);

struct DenseSlice {
  // One entry per dimension of the input; element i of a dimension is begin + i * stride.
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> size;  // None where it is not known
  Shape processing_shape;          // `size` as a shape: before axes are added and dropped
  Shape final_shape;
};

// `begin` and `end` may be unknown, and dimensions of `input` too; `input` has a known rank. Throws
// InvalidArgumentError in TensorFlow's words ("slice index 5 of dimension 0 out of bounds.").
DenseSlice dense_slice(const Shape& input, const std::optional<std::vector<std::int64_t>>& begin,
                       const std::optional<std::vector<std::int64_t>>& end,
                       const std::vector<std::int64_t>& strides, const SliceMasks& masks);

}  // namespace tensorkeep
