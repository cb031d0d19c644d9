#include "ops/loop_gradient.h"

#include "graph/cond_context.h"
#include "graph/shape_inference.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep::ops {

using control_flow::exit;
using control_flow::merge;
using control_flow::next_iteration;

LoopGradient* current_loop_gradient(Graph& graph) {
  ControlFlowContext* const context = graph.control_flow_context();
  WhileContext* const loop = context == nullptr ? nullptr : context->while_context();
  return loop == nullptr ? nullptr : static_cast<LoopGradient*>(loop->history());
}

LoopGradient::LoopGradient(WhileContext& forward, LoopGradient* outer)
    : forward_exits(forward.loop_exits),
      pending_exits(static_cast<int>(forward.loop_exits.size())),
      forward_(&forward),
      outer_(outer) {}

std::shared_ptr<LoopGradient> LoopGradient::make(WhileContext& forward, LoopGradient* outer) {
  if (forward.history() != nullptr) {
    throw errors::UnimplementedError(
        "Second-order gradient for while loops not supported. Put tf::stop_gradient around what "
        "the first gradients gave.",
        {.node = forward.name(), .python_class = errors::PythonClass::kTypeError});
  }
  std::shared_ptr<LoopGradient> result(new LoopGradient(forward, outer));
  ControlFlowContext* const around =
      outer != nullptr ? static_cast<ControlFlowContext*>(outer->forward_) : forward.outer();
  WhileContext::Options options = forward.options();
  options.name = forward.name();
  options.history = result;
  Output count;
  {
    const InContext inside(around);
    count = result->add_forward_counter();
  }
  if (outer == nullptr) {
    const InContext inside(around);
    result->grad_ = WhileContext::make(forward.graph(), options).get();
    result->grad_index_ = result->add_backprop_counter(count);
  } else {
    // The inner loop's counts of all iterations of the outer one.
    around->add_name(count);
    const Output history = outer->add_forward_accumulator(count);
    const InContext inside(outer->grad_);
    result->grad_ = WhileContext::make(forward.graph(), options).get();
    const Output real_count = outer->add_backprop_value(history, count);
    result->grad_index_ = result->add_backprop_counter(real_count);
  }
  return result;
}

// n = 0; while (pivot) ++n;
Output LoopGradient::add_forward_counter() {
  const Output n = const_of(0, int32, "f_count");
  if (outer_ != nullptr) {
    // The inner loop's pushes of one outer iteration come before those of the next.
    n.op().add_control_input(&outer_->forward_index_.op().input(0).op());
  }
  const InContext inside(forward_);
  forward_->add_name(n);
  const Output enter = forward_->enter_value(n, /*is_constant=*/false, "f_count");
  forward_->loop_enters.push_back(enter);
  const Output merged = merge({enter, enter});
  Operation* const fork = OpBuilder("Switch").input(merged).input(forward_->pivot).build();
  const Output index = add(fork->output(1), 1);
  forward_index_ = next_iteration(index);
  merged.op().set_input(1, forward_index_);
  const Output total = exit(fork->output(0), "f_count");
  forward_->loop_exits.push_back(total);
  forward_->exit_result({total});
  return total;
}

// n = count; while (n >= 1) --n;
Output LoopGradient::add_backprop_counter(const Output& count) {
  const Output one = const_of(1, int32, "b_count");
  const InContext inside(grad_);
  grad_->add_name(count);
  const Output enter = grad_->enter_value(count, /*is_constant=*/false, "b_count");
  grad_->loop_enters.push_back(enter);
  const Output merged = merge({enter, enter});
  grad_->pivot_for_pred = merged;
  const Output goes_on = greater_equal(merged, one);
  grad_->pivot = OpBuilder("LoopCond", "b_count").input(goes_on).output();
  Operation* const fork = OpBuilder("Switch").input(merged).input(grad_->pivot).build();
  const Output index = subtract(fork->output(1), one);
  grad_->pivot_for_body = index;
  const Output next = next_iteration(index);
  merged.op().set_input(1, next);
  const Output zero = exit(fork->output(0), "b_count");
  grad_->loop_exits.push_back(zero);
  // The inner loop's pops of one outer iteration come before those of the next.
  if (outer_ != nullptr) outer_->grad_sync()->add_control_input(&zero.op());
  grad_->exit_result({zero});
  return next;
}

namespace {

Operation* control_trigger(WhileContext& context, const Output& index, const char* name) {
  Graph& graph = context.graph();
  Operation* trigger = nullptr;
  {
    const ControlDependencies none(graph, {}, /*clears=*/true);
    trigger = OpBuilder("ControlTrigger", name).build();
  }
  trigger->set_control_flow_context(&context);
  index.op().add_control_input(trigger);
  return trigger;
}

}  // namespace

Operation* LoopGradient::forward_sync() {
  if (forward_sync_ == nullptr)
    forward_sync_ = control_trigger(*forward_, forward_index_, "f_sync");
  return forward_sync_;
}

