#pragma once

#include <cstdint>
#include <functional>

#include "tensor/slice.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep {

// Copies `box` of a tensor from `from` to `to`, two parts (or the whole) of it that both contain
// the box. `from_slice`, `to_slice` and `box` have explicit extents in the whole tensor; both
// tensors are row-major, of one type.
void copy_box(const Tensor& from, const TensorSlice& from_slice, Tensor& to,
              const TensorSlice& to_slice, const TensorSlice& box);

// The number of elements in explicit extents.
std::int64_t box_elements(const TensorSlice& box);

}  // namespace tensorkeep
