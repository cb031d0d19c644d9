#pragma once

#include <string>

#include "tensorkeep/dtype.h"
#include "tensorkeep/shape.h"

namespace tensorkeep::convert {

// numpy's name of the type: "<f4", or of an unsigned integer where numpy lacks it ("<u2" for
// bfloat16). "" for types without elements of fixed size.
std::string npy_descr(DType dtype);

// What stands before the elements in a .npy file (version 1.0):
//
//   \x93NUMPY | 1 0 | uint16 length | {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//
// padded with spaces and a newline to a multiple of 64 bytes.
std::string npy_header(DType dtype, const Shape& shape);

}  // namespace tensorkeep::convert
