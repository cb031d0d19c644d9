#pragma once

#include <cstddef>
#include <span>

#include "tensorkeep/dtype.h"

namespace tensorkeep {

// Bytes of a file that become a tensor: every bool that is not 0 becomes 1, which C++ asks for.
// TensorFlow keeps them as they are, and takes them for true all the same.
inline void normalize_stored_bools(DType dtype, std::span<std::byte> bytes) {
  if (dtype != DType::kBool) return;
  for (std::byte& value : bytes) value = static_cast<std::byte>(value != std::byte{0});
}

}  // namespace tensorkeep
