#include "graph/while_context.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {

std::shared_ptr<WhileContext> WhileContext::make(Graph& graph, const Options& options) {
  if (options.parallel_iterations <= 0) {
    errors::raise_value_error(fmt::format("'parallel_iterations' must be a positive integer: {}",
                                          options.parallel_iterations));
  }
  std::shared_ptr<WhileContext> context(
      new WhileContext(graph, graph.unique_name(options.name), options));
  keep(context);
  return context;
}

std::shared_ptr<WhileContext> WhileContext::make(Graph& graph, const proto::WhileContextDef& def,
                                                 bool renames_frames) {
  Options options{.parallel_iterations = def.parallel_iterations(),
                  .back_prop = def.back_prop(),
                  .swap_memory = def.swap_memory(),
                  .name = def.context_name()};
  if (!def.maximum_iterations_name().empty()) {
    options.maximum_iterations = graph.get_tensor_by_name(def.maximum_iterations_name());
  }
  std::shared_ptr<WhileContext> context(new WhileContext(graph, def.context_name(), options));
  context->pivot_for_pred = graph.get_tensor_by_name(def.pivot_for_pred_name());
  context->pivot_for_body = graph.get_tensor_by_name(def.pivot_for_body_name());
  context->pivot = graph.get_tensor_by_name(def.pivot_name());
  for (const std::string& name : def.loop_exit_names()) {
    context->loop_exits.push_back(graph.get_tensor_by_name(name));
  }
  for (const std::string& name : def.loop_enter_names()) {
    context->loop_enters.push_back(graph.get_tensor_by_name(name));
  }
  context->from_proto(def.values_def(), def.nested_contexts(), renames_frames);
  if (renames_frames) context->rename_frame();
  keep(context);
  return context;
}

void WhileContext::rename_frame() {
  for (const std::string& value : values_) {
    Operation* const op = graph_.find_operation(value.substr(0, value.find(':')));
    if (op != nullptr && control_flow::is_enter(*op)) op->set_attr("frame_name", name_);
  }
}

Operation* WhileContext::control_pivot() const {
  const Output& pivot = pivot_for_body ? pivot_for_body : pivot_for_pred;
  return pivot.op_or_null();
}

Output WhileContext::enter_value(const Output& value, bool is_constant, const std::string& name,
                                 bool use_shape) {
  const char* const type = is_ref(value.dtype()) ? "RefEnter" : "Enter";
  const Output result = OpBuilder(type, name)
                            .input(value)
                            .attr("frame_name", name_)
                            .attr("is_constant", is_constant)
                            .attr("parallel_iterations", options_.parallel_iterations)
                            .output();
  if (use_shape) result.set_shape(value.shape());
  return result;
}

void WhileContext::initialize_values(const std::vector<Output>& values) {
  values_.clear();
  for (const Output& value : values) add_name(value);
}

Output WhileContext::value_of_history(const Output& value) {
  ControlFlowContext* const current = graph_.control_flow_context();
  WhileContext* const gradient = current == nullptr ? nullptr : current->while_context();
  if (gradient == nullptr || gradient->history() == nullptr) return Output();
  WhileContext* forward = control_flow::while_context(value.op());
  if (control_flow::is_exit(value.op())) {
    forward = forward == nullptr || forward->outer() == nullptr ? nullptr
                                                                : forward->outer()->while_context();
  }
  if (forward != &gradient->history()->forward_context()) return Output();
  return gradient->history()->real_value(value);
}

Output WhileContext::add_value(const Output& value) {
  // While a loop is imported into this one, its operations are inside before they are known.
  if (knows(value) || value.op().control_flow_context() == this) return inside(value);
  add_name(value);
  if (const Output real = value_of_history(value)) {
    external_values_[value.name()] = real;
    return real;
  }
  Output result = outer_ != nullptr ? outer_->add_value(value) : value;
  {
    const ControlDependencies none(graph_, {}, /*clears=*/true);
    result = enter_value(result, /*is_constant=*/true);
    result.op().prevent_feeding();
  }
  fix_enters({result});
  add_name(result);
  external_values_[value.name()] = result;
  return result;
}

