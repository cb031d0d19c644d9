#pragma once

#include <string>

#include "io/file_system.h"

// From what a user names to a checkpoint: the one place that tells the formats apart.
namespace tensorkeep::checkpoint {

enum class Format {
  kV1,  // prefix is the file, or a pattern of its shards
  kV2,  // PREFIX.index is there
};

struct Checkpoint {
  std::string prefix;
  Format format = Format::kV2;
};

// `path` may be a prefix, a member file, a `checkpoint` file, or a folder: the checkpoint its state
// file names; without a state file a SavedModel's variables, or the checkpoint written last.
//
// Throws NotFoundError "Unsuccessful TensorSliceReader constructor: Failed to find any matching
// files for P" (which names checkpoints that are there instead), or if a member file's index is
// missing; DataLossError for a file of another kind (which tells the kind) or a damaged state file.
Checkpoint resolve(io::FileSystem& files, const std::string& path);

}  // namespace tensorkeep::checkpoint
