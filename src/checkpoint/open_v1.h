#pragma once

#include <string>

#include "io/file_system.h"
#include "slices/reader.h"

namespace tensorkeep::checkpoint {

// The V1 checkpoint of a file, or of all the files that match a pattern ("P-?????-of-00002"; then
// those of its numbers that are not there are told in errors). Throws NotFoundError "Unsuccessful
// TensorSliceReader constructor: Failed to find any matching files for P".
slices::Reader open_v1(io::FileSystem& files, const std::string& prefix);

}  // namespace tensorkeep::checkpoint
