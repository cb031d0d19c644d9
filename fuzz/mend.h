#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// A checksum keeps a fuzzer from everything behind it. These put right checksums into damaged
// files, as far as their structure can be made out.
namespace tensorkeep::fuzz {

// Of the blocks of an SSTable.
std::string mend_table(std::string_view table);

// Of the lengths in a tensor of strings (little-endian), stored at the start of `stored`; returns
// the checksum for its entry.
std::uint32_t mend_strings(std::string& stored, std::uint64_t count);

}  // namespace tensorkeep::fuzz
