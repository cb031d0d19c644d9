#include "tensorkeep/saver_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "graph/op_builder.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::train {
namespace {

bool is_reference_variable(const Operation& op) {
  return op.type() == "VariableV2" || op.type() == "Variable" || op.type() == "AutoReloadVariable";
}
bool is_resource_read(const Operation& op) {
  return op.type() == "ReadVariableOp";
}

void check_is_saveable(const Output& tensor, bool named) {
  if (!tensor) errors::raise_type_error("Variable to save is not a Variable: None");
  if (is_reference_variable(tensor.op()) || is_resource_read(tensor.op())) return;
  errors::raise_type_error(
      named ? fmt::format("names_to_saveables must be a dict mapping string names to "
                          "Tensors/Variables. Not a variable: {}",
                          tensor.to_string())
            : fmt::format("Variable to save is not a Variable: {}", tensor.to_string()));
}

// A whole variable, or the tensor of one.
Saveable whole_of(const VarList::Entry& entry) {
  Saveable saveable;
  saveable.tensor = entry.variable ? entry.variable.as_graph_element() : entry.tensor;
  check_is_saveable(saveable.tensor, !entry.name.empty());
  Operation& op = saveable.tensor.op();
  if (is_resource_read(op)) saveable.handle = op.input(0);
  saveable.name = entry.name;
  if (entry.name.empty()) {
    saveable.name = saveable.handle ? saveable.handle.op().name() : op.name();
  }
  return saveable;
}

Saveable slice_of(const std::string& name, const Variable& part) {
  Saveable saveable;
  saveable.name = name;
  saveable.tensor = part.as_graph_element();
  if (part.is_resource()) saveable.handle = part.handle();
  saveable.slice_spec = part.save_slice_info()->spec();
  saveable.part = part;
  return saveable;
}

std::vector<Saveable> slices_of_one_tensor(const VarList::Entry& entry) {
  std::vector<Saveable> slices;
  std::string whole;
  for (const Variable& part : entry.parts) {
    if (!part.save_slice_info()) {
      errors::raise_value_error("Slices must all be slices: " + part.to_string());
    }
    const std::string& full_name = part.save_slice_info()->full_name;
    if (!slices.empty() && full_name != whole) {
      errors::raise_value_error(
          fmt::format("Slices must all be from the same tensor: {} != {}", whole, full_name));
    }
    whole = full_name;
    slices.push_back(slice_of(entry.name, part));
  }
  return slices;
}

// By which a list of variables is sorted.
std::string sort_key(const VarList::Entry& entry) {
  if (!entry.parts.empty()) return entry.name;
  if (entry.variable) return entry.variable.name();
  return entry.tensor ? entry.tensor.name() : std::string();
}

// Without a name, a variable knows itself whether it is a slice.
bool is_lone_slice(const VarList::Entry& entry) {
  return entry.name.empty() && entry.variable && entry.variable.save_slice_info();
}

std::vector<Saveable> saveables_of(const VarList::Entry& entry) {
  if (!entry.parts.empty()) return slices_of_one_tensor(entry);
  if (is_lone_slice(entry)) {
    return {slice_of(entry.variable.save_slice_info()->full_name, entry.variable)};
  }
  return {whole_of(entry)};
}

std::vector<std::string> names_of(const std::vector<Saveable>& saveables) {
  std::vector<std::string> names;
  for (const Saveable& saveable : saveables) names.push_back(saveable.name);
  return names;
}

std::vector<std::string> slices_of(const std::vector<Saveable>& saveables) {
  std::vector<std::string> slices;
  for (const Saveable& saveable : saveables) slices.push_back(saveable.slice_spec);
  return slices;
}

std::vector<DType> dtypes_of(const std::vector<Saveable>& saveables) {
  std::vector<DType> dtypes;
  for (const Saveable& saveable : saveables) dtypes.push_back(saveable.dtype());
  return dtypes;
}

// What the saving operation takes. A part in a resource variable is read for it alone.
Output value_to_save(const Saveable& saveable) {
  if (!saveable.part) return saveable.tensor;
  if (!saveable.part.is_resource()) return saveable.part.value();
  std::optional<DeviceScope> device;
  if (!saveable.part.device().empty()) {
    device.emplace(saveable.part.graph(), saveable.part.device());
  }
  const Output value = saveable.part.read_value();
  const DeviceScope on_cpu(saveable.part.graph(), "/device:CPU:0");
  return identity(value);
}

std::vector<Output> restore(Output filename, const std::vector<Saveable>& saveables) {
  return OpBuilder("RestoreV2")
      .input(filename)
      .input(Tensor::vector(names_of(saveables)))
      .input(Tensor::vector(slices_of(saveables)))
      .attr("dtypes", dtypes_of(saveables))
      .outputs();
}

}  // namespace

