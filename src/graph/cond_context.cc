#include "graph/cond_context.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/errors.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {

std::shared_ptr<CondContext> CondContext::make(const Output& pred, const Output& pivot,
                                               int branch) {
  Graph& graph = pred.graph();
  std::shared_ptr<CondContext> context(new CondContext(graph, graph.unique_name("cond_text")));
  keep(context);
  context->pred_ = pred;
  context->pivot_ = pivot;
  context->branch_ = branch;
  context->add_name(pred);
  context->external_values_[pred.name()] = pred;
  context->add_name(pivot);
  pivot.op().set_control_flow_context(context.get());
  return context;
}

std::shared_ptr<CondContext> CondContext::make(Graph& graph, const proto::CondContextDef& def,
                                               bool renames_frames) {
  graph.unique_name("cond_text");  // TensorFlow takes this name too
  std::shared_ptr<CondContext> context(new CondContext(graph, def.context_name()));
  context->pred_ = graph.get_tensor_by_name(def.pred_name());
  context->pivot_ = graph.get_tensor_by_name(def.pivot_name());
  if (def.branch() != 0 && def.branch() != 1) {
    errors::raise_value_error(
        fmt::format("The cond context '{}' has a branch {}; it must be 0 or 1.", def.context_name(),
                    def.branch()));
  }
  context->branch_ = def.branch();
  context->from_proto(def.values_def(), def.nested_contexts(), renames_frames);
  keep(context);
  return context;
}

// `value` as the contexts around this branch see it.
Output CondContext::value_around(const Output& value) {
  add_name(value);
  if (outer_ == nullptr) return value;
  const Output result = outer_->add_value(value);
  add_name(result);
  external_values_[result.name()] = result;
  return result;
}

Output CondContext::add_value(const Output& value) {
  if (knows(value)) return inside(value);
  Output result = value_around(value);
  {
    const ControlDependencies none(graph_, {}, /*clears=*/true);
    result = control_flow::switch_ref_or_tensor(result, pred_)->output(branch_);
  }
  result.op().prevent_fetching();
  result.op().set_control_flow_context(this);
  for (ControlFlowContext* context = this; context != nullptr; context = context->outer()) {
    context->add_name(result);
  }
  external_values_[value.name()] = result;
  return result;
}

void CondContext::add_op(Operation& op) {
  if (op.num_inputs() == 0) {
    remove_external_control_edges(op);
    const auto& controls = op.control_inputs();
    const bool waits = std::any_of(controls.begin(), controls.end(), [&](const Operation* control) {
      return control_flow::contains(this, control->control_flow_context());
    });
    if (!waits) op.add_control_input(&pivot_.op());
  } else {
    for (int i = 0; i < op.num_inputs(); ++i) {
      const Output input = op.input(i);
      // Where a loop is imported into a branch, the edge that closes it comes from inside.
      const bool closes_loop = control_flow::is_merge(op) && control_flow::is_next(input.op());
      const Output real = closes_loop ? input : add_value(input);
      if (real != input) op.set_input(i, real);
    }
    remove_external_control_edges(op);
  }
  see_outputs(op);
  if (outer_ != nullptr || !control_flow::is_exit(op)) op.prevent_fetching();
}

Output CondContext::process_output(const Output& value) {
  if (knows(value)) return inside(value);
  Output result = value_around(value);
  result = control_flow::switch_ref_or_tensor(result, pred_)->output(branch_);
  external_values_[value.name()] = result;
  return result;
}

void CondContext::to_proto(const std::string& export_scope,
                           proto::ControlFlowContextDef& context) const {
  proto::CondContextDef& def = *context.mutable_cond_ctxt();
  def.set_context_name(without_scope(name_, export_scope));
  def.set_pred_name(without_scope(pred_.name(), export_scope));
  def.set_pivot_name(without_scope(pivot_.name(), export_scope));
  def.set_branch(branch_);
  to_proto(export_scope, *def.mutable_values_def());
  nested_to_proto(export_scope, def);
}

}  // namespace tensorkeep
