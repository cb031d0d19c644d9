#pragma once

#include <optional>
#include <string>

#include "tensor/slice.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep {

// A tensor to save, or a part of one.
struct SaveItem {
  std::string name;
  Tensor tensor;
  // For a part: the whole tensor's shape, and which part of it `tensor` is.
  std::optional<ShapeAndSlice> part = {};
};

}  // namespace tensorkeep
