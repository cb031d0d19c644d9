#include "bundle/place.h"

#include <fmt/format.h>

#include "base/crc32c.h"

namespace tensorkeep::bundle {

std::string Place::describe() const {
  return fmt::format("tensor {}, bytes {} to {} of {}", tensor, offset, offset + size, file);
}

void Place::fail(std::string_view what) const {
  throw errors::DataLossError(
      fmt::format("{} ({}). The file is damaged or does not belong to this index; restore another "
                  "checkpoint.",
                  what, describe()),
      {.tensor = tensor, .file = file});
}

void Place::check_crc(std::uint32_t crc, std::uint32_t masked_stored) const {
  const std::uint32_t stored = crc32c::unmask(masked_stored);
  if (crc == stored) return;
  fail(
      fmt::format("TensorBundle at {} shard {} ({} bytes): Checksum does not match: stored {:08} "
                  "vs. calculated on the restored bytes {}",
                  prefix, shard, size, stored, crc));
}

}  // namespace tensorkeep::bundle
