#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <set>

#include "graph/op_builder.h"
#include "ops/variable_impl.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/control_flow.pb.h"
#include "tensorkeep/scopes.h"

// A variable's value, or its initial value as long as it has none: a conditional made of Switch and
// Merge, as TensorFlow 1 makes them; and initial values that depend on other variables.
namespace tensorkeep {
namespace {

// One branch of a conditional, as a MetaGraphDef carries it.
class CondContext final : public CollectionObject {
 public:
  explicit CondContext(proto::CondContextDef def) : def_(std::move(def)) {}
  std::string name() const override { return def_.context_name(); }

  std::string to_proto_bytes(const std::string& export_scope) const override {
    if (!name().starts_with(export_scope)) return {};
    const auto stripped = [&](const std::string& name) {
      const bool inside = !export_scope.empty() && name.starts_with(export_scope + "/");
      return inside ? name.substr(export_scope.size() + 1) : name;
    };
    proto::CondContextDef def;
    def.set_context_name(stripped(def_.context_name()));
    def.set_pred_name(stripped(def_.pred_name()));
    def.set_pivot_name(stripped(def_.pivot_name()));
    def.set_branch(def_.branch());
    for (const std::string& value : def_.values_def().values()) {
      def.mutable_values_def()->add_values(stripped(value));
    }
    for (const auto& [outside, inside] : def_.values_def().external_values()) {
      (*def.mutable_values_def()->mutable_external_values())[stripped(outside)] = stripped(inside);
    }
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);  // the map's order
    def.SerializeToCodedStream(&out);
    out.Trim();
    return bytes;
  }

 private:
  proto::CondContextDef def_;
};

Output identity(const std::string& name, Output tensor) {
  return OpBuilder("Identity", name).input(tensor).output();
}

void add_context(Graph& graph, int branch, const Output& predicate, const Output& pivot,
                 const std::vector<Output>& inside, const Output& outside, const Output& entered) {
  proto::CondContextDef def;
  def.set_context_name(graph.unique_name("cond_text"));
  def.set_pred_name(predicate.name());
  def.set_pivot_name(pivot.name());
  def.set_branch(branch);
  std::set<std::string> values{predicate.name(), pivot.name(), outside.name()};
  for (const Output& value : inside) values.insert(value.name());
  for (const std::string& value : values) def.mutable_values_def()->add_values(value);
  auto& external = *def.mutable_values_def()->mutable_external_values();
  external[predicate.name()] = predicate.name();
  external[outside.name()] = entered.name();
  graph.add_to_collection(GraphKeys::COND_CONTEXT, std::make_shared<CondContext>(std::move(def)));
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
        const Variable variable = Variable::from_collection_item(item);
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
  Graph& graph = this->graph();
  const auto as_default = graph.as_default();
  const ControlDependencies none(graph, {}, /*clears=*/true);
  const Output initialized = is_initialized();
  const NameScope scope(graph, "cond");
  Operation* const fork = OpBuilder("Switch").input(initialized).input(initialized).build();
  const Output if_true = identity("switch_t", fork->output(1));
  const Output if_false = identity("switch_f", fork->output(0));
  const Output predicate = identity("pred_id", initialized);

  // The branch that reads: a reference passes through a RefSwitch in the scope of its reader.
  std::string read_scope;
  Operation* taken = nullptr;
  {
    const NameScope reader(graph, "read");
    read_scope = reader.name();
    const ColocationScope with_variable(graph, &op(), /*ignore_existing=*/true);
    taken = OpBuilder("RefSwitch", "Switch").input(handle()).input(predicate).build();
  }
  const Output read = identity(read_scope, taken->output(1));
  add_context(graph, 1, predicate, if_true, {taken->output(1), read}, handle(), taken->output(1));

  Operation* initial = nullptr;
  {
    const ColocationScope with_value(graph, &initial_value().op(), /*ignore_existing=*/true);
    initial = OpBuilder("Switch").input(initial_value()).input(predicate).build();
  }
  add_context(graph, 0, predicate, if_false, initial->outputs(), initial_value(),
              initial->output(0));
  const std::vector<Input> values{initial->output(0), read};
  return OpBuilder("Merge").inputs(values).build()->output(0);
}

Output ops::guard_uninitialized_dependencies(const std::string& scope, Output initial_value) {
  InitialValueGuard guard(initial_value.graph(), scope);
  if (guard.has_cycle(initial_value.op())) return initial_value;
  return guard.guard(initial_value);
}

}  // namespace tensorkeep
