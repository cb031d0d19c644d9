#pragma once

#include <optional>
#include <vector>

#include "tensorkeep/graph.h"

namespace tensorkeep {

// Rows of a tensor that are not zero: what the gradient of a gather is. Rows named twice add up.
struct IndexedSlices {
  Output values;       // [n, ...]
  Output indices;      // [n], int32 or int64
  Output dense_shape;  // of the whole tensor; null if it is not known
};

// A gradient of one tensor: none, a tensor, or some of its rows.
class Gradient {
 public:
  Gradient() = default;
  Gradient(Output tensor) : tensor_(tensor) {}
  Gradient(IndexedSlices slices) : slices_(slices) {}
  bool none() const { return !tensor_ && !slices_; }
  bool is_slices() const { return slices_.has_value(); }
  Output tensor() const { return tensor_; }  // null for slices and for none
  const IndexedSlices& slices() const { return *slices_; }
  DType dtype() const { return is_slices() ? slices_->values.dtype() : tensor_.dtype(); }
  // The operation that makes the values; not for none.
  Operation& op() const { return is_slices() ? slices_->values.op() : tensor_.op(); }

 private:
  Output tensor_;
  std::optional<IndexedSlices> slices_;
};

using Gradients = std::vector<Gradient>;

}  // namespace tensorkeep
