#pragma once

#include <concepts>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"
#include "tensorkeep/saveable_object.h"
#include "tensorkeep/variable.h"
#include "tensorkeep/variable_scope.h"

// What a Saver saves, and the nodes it adds for that.
namespace tensorkeep::train {

// What a Saver saves: a list of variables (saved under the names of their operations), or names and
// variables. A tensor stands for its variable (the reference of a VariableV2, the value read by a
// ReadVariableOp). One in parts is saved as slices of one tensor. An object that is no variable is
// saved under the names it gives itself. A default-constructed list means all that can be saved:
// the global variables and the collection GraphKeys::SAVEABLE_OBJECTS.
class VarList {
 public:
  struct Entry {
    Entry(const Variable& variable) : variable(variable) {}
    Entry(Output tensor) : tensor(tensor) {}
    Entry(std::string name, const Variable& variable) : name(std::move(name)), variable(variable) {}
    Entry(std::string name, Output tensor) : name(std::move(name)), tensor(tensor) {}
    Entry(const PartitionedVariable& whole) : Entry(whole.name(), whole) {}
    Entry(std::string name, const PartitionedVariable& whole)
        : Entry(std::move(name), whole.variables()) {}
    Entry(const AnyVariable& any) : Entry(any.is_partitioned() ? any.name() : "", any) {}
    Entry(std::string name, const AnyVariable& any) : name(std::move(name)) {
      if (any.is_partitioned()) {
        parts = any.partitioned().variables();
      } else {
        variable = any.variable();
      }
    }
    // Slices of one tensor.
    Entry(std::string name, std::vector<Variable> parts)
        : name(std::move(name)), parts(std::move(parts)) {}
    template <std::derived_from<SaveableObject> T>
    Entry(std::shared_ptr<T> object) : object(std::move(object)) {}
    // `name` only says where in a dict it comes.
    template <std::derived_from<SaveableObject> T>
    Entry(std::string name, std::shared_ptr<T> object)
        : name(std::move(name)), object(std::move(object)) {}
    std::string name;             // empty: the operation's
    Variable variable;            // or
    Output tensor;                // or
    std::vector<Variable> parts;  // with a name; or
    Saveable object;
  };

  VarList() = default;
  VarList(std::initializer_list<Entry> entries) : given_(true), entries_(entries) {}
  VarList(std::vector<Entry> entries) : given_(true), entries_(std::move(entries)) {}
  VarList(const std::vector<Variable>& variables)
      : given_(true), entries_(variables.begin(), variables.end()) {}
  VarList(const std::map<std::string, Variable>& variables) : given_(true) {
    for (const auto& [name, variable] : variables) entries_.emplace_back(name, variable);
  }

  bool given() const { return given_; }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  bool given_ = false;
  std::vector<Entry> entries_;
};

// Adds the nodes that save and restore; one function for each family, to be overridden where other
// nodes are wanted. All of them run inside the saver's name scope and graph.
class BaseSaverBuilder {
 public:
  explicit BaseSaverBuilder(SaverDef::CheckpointFormatVersion write_version = SaverDef::V2)
      : write_version_(write_version) {}
  virtual ~BaseSaverBuilder() = default;

  struct Options {
    bool reshape = false;
    bool sharded = false;
    int max_to_keep = 5;
    double keep_checkpoint_every_n_hours = 10000.0;
    std::string name = {};  // of the scope; "save" if empty
    bool restore_sequentially = false;
    std::string filename = {};  // "model" if empty
  };

  // What is to be saved as objects, sorted by name. Throws InvalidArgumentError (ValueError): "At
  // least two variables have the same name: v", "The same saveable will be restored with two names:
  // b"; (TypeError): "Variable to save is not a Variable: ...".
  static std::vector<Saveable> saveables(const VarList& variables);

  // Adds all nodes: save/Const, save/SaveV2 with its constants, save/control_dependency,
  // save/RestoreV2 with its constants, what each object restores itself by (save/Assign...),
  // save/restore_all. For V1 (and LEGACY, which is V1) save/save of type SaveSlices in the place of
  // save/SaveV2. Sharded savers write a file for every device: in V1 PREFIX-00000-of-00002 and so
  // on, in V2 under PREFIX_temp/, which save/MergeV2Checkpoints makes one checkpoint of. Throws
  // InvalidArgumentError (ValueError) "All tensors of a saveable object must be on the same
  // device: t" for those.
  SaverDef build(const std::vector<Saveable>& saveables, const Options& options) const;

  // The operation that saves.
  virtual Operation* save_op(Output filename, const std::vector<Saveable>& saveables) const;
  // The tensors read from a file, in the order of the saveables and their specs: an operation for
  // each.
  virtual std::vector<Output> bulk_restore(Output filename, const std::vector<Saveable>& saveables,
                                           bool restore_sequentially) const;
  // The tensors of one saveable, each by an operation of its own.
  virtual std::vector<Output> restore_op(Output filename, const Saveable& saveable) const;

 private:
  // What lies on one device.
  struct Shard {
    std::string device;
    std::vector<Saveable> saveables;
  };
  static std::vector<Shard> group_by_devices(const std::vector<Saveable>& saveables);
  Output add_save_ops(Output filename, const std::vector<Saveable>& saveables) const;
  Output add_sharded_save_ops(Output filename, const std::vector<Shard>& shards) const;
  Output add_sharded_save_ops_v2(Output prefix, const std::vector<Shard>& shards) const;
  Operation* add_sharded_restore_ops(Output filename, const std::vector<Shard>& shards,
                                     const Options& options) const;
  Operation* add_restore_ops(Output filename, const std::vector<Saveable>& saveables,
                             const Options& options, const std::string& name) const;

  SaverDef::CheckpointFormatVersion write_version_;
};

// Reads all tensors of a file by one operation: what a Saver takes.
class SaverBuilder : public BaseSaverBuilder {
 public:
  using BaseSaverBuilder::BaseSaverBuilder;
  std::vector<Output> bulk_restore(Output filename, const std::vector<Saveable>& saveables,
                                   bool restore_sequentially) const override;
};

}  // namespace tensorkeep::train
