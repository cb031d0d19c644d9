#include "tensorkeep/control_flow_ops.h"

#include <algorithm>
#include <map>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

std::vector<Operation*> operations_of(const std::vector<Dependency>& dependencies) {
  std::vector<Operation*> all;
  for (const Dependency& dependency : dependencies) all.push_back(dependency.op());
  return all;
}

Graph& graph_of(const std::vector<Operation*>& all) {
  return all.empty() ? get_default_graph() : all.front()->graph();
}

// On `device`, or where the scopes put it if that is empty.
Operation* no_op_after(Graph& graph, const std::vector<Operation*>& before, const std::string& name,
                       const std::string& device = "") {
  const ControlDependencies control(graph, before);
  std::optional<DeviceScope> on_device;
  if (!device.empty()) on_device.emplace(graph, device);
  return no_op({name});
}

}  // namespace

Operation* no_op(const Name& name) {
  return OpBuilder("NoOp", name.name).build();
}

Operation* group(const std::vector<Dependency>& inputs, const Name& name) {
  const std::vector<Operation*> before = operations_of(inputs);
  Graph& graph = graph_of(before);
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name.name, "group_deps");
  std::map<std::string, std::vector<Operation*>> by_device;
  for (Operation* op : before) by_device[op->device()].push_back(op);
  if (by_device.size() <= 1) {
    const std::string device = before.empty() ? "" : by_device.begin()->first;
    return no_op_after(graph, before, scope.name(), device);
  }
  std::vector<Operation*> gates;
  for (const auto& [device, ops] : by_device) {
    gates.push_back(no_op_after(graph, ops, "", device));
  }
  return no_op_after(graph, gates, scope.name());
}

std::vector<Output> tuple(const std::vector<Output>& tensors, const TupleOptions& options) {
  std::vector<Operation*> before = operations_of(options.control_inputs);
  for (const Output& tensor : tensors) {
    if (tensor) before.push_back(&tensor.op());
  }
  if (before.empty()) {
    errors::raise_value_error("'tensors' must have at least one Tensor. Received: [].");
  }
  Graph& graph = graph_of(before);
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "tuple");
  std::sort(before.begin(), before.end(),
            [](const Operation* a, const Operation* b) { return a->id() < b->id(); });
  before.erase(std::unique(before.begin(), before.end()), before.end());
  Operation* const gate = group({before.begin(), before.end()});
  std::vector<Output> result;
  for (const Output& tensor : tensors) {
    result.push_back(tensor ? with_dependencies({gate}, tensor) : Output());
  }
  return result;
}

Output with_dependencies(const std::vector<Dependency>& dependencies, Output tensor,
                         const Name& name) {
  Graph& graph = tensor.graph();
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name.name, "control_dependency");
  const ColocationScope colocation(graph, &tensor.op());
  const ControlDependencies control(graph, operations_of(dependencies));
  const char* const type = is_ref(tensor.dtype()) ? "RefIdentity" : "Identity";
  return OpBuilder(type, scope.name()).input(tensor).output();
}

}  // namespace tensorkeep
