#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/slice.h"
#include "tensorkeep/dtype.h"
#include "tensorkeep/shape.h"

// What a V1 file says of its tensors: SavedTensorSlices.meta under the key "". Pure: bytes in,
// values out.
namespace tensorkeep::slices {

// A tensor and the parts of it that are in the file; a whole tensor is one full slice.
struct SavedTensor {
  std::string name;
  DType dtype = DType::kInvalid;
  Shape shape;
  std::vector<TensorSlice> slices;
  // What is wrong with it, in words for a DataLossError; nothing else is to be trusted then.
  std::string defect = {};
};

std::string encode_meta(std::span<const SavedTensor> tensors);
// Throws DataLossError if the bytes are no such record, InvalidArgumentError for a version that is
// not for us. One tensor that makes no sense does not make the others unreadable.
std::vector<SavedTensor> decode_meta(std::string_view bytes, const std::string& file);

// "Failed to find the saved tensor slices at the beginning of the checkpoint file: F".
[[noreturn]] void raise_no_meta(const std::string& file, const std::string& reason);

}  // namespace tensorkeep::slices
