#pragma once

#include <cstdint>
#include <string>

namespace tensorkeep::runtime {

// MurmurHash64A, by which TensorFlow hashes strings.
std::uint64_t murmur_hash(const std::string& text);

}  // namespace tensorkeep::runtime
