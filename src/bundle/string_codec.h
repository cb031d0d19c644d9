#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "bundle/stored_stream.h"

// String tensors: a varint length per element, the masked checksum of the lengths (4 bytes), the
// bytes of all elements. The checksum of the lengths runs over them as 4-byte numbers (8-byte
// beyond 2^32), not over the varints; the entry's checksum goes on from there over the 4 bytes and
// the elements. Numbers are in the file's byte order.
namespace tensorkeep::bundle {

std::uint64_t encoded_strings_size(std::span<const std::string> strings);
// Hands the encoding to `emit` in pieces; returns the entry's checksum (unmasked).
std::uint32_t encode_strings(std::span<const std::string> strings,
                             const std::function<void(std::string_view)>& emit);
// Fills `out`, or with out empty only checks `count` strings. Returns the entry's checksum
// (unmasked), which the caller compares.
std::uint32_t decode_strings(StoredStream& stream, std::uint64_t count, bool big_endian,
                             std::span<std::string> out);

// Variant tensors: per element a varint length, the serialized VariantTensorDataProto, and the
// masked checksum so far (4 bytes). It runs over the length as 8 bytes, the proto, the 4 bytes, and
// on through all elements; in the end it is the entry's. Checks `count` elements and returns it.
std::uint32_t check_variants(StoredStream& stream, std::uint64_t count);

}  // namespace tensorkeep::bundle
