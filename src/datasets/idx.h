#pragma once

#include <string>

#include "tensorkeep/tensor.h"

namespace tensorkeep::datasets {

// An IDX file of unsigned bytes, plain or gzipped, as a uint8 tensor of `rank` dimensions.
//
//   0 0 | 8 = unsigned byte | rank | rank big-endian uint32 dimensions | values, row-major
//
// `what` names the kind of file in errors ("image"). Throws NotFoundError, InvalidArgumentError
// (ValueError) for another magic number, DataLossError for a file shorter or longer than it says.
Tensor read_idx(const std::string& path, int rank, const std::string& what);

}  // namespace tensorkeep::datasets
