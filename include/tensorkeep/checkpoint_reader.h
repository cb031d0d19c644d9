#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tensorkeep/checkpoint_management.h"
#include "tensorkeep/dtype.h"
#include "tensorkeep/shape.h"
#include "tensorkeep/tensor.h"

// Reading a checkpoint without a graph.
//
// Both formats are read alike. Wherever a path is taken, it may be a prefix ("dir/model-100"), any
// file of the checkpoint (.index, .data-00000-of-00001, .meta, a shard, or the folder's
// `checkpoint` file), or a folder: then it is the newest checkpoint there, or the variables of a
// SavedModel.
namespace tensorkeep::train {

struct TensorInfo {
  std::string name;  // any bytes
  DType dtype = DType::kInvalid;
  Shape shape;
  std::uint64_t bytes = 0;          // all slices together; of strings, as stored
  std::vector<std::string> slices;  // as "0,2:-", if it is stored in parts
  // In an object-based checkpoint, what the variable was called: "dense/kernel" for the key
  // "net/w/.ATTRIBUTES/VARIABLE_VALUE". Empty elsewhere.
  std::string full_name = {};
};

// What checking a tensor's bytes found.
struct TensorVerdict {
  // "ok", "checksum mismatch", "truncated", "missing file", "bad slices", "corrupt", "unsupported"
  // or "unreadable".
  std::string status;
  std::string name;
  std::string message;  // the error's text; empty if ok
  bool ok() const { return status == "ok"; }
};

// Called with the bytes done and the bytes there are in all.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// A checkpoint open for reading: a snapshot of its index. In TensorFlow 2's object-based
// checkpoints a tensor goes by its key and by its variable's full name alike; where both could be
// meant, the key is. Methods are const and may be called from several threads at once.
class CheckpointReader {
 public:
  // Throws NotFoundError if there is no checkpoint, DataLossError if the file is no checkpoint (the
  // text tells what it is) or its index is damaged.
  explicit CheckpointReader(const std::string& path);
  ~CheckpointReader();
  CheckpointReader(CheckpointReader&&) noexcept;
  CheckpointReader& operator=(CheckpointReader&&) noexcept;

  // The prefix that the path stands for.
  const std::string& prefix() const;
  // kV1 or kV2.
  CheckpointFormatVersion format_version() const;

  std::map<std::string, Shape> get_variable_to_shape_map() const;
  std::map<std::string, DType> get_variable_to_dtype_map() const;
  bool has_tensor(const std::string& name) const;
  // The key that a name stands for: itself, or the key of the variable with this full name; nullopt
  // if there is neither. Throws InvalidArgumentError if several variables have this full name,
  // DataLossError if it is not a key and the checkpoint's object graph is damaged.
  std::optional<std::string> find_key(const std::string& name) const;
  // One that is stored in slices is put together. Throws NotFoundError "Key X not found in
  // checkpoint" or, in V1, "Tensor name "X" not found in checkpoint files P"; DataLossError for a
  // wrong checksum; OutOfRangeError for a data file that ends too early.
  Tensor get_tensor(const std::string& name) const;
  // The same for each of `names`, read by several threads.
  std::vector<Tensor> get_tensors(const std::vector<std::string>& names) const;
  // A part: "0,2:-" is rows 0 and 1 with every column. Also throws InvalidArgumentError for a
  // text that is no slice, InternalError (TensorFlow's class) for a part beyond the shape.
  Tensor get_slice(const std::string& name, const std::string& slice) const;
  // A line "name (DT_FLOAT) [2,3]" per tensor.
  std::string debug_string() const;

  // All tensors, in byte order of their names.
  std::vector<TensorInfo> tensors() const;
  TensorInfo tensor_info(const std::string& name) const;  // NotFoundError; as find_key

  // Reads every byte and checks it, in a fixed amount of memory; a verdict per tensor, in the order
  // of tensors(). Never throws for what is wrong with a tensor.
  std::vector<TensorVerdict> verify(const Progress& progress = {}) const;
  TensorVerdict verify(const std::string& name) const;  // of one tensor; a missing one has one too
  // What no tensor's verdict would tell, such as a data file longer than the index knows.
  std::vector<std::string> remarks() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

CheckpointReader NewCheckpointReader(const std::string& path);

// The same, where a folder without a checkpoint is a ValueError.
CheckpointReader load_checkpoint(const std::string& ckpt_dir_or_file);
// The tensor `name`; a trailing ":0" is dropped.
Tensor load_variable(const std::string& ckpt_dir_or_file, const std::string& name);
// Names and shapes, in byte order.
std::vector<std::pair<std::string, Shape>> list_variables(const std::string& ckpt_dir_or_file);

}  // namespace tensorkeep::train