Operation* LoopGradient::grad_sync() {
  if (grad_sync_ == nullptr) grad_sync_ = control_trigger(*grad_, grad_index_, "b_sync");
  return grad_sync_;
}

Operation* LoopGradient::push(CondContext* branch, const Output& stack, const Output& value,
                              bool dead_branch) {
  ControlFlowContext* const where = branch == nullptr ? static_cast<ControlFlowContext*>(forward_)
                                                      : (dead_branch ? branch->outer() : branch);
  const InContext inside(where);
  Operation* const op = OpBuilder("StackPushV2")
                            .input(stack)
                            .input(value)
                            .attr("swap_memory", forward_->options().swap_memory)
                            .build();
  return op;
}

Output LoopGradient::add_forward_accumulator(const Output& value, bool dead_branch) {
  Graph& graph = forward_->graph();
  ControlFlowContext* const called_in = graph.control_flow_context();
  const ControlDependencies none(graph, {}, /*clears=*/true);
  Output stack;
  {
    const InContext inside(called_in);
    const ColocationScope beside(graph, &value.op());
    stack = OpBuilder("StackV2", "f_acc")
                .input(const_of(-1, int32))
                .attr("elem_type", base_dtype(value.dtype()))
                .output();
  }
  const Output entered = forward_->add_value(stack);
  ControlFlowContext* const context = control_flow::output_context(value.op());
  CondContext* const branch = context == nullptr ? nullptr : context->as_cond();
  if (context != forward_ && branch == nullptr) {
    errors::raise_type_error("The value '" + value.name() +
                             "' lies neither in the while loop nor in a branch inside of it.");
  }
  Operation* const pushed =
      push(context == forward_ ? nullptr : branch, entered, value, dead_branch);
  if (context == forward_) {
    forward_index_.op().add_control_input(pushed);
  } else {
    if (dead_branch) pushed->set_control_flow_context(branch);
    forward_sync()->add_control_input(pushed);
  }
  pushed->add_control_input(&forward_index_.op().input(0).op());
  return stack;
}

// The branch that decides whether the value is pushed at all.
CondContext* LoopGradient::guarding_branch(const Output& stack, const Output& value) const {
  const ControlFlowContext* const outside = stack.op().control_flow_context();
  ControlFlowContext* context = value.op().control_flow_context();
  while (context != nullptr && context != outside) {
    if (CondContext* const branch = context->as_cond()) return branch;
    context = context->outer();
  }
  return nullptr;
}

Output LoopGradient::add_backprop_value(const Output& stack, const Output& value,
                                        bool dead_branch) {
  Graph& graph = forward_->graph();
  Output popped;
  {
    const ControlDependencies none(graph, {}, /*clears=*/true);
    const InContext inside(grad_);
    Output source = stack;
    if (CondContext* const branch = guarding_branch(stack, value)) {
      Output pred = branch->pred();
      for (const LoopGradient* loop = this; loop != nullptr; loop = loop->outer_) {
        const Output* const known = loop->find_history(branch->pred().name());
        if (known == nullptr) continue;
        pred = *known;
        break;
      }
      const int side = dead_branch ? 1 - branch->branch() : branch->branch();
      source = control_flow::switch_ref_or_tensor(stack, pred)->output(side);
    }
    popped =
        OpBuilder("StackPopV2").input(source).attr("elem_type", base_dtype(value.dtype())).output();
    popped.set_shape(value.shape());
  }
  if (grad_->options().parallel_iterations > 1) grad_sync()->add_control_input(&popped.op());
  return popped;
}

const Output* LoopGradient::find_history(const std::string& name) const {
  const auto found = history_.find(name);
  return found == history_.end() ? nullptr : &found->second;
}

const Gradient* LoopGradient::find_switch_merge(const Operation& fork) const {
  for (const auto& [known, merged] : switch_merges) {
    if (known == &fork) return &merged;
  }
  return nullptr;
}

Output LoopGradient::real_value(const Output& value) {
  if (const Output* const known = find_history(value.name())) return *known;
  Output current = value;
  LoopGradient* state = this;
  Output real;
  Output stack;
  while (!real && !stack) {
    if (Operation* const enter = control_flow::constant_enter_of(current)) {
      // It does not change in this loop.
      current = enter->input(0);
      state = state->outer_;
      if (state == nullptr) real = grad_->add_value(current);
    } else if (current.op().type() == "Const") {
      const Tensor constant = current.op().attr_tensor("value");
      real = const_of(constant, current.dtype());
    } else {
      const OutOfContext outside(*grad_);
      stack = state->add_forward_accumulator(current);
    }
  }
  if (!real) {
    real = state->add_backprop_value(stack, current);
    if (state != this) real = grad_->add_value(real);
  }
  history_[value.name()] = real;
  return real;
}

}  // namespace tensorkeep::ops
