#include "tensorkeep/saver_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "graph/device_spec.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"
#include "train/variable_saveable.h"

namespace tensorkeep::train {
namespace {

void check_is_saveable(const Output& tensor, bool named) {
  if (!tensor) errors::raise_type_error("Variable to save is not a Variable: None");
  if (is_tensor_of_variable(tensor)) return;
  errors::raise_type_error(
      named ? fmt::format("names_to_saveables must be a dict mapping string names to "
                          "Tensors/Variables. Not a variable: {}",
                          tensor.to_string())
            : fmt::format("Variable to save is not a Variable: {}", tensor.to_string()));
}

// What is saved under one name: an object, or all slices of a tensor.
struct Named {
  std::string name;
  std::vector<Saveable> saveables;
  bool lone_slice = false;  // more of them may come
};

// By which a list of variables is sorted.
std::string sort_key(const VarList::Entry& entry) {
  if (entry.object) return entry.name.empty() ? entry.object->name() : entry.name;
  if (!entry.parts.empty()) return entry.name;
  if (entry.variable) return entry.variable.name();
  return entry.tensor ? entry.tensor.name() : std::string();
}

std::vector<Saveable> slices_of_one_tensor(const VarList::Entry& entry) {
  std::vector<Saveable> slices;
  std::string whole;
  for (const Variable& part : entry.parts) {
    slices.push_back(saveable_of_slice(part, entry.name));
    const std::string& full_name = part.save_slice_info()->full_name;
    if (slices.size() > 1 && full_name != whole) {
      errors::raise_value_error(
          fmt::format("Slices must all be from the same tensor: {} != {}", whole, full_name));
    }
    whole = full_name;
  }
  return slices;
}

Named named(const VarList::Entry& entry) {
  if (entry.object) return {sort_key(entry), {entry.object}};
  if (!entry.parts.empty()) return {entry.name, slices_of_one_tensor(entry)};
  // Without a name, a variable knows itself whether it is a slice.
  if (entry.name.empty() && entry.variable && entry.variable.save_slice_info()) {
    const std::string& whole = entry.variable.save_slice_info()->full_name;
    return {whole, {saveable_of_slice(entry.variable, whole)}, true};
  }
  const Output tensor = entry.variable ? entry.variable.as_graph_element() : entry.tensor;
  check_is_saveable(tensor, !entry.name.empty());
  const std::string name = entry.name.empty() ? name_of_variable(tensor) : entry.name;
  return {name, {saveable_of_variable(tensor, name)}};
}

void add(Named added, std::map<std::string, Named>& all) {
  const auto [known, is_new] = all.try_emplace(added.name, added);
  if (is_new) return;
  std::vector<Saveable>& saveables = known->second.saveables;
  if (saveables == added.saveables) return;  // the same object again
  if (!added.lone_slice || !known->second.lone_slice) {
    errors::raise_value_error(
        added.lone_slice
            ? fmt::format("Mixing slices and non-slices with the same name: {}", added.name)
            : fmt::format("At least two variables have the same name: {}", added.name));
  }
  saveables.push_back(added.saveables.front());
}

// The specs of all saveables, by what operations take of them.
struct SpecList {
  explicit SpecList(const std::vector<Saveable>& saveables) {
    for (const Saveable& saveable : saveables) {
      for (const SaveSpec& spec : saveable->specs()) add(spec);
    }
  }
  explicit SpecList(const SaveSpec& spec) { add(spec); }
  void add(const SaveSpec& spec) {
    names.push_back(spec.name);
    slices.push_back(spec.slice_spec);
    dtypes.push_back(spec.dtype);
  }
  std::vector<std::string> names;
  std::vector<std::string> slices;
  std::vector<DType> dtypes;
};

std::vector<Output> restore(Output filename, const SpecList& specs) {
  return OpBuilder("RestoreV2")
      .input(filename)
      .input(Tensor::vector(specs.names))
      .input(Tensor::vector(specs.slices))
      .attr("dtypes", specs.dtypes)
      .outputs();
}

std::vector<RestoredShape> shapes_of(const SaveableObject& saveable) {
  std::vector<RestoredShape> shapes;
  for (const SaveSpec& spec : saveable.specs()) {
    const Output tensor = spec.tensor();
    if (tensor.shape().fully_defined()) {
      shapes.emplace_back(tensor.shape());
    } else {
      shapes.emplace_back(shape(tensor));
    }
  }
  return shapes;
}

Graph& graph_of(const std::vector<Saveable>& saveables) {
  for (const Saveable& saveable : saveables) {
    if (saveable->op()) return saveable->op().graph();
    for (const SaveSpec& spec : saveable->specs()) {
      if (spec.existing_tensor()) return spec.existing_tensor().graph();
    }
  }
  return get_default_graph();
}

}  // namespace

std::vector<Saveable> BaseSaverBuilder::saveables(const VarList& variables) {
  std::vector<VarList::Entry> entries = variables.entries();
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return sort_key(a) < sort_key(b); });
  std::map<std::string, Named> by_name;
  for (const VarList::Entry& entry : entries) add(named(entry), by_name);
  std::vector<Saveable> saveables;
  std::set<Output> seen;
  for (const auto& [name, group] : by_name) {
    for (const Saveable& saveable : group.saveables) {
      if (saveable->op() && !seen.insert(saveable->op()).second) {
        errors::raise_value_error(
            fmt::format("The same saveable will be restored with two names: {}", saveable->name()));
      }
      saveables.push_back(saveable);
    }
  }
  return saveables;
}

