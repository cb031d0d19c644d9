#pragma once

#include <string>
#include <vector>

#include "io/file_system.h"
#include "tensorkeep/checkpoint_management.h"

// The public functions of the same names, over any file system.
namespace tensorkeep::checkpoint {

bool checkpoint_exists(io::FileSystem& files, const std::string& prefix);
std::vector<double> get_checkpoint_mtimes(io::FileSystem& files,
                                          const std::vector<std::string>& prefixes);
void remove_checkpoint(io::FileSystem& files, const std::string& prefix,
                       train::CheckpointFormatVersion version,
                       const std::string& meta_graph_suffix);

// The index, then the data; a .meta beside them stays.
void remove_v2(io::FileSystem& files, const std::string& prefix);

// After a V1 file has been written as `path`: removes a V2 checkpoint of that prefix, which every
// reader would take for the newer one. Throws if its index cannot be removed.
void supersede_v2(io::FileSystem& files, const std::string& path, io::Durability durability);

// After a sharded V2 save has failed: removes the shards that are there, PREFIX_temp/part-*.
void remove_temporary_shards(io::FileSystem& files, const std::string& prefix);

}  // namespace tensorkeep::checkpoint
