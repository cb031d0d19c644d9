#pragma once

#include <string>

#include "tensorkeep/tensor.h"

// Tensors as numpy's files; convert.h makes whole .npz files. Types numpy lacks (bfloat16, the 8-,
// 4- and 2-bit kinds, the quantised types) are stored as unsigned integers of the same width, bit
// for bit. The formats: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html and
// PKWARE's APPNOTE.TXT.
namespace tensorkeep {

// Writes one tensor as a .npy file, in one atomic step. Throws UnimplementedError for a string
// tensor, and what the file system throws.
void save_npy(const Tensor& tensor, const std::string& path);

// Reads a .npy file of little-endian numbers, row- or column-major. Throws NotFoundError,
// DataLossError for a file that is damaged or another kind of file, UnimplementedError for elements
// that are no numbers of TensorFlow's (strings, objects, dates, big-endian).
Tensor load_npy(const std::string& path);

}  // namespace tensorkeep
