#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/tensor.h"

// Tensors as numpy's files. Types numpy lacks (bfloat16, the 8-, 4- and 2-bit kinds, the quantised
// types) are stored as unsigned integers of the same width, bit for bit. The formats:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html and PKWARE's APPNOTE.TXT.
namespace tensorkeep {

// Writes one tensor as a .npy file, in one atomic step. Throws UnimplementedError for a string
// tensor, and what the file system throws.
void save_npy(const Tensor& tensor, const std::string& path);

// Reads a .npy file of little-endian numbers, row- or column-major. Throws NotFoundError,
// DataLossError for a file that is damaged or another kind of file, UnimplementedError for elements
// that are no numbers of TensorFlow's (strings, objects, dates, big-endian).
Tensor load_npy(const std::string& path);

struct NpzSummary {
  struct LeftOut {
    std::string name;
    std::string reason;
  };
  std::size_t tensors = 0;  // written
  std::vector<LeftOut> left_out;
};

// Writes all tensors of a checkpoint as an uncompressed .npz file, "NAME.npy" each, in one atomic
// step; holds one tensor in memory at a time. Left out are strings, variants and resources, and
// names no zip archive can hold. Throws what reading throws; then no file is left behind.
NpzSummary save_npz(const train::CheckpointReader& reader, const std::string& path,
                    const train::Progress& progress = {});

}  // namespace tensorkeep
