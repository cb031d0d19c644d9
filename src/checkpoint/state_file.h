#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/file_system.h"
#include "tensorkeep/checkpoint_management.h"

// The `checkpoint` file: a CheckpointState in protobuf's text form, over any file system.
namespace tensorkeep::checkpoint {

using train::CheckpointState;
using train::CheckpointStateOptions;

// The bytes Python's text_format writes.
std::string encode_state(const CheckpointState& state);
// Throws DataLossError naming `path`, if the text is no CheckpointState or names no checkpoint.
CheckpointState decode_state(std::string_view text, const std::string& path);

// Throws InvalidArgumentError (ValueError) if the name has a directory in it or is empty.
void check_latest_filename(const std::string& latest_filename);

// As the public functions, which call them with the default file system.
void update_state(io::FileSystem& files, const std::string& save_dir,
                  const std::string& model_checkpoint_path, const CheckpointStateOptions& options);
std::optional<CheckpointState> get_state(io::FileSystem& files, const std::string& checkpoint_dir,
                                         const std::string& latest_filename = "checkpoint");
std::optional<std::string> latest(io::FileSystem& files, const std::string& checkpoint_dir,
                                  const std::string& latest_filename = "checkpoint");

}  // namespace tensorkeep::checkpoint
