#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tensor/slice.h"

// Numbers and strings as bytes whose order is that of the values (Google's OrderedCode), and the
// keys of slices made of them. Encoders append; decoders take off the front and say false where
// the bytes are not what the encoder writes.
namespace tensorkeep::table {

void append_num_increasing(std::string& out, std::uint64_t value);
bool take_num_increasing(std::string_view& in, std::uint64_t& value);

void append_string(std::string& out, std::string_view value);
bool take_string(std::string_view& in, std::string& value);

void append_signed_num_increasing(std::string& out, std::int64_t value);
bool take_signed_num_increasing(std::string_view& in, std::int64_t& value);

// NumIncreasing(0), String(name), NumIncreasing(rank), and per dimension the signed start and
// length (-1 for a full dimension).
struct SliceKey {
  std::string name;
  TensorSlice slice;
};
std::string encode_slice_key(std::string_view name, const TensorSlice& slice);
std::optional<SliceKey> decode_slice_key(std::string_view key);

}  // namespace tensorkeep::table
