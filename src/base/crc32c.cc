#include "base/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>

namespace tensorkeep::crc32c {

std::uint32_t extend(std::uint32_t crc, std::span<const std::byte> bytes) {
  constexpr std::size_t kLargest = std::size_t{1} << 30;  // ISA-L counts in int
  std::uint32_t state = ~crc;
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kLargest);
    // ISA-L's parameter is not const, but is only read.
    auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));
    state = crc32_iscsi(data, static_cast<int>(size), state);
    bytes = bytes.subspan(size);
  }
  return ~state;
}

namespace {

// A linear map on checksums: column i is the image of bit i.
using Matrix = std::array<std::uint32_t, 32>;

std::uint32_t image_of(const Matrix& matrix, std::uint32_t vector) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; vector != 0; ++i, vector >>= 1) {
    if (vector & 1) sum ^= matrix[i];
  }
  return sum;
}

Matrix square(const Matrix& matrix) {
  Matrix result;
  for (std::size_t i = 0; i < 32; ++i) result[i] = image_of(matrix, matrix[i]);
  return result;
}

// What one zero bit does to the state: a shift, and the polynomial (reflected) if a one falls out.
Matrix one_zero_bit() {
  Matrix matrix;
  matrix[0] = 0x82f63b78u;
  for (std::size_t i = 1; i < 32; ++i) matrix[i] = 1u << (i - 1);
  return matrix;
}

}  // namespace

// As zlib's crc32_combine: crc(AB) = crc(A 0...0) ^ crc(B), and appending zeros is a matrix power.
std::uint32_t combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t size_b) {
  Matrix zeros = square(square(square(one_zero_bit())));  // one zero byte
  for (; size_b != 0; size_b >>= 1) {
    if (size_b & 1) crc_a = image_of(zeros, crc_a);
    zeros = square(zeros);
  }
  return crc_a ^ crc_b;
}

}  // namespace tensorkeep::crc32c
