#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"
#include "tensorkeep/saver_builder.h"
#include "tensorkeep/session.h"
#include "tensorkeep/variable.h"

namespace tensorkeep::train {

struct SaverOptions {
  VarList var_list = {};  // all saveable objects of the default graph, if not given
  bool reshape = false;   // restore tensors of another shape with as many elements
  bool sharded = false;
  int max_to_keep = 5;  // 0 or None: remove nothing, list only the newest
  double keep_checkpoint_every_n_hours = 10000.0;
  std::string name = {};  // of the scope of the nodes; with saver_def, the scope of its names
  bool restore_sequentially = false;
  std::optional<SaverDef> saver_def = std::nullopt;  // of nodes that are in the graph already
  std::shared_ptr<const BaseSaverBuilder> builder = nullptr;
  bool defer_build = false;
  bool allow_empty = false;
  SaverDef::CheckpointFormatVersion write_version = SaverDef::V2;
  bool pad_step_number = false;  // "model-00000100"
  bool save_relative_paths = false;
  std::string filename = {};
};

// A step: a number, or what a session computes it from (a variable, a tensor, a tensor's name).
class GlobalStep {
 public:
  GlobalStep() = default;  // none
  template <std::integral T>
  GlobalStep(T step) : value_(static_cast<std::int64_t>(step)) {}
  template <typename T>
  requires(!std::integral<T> && std::convertible_to<T, Fetch>) GlobalStep(const T& tensor)
      : value_(Fetch(tensor)) {}

  bool given() const { return !std::holds_alternative<std::monostate>(value_); }
  std::int64_t evaluate(Session& session) const;

 private:
  std::variant<std::monostate, std::int64_t, Fetch> value_;
};

struct SaveOptions {
  GlobalStep global_step = {};
  std::string latest_filename = "checkpoint";
  std::string meta_graph_suffix = "meta";
  bool write_meta_graph = true;
  bool write_state = true;
  bool strip_default_attrs = false;
  bool save_debug_info = false;
  // Ours: kDurable returns when everything is on the disk; kFast keeps the same order and leaves
  // syncing to the system.
  Durability durability = Durability::kDurable;
};

struct SaverExportMetaGraphOptions {
  std::optional<std::vector<std::string>> collection_list = std::nullopt;
  bool as_text = false;
  std::string export_scope = {};
  bool clear_devices = false;
  bool clear_extraneous_savers = false;
  bool strip_default_attrs = false;
  bool save_debug_info = false;
};

// Saves and restores the variables of a session, and other objects with a state. A handle: copies
// are the same saver. One thread at a time. A checkpoint PREFIX is PREFIX.index,
// PREFIX.data-00000-of-00001 and PREFIX.meta, and the folder's `checkpoint` file lists the newest.
class Saver {
 public:
  // Adds the nodes to the graph of the variables (unless defer_build or saver_def is given).
  // Throws InvalidArgumentError (ValueError) "No variables to save", and what SaverBuilder throws.
  explicit Saver(const SaverOptions& options = {});
  explicit Saver(const VarList& var_list, SaverOptions options = {});

  // Adds the nodes, if the saver was made with defer_build.
  void build();

  // Saves to `save_path`, or to `save_path`-<step>, and returns that prefix ("" if the saver is
  // empty). The folder is made if only its last part is missing. In this order, each step whole or
  // not at all: data and index; the .meta; the state file; the removal of what is no longer kept.
  //
  // Throws FailedPreconditionError "Attempting to use uninitialized value v"; InvalidArgumentError
  // (ValueError) "Parent directory of ... doesn't exist, can't save.", "'latest_filename' must not
  // contain path components"; RuntimeError if the saver is not built; and what writing throws
  // (ResourceExhaustedError for a full disk). Then nothing that was there is changed.
  std::string save(Session& session, const std::string& save_path, const SaveOptions& options = {});

  // Assigns every variable, and restores every other object, from a checkpoint: a prefix, any file
  // of one, or a folder (then the newest). All is checked before anything is assigned: every
  // missing, mis-shaped and mis-typed tensor is in one NotFoundError or InvalidArgumentError, which
  // begins as TensorFlow's. Checkpoints made by TensorFlow 2's object-based Checkpoint are read by
  // the variables' names.
  //
  // Throws InvalidArgumentError (ValueError) "Can't load save_path when it is None." and "The
  // passed save_path is not a valid checkpoint: ..."; DataLossError for files that are damaged.
  void restore(Session& session, const std::optional<std::string>& save_path);

  // Paths not yet removed, oldest first.
  std::vector<std::string> last_checkpoints() const;
  // Checkpoints of an unknown age, which are never removed.
  void set_last_checkpoints(const std::vector<std::string>& last_checkpoints);
  // Paths with times in seconds since 1970.
  void set_last_checkpoints_with_time(
      const std::vector<std::pair<std::string, double>>& last_checkpoints_with_time);
  // After a crash: the paths that are still there, with the times of their files.
  void recover_last_checkpoints(const std::vector<std::string>& checkpoint_paths);

  // The names of the nodes. Throws RuntimeError if the saver is not built or empty.
  const SaverDef& as_saver_def() const;
  // The same with names relative to `export_scope`; nullopt if they are not all in it.
  std::optional<SaverDef> to_proto(const std::string& export_scope = {}) const;
  static Saver from_proto(const SaverDef& saver_def, const std::string& import_scope = {});

  // The MetaGraphDef of the default graph with this saver in it; written to `filename` unless that
  // is empty.
  MetaGraphDef export_meta_graph(const std::string& filename = {},
                                 const SaverExportMetaGraphOptions& options = {}) const;

  // For collections: tf::add_to_collection(tf::GraphKeys::SAVERS, saver).
  operator CollectionItem() const;
  // The saver in an item of a collection; nullopt if it is something else.
  static std::optional<Saver> from_collection_item(const CollectionItem& item);

 private:
  class Impl;
  explicit Saver(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace tensorkeep::train
