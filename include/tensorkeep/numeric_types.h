#pragma once

#include <cstdint>
#include <cstring>

// C++ types for elements the language lacks. Each is trivially copyable and has the width and bits
// of the element in memory and in files, so a buffer of them is the stored tensor.
namespace tensorkeep {

// A binary float of 1 sign bit and the given widths. Conversion from float rounds to nearest even.
// kFormat tells the special values apart; see numeric_types.cc for their sources.
enum class FloatFormat : std::uint8_t {
  kIeee,         // infinities and NaNs as in IEEE 754
  kFiniteNan,    // "FN": no infinity, NaN is all ones
  kFiniteNanUz,  // "FNUZ": no infinity, no negative zero; NaN is the sign bit alone
  kFinite,       // neither infinity nor NaN
};

struct FloatLayout {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  FloatFormat format;
};

float decode_small_float(std::uint32_t bits, const FloatLayout& layout);
std::uint32_t encode_small_float(float value, const FloatLayout& layout);

template <typename Storage, int kExponent, int kMantissa, int kBias, FloatFormat kFormat>
struct SmallFloat {
  static constexpr FloatLayout kLayout{kExponent, kMantissa, kBias, kFormat};
  Storage bits = 0;

  SmallFloat() = default;
  explicit SmallFloat(float value)
      : bits(static_cast<Storage>(encode_small_float(value, kLayout))) {}
  static SmallFloat from_bits(Storage bits) {
    SmallFloat result;
    result.bits = bits;
    return result;
  }
  explicit operator float() const { return decode_small_float(bits, kLayout); }
  explicit operator double() const { return decode_small_float(bits, kLayout); }
  // Equality of representations, not IEEE equality: it serves containers and tests.
  bool operator==(const SmallFloat&) const = default;
};

using Half = SmallFloat<std::uint16_t, 5, 10, 15, FloatFormat::kIeee>;
using BFloat16 = SmallFloat<std::uint16_t, 8, 7, 127, FloatFormat::kIeee>;
using Float8E5M2 = SmallFloat<std::uint8_t, 5, 2, 15, FloatFormat::kIeee>;
using Float8E4M3FN = SmallFloat<std::uint8_t, 4, 3, 7, FloatFormat::kFiniteNan>;
using Float8E4M3FNUZ = SmallFloat<std::uint8_t, 4, 3, 8, FloatFormat::kFiniteNanUz>;
using Float8E4M3B11FNUZ = SmallFloat<std::uint8_t, 4, 3, 11, FloatFormat::kFiniteNanUz>;
using Float8E5M2FNUZ = SmallFloat<std::uint8_t, 5, 2, 16, FloatFormat::kFiniteNanUz>;
using Float4E2M1FN = SmallFloat<std::uint8_t, 2, 1, 1, FloatFormat::kFinite>;

// An integer stored as `Storage` under a type of its own (quantised, 4- and 2-bit elements).
template <typename Storage, int kTag>
struct WrappedInt {
  Storage value = 0;
  WrappedInt() = default;
  explicit WrappedInt(Storage v) : value(v) {}
  explicit operator Storage() const { return value; }
  bool operator==(const WrappedInt&) const = default;
};

using QInt8 = WrappedInt<std::int8_t, 0>;
using QUInt8 = WrappedInt<std::uint8_t, 0>;
using QInt16 = WrappedInt<std::int16_t, 0>;
using QUInt16 = WrappedInt<std::uint16_t, 0>;
using QInt32 = WrappedInt<std::int32_t, 0>;
using Int4 = WrappedInt<std::int8_t, 4>;
using UInt4 = WrappedInt<std::uint8_t, 4>;
using Int2 = WrappedInt<std::int8_t, 2>;
using UInt2 = WrappedInt<std::uint8_t, 2>;

}  // namespace tensorkeep
