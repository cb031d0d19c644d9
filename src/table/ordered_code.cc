#include "table/ordered_code.h"

#include <bit>

#include "tensorkeep/errors.h"

namespace tensorkeep::table {
namespace {

std::string big_endian(std::uint64_t value) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i)
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(value >> (56 - 8 * i));
  return bytes;
}

constexpr std::string_view kEscapedZero("\0\xff", 2);
constexpr std::string_view kEscaped255("\xff\0", 2);
constexpr std::string_view kTerminator("\0\1", 2);

}  // namespace

// A length byte, then that many bytes, the highest first, without leading zeros.
void append_num_increasing(std::string& out, std::uint64_t value) {
  const auto size = static_cast<std::size_t>((std::bit_width(value) + 7) / 8);
  out.push_back(static_cast<char>(size));
  out.append(big_endian(value), 8 - size);
}

bool take_num_increasing(std::string_view& in, std::uint64_t& value) {
  if (in.empty()) return false;
  const auto size = static_cast<unsigned char>(in[0]);
  if (size > 8 || in.size() < 1u + size || (size > 0 && in[1] == '\0')) return false;
  value = 0;
  for (std::size_t i = 1; i <= size; ++i) value = value << 8 | static_cast<unsigned char>(in[i]);
  in.remove_prefix(1u + size);
  return true;
}

void append_string(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\0') {
      out += kEscapedZero;
    } else if (c == '\xff') {
      out += kEscaped255;
    } else {
      out += c;
    }
  }
  out += kTerminator;
}

bool take_string(std::string_view& in, std::string& value) {
  value.clear();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] != '\0' && in[i] != '\xff') {
      value += in[i];
      continue;
    }
    const std::string_view pair = in.substr(i++, 2);
    if (pair == kTerminator) {
      in.remove_prefix(i + 1);
      return true;
    }
    if (pair != kEscapedZero && pair != kEscaped255) return false;
    value += pair[0];
  }
  return false;
}

// n bytes hold [-2^(7n-1), 2^(7n-1)). From the highest bit: the sign (1 for values from 0 up), n-1
// more copies of it, its opposite where there is room before the payload, and the payload in two's
// complement. A negative number is the complement of the code of ~value.
void append_signed_num_increasing(std::string& out, std::int64_t value) {
  const std::uint64_t magnitude = static_cast<std::uint64_t>(value < 0 ? ~value : value);
  const int bits =
      static_cast<int>(std::bit_width(magnitude));  // of the payload; one more bit ends the header
  const int size = bits / 7 + 1;
  // 10 bytes, of which the last `size` are written: nine or ten need more than 64 bits.
  std::string code = std::string(2, '\0') + big_endian(magnitude);
  const auto start = static_cast<std::size_t>(10 - size);
  for (int i = 0; i < size; ++i) {  // `size` ones from the highest bit on
    const std::size_t at = start + static_cast<std::size_t>(i) / 8;
    code[at] = static_cast<char>(code[at] | 0x80 >> (i % 8));
  }
  code.erase(0, start);
  if (value < 0) {
    for (char& c : code) c = static_cast<char>(~c);
  }
  out += code;
}

bool take_signed_num_increasing(std::string_view& in, std::int64_t& value) {
  if (in.empty()) return false;
  const bool negative = (in[0] & 0x80) == 0;
  const auto byte_at = [&](std::size_t i) {
    const char c = i < in.size() ? in[i] : '\0';
    return static_cast<unsigned char>(negative ? ~c : c);
  };
  int size = 0;
  while (size < 11 && (byte_at(static_cast<std::size_t>(size / 8)) & (0x80 >> (size % 8)))) ++size;
  if (size > 10 || in.size() < static_cast<std::size_t>(size)) return false;
  std::uint64_t magnitude = 0;
  for (int i = 0; i < size; ++i) {
    unsigned char byte = byte_at(static_cast<std::size_t>(i));
    const int header = size - 8 * i;  // header bits in this byte
    if (header >= 8) {
      byte = 0;
    } else if (header > 0) {
      byte = static_cast<unsigned char>(byte & (0xff >> header));
    }
    if (magnitude >> 56 != 0) return false;
    magnitude = magnitude << 8 | byte;
  }
  if (magnitude >> 63 != 0 || static_cast<int>(std::bit_width(magnitude)) / 7 + 1 != size)
    return false;
  value = negative ? ~static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
  in.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

std::string encode_slice_key(std::string_view name, const TensorSlice& slice) {
  std::string key;
  append_num_increasing(key, 0);
  append_string(key, name);
  append_num_increasing(key, static_cast<std::uint64_t>(slice.rank()));
  for (const TensorSlice::Extent& extent : slice.extents()) {
    append_signed_num_increasing(key, extent.start);
    append_signed_num_increasing(key, extent.length);
  }
  return key;
}

std::optional<SliceKey> decode_slice_key(std::string_view key) {
  std::uint64_t zero = 0;
  std::uint64_t rank = 0;
  SliceKey result;
  if (!take_num_increasing(key, zero) || zero != 0 || !take_string(key, result.name) ||
      !take_num_increasing(key, rank) || rank > key.size() / 2) {
    return std::nullopt;
  }
  std::vector<TensorSlice::Extent> extents(rank);
  for (TensorSlice::Extent& extent : extents) {
    if (!take_signed_num_increasing(key, extent.start) ||
        !take_signed_num_increasing(key, extent.length)) {
      return std::nullopt;
    }
  }
  if (!key.empty()) return std::nullopt;
  try {
    result.slice = TensorSlice(std::move(extents));
  } catch (const errors::InvalidArgumentError&) {
    return std::nullopt;
  }
  return result;
}

}  // namespace tensorkeep::table
