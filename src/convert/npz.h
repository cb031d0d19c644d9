#pragma once

#include <string>

#include "io/file_system.h"
#include "tensorkeep/npz.h"

// The public functions over any file system.
namespace tensorkeep::convert {

Tensor load_npy(io::FileSystem& files, const std::string& path);
void save_npy(io::FileSystem& files, const Tensor& tensor, const std::string& path);
NpzSummary save_npz(io::FileSystem& files, const train::CheckpointReader& reader,
                    const std::string& path, const train::Progress& progress);

}  // namespace tensorkeep::convert
