#include "convert/npy.h"

#include <fmt/format.h>

#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kPreambleBytes = 10;
constexpr std::size_t kMaxHeaderBytes = 65535;

char kind_of(DType dtype) {
  if (dtype == DType::kBool) return 'b';
  if (is_complex(dtype)) return 'c';
  if (dtype == DType::kFloat16 || dtype == DType::kFloat32 || dtype == DType::kFloat64) return 'f';
  const bool plain = is_integer(dtype) && dtype != DType::kInt4 && dtype != DType::kInt2;
  return plain && !is_unsigned(dtype) ? 'i' : 'u';
}

}  // namespace

std::string npy_descr(DType dtype) {
  const std::size_t width = size_of(dtype);
  if (width == 0) return "";
  return fmt::format("{}{}{}", width == 1 ? '|' : '<', kind_of(dtype), width);
}

std::string npy_header(DType dtype, const Shape& shape) {
  std::string dims = fmt::format("{}", fmt::join(shape.dims(), ", "));
  if (shape.rank() == 1) dims += ",";
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   npy_descr(dtype), dims);
  const std::size_t used = kPreambleBytes + header.size() + 1;
  header.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  header += '\n';
  if (header.size() > kMaxHeaderBytes) {
    throw errors::UnimplementedError(
        fmt::format("a tensor of rank {} does not fit a .npy file", shape.rank()));
  }
  std::string preamble("\x93NUMPY\x01\x00", 8);
  preamble += static_cast<char>(header.size() & 0xff);
  preamble += static_cast<char>(header.size() >> 8);
  return preamble + header;
}

}  // namespace tensorkeep::convert
