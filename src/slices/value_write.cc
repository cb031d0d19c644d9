#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "proto/saved_forms.h"
#include "slices/value.h"
#include "table/format.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::slices {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::uint64_t kMostValueBytes = std::uint64_t{1} << 31;
constexpr std::uint64_t kAssumedHeaderBytes = 1024;
constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr std::size_t kVarintBytes = 10;
constexpr unsigned kLengthDelimited = 2;

void append_tag(std::string& out, int field) {
  table::append_varint(out, static_cast<std::uint64_t>(field) << 3 | kLengthDelimited);
}

template <typename T>
std::uint64_t as_varint(T value) {
  if constexpr (std::is_signed_v<T>) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  } else {
    return value;
  }
}

inline std::size_t varint_bytes(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

// Calls f(elements as their field's integers).
template <typename F>
auto with_integers(const Tensor& tensor, F f) {
  switch (tensor.dtype()) {
    case DType::kInt32:
    case DType::kQInt32:
      return f(tensor.bit_data<std::int32_t>());
    case DType::kInt16:
      return f(tensor.bit_data<std::int16_t>());
    case DType::kInt8:
    case DType::kQInt8:
      return f(tensor.bit_data<std::int8_t>());
    case DType::kUInt16:
    case DType::kFloat16:
      return f(tensor.bit_data<std::uint16_t>());
    case DType::kInt64:
      return f(tensor.bit_data<std::int64_t>());
    default:  // bool too
      return f(tensor.bit_data<std::uint8_t>());
  }
}

std::uint64_t list_bytes(const Tensor& tensor, const ListField& field) {
  if (field.kind == ListField::Kind::kFixed) return tensor.num_bytes();
  std::uint64_t bytes = 0;
  if (field.kind == ListField::Kind::kString) {
    for (const std::string& text : tensor.data<std::string>()) {
      bytes += 1 + varint_bytes(text.size()) + text.size();
    }
    return bytes;
  }
  return with_integers(tensor, [&](auto elements) {
    for (const auto element : elements) bytes += varint_bytes(as_varint(element));
    return bytes;
  });
}

void check_size(const Tensor& tensor, const ListField& field, std::uint64_t head) {
  const auto count = static_cast<std::uint64_t>(tensor.num_elements());
  std::uint64_t bound = head + kAssumedHeaderBytes + count * field.most_bytes;
  if (tensor.dtype() == DType::kString) {
    for (const std::string& text : tensor.data<std::string>()) bound += text.size();
  }
  if (bound > kMostValueBytes) {
    throw errors::InvalidArgumentError(
        fmt::format("Tensor slice is too large to serialize (conservative estimate: {} bytes). The "
                    "V1 format has no room for more than 2^31 bytes in a slice: save as V2, or "
                    "partition the variable",
                    bound));
  }
}

ListField field_to_write(DType dtype) {
  const auto field = list_field_of(dtype);
  if (field) return *field;
  if (dtype == DType::kUInt32 || dtype == DType::kUInt64) {
    throw errors::InvalidArgumentError(
        fmt::format("Tensor slice serialization not implemented for dtype {} ({}); save as V2",
                    static_cast<int>(dtype), name_of(dtype)));
  }
  throw errors::UnimplementedError(fmt::format(
      "Saving data type {} not yet supported by the V1 format; save as V2", op_name_of(dtype)));
}

// Elements one after another into pieces for the sink.
class Pieces {
 public:
  explicit Pieces(const table::Writer::Sink& sink) : sink_(sink) { buffer_.reserve(kPiece); }
  ~Pieces() = default;
  void add(std::string_view bytes) {
    if (buffer_.size() + bytes.size() > kPiece) flush();
    if (bytes.size() > kPiece) {
      sink_(std::as_bytes(std::span(bytes)));
    } else {
      buffer_.append(bytes);
    }
  }
  void flush() {
    if (!buffer_.empty()) sink_(std::as_bytes(std::span(buffer_)));
    buffer_.clear();
  }

 private:
  const table::Writer::Sink& sink_;
  std::string buffer_;
};

void write_strings(const Tensor& tensor, const ListField& field, const table::Writer::Sink& sink) {
  Pieces pieces(sink);
  std::string head;
  for (const std::string& text : tensor.data<std::string>()) {
    head.clear();
    append_tag(head, field.number);
    table::append_varint(head, text.size());
    pieces.add(head);
    pieces.add(text);
  }
  pieces.flush();
}

template <typename T>
void write_varints(std::span<const T> elements, const table::Writer::Sink& sink) {
  std::vector<unsigned char> buffer(kPiece);
  const auto* const room_end = buffer.data() + buffer.size() - kVarintBytes;
  unsigned char* at = buffer.data();
  const auto flush = [&] {
    sink(std::as_bytes(std::span(buffer.data(), static_cast<std::size_t>(at - buffer.data()))));
    at = buffer.data();
  };
  for (const T element : elements) {
    std::uint64_t value = as_varint(element);
    for (; value >= 0x80; value >>= 7) *at++ = static_cast<unsigned char>(value | 0x80);
    *at++ = static_cast<unsigned char>(value);
    if (at > room_end) flush();
  }
  if (at != buffer.data()) flush();
}

}  // namespace

