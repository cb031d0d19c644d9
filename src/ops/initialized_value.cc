#include <map>
#include <set>

#include "graph/op_builder.h"
#include "ops/conditional.h"
#include "ops/variable_impl.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/scopes.h"

// A variable's value, or its initial value as long as it has none; and initial values that depend
// on other variables.
namespace tensorkeep {
namespace {

Output identity(const std::string& name, Output tensor) {
  return OpBuilder("Identity", name).input(tensor).output();
}

// Replaces what depends on variables by the same on their initialised values.
class InitialValueGuard {
 public:
  InitialValueGuard(Graph& graph, const std::string& scope) : graph_(graph), scope_(scope) {}

  Output guard(const Output& tensor) {
    const auto found = done_.find(&tensor.op());
    Operation* op = found != done_.end() ? found->second : guard_op(tensor.op());
    done_[&tensor.op()] = op;
    return op->output(tensor.index());
  }

  // Whether following inputs from `op` comes back to where it was.
  bool has_cycle(const Operation& op) {
    const auto [state, is_new] = visits_.emplace(&op, kStarted);
    if (!is_new) return state->second == kStarted;
    for (const Output& input : op.inputs()) {
      if (has_cycle(input.op())) return true;
    }
    for (const Operation* control : op.control_inputs()) {
      if (has_cycle(*control)) return true;
    }
    visits_[&op] = kFinished;
    return false;
  }

 private:
  enum Visit { kStarted, kFinished };

  Operation* guard_op(Operation& op) {
    static const std::set<std::string> kSafe{"IsVariableInitialized", "VarIsInitializedOp",
                                             "ReadVariableOp", "If"};
    if (kSafe.contains(op.type())) return &op;
    if (op.type() == "Variable" || op.type() == "VariableV2") {
      const Variable variable = variable_of(op);
      return variable ? &variable.initialized_value().op() : &op;
    }
    std::vector<Output> inputs;
    for (const Output& input : op.inputs()) inputs.push_back(guard(input));
    if (inputs == op.inputs()) return &op;
    return graph_.add_operation({.type = op.type() == "RefSwitch" ? "Switch" : op.type(),
                                 .name = op.name() + "_" + scope_,
                                 .inputs = std::move(inputs),
                                 .attrs = op.attrs()});
  }

  Variable variable_of(const Operation& op) const {
    for (const char* key : {GraphKeys::GLOBAL_VARIABLES, GraphKeys::LOCAL_VARIABLES}) {
      for (const CollectionItem& item : graph_.get_collection(key)) {
        Variable variable = Variable::from_collection_item(item);
        if (variable && variable.name() == op.name() + ":0") return variable;
      }
    }
    return Variable();
  }

  Graph& graph_;
  const std::string& scope_;
  std::map<const Operation*, Operation*> done_;
  std::map<const Operation*, Visit> visits_;
};

}  // namespace

Output Variable::initialized_value() const {
  if (is_resource()) {
    throw errors::UnimplementedError(
        "initialized_value() is not implemented for resource variables; use value().",
        {.node = op().name()});
  }
  return ops::value_or_initial_value(*this);
}

// A variable passes through its Switch in the scope of its reader.
static Output read_in_branch(ops::Conditional& conditional, const Variable& variable) {
  Graph& graph = variable.graph();
  const NameScope reader(graph, variable.is_resource() ? "Read" : "read");
  if (!variable.is_resource()) {
    const Output taken = conditional.enter(ops::Branch::kTrue, variable.handle(), &variable.op());
    return identity(reader.name(), taken);
  }
  const NameScope of_operation(graph, "ReadVariableOp");
  const Output taken = conditional.enter(ops::Branch::kTrue, variable.handle(), &variable.op());
  return OpBuilder("ReadVariableOp", of_operation.name())
      .input(taken)
      .attr("dtype", variable.dtype())
      .output();
}

Output ops::value_or_initial_value(const Variable& variable) {
  Graph& graph = variable.graph();
  const auto as_default = graph.as_default();
  const ControlDependencies none(graph, {}, /*clears=*/true);
  const Output initialized = variable.is_initialized();
  const NameScope scope(graph, "cond");
  ops::Conditional conditional(initialized);
  Output read = read_in_branch(conditional, variable);
  conditional.add(ops::Branch::kTrue, read.op());
  if (variable.is_resource()) {
    read = identity("", read);
    conditional.add(ops::Branch::kTrue, read.op());
  }
  const Output initial = conditional.enter(ops::Branch::kFalse, variable.initial_value());
  conditional.add(ops::Branch::kFalse, initial.op());
  return conditional.merge(initial, read);
}

Output ops::guard_uninitialized_dependencies(const std::string& scope, Output initial_value) {
  InitialValueGuard guard(initial_value.graph(), scope);
  if (guard.has_cycle(initial_value.op())) return initial_value;
  return guard.guard(initial_value);
}

}  // namespace tensorkeep
