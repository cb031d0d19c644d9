#include "tensorkeep/dtype.h"

#include <array>

namespace tensorkeep {
namespace {

enum Kind { kNone, kFloating, kSigned, kUnsigned, kComplex, kQuantized };

struct Row {
  const char* name;       // Python
  const char* enum_name;  // .proto
  const char* op_name;    // op definitions
  std::size_t size;
  Kind kind;
};

// Indexed by number.
constexpr std::array<Row, 34> kRows{{
    {"invalid", "DT_INVALID", "invalid", 0, kNone},
    {"float32", "DT_FLOAT", "float", 4, kFloating},
    {"float64", "DT_DOUBLE", "double", 8, kFloating},
    {"int32", "DT_INT32", "int32", 4, kSigned},
    {"uint8", "DT_UINT8", "uint8", 1, kUnsigned},
    {"int16", "DT_INT16", "int16", 2, kSigned},
    {"int8", "DT_INT8", "int8", 1, kSigned},
    {"string", "DT_STRING", "string", 0, kNone},
    {"complex64", "DT_COMPLEX64", "complex64", 8, kComplex},
    {"int64", "DT_INT64", "int64", 8, kSigned},
    {"bool", "DT_BOOL", "bool", 1, kNone},
    {"qint8", "DT_QINT8", "qint8", 1, kQuantized},
    {"quint8", "DT_QUINT8", "quint8", 1, kQuantized},
    {"qint32", "DT_QINT32", "qint32", 4, kQuantized},
    {"bfloat16", "DT_BFLOAT16", "bfloat16", 2, kFloating},
    {"qint16", "DT_QINT16", "qint16", 2, kQuantized},
    {"quint16", "DT_QUINT16", "quint16", 2, kQuantized},
    {"uint16", "DT_UINT16", "uint16", 2, kUnsigned},
    {"complex128", "DT_COMPLEX128", "complex128", 16, kComplex},
    {"float16", "DT_HALF", "half", 2, kFloating},
    {"resource", "DT_RESOURCE", "resource", 0, kNone},
    {"variant", "DT_VARIANT", "variant", 0, kNone},
    {"uint32", "DT_UINT32", "uint32", 4, kUnsigned},
    {"uint64", "DT_UINT64", "uint64", 8, kUnsigned},
    {"float8_e5m2", "DT_FLOAT8_E5M2", "float8_e5m2", 1, kFloating},
    {"float8_e4m3fn", "DT_FLOAT8_E4M3FN", "float8_e4m3fn", 1, kFloating},
    {"float8_e4m3fnuz", "DT_FLOAT8_E4M3FNUZ", "float8_e4m3fnuz", 1, kFloating},
    {"float8_e4m3b11fnuz", "DT_FLOAT8_E4M3B11FNUZ", "float8_e4m3b11fnuz", 1, kFloating},
    {"float8_e5m2fnuz", "DT_FLOAT8_E5M2FNUZ", "float8_e5m2fnuz", 1, kFloating},
    {"int4", "DT_INT4", "int4", 1, kSigned},
    {"uint4", "DT_UINT4", "uint4", 1, kUnsigned},
    {"int2", "DT_INT2", "int2", 1, kSigned},
    {"uint2", "DT_UINT2", "uint2", 1, kUnsigned},
    {"float4_e2m1fn", "DT_FLOAT4_E2M1FN", "float4_e2m1fn", 1, kFloating},
}};

constexpr int kRefOffset = 100;

const Row& row_of(DType dtype) {
  const int number = static_cast<int>(base_dtype(dtype));
  if (number < 0 || number >= static_cast<int>(kRows.size())) return kRows[0];
  return kRows[static_cast<std::size_t>(number)];
}

}  // namespace

const std::vector<DType>& all_dtypes() {
  static const std::vector<DType> all = [] {
    std::vector<DType> result;
    for (std::size_t i = 1; i < kRows.size(); ++i) result.push_back(static_cast<DType>(i));
    return result;
  }();
  return all;
}

bool is_ref(DType dtype) {
  return static_cast<int>(dtype) > kRefOffset;
}

DType base_dtype(DType dtype) {
  return is_ref(dtype) ? static_cast<DType>(static_cast<int>(dtype) - kRefOffset) : dtype;
}

DType ref_dtype(DType dtype) {
  return is_ref(dtype) ? dtype : static_cast<DType>(static_cast<int>(dtype) + kRefOffset);
}

bool is_known(DType dtype) {
  return &row_of(dtype) != &kRows[0];
}
std::size_t size_of(DType dtype) {
  return row_of(dtype).size;
}
bool is_floating(DType dtype) {
  return row_of(dtype).kind == kFloating;
}
bool is_integer(DType dtype) {
  const Kind kind = row_of(dtype).kind;
  return kind == kSigned || kind == kUnsigned;
}
bool is_unsigned(DType dtype) {
  return row_of(dtype).kind == kUnsigned;
}
bool is_complex(DType dtype) {
  return row_of(dtype).kind == kComplex;
}
bool is_quantized(DType dtype) {
  return row_of(dtype).kind == kQuantized;
}

std::string name_of(DType dtype) {
  return std::string(row_of(dtype).name) + (is_ref(dtype) ? "_ref" : "");
}
std::string enum_name_of(DType dtype) {
  return std::string(row_of(dtype).enum_name) + (is_ref(dtype) ? "_REF" : "");
}
std::string op_name_of(DType dtype) {
  return std::string(row_of(dtype).op_name) + (is_ref(dtype) ? "_ref" : "");
}

DType dtype_from_name(std::string_view name) {
  bool reference = false;
  for (const std::string_view suffix : {std::string_view("_ref"), std::string_view("_REF")}) {
    if (name.ends_with(suffix)) {
      name.remove_suffix(suffix.size());
      reference = true;
    }
  }
  for (std::size_t i = 1; i < kRows.size(); ++i) {
    const Row& row = kRows[i];
    if (name == row.name || name == row.enum_name || name == row.op_name) {
      const auto dtype = static_cast<DType>(i);
      return reference ? ref_dtype(dtype) : dtype;
    }
  }
  return DType::kInvalid;
}

}  // namespace tensorkeep