std::optional<ListField> list_field_of(DType dtype) {
  using Kind = ListField::Kind;
  switch (dtype) {
    case DType::kFloat32:
      return ListField{5, Kind::kFixed, 4, 4};
    case DType::kFloat64:
      return ListField{6, Kind::kFixed, 8, 8};
    case DType::kInt32:
    case DType::kInt16:
    case DType::kInt8:
    case DType::kQInt8:
    case DType::kQInt32:
      return ListField{7, Kind::kVarint, 10, 1};
    case DType::kUInt8:
    case DType::kQUInt8:
      return ListField{7, Kind::kVarint, 2, 1};
    case DType::kUInt16:
      return ListField{7, Kind::kVarint, 3, 1};
    case DType::kString:
      return ListField{8, Kind::kString, 10, 2};
    case DType::kComplex64:
      return ListField{9, Kind::kFixed, 8, 8};
    case DType::kInt64:
      return ListField{10, Kind::kVarint, 10, 1};
    case DType::kBool:
      return ListField{11, Kind::kVarint, 1, 1};
    case DType::kComplex128:
      return ListField{12, Kind::kFixed, 16, 16};
    case DType::kFloat16:
      return ListField{13, Kind::kVarint, 3, 1};
    default:
      return std::nullopt;
  }
}

EncodedValue plan_value(std::string_view name, const TensorSlice& slice, const Tensor& tensor) {
  const ListField field = field_to_write(tensor.dtype());
  proto::TensorSliceProto slice_message;
  encode_slice(slice, slice_message);
  const std::string slice_bytes = slice_message.SerializeAsString();
  // From the inside out: SavedSlice up to its data, with the TensorProto's head behind.
  std::string saved_slice;
  if (!name.empty()) {
    append_tag(saved_slice, 1);
    table::append_varint(saved_slice, name.size());
    saved_slice.append(name);
  }
  append_tag(saved_slice, 2);
  table::append_varint(saved_slice, slice_bytes.size());
  saved_slice += slice_bytes;
  check_size(tensor, field, saved_slice.size());

  EncodedValue value;
  value.list = list_bytes(tensor, field);
  std::string list_head;  // strings have one each
  if (value.list > 0 && field.kind != ListField::Kind::kString) {
    append_tag(list_head, field.number);
    table::append_varint(list_head, value.list);
  }
  append_tag(saved_slice, 3);
  table::append_varint(saved_slice, list_head.size() + value.list);
  append_tag(value.head, 2);
  table::append_varint(value.head, saved_slice.size() + list_head.size() + value.list);
  value.head += saved_slice + list_head;
  return value;
}

void write_value(const EncodedValue& value, const Tensor& tensor, const table::Writer::Sink& sink) {
  const ListField field = field_to_write(tensor.dtype());
  sink(std::as_bytes(std::span(value.head)));
  if (field.kind == ListField::Kind::kString) return write_strings(tensor, field, sink);
  if (field.kind == ListField::Kind::kVarint) {
    return with_integers(tensor, [&](auto elements) { write_varints(elements, sink); });
  }
  auto rest = std::span(static_cast<const std::byte*>(tensor.raw_data()), tensor.num_bytes());
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(rest.size(), kPiece));
    sink(piece);
    rest = rest.subspan(piece.size());
  }
}

}  // namespace tensorkeep::slices
