#pragma once

#include <string>

#include "io/file_system.h"
#include "tensorkeep/npz.h"

// The public functions over any file system.
namespace tensorkeep::convert {

Tensor load_npy(io::FileSystem& files, const std::string& path);
void save_npy(io::FileSystem& files, const Tensor& tensor, const std::string& path);

}  // namespace tensorkeep::convert
