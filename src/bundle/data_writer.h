#pragma once

#include <cstdint>
#include <vector>

#include "bundle/plan.h"
#include "io/file_system.h"

namespace tensorkeep::bundle {

// Writes the data file of a plan from the tensors' own memory, by several threads, each piece
// checksummed just before it is written, while it is in the cache. Returns every tensor's checksum
// (unmasked), in the plan's order. Takes 2 MiB of memory a thread at most.
std::vector<std::uint32_t> write_data(io::WritableFile& file, const Plan& plan,
                                      io::Durability durability, int threads);

}  // namespace tensorkeep::bundle
