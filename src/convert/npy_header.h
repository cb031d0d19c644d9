#pragma once

#include <cstdint>
#include <string>

#include "io/byte_stream.h"
#include "tensorkeep/dtype.h"
#include "tensorkeep/shape.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep::convert {

// What stands before the elements of a .npy file, read; npy.h says how it is written.
struct NpyHeader {
  std::string descr;              // numpy's name of the type
  DType dtype = DType::kInvalid;  // kInvalid if TensorFlow has no such type
  Shape shape;
  bool column_major = false;
  std::uint64_t size = 0;  // bytes up to the elements
};

// Reads up to the elements. Throws DataLossError "W: not a .npy file", "W: the header of this .npy
// file is damaged", with W what the file is called.
NpyHeader read_npy_header(io::ByteStream& stream, const std::string& what);

// Throws DataLossError unless `there` bytes of elements are what the header tells. REQUIRES: a
// known dtype.
void check_npy_size(const NpyHeader& header, std::uint64_t there, const std::string& what);

// Elements whose first index runs fastest, put the other way round.
Tensor row_major(const Tensor& from);

// "elements of numpy type '>f4' cannot be read: little-endian numbers can".
std::string unreadable_elements(const NpyHeader& header);

}  // namespace tensorkeep::convert
