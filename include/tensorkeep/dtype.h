#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tensorkeep {

// Element types. The numbers are TensorFlow's (types.proto) and appear in every file format.
// A reference type (the output of a VariableV2) is the number plus 100.
enum class DType : std::int32_t {
  kInvalid = 0,
  kFloat32 = 1,
  kFloat64 = 2,
  kInt32 = 3,
  kUInt8 = 4,
  kInt16 = 5,
  kInt8 = 6,
  kString = 7,
  kComplex64 = 8,
  kInt64 = 9,
  kBool = 10,
  kQInt8 = 11,
  kQUInt8 = 12,
  kQInt32 = 13,
  kBFloat16 = 14,
  kQInt16 = 15,
  kQUInt16 = 16,
  kUInt16 = 17,
  kComplex128 = 18,
  kFloat16 = 19,
  kResource = 20,
  kVariant = 21,
  kUInt32 = 22,
  kUInt64 = 23,
  kFloat8E5M2 = 24,
  kFloat8E4M3FN = 25,
  kFloat8E4M3FNUZ = 26,
  kFloat8E4M3B11FNUZ = 27,
  kFloat8E5M2FNUZ = 28,
  kInt4 = 29,
  kUInt4 = 30,
  kInt2 = 31,
  kUInt2 = 32,
  kFloat4E2M1FN = 33,
};

// TensorFlow's Python names: `tf::float32`.
inline constexpr DType float16 = DType::kFloat16;
inline constexpr DType half = DType::kFloat16;
inline constexpr DType bfloat16 = DType::kBFloat16;
inline constexpr DType float32 = DType::kFloat32;
inline constexpr DType float64 = DType::kFloat64;
inline constexpr DType int8 = DType::kInt8;
inline constexpr DType int16 = DType::kInt16;
inline constexpr DType int32 = DType::kInt32;
inline constexpr DType int64 = DType::kInt64;
inline constexpr DType uint8 = DType::kUInt8;
inline constexpr DType uint16 = DType::kUInt16;
inline constexpr DType uint32 = DType::kUInt32;
inline constexpr DType uint64 = DType::kUInt64;
inline constexpr DType complex64 = DType::kComplex64;
inline constexpr DType complex128 = DType::kComplex128;
inline constexpr DType boolean = DType::kBool;
inline constexpr DType string = DType::kString;
inline constexpr DType resource = DType::kResource;
inline constexpr DType variant = DType::kVariant;
inline constexpr DType qint8 = DType::kQInt8;
inline constexpr DType quint8 = DType::kQUInt8;
inline constexpr DType qint16 = DType::kQInt16;
inline constexpr DType quint16 = DType::kQUInt16;
inline constexpr DType qint32 = DType::kQInt32;

// Every known non-reference type, by number.
const std::vector<DType>& all_dtypes();

bool is_ref(DType dtype);
DType base_dtype(DType dtype);  // float32_ref -> float32
DType ref_dtype(DType dtype);   // float32 -> float32_ref

// Whether the number names a known type (reference types included).
bool is_known(DType dtype);

// Bytes of one element in memory and in files; the 2- and 4-bit types take a byte. 0 for string,
// resource, variant and invalid types.
std::size_t size_of(DType dtype);

bool is_floating(DType dtype);  // float64 down to float4
bool is_integer(DType dtype);   // signed and unsigned, not quantised, not bool
bool is_unsigned(DType dtype);
bool is_complex(DType dtype);
bool is_quantized(DType dtype);

// TensorFlow's Python name, "float32", "float32_ref"; "invalid" for an unknown number.
std::string name_of(DType dtype);
// The enum name in .proto files, "DT_FLOAT", "DT_FLOAT_REF".
std::string enum_name_of(DType dtype);
// The name in op definitions and TensorFlow's C++ messages, "float", "half".
std::string op_name_of(DType dtype);

// Any of the three forms, "float32", "float", "DT_FLOAT"; kInvalid if unknown.
DType dtype_from_name(std::string_view name);

}  // namespace tensorkeep
