#include "train/assign_values.h"

#include <map>
#include <optional>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"

namespace tensorkeep::train {
namespace {

// What is fed and what is run to assign a variable.
struct Assignment {
  Output value;
  Operation* assign = nullptr;
};

// A graph's attachment, by the variable's operation.
struct Assignments {
  std::map<const Operation*, Assignment> of;
};

}  // namespace

Operation* assign_restored(const Variable& variable, Output value) {
  if (!variable.is_resource()) {
    return &assign(variable.handle(), value, {.validate_shape = variable.shape().fully_defined()})
                .op();
  }
  std::optional<DeviceScope> device;
  if (!variable.device().empty()) device.emplace(variable.graph(), variable.device());
  return OpBuilder("AssignVariableOp").input(variable.handle()).input(identity(value)).build();
}

void prepare_to_assign(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    Graph& graph = variable.graph();
    Assignment& assignment = graph.attachment<Assignments>().of[&variable.op()];
    if (assignment.assign != nullptr) continue;
    const auto as_default = graph.as_default();
    const ControlDependencies none(graph, {}, /*clears=*/true);
    const NameScope scope(graph, "checkpoint");
    assignment.value = placeholder(variable.dtype());
    assignment.assign = assign_restored(variable, assignment.value);
  }
}

void assign_values(Session& session, const std::vector<std::pair<Variable, Tensor>>& values) {
  if (values.empty()) return;
  std::vector<Variable> variables;
  for (const auto& [variable, tensor] : values) variables.push_back(variable);
  prepare_to_assign(variables);
  Feeds feeds;
  std::vector<Fetch> fetches;
  for (const auto& [variable, tensor] : values) {
    const Assignment& assignment = variable.graph().attachment<Assignments>().of.at(&variable.op());
    feeds.emplace_back(assignment.value, tensor);
    fetches.emplace_back(assignment.assign);
  }
  session.run(fetches, feeds);
}

}  // namespace tensorkeep::train
