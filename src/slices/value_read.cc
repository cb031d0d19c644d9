#include <fmt/format.h>

#include <cstring>

#include "slices/value.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::slices {
namespace {

using table::take_varint;
using table::ValueStream;

constexpr unsigned kVarint = 0;
constexpr unsigned kFixed64 = 1;
constexpr unsigned kLengthDelimited = 2;
constexpr unsigned kFixed32 = 5;

// Reads the one list that matters and passes over everything else.
class ValueParser {
 public:
  ValueParser(ValueStream& stream, DType dtype, std::uint64_t count, void* out,
              const std::string& what)
      : stream_(stream),
        field_(*list_field_of(dtype)),
        dtype_(dtype),
        width_(size_of(dtype)),
        count_(count),
        out_(static_cast<std::byte*>(out)),
        what_(what) {}

  void parse() {
    for_each_field(0, [&](std::uint64_t number, unsigned wire) {
      if (number != 2 || wire != kLengthDelimited) return skip(wire);
      for_each_field(end_of_field(), [&](std::uint64_t inner, unsigned inner_wire) {
        if (inner != 3 || inner_wire != kLengthDelimited) return skip(inner_wire);
        for_each_field(end_of_field(), [&](std::uint64_t list, unsigned list_wire) {
          if (list != static_cast<std::uint64_t>(field_.number)) return skip(list_wire);
          take_list(list_wire);
        });
      });
    });
    if (bytes_ % std::max<std::size_t>(width_, 1) != 0 || done() != count_) fail_count(done());
  }

 private:
  std::uint64_t done() const {
    return field_.kind == ListField::Kind::kFixed ? bytes_ / width_ : elements_;
  }
  [[noreturn]] void fail(const std::string& text) const {
    stream_.fail(fmt::format("Invalid value of {}: {}", what_, text));
  }
  [[noreturn]] void fail_count(std::uint64_t found) const {
    fail(fmt::format("{} elements of type {}, expected {}", found, name_of(dtype_), count_));
  }

  // A message ends where so many bytes remain in the stream.
  std::uint64_t end_of_field() {
    const std::uint64_t size = take_varint(stream_);
    if (size > stream_.remaining()) fail("a field is longer than the record");
    return stream_.remaining() - size;
  }
  template <typename F>
  void for_each_field(std::uint64_t end, F f) {
    while (stream_.remaining() > end) {
      const std::uint64_t tag = take_varint(stream_);
      f(tag >> 3, static_cast<unsigned>(tag & 7));
    }
    if (stream_.remaining() < end) fail("a field is longer than its message");
  }
  void skip(unsigned wire) {
    switch (wire) {
      case kVarint:
        take_varint(stream_);
        return;
      case kFixed64:
        return stream_.skip(8);
      case kLengthDelimited: {
        const std::uint64_t size = take_varint(stream_);
        return stream_.skip(size);
      }
      case kFixed32:
        return stream_.skip(4);
      default:
        fail("an unknown kind of field");
    }
  }

  void take_list(unsigned wire) {
    switch (field_.kind) {
      case ListField::Kind::kFixed:
        return take_fixed(wire);
      case ListField::Kind::kString:
        if (wire != kLengthDelimited) fail("no string");
        return take_string();
      case ListField::Kind::kVarint:
        if (wire == kVarint) return store(take_varint(stream_));
        if (wire != kLengthDelimited) fail("no list of integers");
        return take_varints(end_of_field());
    }
  }

  void take_fixed(unsigned wire) {
    std::uint64_t size = 0;
    if (wire == kLengthDelimited) {
      size = take_varint(stream_);
    } else if (wire == kFixed32 && (dtype_ == float32 || dtype_ == complex64)) {
      size = 4;
    } else if (wire == kFixed64 && (dtype_ == float64 || dtype_ == complex128)) {
      size = 8;
    } else {
      fail("no list of numbers");
    }
    if (size > count_ * width_ - bytes_) fail_count(done() + size / width_);
    if (out_ == nullptr) {
      stream_.skip(size);
    } else {
      stream_.read({out_ + bytes_, static_cast<std::size_t>(size)});
    }
    bytes_ += size;
  }

  void take_string() {
    const std::uint64_t size = take_varint(stream_);
    if (size > stream_.remaining()) fail("a string is longer than the record");
    if (elements_ == count_) fail_count(elements_ + 1);
    if (out_ == nullptr) {
      stream_.skip(size);
    } else {
      std::string& text = reinterpret_cast<std::string*>(out_)[elements_];
      text.resize(size);
      stream_.read(std::as_writable_bytes(std::span(text)));
    }
    ++elements_;
  }

  void store(std::uint64_t value) {
    if (elements_ == count_) fail_count(elements_ + 1);
    if (dtype_ == boolean) value = value != 0 ? 1 : 0;
    if (out_ != nullptr) std::memcpy(out_ + elements_ * width_, &value, width_);
    ++elements_;
  }

  void take_varints(std::uint64_t end) {
    while (stream_.remaining() > end) {
      const auto piece = stream_.peek();
      const std::uint64_t most = std::min<std::uint64_t>(piece.size(), stream_.remaining() - end);
      const std::size_t used = decode(piece.first(most));
      if (used > 0) {
        stream_.skip(used);
      } else {
        store(take_varint(stream_));  // one that the buffer has no more than the beginning of
        if (stream_.remaining() < end) fail("a number is longer than its list");
      }
    }
  }
  // The numbers that lie in the piece whole; returns the bytes they take.
  std::size_t decode(std::span<const std::byte> piece) {
    switch (width_) {
      case 1:
        return decode_as<std::uint8_t>(piece);
      case 2:
        return decode_as<std::uint16_t>(piece);
      case 4:
        return decode_as<std::uint32_t>(piece);
      default:
        return decode_as<std::uint64_t>(piece);
    }
  }
  template <typename T>
  std::size_t decode_as(std::span<const std::byte> piece) {
    const auto* at = reinterpret_cast<const unsigned char*>(piece.data());
    const auto* const begin = at;
    const auto* const end = at + piece.size();
    std::uint64_t elements = elements_;
    const bool is_bool = dtype_ == boolean;
    while (at < end) {
      const unsigned char* next = at;
      std::uint64_t value = *next & 0x7f;
      for (int shift = 7; *next++ >= 0x80; shift += 7) {
        if (next == end || shift > 63) {
          elements_ = elements;
          return static_cast<std::size_t>(at - begin);
        }
        value |= static_cast<std::uint64_t>(*next & 0x7f) << shift;
      }
      if (elements == count_) fail_count(elements + 1);
      if (is_bool) value = value != 0 ? 1 : 0;
      if (out_ != nullptr) {
        const auto element = static_cast<T>(value);
        std::memcpy(out_ + elements * sizeof(T), &element, sizeof(T));
      }
      ++elements;
      at = next;
    }
    elements_ = elements;
    return piece.size();
  }

  ValueStream& stream_;
  ListField field_;
  DType dtype_;
  std::size_t width_;
  std::uint64_t count_;
  std::byte* out_;
  const std::string& what_;
  std::uint64_t bytes_ = 0;     // taken of a fixed list
  std::uint64_t elements_ = 0;  // taken of another
};

}  // namespace

void read_value(table::ValueStream& stream, DType dtype, std::uint64_t count, void* out,
                const std::string& what) {
  ValueParser(stream, dtype, count, out, what).parse();
}

}  // namespace tensorkeep::slices
