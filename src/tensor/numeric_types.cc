#include "tensorkeep/numeric_types.h"

#include <cmath>
#include <limits>

// The 8-bit formats are those of "FP8 Formats for Deep Learning" (E5M2, E4M3FN) and of IEEE P3109's
// forerunners (FNUZ); float4 is the Open Compute Project's MX E2M1.
namespace tensorkeep {

float decode_small_float(std::uint32_t bits, const FloatLayout& layout) {
  const std::uint32_t mantissa_mask = (1u << layout.mantissa_bits) - 1;
  const std::uint32_t exponent_mask = (1u << layout.exponent_bits) - 1;
  const std::uint32_t sign_bit = 1u << (layout.exponent_bits + layout.mantissa_bits);
  const bool negative = (bits & sign_bit) != 0;
  const std::uint32_t magnitude = bits & (sign_bit - 1);
  const std::uint32_t exponent = magnitude >> layout.mantissa_bits;
  const std::uint32_t mantissa = magnitude & mantissa_mask;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  switch (layout.format) {
    case FloatFormat::kIeee:
      if (exponent == exponent_mask) {
        const float special = mantissa != 0 ? nan : std::numeric_limits<float>::infinity();
        return negative ? -special : special;
      }
      break;
    case FloatFormat::kFiniteNan:
      if (magnitude == sign_bit - 1) return negative ? -nan : nan;
      break;
    case FloatFormat::kFiniteNanUz:
      if (bits == sign_bit) return nan;
      break;
    case FloatFormat::kFinite:
      break;
  }
  const double value =
      exponent == 0
          ? std::ldexp(static_cast<double>(mantissa), 1 - layout.bias - layout.mantissa_bits)
          : std::ldexp(static_cast<double>(mantissa | (mantissa_mask + 1)),
                       static_cast<int>(exponent) - layout.bias - layout.mantissa_bits);
  return static_cast<float>(negative ? -value : value);
}

namespace {

// The largest finite magnitude as bits.
std::uint32_t largest_finite(const FloatLayout& layout) {
  const std::uint32_t all = (1u << (layout.exponent_bits + layout.mantissa_bits)) - 1;
  switch (layout.format) {
    case FloatFormat::kIeee:
      return all - (1u << layout.mantissa_bits);
    case FloatFormat::kFiniteNan:
      return all - 1;
    case FloatFormat::kFiniteNanUz:
    case FloatFormat::kFinite:
      return all;
  }
  return all;
}

}  // namespace

std::uint32_t encode_small_float(float value, const FloatLayout& layout) {
  const std::uint32_t sign_bit = 1u << (layout.exponent_bits + layout.mantissa_bits);
  const std::uint32_t all_ones = sign_bit - 1;
  const std::uint32_t sign = std::signbit(value) ? sign_bit : 0;
  const std::uint32_t largest = largest_finite(layout);
  const std::uint32_t infinity = largest + 1;  // the next code, where the format has infinities
  if (std::isnan(value)) {
    switch (layout.format) {
      case FloatFormat::kIeee:
        return sign | infinity | (1u << (layout.mantissa_bits - 1));
      case FloatFormat::kFiniteNan:
        return sign | all_ones;
      case FloatFormat::kFiniteNanUz:
        return sign_bit;
      case FloatFormat::kFinite:
        return sign_bit;  // as ml_dtypes: negative zero stands for what cannot be said
    }
  }
  const auto overflow = [&]() -> std::uint32_t {
    switch (layout.format) {
      case FloatFormat::kIeee:
        return sign | infinity;
      case FloatFormat::kFiniteNan:
        return sign | all_ones;
      case FloatFormat::kFiniteNanUz:
        return sign_bit;
      case FloatFormat::kFinite:
        return sign | largest;
    }
    return sign | largest;
  };
  if (std::isinf(value)) return overflow();
  const double magnitude = std::fabs(static_cast<double>(value));
  if (magnitude == 0) return layout.format == FloatFormat::kFiniteNanUz ? 0 : sign;
  int exponent = 0;
  std::frexp(magnitude, &exponent);                // magnitude = f * 2^exponent, f in [0.5, 1)
  int unit = exponent - 1 - layout.mantissa_bits;  // log2 of the last mantissa bit
  const int smallest_unit = 1 - layout.bias - layout.mantissa_bits;
  if (unit < smallest_unit) unit = smallest_unit;
  // Exact in double, and nearbyint rounds half to even.
  const double scaled = std::nearbyint(std::ldexp(magnitude, -unit));
  const auto steps = static_cast<std::uint64_t>(scaled);
  // Codes are consecutive: a carry out of the mantissa moves on to the next exponent by itself.
  const std::uint64_t code =
      steps + (static_cast<std::uint64_t>(unit - smallest_unit) << layout.mantissa_bits);
  if (code > largest) return overflow();
  if (code == 0 && layout.format == FloatFormat::kFiniteNanUz) return 0;
  return sign | static_cast<std::uint32_t>(code);
}

}  // namespace tensorkeep
