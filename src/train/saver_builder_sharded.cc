#include <map>

#include "graph/device_spec.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/saver_builder.h"
#include "tensorkeep/scopes.h"
#include "train/on_device.h"

// Savers that write a file for every device.
namespace tensorkeep::train {
namespace {

std::vector<Operation*> operations_of(const std::vector<Output>& tensors) {
  std::vector<Operation*> ops;
  for (const Output& tensor : tensors) ops.push_back(&tensor.op());
  return ops;
}

Output sharded_filename(Output base, std::size_t shard, Output num_shards) {
  return OpBuilder("ShardedFilename")
      .input(base)
      .input(static_cast<int>(shard))
      .input(num_shards)
      .output();
}

std::string on_cpu(const std::string& device) {
  return merge_devices(device, "/device:CPU:0");
}

std::string device_of(const SaveableObject& saveable) {
  std::string device = canonical_device(saveable.device());
  for (const SaveSpec& spec : saveable.specs()) {
    if (canonical_device(spec.device) == device) continue;
    errors::raise_value_error("All tensors of a saveable object must be on the same device: " +
                              saveable.name());
  }
  return device;
}

// Where the shards lie until they are one checkpoint.
Output temporary_prefix(Output prefix) {
  const DeviceScope device(prefix.graph(), "/device:CPU:*");
  const Output remote = OpBuilder("StaticRegexFullMatch")
                            .input(prefix)
                            .attr("pattern", std::string("^s3://.*"))
                            .output();
  const Output flat = constant(".part");
  const Output folder = constant("_temp/part");
  const Output suffix = OpBuilder("Select").input(remote).input(flat).input(folder).output();
  return OpBuilder("StringJoin").inputs({prefix, suffix}).output();
}

}  // namespace

std::vector<BaseSaverBuilder::Shard> BaseSaverBuilder::group_by_devices(
    const std::vector<Saveable>& saveables) {
  std::map<std::string, std::vector<Saveable>> by_device;
  for (const Saveable& saveable : saveables) {
    by_device[device_of(*saveable)].push_back(saveable);
  }
  std::vector<Shard> shards;
  for (auto& [device, members] : by_device) shards.push_back({device, std::move(members)});
  return shards;
}

Output BaseSaverBuilder::add_sharded_save_ops(Output filename,
                                              const std::vector<Shard>& shards) const {
  if (write_version_ == SaverDef::V2) return add_sharded_save_ops_v2(filename, shards);
  const Output num_shards = constant(static_cast<int>(shards.size()), {.name = "num_shards"});
  std::vector<Output> saved;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const OnDevice device(filename.graph(), shards[i].device);
    saved.push_back(add_save_ops(sharded_filename(filename, i, num_shards), shards[i].saveables));
  }
  const ControlDependencies after(filename.graph(), operations_of(saved));
  return OpBuilder("ShardedFilespec").input(filename).input(num_shards).output();
}

Output BaseSaverBuilder::add_sharded_save_ops_v2(Output prefix,
                                                 const std::vector<Shard>& shards) const {
  Graph& graph = prefix.graph();
  const Output temporary = temporary_prefix(prefix);
  const Output num_shards = constant(static_cast<int>(shards.size()), {.name = "num_shards"});
  std::vector<Output> saved;
  std::vector<Input> parts;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const DeviceScope device(graph, on_cpu(shards[i].device));
    const Output part = sharded_filename(temporary, i, num_shards);
    parts.emplace_back(part);
    saved.push_back(add_save_ops(part, shards[i].saveables));
  }
  const ControlDependencies after(graph, operations_of(saved));
  const DeviceScope device(graph, on_cpu(shards.back().device));
  Operation* merge = nullptr;
  {
    const NameScope scope(graph, "MergeV2Checkpoints");
    merge = OpBuilder("MergeV2Checkpoints", scope.name())
                .input(stack(parts, {.name = "checkpoint_prefixes"}))
                .input(prefix)
                .attr("delete_old_dirs", true)
                .build();
  }
  const ControlDependencies merged(graph, {merge});
  return identity(prefix);
}

Operation* BaseSaverBuilder::add_sharded_restore_ops(Output filename,
                                                     const std::vector<Shard>& shards,
                                                     const Options& options) const {
  std::vector<Dependency> restored;
  for (const Shard& shard : shards) {
    const OnDevice device(filename.graph(), shard.device);
    restored.emplace_back(add_restore_ops(filename, shard.saveables, options, "restore_shard"));
  }
  return group(restored, {.name = "restore_all"});
}

}  // namespace tensorkeep::train