bool WhileContext::keep_control_input(const Operation& op) const {
  const ControlFlowContext* const context = control_flow::output_context(op);
  ControlFlowContext* around = outer_;
  const WhileContext* const outer_loop = outer_ == nullptr ? nullptr : outer_->while_context();
  while (around != context) {
    if (around == nullptr || around == outer_loop) return false;
    around = around->outer();
  }
  return true;
}

void WhileContext::fix_enters(const std::vector<Output>& enters) {
  for (const Output& enter : enters) {
    Operation& op = enter.op();
    op.set_control_flow_context(this);
    for (Operation* control : graph_.control_inputs_of_scopes({op.input(0)})) {
      if (keep_control_input(*control)) op.add_control_input(control);
    }
    graph_.mark_seen_by_control_scopes(op);
  }
}

void WhileContext::bind_to_iteration(Operation& op) {
  if (!op.control_inputs().empty()) return;
  const auto& inputs = op.inputs();
  const bool is_free = std::all_of(inputs.begin(), inputs.end(), [](const Output& input) {
    return control_flow::is_constant_enter(input.op());
  });
  if (is_free) op.add_control_input(control_pivot());
}

void WhileContext::add_op(Operation& op) {
  // What only the shape of a forward value is needed for is found out in the forward loop.
  const bool measures = op.type() == "Shape" || op.type() == "Size" || op.type() == "Rank";
  ControlFlowContext* const current = graph_.control_flow_context();
  WhileContext* const gradient =
      measures && current != nullptr ? current->while_context() : nullptr;
  if (gradient != nullptr && gradient->history() != nullptr) {
    Operation& source = op.input(0).op();
    if (control_flow::while_context(source) == &gradient->history()->forward_context()) {
      ControlFlowContext* const forward = source.control_flow_context();
      op.set_control_flow_context(forward);
      if (WhileContext* const loop = forward->as_while()) {
        loop->take_op(op);
      } else {
        forward->add_op(op);
      }
      return;
    }
  }
  take_op(op);
}

void WhileContext::take_op(Operation& op) {
  std::vector<Operation*> external;
  if (op.num_inputs() == 0) {
    const auto [internal, outside] = remove_external_control_edges(op);
    if (internal.empty()) op.add_control_input(control_pivot());
    external = outside;
  } else {
    for (int i = 0; i < op.num_inputs(); ++i) {
      const Output input = op.input(i);
      const Output real = add_value(input);
      if (real != input) op.set_input(i, real);
    }
    external = remove_external_control_edges(op).second;
    bind_to_iteration(op);
  }
  for (const Output& output : op.outputs()) add_name(output);
  if (!external.empty()) {
    // What has to be done before the operation comes in as data.
    const ControlDependencies none(graph_, {}, /*clears=*/true);
    const InContext inside(this);
    std::vector<Operation*> identities;
    for (Operation* control : external) {
      if (control->num_outputs() == 0) continue;
      identities.push_back(OpBuilder("Identity").input(control->output(0)).build());
    }
    for (Operation* identity : identities) op.add_control_input(identity);
  }
  if (outer_ != nullptr || !control_flow::is_exit(op)) {
    op.prevent_fetching();
    op.prevent_feeding();
  }
}

void WhileContext::to_proto(const std::string& export_scope,
                            proto::ControlFlowContextDef& context) const {
  proto::WhileContextDef& def = *context.mutable_while_ctxt();
  const auto stripped = [&](const Output& value) {
    return without_scope(value.name(), export_scope);
  };
  def.set_context_name(without_scope(name_, export_scope));
  def.set_parallel_iterations(static_cast<std::int32_t>(options_.parallel_iterations));
  if (options_.maximum_iterations) {
    def.set_maximum_iterations_name(stripped(options_.maximum_iterations));
  }
  def.set_back_prop(options_.back_prop);
  def.set_swap_memory(options_.swap_memory);
  def.set_pivot_for_pred_name(stripped(pivot_for_pred));
  def.set_pivot_for_body_name(stripped(pivot_for_body));
  def.set_pivot_name(stripped(pivot));
  for (const Output& exit : loop_exits) def.add_loop_exit_names(stripped(exit));
  for (const Output& enter : loop_enters) def.add_loop_enter_names(stripped(enter));
  to_proto(export_scope, *def.mutable_values_def());
  nested_to_proto(export_scope, def);
}

}  // namespace tensorkeep
