#include "proto/tensor_proto.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "tensor/stored_bools.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

constexpr int kMaxRank = 254;
// A TensorProto without values stands for zeros; more than this is no honest file.
constexpr std::int64_t kMaxFilledElements = std::int64_t{1} << 31;

// How each type lies in the typed lists: get(message, i) and add(message, value), where the field
// type differs from the element's.
template <typename T>
struct Field;

#define TENSORKEEP_FIELD(T, field, to_element, from_element)                            \
  template <>                                                                           \
  struct Field<T> {                                                                     \
    static int size(const proto::TensorProto& m) { return m.field##_size(); }           \
    static T get(const proto::TensorProto& m, int i) {                                  \
      const auto& v = m.field(i);                                                       \
      return to_element;                                                                \
    }                                                                                   \
    static void add(proto::TensorProto& m, const T& v) { m.add_##field(from_element); } \
  }

TENSORKEEP_FIELD(float, float_val, v, v);
TENSORKEEP_FIELD(double, double_val, v, v);
TENSORKEEP_FIELD(std::int8_t, int_val, static_cast<std::int8_t>(v), v);
TENSORKEEP_FIELD(std::int16_t, int_val, static_cast<std::int16_t>(v), v);
TENSORKEEP_FIELD(std::int32_t, int_val, v, v);
TENSORKEEP_FIELD(std::uint8_t, int_val, static_cast<std::uint8_t>(v), v);
TENSORKEEP_FIELD(std::uint16_t, int_val, static_cast<std::uint16_t>(v), v);
TENSORKEEP_FIELD(std::uint32_t, uint32_val, v, v);
TENSORKEEP_FIELD(std::uint64_t, uint64_val, v, v);
TENSORKEEP_FIELD(std::int64_t, int64_val, v, v);
TENSORKEEP_FIELD(bool, bool_val, v, v);
TENSORKEEP_FIELD(std::string, string_val, v, v);
TENSORKEEP_FIELD(Half, half_val, Half::from_bits(static_cast<std::uint16_t>(v)), v.bits);
TENSORKEEP_FIELD(BFloat16, half_val, BFloat16::from_bits(static_cast<std::uint16_t>(v)), v.bits);
#undef TENSORKEEP_FIELD

template <typename Storage, int kTag>
struct Field<WrappedInt<Storage, kTag>> {
  using T = WrappedInt<Storage, kTag>;
  static int size(const proto::TensorProto& m) { return m.int_val_size(); }
  static T get(const proto::TensorProto& m, int i) { return T(static_cast<Storage>(m.int_val(i))); }
  static void add(proto::TensorProto& m, const T& v) { m.add_int_val(v.value); }
};

template <int kExponent, int kMantissa, int kBias, FloatFormat kFormat>
struct Field<SmallFloat<std::uint8_t, kExponent, kMantissa, kBias, kFormat>> {
  using T = SmallFloat<std::uint8_t, kExponent, kMantissa, kBias, kFormat>;
  static int size(const proto::TensorProto& m) { return static_cast<int>(m.float8_val().size()); }
  static T get(const proto::TensorProto& m, int i) {
    return T::from_bits(static_cast<std::uint8_t>(m.float8_val()[static_cast<std::size_t>(i)]));
  }
  static void add(proto::TensorProto& m, const T& v) {
    m.mutable_float8_val()->push_back(static_cast<char>(v.bits));
  }
};

template <>
struct Field<std::complex<float>> {
  using T = std::complex<float>;
  static int size(const proto::TensorProto& m) { return m.scomplex_val_size() / 2; }
  static T get(const proto::TensorProto& m, int i) {
    return {m.scomplex_val(2 * i), m.scomplex_val(2 * i + 1)};
  }
  static void add(proto::TensorProto& m, const T& v) {
    m.add_scomplex_val(v.real());
    m.add_scomplex_val(v.imag());
  }
};

template <>
struct Field<std::complex<double>> {
  using T = std::complex<double>;
  static int size(const proto::TensorProto& m) { return m.dcomplex_val_size() / 2; }
  static T get(const proto::TensorProto& m, int i) {
    return {m.dcomplex_val(2 * i), m.dcomplex_val(2 * i + 1)};
  }
  static void add(proto::TensorProto& m, const T& v) {
    m.add_dcomplex_val(v.real());
    m.add_dcomplex_val(v.imag());
  }
};

// The types TensorFlow's Python writes as raw bytes when there is more than one element.
bool goes_to_content(DType dtype) {
  switch (dtype) {
    case DType::kUInt16:
    case DType::kInt4:
    case DType::kUInt4:
    case DType::kInt2:
    case DType::kUInt2:
      return false;
    default:
      return is_floating(dtype) || is_integer(dtype) || is_quantized(dtype);
  }
}

// Strings in tensor_content, which old writers made: varint64 lengths, then the bytes.
Tensor strings_from_content(const std::string& content, Shape shape) {
  Tensor tensor(string, std::move(shape));
  auto out = tensor.mutable_data<std::string>();
  std::vector<std::uint64_t> lengths(out.size());
  std::size_t at = 0;
  const auto broken = [] {
    throw errors::InvalidArgumentError("string tensor_content is malformed");
  };
  for (auto& length : lengths) {
    for (int shift = 0;; shift += 7) {
      if (at >= content.size() || shift > 63) broken();
      const auto byte = static_cast<unsigned char>(content[at++]);
      length |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (lengths[i] > content.size() - at) broken();
    out[i] = content.substr(at, lengths[i]);
    at += lengths[i];
  }
  if (at != content.size()) broken();
  return tensor;
}

}  // namespace

proto::TensorShapeProto shape_to_proto(const Shape& shape) {
  proto::TensorShapeProto message;
  if (!shape.rank_known()) {
    message.set_unknown_rank(true);
    return message;
  }
  for (const std::int64_t dim : shape.dims()) message.add_dim()->set_size(dim);
  return message;
}

Shape shape_from_proto(const proto::TensorShapeProto& message) {
  if (message.unknown_rank()) return Shape::unknown();
  if (message.dim_size() > kMaxRank) {
    throw errors::InvalidArgumentError(
        fmt::format("Shape has {} dimensions; the most is {}", message.dim_size(), kMaxRank));
  }
  std::vector<std::int64_t> dims;
  for (const auto& dim : message.dim()) {
    if (dim.size() < -1) {
      throw errors::InvalidArgumentError(
          fmt::format("Shape {} has dimensions with values below -1 (where -1 means unknown)",
                      message.ShortDebugString()));
    }
    dims.push_back(dim.size());
  }
  return Shape(std::move(dims));
}

proto::TensorProto tensor_to_proto(const Tensor& tensor) {
  proto::TensorProto message;
  message.set_dtype(static_cast<proto::DataType>(tensor.dtype()));
  *message.mutable_tensor_shape() = shape_to_proto(tensor.shape());
  if (goes_to_content(tensor.dtype()) && tensor.num_elements() > 1) {
    static_assert(std::endian::native == std::endian::little);
    message.set_tensor_content(tensor.raw_data(), tensor.num_bytes());
    return message;
  }
  visit_dtype(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const auto* values = static_cast<const T*>(tensor.raw_data());
    for (std::int64_t i = 0; i < tensor.num_elements(); ++i) Field<T>::add(message, values[i]);
  });
  return message;
}

Tensor tensor_from_proto(const proto::TensorProto& message) {
  const auto dtype = static_cast<DType>(message.dtype());
  const Shape shape = shape_from_proto(message.tensor_shape());
  const auto count = shape.checked_num_elements();
  if (!count) {
    throw errors::InvalidArgumentError(
        fmt::format("a tensor of shape {} cannot be read", shape.debug_string()));
  }
  const std::string& content = message.tensor_content();
  if (dtype == string && !content.empty()) {
    if (static_cast<std::size_t>(*count) > content.size()) {
      throw errors::InvalidArgumentError("string tensor_content is malformed");
    }
    return strings_from_content(content, shape);
  }
  if (!content.empty()) {
    const std::size_t width = size_of(dtype);
    if (width == 0 || content.size() % width != 0 ||
        content.size() / width != static_cast<std::size_t>(*count)) {
      throw errors::InvalidArgumentError(
          fmt::format("tensor_content has {} bytes, but a {} tensor of shape {} needs {} elements",
                      content.size(), name_of(dtype), shape.debug_string(), *count));
    }
    Tensor tensor(dtype, shape);
    auto* bytes = static_cast<std::byte*>(tensor.mutable_raw_data());
    std::memcpy(bytes, content.data(), content.size());
    normalize_stored_bools(dtype, {bytes, content.size()});
    return tensor;
  }
  return visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    const int given = Field<T>::size(message);
    if (given > *count || (given<*count&& * count> kMaxFilledElements)) {
      throw errors::InvalidArgumentError(
          fmt::format("a TensorProto has {} values for a {} tensor of shape {}", given,
                      name_of(dtype), shape.debug_string()));
    }
    Tensor tensor(dtype, shape);
    auto* out = static_cast<T*>(tensor.mutable_raw_data());
    T value{};
    for (std::int64_t i = 0; i < *count; ++i) {
      if (i < given) value = Field<T>::get(message, static_cast<int>(i));
      out[i] = value;
    }
    return tensor;
  });
}

}  // namespace tensorkeep
