#pragma once

#include <string>

#include "io/file_system.h"

namespace tensorkeep::checkpoint {

// Whether the file ends like an SSTable: a V2 index or a V1 checkpoint.
bool is_sstable(io::FileSystem& files, const std::string& path);

// What a file that is no checkpoint looks like, for an error's text: "it is an HDF5 file (Keras
// weights?)", "it is empty". "its kind is unknown" if nothing fits.
std::string describe_file(io::FileSystem& files, const std::string& path);

}  // namespace tensorkeep::checkpoint
