#pragma once

#include <span>
#include <string>
#include <vector>

#include "slices/format.h"

namespace tensorkeep::slices {

// What is said of one slice to be saved; a whole tensor is one full slice.
struct SliceDescription {
  std::string name;
  DType dtype = DType::kInvalid;
  Shape shape;  // of the whole tensor
  TensorSlice slice;
};

// A file's list of tensors, in the order of their first slices. Throws InternalError "Mismatching
// shapes", "Mismatching types", InvalidArgumentError "Overlapping slices".
std::vector<SavedTensor> list_tensors(std::span<const SliceDescription> slices);

}  // namespace tensorkeep::slices
