#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/dtype.h"
#include "tensorkeep/shape.h"

// The header of a .safetensors file:
//
//   uint64 length (little-endian) | JSON, padded with spaces | the tensors' bytes without gaps
//   {"__metadata__": {"key": "text"}, "name": {"dtype": "F32", "shape": [2], "data_offsets": [0,
//   8]}}
//
// https://github.com/huggingface/safetensors#format. Pure: bytes in, values out.
namespace tensorkeep::convert {

struct SafetensorsHeader {
  struct Tensor {
    std::string name;
    std::string type;               // as in the file: "F32"
    DType dtype = DType::kInvalid;  // kInvalid for a type TensorFlow lacks
    Shape shape;
    std::uint64_t begin = 0;  // of its bytes, counted from the header's end
    std::uint64_t end = 0;
  };
  std::vector<Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;  // bytes; the format's limit

// The format's name of a type; "" for one it lacks.
std::string safetensors_type(DType dtype);

// Reads the JSON of a file whose tensors take `data_bytes` bytes. Throws DataLossError "P: the
// header of this safetensors file is damaged: ..." for text that is not the JSON the format asks
// for, a name or key that comes twice, sizes that are not the shapes', tensors that overlap or
// leave gaps or bytes at the end.
SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                           const std::string& path);

// Lays out tensors of known types as the format's own library does (by descending type, then by
// name), sets begin and end, and gives all that stands before the data. REQUIRES: names are UTF-8.
std::string encode_safetensors_header(SafetensorsHeader& header);

}  // namespace tensorkeep::convert
