#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"
#include "tensorkeep/variable.h"
#include "tensorkeep/variable_scope.h"

// What a Saver saves, and the nodes it adds for that.
namespace tensorkeep::train {

// The variables of a Saver: a list (saved under the names of their operations), or names and
// variables. A tensor stands for its variable (the reference of a VariableV2, the value read by a
// ReadVariableOp). One in parts is saved as slices of one tensor. A default-constructed list means
// all variables that can be saved.
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
    std::string name;             // empty: the operation's
    Variable variable;            // or
    Output tensor;                // or
    std::vector<Variable> parts;  // with a name
  };

  VarList() = default;
  VarList(std::initializer_list<Entry> entries) : given_(true), entries_(entries) {}
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

// One tensor of a checkpoint and the variable it comes from.
struct Saveable {
  std::string name;        // in the checkpoint
  Output tensor;           // what is saved: a reference, or a read of a resource variable
  Output handle;           // the resource handle; null for reference variables
  std::string slice_spec;  // "6 2 0,2:0,2" for a part; empty for a whole tensor
  Variable part;           // then the variable; its value is saved, not `tensor`
  DType dtype() const { return base_dtype(tensor.dtype()); }
};

// Adds the nodes that save and restore variables; one function for each family, to be overridden
// where other nodes are wanted. All of them run inside the saver's name scope and graph.
class SaverBuilder {
 public:
  explicit SaverBuilder(SaverDef::CheckpointFormatVersion write_version = SaverDef::V2)
      : write_version_(write_version) {}
  virtual ~SaverBuilder() = default;

  struct Options {
    bool reshape = false;
    bool sharded = false;
    int max_to_keep = 5;
    double keep_checkpoint_every_n_hours = 10000.0;
    std::string name = {};  // of the scope; "save" if empty
    bool restore_sequentially = false;
    std::string filename = {};  // "model" if empty
  };

  // The variables as what is saved, sorted by name in the checkpoint. Throws InvalidArgumentError:
  // "At least two variables have the same name: v", "The same saveable will be restored with two
  // names: b", "Variable to save is not a Variable: ...".
  static std::vector<Saveable> saveables(const VarList& variables);

  // Adds all nodes: save/Const, save/SaveV2 with its constants, save/control_dependency,
  // save/RestoreV2 with its constants, save/Assign..., save/restore_all. For V1 (and LEGACY, which
  // is V1) save/save of type SaveSlices in the place of save/SaveV2. Sharded savers write a file
  // for every device: in V1 PREFIX-00000-of-00002 and so on, in V2 under PREFIX_temp/, which
  // save/MergeV2Checkpoints makes one checkpoint of.
  SaverDef build(const std::vector<Saveable>& saveables, const Options& options) const;

 protected:
  // The operation that saves.
  virtual Operation* save_op(Output filename, const std::vector<Saveable>& saveables) const;
  // The tensors read from a file, in the order of the saveables: one operation for all of them.
  virtual std::vector<Output> bulk_restore(Output filename, const std::vector<Saveable>& saveables,
                                           bool restore_sequentially) const;
  // The tensor of one saveable, by an operation of its own.
  virtual Output restore_op(Output filename, const Saveable& saveable) const;
  // Assigns what was read; with `reshape`, in the variable's shape.
  virtual Operation* assign_op(const Saveable& saveable, Output restored, bool reshape) const;

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

}  // namespace tensorkeep::train
