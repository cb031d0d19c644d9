#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "graph/control_flow_context.h"
#include "graph/while_context.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// What TensorFlow's control_flow_util knows of operations, and the operations that branches and
// loops are made of.
namespace tensorkeep::control_flow {
namespace {

bool is_type(const Operation& op, std::string_view type) {
  std::string_view own = op.type();
  if (own.starts_with("Ref")) own.remove_prefix(3);
  return own == type;
}

// `type`, or its form for a reference.
Output unary(const char* type, const Output& value, const std::string& name) {
  const std::string prefix = is_ref(value.dtype()) ? "Ref" : "";
  // The name of the form for references is its own, as TensorFlow's wrappers have it.
  return OpBuilder(prefix + type, name).input(value).output();
}

// Whether every operation that takes an output of the Switch is in a branch.
bool is_cond_switch(const Operation& op) {
  return std::all_of(op.consumers().begin(), op.consumers().end(), [](const Operation* consumer) {
    ControlFlowContext* context = consumer->control_flow_context();
    if (context != nullptr && is_enter(*consumer)) context = context->outer();
    return context != nullptr && context->as_cond() != nullptr;
  });
}

bool in_loop(const Operation& op) {
  const ControlFlowContext* const context = op.control_flow_context();
  return context != nullptr && const_cast<ControlFlowContext*>(context)->as_while() != nullptr;
}

WhileContext* loop_of(ControlFlowContext* context) {
  return context == nullptr ? nullptr : context->while_context();
}

const WhileContext* forward_of(const WhileContext* loop) {
  return loop == nullptr || loop->history() == nullptr ? nullptr
                                                       : &loop->history()->forward_context();
}

// Whether an operation in `loop` may take what is in `input_loop`.
bool loop_may_take(const WhileContext* loop, const WhileContext* input_loop) {
  if (contains(input_loop, loop)) return true;
  if (const WhileContext* const forward = forward_of(loop)) {
    if (contains(input_loop, forward)) return true;
    if (input_loop->outer() == forward) return true;  // the gradients of a loop with branches
  }
  const WhileContext* const forward_of_input = forward_of(input_loop);
  return forward_of_input != nullptr &&
         (forward_of_input == loop || forward_of(forward_of_input) == loop);
}

}  // namespace

bool is_switch(const Operation& op) {
  return is_type(op, "Switch");
}
bool is_merge(const Operation& op) {
  return is_type(op, "Merge");
}
bool is_enter(const Operation& op) {
  return is_type(op, "Enter");
}
bool is_exit(const Operation& op) {
  return is_type(op, "Exit");
}
bool is_next(const Operation& op) {
  return is_type(op, "NextIteration");
}
bool is_constant_enter(const Operation& op) {
  return is_enter(op) && op.attr_bool("is_constant");
}
bool is_loop_switch(const Operation& op) {
  return is_switch(op) && in_loop(op) && !is_cond_switch(op);
}

Operation* constant_enter_of(const Output& value) {
  Operation* op = &value.op();
  while (is_switch(*op) || is_type(*op, "Identity")) op = &op->input(0).op();
  return is_constant_enter(*op) ? op : nullptr;
}

ControlFlowContext* output_context(const Operation& op) {
  ControlFlowContext* const context = op.control_flow_context();
  return context != nullptr && is_exit(op) ? context->outer() : context;
}

WhileContext* while_context(const Operation& op) {
  return loop_of(op.control_flow_context());
}

bool contains(const ControlFlowContext* maybe_around, const ControlFlowContext* context) {
  while (context != maybe_around && context != nullptr) context = context->outer();
  return context == maybe_around;
}

void check_input(const Operation& op, const std::string& name, const Operation& input) {
  ControlFlowContext* const input_context = output_context(input);
  if (input_context == nullptr || input_context == op.control_flow_context()) return;
  const WhileContext* const loop = while_context(op);
  const WhileContext* const input_loop = loop_of(input_context);
  if (loop == nullptr) {
    if (input_loop == nullptr || is_enter(op) || is_switch(op)) return;
    errors::raise_value_error(fmt::format(
        "Cannot use '{0}' as input to '{1}' because '{0}' is in a while loop. Only what the loop "
        "returns has a value outside of it.",
        input.name(), name));
  }
  if (loop_may_take(loop, input_loop)) return;
  errors::raise_value_error(fmt::format(
      "Cannot use '{}' as input to '{}' because they are in different while loops. Only what a "
      "loop returns has a value outside of it.",
      input.name(), name));
}

Operation* switch_ref_or_tensor(const Output& data, const Output& pred, const std::string& name) {
  const ColocationScope beside(data.graph(), &data.op(), /*ignore_existing=*/true);
  const char* const type = is_ref(data.dtype()) ? "RefSwitch" : "Switch";
  return OpBuilder(type, name).input(data).input(pred).build();
}

Output merge(const std::vector<Output>& values, const std::string& name) {
  const bool refs = std::all_of(values.begin(), values.end(),
                                [](const Output& value) { return is_ref(value.dtype()); });
  return OpBuilder(refs ? "RefMerge" : "Merge", name.empty() ? "Merge" : name)
      .inputs({values.begin(), values.end()})
      .output();
}

Output identity(const Output& value, const std::string& name) {
  return unary("Identity", value, name);
}
Output next_iteration(const Output& value) {
  return unary("NextIteration", value, "");
}
Output exit(const Output& value, const std::string& name) {
  return unary("Exit", value, name);
}

}  // namespace tensorkeep::control_flow
