#include "convert/npy_header.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "convert/npy.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeader = 1 << 20;
constexpr int kMaxRank = 254;

DType dtype_of_descr(std::string_view descr) {
  for (const DType dtype : {float32, float64, float16, int8, int16, int32, int64, uint8, uint16,
                            uint32, uint64, boolean, complex64, complex128}) {
    if (npy_descr(dtype) == descr) return dtype;
  }
  return DType::kInvalid;
}

// Python's literal {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, keys in any order.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& what) : rest_(text), what_(what) {}

  NpyHeader parse() {
    NpyHeader header;
    bool has_descr = false;
    bool has_shape = false;
    bool has_order = false;
    expect("{");
    while (!take("}")) {
      const std::string_view key = quoted();
      expect(":");
      if (key == "descr") {
        header.descr = descr();
        header.dtype = dtype_of_descr(header.descr);
        has_descr = true;
      } else if (key == "fortran_order") {
        header.column_major = take("True");
        if (!header.column_major) expect("False");
        has_order = true;
      } else if (key == "shape") {
        header.shape = shape();
        has_shape = true;
      } else {
        fail(fmt::format("unknown key '{}'", key));
      }
      if (take(",")) continue;
      expect("}");
      break;
    }
    if (!has_descr || !has_shape || !has_order) fail("keys are missing");
    return header;
  }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    throw errors::DataLossError(
        fmt::format("{}: the header of this .npy file is damaged: {}", what_, why),
        {.file = what_});
  }

  bool take(std::string_view token) {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  void expect(std::string_view token) {
    if (!take(token)) fail(fmt::format("'{}' expected", token));
  }

  std::string_view quoted() {
    const bool is_double = take("\"");
    if (!is_double) expect("'");
    const std::size_t end = rest_.find(is_double ? '"' : '\'');
    if (end == std::string_view::npos) fail("a string has no end");
    return taken(end, 1);
  }

  // The next `size` characters; `more` after them are passed over.
  std::string_view taken(std::size_t size, std::size_t more) {
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size + more);
    return text;
  }

  // A type's name, or the list of a structured type's fields, as it stands.
  std::string descr() {
    take("");  // spaces
    if (!rest_.starts_with('[')) return std::string(quoted());
    std::size_t end = 0;
    int depth = 0;
    do {
      if (end == rest_.size()) fail("a list has no end");
      depth += rest_[end] == '[' ? 1 : rest_[end] == ']' ? -1 : 0;
      ++end;
    } while (depth > 0);
    return std::string(taken(end, 0));
  }

  Shape shape() {
    std::vector<std::int64_t> dims;
    expect("(");
    while (!take(")")) {
      std::int64_t dim = 0;
      take("");  // spaces
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), dim);
      if (error != std::errc() || dim < 0) fail("a dimension expected");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      dims.push_back(dim);
      if (dims.size() > kMaxRank) fail("too many dimensions");
      if (take(",")) continue;
      expect(")");
      break;
    }
    return Shape(std::move(dims));
  }

  std::string_view rest_;
  const std::string& what_;
};

}  // namespace

NpyHeader read_npy_header(io::ByteStream& stream, const std::string& what) {
  std::array<unsigned char, 12> preamble{};
  const auto read = [&](std::span<unsigned char> out) {
    return stream.read(std::as_writable_bytes(out)) == out.size();
  };
  const bool there = read(std::span(preamble).first(10));
  if (!there ||
      std::string_view(reinterpret_cast<const char*>(preamble.data()), kMagic.size()) != kMagic) {
    throw errors::DataLossError(fmt::format("{}: not a .npy file", what), {.file = what});
  }
  const unsigned version = preamble[6];
  const bool has_long_size = version != 1;
  bool good = version >= 1 && version <= 3;
  if (has_long_size) good = good && read(std::span(preamble).subspan(10));
  std::size_t size = preamble[8] | static_cast<std::size_t>(preamble[9]) << 8;
  if (has_long_size) {
    size |= static_cast<std::size_t>(preamble[10]) << 16 | static_cast<std::size_t>(preamble[11])
                                                               << 24;
  }
  std::string text;
  if (good && size <= kMaxHeader) {
    text.resize(size);
    good = stream.read(std::as_writable_bytes(std::span(text))) == size;
  }
  if (!good || size > kMaxHeader) {
    throw errors::DataLossError(fmt::format("{}: the header of this .npy file is damaged", what),
                                {.file = what});
  }
  NpyHeader header = HeaderParser(text, what).parse();
  header.size = (has_long_size ? 12 : 10) + size;
  return header;
}

std::string unreadable_elements(const NpyHeader& header) {
  return fmt::format("elements of numpy type '{}' cannot be read: little-endian numbers can",
                     header.descr);
}

}  // namespace tensorkeep::convert
