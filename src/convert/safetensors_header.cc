#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/checked_math.h"
#include "base/utf8.h"
#include "convert/json_reader.h"
#include "convert/safetensors.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

struct Type {
  const char* name;
  DType dtype;  // kInvalid: TensorFlow has none
  std::uint64_t bits;
};
// In the order in which the format's library declares them, which sorts tensors in its files.
constexpr Type kTypes[] = {
    {"BOOL", DType::kBool, 8},
    {"F4", DType::kInvalid, 4},  // two in a byte, where TensorFlow's takes one each
    {"F6_E2M3", DType::kInvalid, 6},
    {"F6_E3M2", DType::kInvalid, 6},
    {"U8", DType::kUInt8, 8},
    {"I8", DType::kInt8, 8},
    {"F8_E5M2", DType::kFloat8E5M2, 8},
    {"F8_E4M3", DType::kFloat8E4M3FN, 8},
    {"F8_E8M0", DType::kInvalid, 8},
    {"F8_E4M3FNUZ", DType::kFloat8E4M3FNUZ, 8},
    {"F8_E5M2FNUZ", DType::kFloat8E5M2FNUZ, 8},
    {"I16", DType::kInt16, 16},
    {"U16", DType::kUInt16, 16},
    {"F16", DType::kFloat16, 16},
    {"BF16", DType::kBFloat16, 16},
    {"I32", DType::kInt32, 32},
    {"U32", DType::kUInt32, 32},
    {"F32", DType::kFloat32, 32},
    {"C64", DType::kComplex64, 64},
    {"F64", DType::kFloat64, 64},
    {"I64", DType::kInt64, 64},
    {"U64", DType::kUInt64, 64},
};
constexpr std::size_t kMaxRank = 254;

const Type* type_of(DType dtype) {
  const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Type& type) {
    return type.dtype == dtype && dtype != DType::kInvalid;
  });
  return found == std::end(kTypes) ? nullptr : found;
}
const Type* type_named(std::string_view name) {
  const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const Type& type) { return type.name == name; });
  return found == std::end(kTypes) ? nullptr : found;
}

class HeaderReader {
 public:
  HeaderReader(std::string_view json, const std::string& path)
      : path_(path), json_(json, [this](const std::string& what) { fail(what); }) {
    if (!is_utf8(json)) fail("it is no UTF-8");
  }

  SafetensorsHeader read() {
    SafetensorsHeader header;
    json_.object([&](const std::string& key) {
      if (key == "__metadata__") {
        json_.object([&](const std::string& name) { header.metadata[name] = json_.string(); });
      } else {
        header.tensors.push_back(tensor(key));
      }
    });
    json_.expect_end();
    return header;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw errors::DataLossError(
        fmt::format("{}: the header of this safetensors file is damaged: {}", path_, what),
        {.file = path_});
  }

  // In the order of their bytes, which must follow each other without gaps.
  void check_places(SafetensorsHeader& header, std::uint64_t data_bytes) const {
    std::sort(header.tensors.begin(), header.tensors.end(), [](const auto& a, const auto& b) {
      return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    std::uint64_t end = 0;
    for (const auto& tensor : header.tensors) {
      if (tensor.begin != end) {
        fail(fmt::format("tensor {} begins at byte {}, the one before ends at {}", tensor.name,
                         tensor.begin, end));
      }
      end = tensor.end;
    }
    if (end == data_bytes) return;
    throw errors::DataLossError(
        fmt::format("{}: {} bytes of tensors, but the header tells of {}: the file is truncated or "
                    "damaged",
                    path_, data_bytes, end),
        {.file = path_});
  }

 private:
  SafetensorsHeader::Tensor tensor(const std::string& name) {
    SafetensorsHeader::Tensor tensor;
    tensor.name = name;
    std::optional<std::vector<std::int64_t>> dims;
    std::vector<std::uint64_t> places;
    json_.object([&](const std::string& key) {
      if (key == "dtype") {
        tensor.type = json_.string();
      } else if (key == "shape") {
        dims.emplace();
        json_.array([&] {
          dims->push_back(static_cast<std::int64_t>(json_.integer()));
          if (dims->size() > kMaxRank) json_.fail("too many dimensions");
        });
      } else if (key == "data_offsets") {
        json_.array([&] {
          places.push_back(json_.integer());
          if (places.size() > 2) json_.fail("two offsets expected");
        });
      } else {
        json_.fail(fmt::format("unknown key \"{}\"", key));
      }
    });
    if (tensor.type.empty() || !dims || places.size() != 2 || places[0] > places[1]) {
      json_.fail(fmt::format("tensor {} lacks its type, shape or offsets", name));
    }
    const Type* type = type_named(tensor.type);
    if (type == nullptr) json_.fail(fmt::format("unknown type \"{}\"", tensor.type));
    tensor.dtype = type->dtype;
    tensor.shape = Shape(std::move(*dims));
    tensor.begin = places[0];
    tensor.end = places[1];
    const auto count = tensor.shape.checked_num_elements();
    const auto bits =
        count ? checked_mul(static_cast<std::uint64_t>(*count), type->bits) : std::nullopt;
    if (!bits || *bits % 8 != 0 || *bits / 8 != tensor.end - tensor.begin) {
      json_.fail(fmt::format("tensor {} of type {} and shape {} is said to take {} bytes", name,
                             tensor.type, tensor.shape.to_string(), tensor.end - tensor.begin));
    }
    return tensor;
  }

  const std::string& path_;
  JsonReader json_;
};

// As serde_json writes strings: UTF-8 as it is.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
    constexpr std::string_view kLetters = "\"\\bfnrt";
    if (const std::size_t i = kEscaped.find(c); i != std::string_view::npos) {
      out += '\\';
      out += kLetters[i];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string safetensors_type(DType dtype) {
  const Type* type = type_of(dtype);
  return type == nullptr ? "" : type->name;
}

SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                           const std::string& path) {
  HeaderReader reader(json, path);
  SafetensorsHeader header = reader.read();
  reader.check_places(header, data_bytes);
  return header;
}

std::string encode_safetensors_header(SafetensorsHeader& header) {
  std::sort(header.tensors.begin(), header.tensors.end(), [](const auto& a, const auto& b) {
    const Type* left = type_of(a.dtype);
    const Type* right = type_of(b.dtype);
    return left != right ? left > right : a.name < b.name;
  });
  std::string json = "{";
  const auto separate = [&] {
    if (json.size() > 1) json += ",";
  };
  if (!header.metadata.empty()) {
    json += R"("__metadata__":{)";
    for (const auto& [key, value] : header.metadata) {
      if (json.back() != '{') json += ",";
      json += quoted(key) + ":" + quoted(value);
    }
    json += "}";
  }
  std::uint64_t end = 0;
  for (auto& tensor : header.tensors) {
    separate();
    tensor.begin = end;
    end += static_cast<std::uint64_t>(tensor.shape.num_elements()) * size_of(tensor.dtype);
    tensor.end = end;
    json += fmt::format(R"({}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                        quoted(tensor.name), type_of(tensor.dtype)->name,
                        fmt::join(tensor.shape.dims(), ","), tensor.begin, tensor.end);
  }
  json += "}";
  json.append((8 - json.size() % 8) % 8, ' ');
  std::string head;
  for (int shift = 0; shift < 64; shift += 8) {
    head += static_cast<char>(std::uint64_t{json.size()} >> shift);
  }
  return head + json;
}

}  // namespace tensorkeep::convert
