#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {

// Where a tensor's bytes are, for error texts.
struct Place {
  std::string tensor;
  std::string prefix;
  std::string file;
  int shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  // "tensor X, bytes 16 to 27 of FILE".
  std::string describe() const;
  // DataLossError: `what`, then the place and advice.
  [[noreturn]] void fail(std::string_view what) const;
  // Throws TensorFlow's "Checksum does not match" unless `crc` (unmasked) is what is stored.
  void check_crc(std::uint32_t crc, std::uint32_t masked_stored) const;
};

}  // namespace tensorkeep::bundle
