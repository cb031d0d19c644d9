#pragma once

#include <cstdint>

#include "tensorkeep/tensor.h"

namespace tensorkeep::testing {

// The FNV-1a digest of a tensor's bytes, for golden values too many to write down.
inline std::uint64_t fnv1a(const Tensor& tensor) {
  std::uint64_t digest = 0xcbf29ce484222325u;
  const auto* bytes = static_cast<const unsigned char*>(tensor.raw_data());
  for (std::size_t i = 0; i < tensor.num_bytes(); ++i) {
    digest = (digest ^ bytes[i]) * 0x100000001b3u;
  }
  return digest;
}

}  // namespace tensorkeep::testing
