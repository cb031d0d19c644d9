#pragma once

#include <optional>
#include <string>
#include <vector>

// The `checkpoint` file of a folder, and the files of a checkpoint as a whole: TensorFlow's
// tf.train functions of the same names. All may be called from any thread; the functions that write
// or remove are for one thread (and process) a folder.
namespace tensorkeep::train {

// SaverDef.CheckpointFormatVersion.
enum class CheckpointFormatVersion { kLegacy = 0, kV1 = 1, kV2 = 2 };

// What the `checkpoint` file of a folder says.
struct CheckpointState {
  std::string model_checkpoint_path;                    // the newest
  std::vector<std::string> all_model_checkpoint_paths;  // oldest first
  std::vector<double> all_model_checkpoint_timestamps;  // seconds since 1970; may be empty
  double last_preserved_timestamp = 0;                  // seconds since 1970; 0 if not told
  bool operator==(const CheckpointState&) const = default;
};

struct CheckpointStateOptions {
  // Oldest first; model_checkpoint_path is added at the end if it is not there.
  std::vector<std::string> all_model_checkpoint_paths = {};
  std::string latest_filename = "checkpoint";
  std::vector<double> all_model_checkpoint_timestamps = {};
  double last_preserved_timestamp = 0;
  // Writes absolute paths relative to save_dir.
  bool save_relative_paths = false;
  // Returns when the file is on the disk; without it, syncing is left to the system.
  bool durable = true;
};

// Relative paths become relative to a relative `save_dir`; nothing is written. Throws
// InvalidArgumentError (ValueError) if there are timestamps, but not one per path, or if a path is
// empty. Only the lists of `options` are used.
CheckpointState generate_checkpoint_state_proto(const std::string& save_dir,
                                                const std::string& model_checkpoint_path,
                                                const CheckpointStateOptions& options = {});

// Writes save_dir/checkpoint in one atomic step: after an error the old file is as it was. The
// bytes are TensorFlow's. Throws as generate_checkpoint_state_proto; InvalidArgumentError if
// latest_filename names a directory (ValueError) or if the file is the checkpoint's own
// (RuntimeError); and what the file system throws.
void update_checkpoint_state(const std::string& save_dir, const std::string& model_checkpoint_path,
                             const CheckpointStateOptions& options = {});

// Reads checkpoint_dir/checkpoint; relative paths are joined to checkpoint_dir. A path under which
// there is no checkpoint, but whose last parts lead to one under checkpoint_dir, is replaced by
// that one: the folder has been moved. nullopt if there is no such file. Throws DataLossError if it
// is no CheckpointState (with ValueError's wording if the newest path is missing).
std::optional<CheckpointState> get_checkpoint_state(
    const std::string& checkpoint_dir, const std::string& latest_filename = "checkpoint");

// The newest checkpoint's prefix, if there is a state file and the checkpoint it names is there.
std::optional<std::string> latest_checkpoint(const std::string& checkpoint_dir,
                                             const std::string& latest_filename = "checkpoint");

// Whether PREFIX.index or a file PREFIX (V1) is there. '?' and '*' in the last part of the path
// match as in a shell, for sharded V1 files ("model-?????-of-00002"); no other character is
// special.
bool checkpoint_exists(const std::string& checkpoint_prefix);

// Modification times in seconds since 1970 of the checkpoints that are there, in the order given:
// of PREFIX.index, else of PREFIX. The list is shorter if some are missing.
std::vector<double> get_checkpoint_mtimes(const std::vector<std::string>& checkpoint_prefixes);

// Removes PREFIX.meta, then PREFIX.index, then PREFIX.data-?????-of-????? (or, for V1, PREFIX
// itself after the .meta). What is not there is not missed.
void remove_checkpoint(
    const std::string& checkpoint_prefix,
    CheckpointFormatVersion checkpoint_format_version = CheckpointFormatVersion::kV2,
    const std::string& meta_graph_suffix = "meta");

// "model-10" -> "model-10.meta"; a shard's suffix ("-00000-of-00002", "-?????-of-00002") is
// dropped.
std::string meta_graph_filename(const std::string& checkpoint_filename,
                                const std::string& meta_graph_suffix = "meta");

}  // namespace tensorkeep::train