SaverDef BaseSaverBuilder::build(const std::vector<Saveable>& saveables,
                                 const Options& options) const {
  Graph& graph = graph_of(saveables);
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

Output BaseSaverBuilder::add_save_ops(Output filename,
                                      const std::vector<Saveable>& saveables) const {
  return with_dependencies({save_op(filename, saveables)}, filename);
}

Operation* BaseSaverBuilder::add_restore_ops(Output filename,
                                             const std::vector<Saveable>& saveables,
                                             const Options& options,
                                             const std::string& name) const {
  const std::vector<Output> restored =
      bulk_restore(filename, saveables, options.restore_sequentially);
  std::vector<Dependency> done;
  auto next = restored.begin();
  for (const Saveable& saveable : saveables) {
    const auto count = static_cast<std::ptrdiff_t>(saveable->specs().size());
    if (restored.end() - next < count) {
      errors::raise_value_error(
          fmt::format("bulk_restore gave {} tensors, which are not enough", restored.size()));
    }
    std::optional<std::vector<RestoredShape>> shapes;
    if (options.reshape) shapes = shapes_of(*saveable);
    Operation* const op = saveable->restore({next, next + count}, shapes);
    if (op == nullptr) {
      errors::raise_type_error(
          fmt::format("restore() of '{}' returned no operation", saveable->name()));
    }
    done.emplace_back(op);
    next += count;
  }
  return group(done, {.name = name});
}

Operation* BaseSaverBuilder::save_op(Output filename,
                                     const std::vector<Saveable>& saveables) const {
  std::vector<Input> tensors;
  for (const Saveable& saveable : saveables) {
    for (const SaveSpec& spec : saveable->specs()) tensors.emplace_back(spec.tensor());
  }
  const SpecList specs(saveables);
  // The old format's node is called "save", for all that its type is SaveSlices.
  const bool v2 = write_version_ == SaverDef::V2;
  return OpBuilder(v2 ? "SaveV2" : "SaveSlices", v2 ? "" : "save")
      .input(filename)
      .input(Tensor::vector(specs.names))
      .input(Tensor::vector(specs.slices))
      .inputs(std::move(tensors))
      .build();
}

std::vector<Output> BaseSaverBuilder::bulk_restore(Output filename,
                                                   const std::vector<Saveable>& saveables,
                                                   bool /*restore_sequentially*/) const {
  std::vector<Output> restored;
  for (const Saveable& saveable : saveables) {
    const std::string& device = saveable->device();
    const DeviceScope on_cpu(filename.graph(),
                             device.empty() ? "" : merge_devices(device, "/device:CPU:0"));
    const std::vector<Output> own = restore_op(filename, saveable);
    restored.insert(restored.end(), own.begin(), own.end());
  }
  return restored;
}

std::vector<Output> BaseSaverBuilder::restore_op(Output filename, const Saveable& saveable) const {
  std::vector<Output> restored;
  for (const SaveSpec& spec : saveable->specs()) {
    restored.push_back(restore(filename, SpecList(spec)).front());
  }
  return restored;
}

std::vector<Output> SaverBuilder::bulk_restore(Output filename,
                                               const std::vector<Saveable>& saveables,
                                               bool /*restore_sequentially*/) const {
  // One operation reads in sequence, whatever is asked for. It lies on the CPU because of the
  // strings.
  const DeviceScope device(filename.graph(), "/cpu:0");
  return restore(filename, SpecList(saveables));
}

}  // namespace tensorkeep::train
