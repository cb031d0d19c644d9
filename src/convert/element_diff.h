#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tensorkeep/diff.h"

namespace tensorkeep::convert {

// Adds to a difference's numbers what two runs of elements differ in. REQUIRES: both are of
// `dtype`, a type of fixed size, and equally long.
void compare_elements(DType dtype, std::span<const std::byte> a, std::span<const std::byte> b,
                      const DiffOptions& options, TensorDifference& difference);

}  // namespace tensorkeep::convert