std::vector<Saveable> SaverBuilder::saveables(const VarList& variables) {
  std::vector<VarList::Entry> entries = variables.entries();
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return sort_key(a) < sort_key(b); });
  std::vector<Saveable> saveables;
  std::map<std::string, bool> lone_slices;  // by name: whether more of them may come
  for (const auto& entry : entries) {
    const bool lone = is_lone_slice(entry);
    for (Saveable& saveable : saveables_of(entry)) saveables.push_back(std::move(saveable));
    if (saveables.empty()) continue;
    const std::string& name = saveables.back().name;
    const auto [known, is_new] = lone_slices.emplace(name, lone);
    if (is_new || (lone && known->second)) continue;
    errors::raise_value_error(
        lone ? fmt::format("Mixing slices and non-slices with the same name: {}", name)
             : fmt::format("At least two variables have the same name: {}", name));
  }
  std::stable_sort(saveables.begin(), saveables.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  std::set<Output> seen;
  for (const Saveable& saveable : saveables) {
    if (!seen.insert(saveable.tensor).second) {
      errors::raise_value_error(
          fmt::format("The same saveable will be restored with two names: {}", saveable.name));
    }
  }
  return saveables;
}

SaverDef SaverBuilder::build(const std::vector<Saveable>& saveables, const Options& options) const {
  Graph& graph = saveables.front().tensor.graph();
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "save");
  const Output filename =
      constant(options.filename.empty() ? "model" : options.filename, {.name = "Const"});
  std::vector<Shard> shards;
  if (options.sharded) shards = group_by_devices(saveables);
  const Output saved =
      options.sharded ? add_sharded_save_ops(filename, shards) : add_save_ops(filename, saveables);
  const Operation* restored = options.sharded
                                  ? add_sharded_restore_ops(filename, shards, options)
                                  : add_restore_ops(filename, saveables, options, "restore_all");

  SaverDef def;
  def.set_filename_tensor_name(filename.name());
  def.set_save_tensor_name(saved.name());
  def.set_restore_op_name(restored->name());
  def.set_max_to_keep(std::max(options.max_to_keep, 0));
  def.set_sharded(options.sharded);
  def.set_keep_checkpoint_every_n_hours(static_cast<float>(options.keep_checkpoint_every_n_hours));
  def.set_version(write_version_);
  return def;
}

Output SaverBuilder::add_save_ops(Output filename, const std::vector<Saveable>& saveables) const {
  return with_dependencies({save_op(filename, saveables)}, filename);
}

Operation* SaverBuilder::add_restore_ops(Output filename, const std::vector<Saveable>& saveables,
                                         const Options& options, const std::string& name) const {
  const std::vector<Output> restored =
      bulk_restore(filename, saveables, options.restore_sequentially);
  std::vector<Dependency> assigned;
  for (std::size_t i = 0; i < saveables.size(); ++i) {
    assigned.emplace_back(assign_op(saveables[i], restored[i], options.reshape));
  }
  return group(assigned, {.name = name});
}

Operation* SaverBuilder::save_op(Output filename, const std::vector<Saveable>& saveables) const {
  std::vector<Input> tensors;
  for (const Saveable& saveable : saveables) tensors.emplace_back(value_to_save(saveable));
  // The old format's node is called "save", for all that its type is SaveSlices.
  const bool v2 = write_version_ == SaverDef::V2;
  return OpBuilder(v2 ? "SaveV2" : "SaveSlices", v2 ? "" : "save")
      .input(filename)
      .input(Tensor::vector(names_of(saveables)))
      .input(Tensor::vector(slices_of(saveables)))
      .inputs(std::move(tensors))
      .build();
}

std::vector<Output> SaverBuilder::bulk_restore(Output filename,
                                               const std::vector<Saveable>& saveables,
                                               bool /*restore_sequentially*/) const {
  // One operation reads in sequence, whatever is asked for. It lies on the CPU because of the
  // strings.
  const DeviceScope device(filename.graph(), "/cpu:0");
  return restore(filename, saveables);
}

Output SaverBuilder::restore_op(Output filename, const Saveable& saveable) const {
  return restore(filename, {saveable}).front();
}

Operation* SaverBuilder::assign_op(const Saveable& saveable, Output restored, bool reshape) const {
  const Shape& known = saveable.tensor.shape();
  if (reshape) {
    const Input wanted =
        known.fully_defined() ? Input(known) : Input(tensorkeep::shape(saveable.tensor));
    restored = tensorkeep::reshape(restored, wanted);
  }
  if (!saveable.handle) {
    const ColocationScope colocation(saveable.tensor.graph(), &saveable.tensor.op());
    return OpBuilder("Assign")
        .input(saveable.tensor)
        .input(restored)
        .attr("use_locking", true)
        .attr("validate_shape", !reshape && known.fully_defined())
        .build();
  }
  const DeviceScope device(saveable.tensor.graph(), saveable.tensor.device());
  return OpBuilder("AssignVariableOp").input(saveable.handle).input(identity(restored)).build();
}

}  // namespace tensorkeep::train
