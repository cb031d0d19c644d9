#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "convert/npy.h"
#include "convert/npz.h"
#include "io/default_file_system.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

// The other direction of npy.h:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
namespace tensorkeep::convert {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeader = 1 << 20;
constexpr int kMaxRank = 254;

struct Header {
  DType dtype = DType::kInvalid;
  Shape shape;
  bool column_major = false;
};

// Python's literal {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, keys in any order.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& path) : rest_(text), path_(path) {}

  Header parse() {
    Header header;
    bool has_shape = false;
    bool has_order = false;
    expect("{");
    while (!take("}")) {
      const std::string_view key = quoted();
      expect(":");
      if (key == "descr") {
        header.dtype = dtype_of_descr(quoted());
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
    if (header.dtype == DType::kInvalid || !has_shape || !has_order) fail("keys are missing");
    return header;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw errors::DataLossError(
        fmt::format("{}: the header of this .npy file is damaged: {}", path_, what),
        {.file = path_});
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
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
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

  DType dtype_of_descr(std::string_view descr) const {
    for (const DType dtype : {float32, float64, float16, int8, int16, int32, int64, uint8, uint16,
                              uint32, uint64, boolean, complex64, complex128}) {
      if (npy_descr(dtype) == descr) return dtype;
    }
    throw errors::UnimplementedError(
        fmt::format("{}: elements of numpy type '{}' cannot be read: little-endian numbers can",
                    path_, descr),
        {.file = path_});
  }

  std::string_view rest_;
  const std::string& path_;
};

// Elements whose first index runs fastest, put the other way round.
Tensor row_major(const Tensor& from) {
  const auto& dims = from.shape().dims();
  Tensor result(from.dtype(), from.shape());
  const std::size_t width = size_of(from.dtype());
  const auto* in = static_cast<const char*>(from.raw_data());
  auto* out = static_cast<char*>(result.mutable_raw_data());
  std::vector<std::int64_t> index(dims.size(), 0);
  for (std::int64_t i = 0; i < from.num_elements(); ++i) {
    std::int64_t place = 0;
    for (std::size_t d = dims.size(); d-- > 0;) place = place * dims[d] + index[d];
    std::copy_n(in + static_cast<std::size_t>(place) * width, width,
                out + static_cast<std::size_t>(i) * width);
    for (std::size_t d = dims.size(); d-- > 0;) {
      if (++index[d] < dims[d]) break;
      index[d] = 0;
    }
  }
  return result;
}

}  // namespace

Tensor load_npy(io::FileSystem& files, const std::string& path) {
  const auto file = files.open(path);
  std::string preamble(12, '\0');
  preamble.resize(file->read(0, std::as_writable_bytes(std::span(preamble))));
  if (preamble.size() < 12 || !preamble.starts_with(kMagic)) {
    throw errors::DataLossError(fmt::format("{}: not a .npy file", path), {.file = path});
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(preamble[i]); };
  const bool is_short = byte(6) == 1;
  const std::size_t begin = is_short ? 10 : 12;
  std::size_t size = byte(8) | (byte(9) << 8);
  if (!is_short)
    size |= static_cast<std::size_t>(byte(10)) << 16 | static_cast<std::size_t>(byte(11)) << 24;
  if (byte(6) < 1 || byte(6) > 3 || size > kMaxHeader || begin + size > file->size()) {
    throw errors::DataLossError(fmt::format("{}: the header of this .npy file is damaged", path),
                                {.file = path});
  }
  std::string text(size, '\0');
  file->read_exactly(begin, std::as_writable_bytes(std::span(text)));
  const Header header = HeaderParser(text, path).parse();
  const auto count = header.shape.checked_num_elements();
  const std::uint64_t there = file->size() - begin - size;
  const std::size_t width = size_of(header.dtype);
  if (!count || static_cast<std::uint64_t>(*count) > there / width ||
      static_cast<std::uint64_t>(*count) * width != there) {
    throw errors::DataLossError(
        fmt::format(
            "{}: {} bytes of elements for a {} of shape {}: the file is truncated or damaged", path,
            there, name_of(header.dtype), header.shape.to_string()),
        {.file = path});
  }
  Tensor tensor(header.dtype, header.shape);
  if (tensor.num_bytes() > 0) {
    file->read_exactly(begin + size,
                       {static_cast<std::byte*>(tensor.mutable_raw_data()), tensor.num_bytes()});
  }
  return header.column_major && header.shape.rank() > 1 ? row_major(tensor) : tensor;
}

}  // namespace tensorkeep::convert

namespace tensorkeep {

Tensor load_npy(const std::string& path) {
  return convert::load_npy(io::default_file_system(), path);
}

}  // namespace tensorkeep
