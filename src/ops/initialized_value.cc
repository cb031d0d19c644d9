#include <map>
#include <set>

#include "ops/variable_impl.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/scopes.h"

// A variable's value, or its initial value as long as it has none; and initial values that depend
// on other variables.
namespace tensorkeep {
namespace {

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

Output ops::value_or_initial_value(const Variable& variable) {
  Graph& graph = variable.graph();
  const auto as_default = graph.as_default();
  const ControlDependencies none(graph, {}, /*clears=*/true);
  return cond(
      variable.is_initialized(), [&] { return variable.read_value(); },
      [&] { return variable.initial_value(); });
}

Output ops::guard_uninitialized_dependencies(const std::string& scope, Output initial_value) {
  InitialValueGuard guard(initial_value.graph(), scope);
  if (guard.has_cycle(initial_value.op())) return initial_value;
  return guard.guard(initial_value);
}

}  // namespace tensorkeep
