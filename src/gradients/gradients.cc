// Backpropagation over the graph: operations in reverse order of their dependencies, each as soon
// as the gradients of all its outputs that matter have arrived.
#include "tensorkeep/gradients.h"

#include <fmt/format.h>

#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "gradients/aggregation.h"
#include "gradients/loop_state.h"
#include "gradients/zeros.h"
#include "graph/op_registry.h"
#include "graph/program_gradients.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

using gradients_internal::LoopState;
using gradients_internal::OpSet;
using gradients_internal::Pending;

bool is_trainable(DType dtype) {
  switch (base_dtype(dtype)) {
    case DType::kFloat16:
    case DType::kBFloat16:
    case DType::kFloat32:
    case DType::kFloat64:
    case DType::kComplex64:
    case DType::kComplex128:
    case DType::kResource:
    case DType::kVariant:
      return true;
    default:
      return false;
  }
}

// Every operation that some x reaches through tensors that can be differentiated.
OpSet reached_from(const std::vector<Output>& xs) {
  OpSet reached;
  std::vector<const Operation*> stack;
  for (const Output& x : xs) stack.push_back(&x.op());
  while (!stack.empty()) {
    const Operation* op = stack.back();
    stack.pop_back();
    if (!reached.insert(op).second) continue;
    for (const Operation* consumer : op->consumers()) {
      for (const Output& input : consumer->inputs()) {
        if (&input.op() == op && is_trainable(input.dtype())) stack.push_back(consumer);
      }
    }
  }
  return reached;
}

class Backpropagation {
 public:
  Backpropagation(const std::vector<Output>& ys, const std::vector<Output>& xs,
                  const GradientsOptions& options)
      : options_(options), xs_(xs) {
    count_pending(ys, xs);
  }

  void start(const std::vector<Output>& ys, const std::vector<Gradient>& grad_ys) {
    for (std::size_t i = 0; i < ys.size(); ++i) receive(ys[i], grad_ys[i]);
    OpSet queued;
    for (const Output& y : ys) {
      Operation* op = &y.op();
      if (pending_[op] == 0 && reached_.contains(op) && queued.insert(op).second) {
        queue_.push_back(op);
      }
    }
    if (loops_ != nullptr) {
      for (const Output& exit : loops_->process_unused_exits(pending_, queued)) {
        if (!is_trainable(exit.dtype())) continue;
        receive(exit, loops_->zeros_for_exit(exit));
        queue_.push_back(&exit.op());
      }
    }
    find_stops(xs_);
  }

  void run() {
    while (!queue_.empty()) {
      Operation* op = queue_.front();
      queue_.pop_front();
      visit(*op);
      for (const Output& input : op->inputs()) {
        const int left = --pending_[&input.op()];
        // A loop's Switch is visited for the exit, and again for the iteration.
        const bool again =
            loops_ != nullptr && left > 0 && control_flow::is_loop_switch(input.op());
        if (left == 0 || again) enqueue(input);
      }
    }
  }

  // Called outside of the scope of the gradients, as TensorFlow does.
  void finish() {
    if (loops_ != nullptr) loops_->finish();
  }

  Gradient result(const Output& x) const {
    const auto found = received_.find(&x.op());
    if (found != received_.end()) {
      const auto& list = found->second[static_cast<std::size_t>(x.index())];
      if (!list.empty()) return list[0];  // aggregated when its operation was visited
    }
    if (options_.unconnected_gradients == UnconnectedGradients::NONE) return {};
    return zeros_like(x);
  }

 private:
  // pending_[op]: how many uses of its outputs lie between the xs and the ys.
  void count_pending(const std::vector<Output>& ys, const std::vector<Output>& xs) {
    reached_ = reached_from(xs);
    OpSet between;
    std::deque<Operation*> queue;
    for (const Output& y : ys) queue.push_back(&y.op());
    std::vector<Operation*> order;
    while (!queue.empty()) {
      Operation* op = queue.front();
      queue.pop_front();
      if (!reached_.contains(op) || !between.insert(op).second) continue;
      order.push_back(op);
      for (const Output& input : op->inputs()) queue.push_back(&input.op());
    }
    loops_ = LoopState::make(order, between, options_.colocate_gradients_with_ops);
    for (const Operation* op : order) {
      for (const Output& input : op->inputs()) {
        if (between.contains(&input.op())) ++pending_[&input.op()];
      }
    }
  }

  // The xs before which nothing more is wanted, and what the caller holds constant.
  void find_stops(const std::vector<Output>& xs) {
    for (const Output& x : xs) {
      bool stops = true;
      for (const Output& input : x.op().inputs()) stops &= pending_[&input.op()] == 0;
      if (stops) stops_.insert(&x.op());
    }
    for (const Output& tensor : options_.stop_gradients) stops_.insert(&tensor.op());
  }

  void receive(const Output& tensor, const Gradient& gradient) {
    auto& lists = received_[&tensor.op()];
    lists.resize(static_cast<std::size_t>(tensor.op().num_outputs()));
    auto& list = lists[static_cast<std::size_t>(tensor.index())];
    if (visited_switches_.contains(&tensor.op())) list.clear();
    list.push_back(gradient);
  }

  bool has_gradient(const Operation& op) const {
    const auto found = received_.find(&op);
    if (found == received_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [](const auto& list) {
      return std::any_of(list.begin(), list.end(),
                         [](const Gradient& gradient) { return !gradient.none(); });
    });
  }

  // Exits of one loop are visited together, when it is known which of them have gradients.
  void enqueue(const Output& ready) {
    if (loops_ == nullptr || !control_flow::is_exit(ready.op())) {
      queue_.push_back(&ready.op());
      return;
    }
    ops::LoopGradient& loop = *loops_->find(ready.op(), /*before=*/false);
    loop.deferred_exits.push_back(ready);
    if (--loop.pending_exits != 0) return;
    bool any = false;
    for (const Output& exit : loop.deferred_exits) {
      if (has_gradient(exit.op())) {
        any = true;
        queue_.push_back(&exit.op());
      } else {
        loop.unused_exits.push_back(exit);
      }
    }
    for (const Output& exit : loop.unused_exits) {
      if (any && is_trainable(exit.dtype())) receive(exit, loops_->zeros_for_exit(exit));
      queue_.push_back(&exit.op());
    }
  }

  ControlFlowContext* loop_for(const Operation& op, bool before) const {
    ops::LoopGradient* const loop = loops_ == nullptr ? nullptr : loops_->find(op, before);
    return loop == nullptr ? nullptr : &loop->grad_context();
  }

  void visit(Operation& op) {
    std::optional<ColocationScope> colocation;
    if (options_.colocate_gradients_with_ops) colocation.emplace(op.graph(), &op);
    std::vector<Gradient> out_grads;
    {
      const InContext in_loop(loop_for(op, /*before=*/true));
      out_grads = aggregated(op);
    }
    const bool any = std::any_of(out_grads.begin(), out_grads.end(),
                                 [](const Gradient& gradient) { return !gradient.none(); });
    if (!any || stops_.contains(&op)) return;
    const std::optional<Rule> rule = rule_of(op);
    if (!rule) return;
    const InContext in_loop(loop_for(op, /*before=*/false));
    check_initial_value(op);
    for (int i = 0; i < op.num_outputs(); ++i) {
      Gradient& gradient = out_grads[static_cast<std::size_t>(i)];
      if (gradient.none() && is_trainable(op.output_dtype(i))) {
        gradient =
            loops_ != nullptr ? loops_->zeros_for(op, i) : gradients_internal::zeros_for(op, i);
      }
    }
    deliver(op, apply(op, *rule, out_grads));
  }

  std::vector<Gradient> aggregated(const Operation& op) {
    std::vector<Gradient> result(static_cast<std::size_t>(op.num_outputs()));
    const auto found = received_.find(&op);
    if (found == received_.end()) return result;
    for (std::size_t i = 0; i < result.size(); ++i) {
      auto& list = found->second[i];
      result[i] = gradients_internal::aggregate(op, list, options_.aggregation_method);
      if (!list.empty()) list = {result[i]};
    }
    if (loops_ != nullptr && control_flow::is_loop_switch(op)) visited_switches_.insert(&op);
    return result;
  }

  static void check_initial_value(const Operation& op) {
    ControlFlowContext* const context = op.control_flow_context();
    if (!control_flow::is_switch(op) || context == nullptr || context->as_while() == nullptr ||
        context != op.graph().control_flow_context()) {
      return;
    }
    errors::raise_value_error(
        fmt::format("Cannot compute gradient inside while loop with respect to op '{}'. We do not "
                    "support taking the gradient wrt or through the initial value of a loop "
                    "variable. Gradients can be computed through loop invariants or wrt the input "
                    "parameters to the loop body.",
                    op.name()),
        {.node = op.name()});
  }

  // The library's rule, or the program's own.
  struct Rule {
    const OpTraits* traits;
    std::shared_ptr<const ProgramGradient> own;
  };

  // Nothing if no gradient flows through it.
  static std::optional<Rule> rule_of(const Operation& op) {
    if (op.num_inputs() == 0) return std::nullopt;
    const std::string type =
        op.has_attr("_gradient_op_type") ? op.attr_string("_gradient_op_type") : op.type();
    if (auto own = find_program_gradient(type)) {
      if (*own == nullptr) return std::nullopt;
      return Rule{nullptr, *own};
    }
    const OpTraits* traits = OpRegistry::global().find(type);
    if (traits != nullptr && traits->not_differentiable) return std::nullopt;
    if (traits != nullptr && (traits->gradient != nullptr || traits->slices_gradient != nullptr)) {
      return Rule{traits, nullptr};
    }
    throw errors::NotFoundError(
        fmt::format("No gradient defined for operation'{}' (op type: {}). In general every "
                    "operation must have an associated gradient rule. To take its output for a "
                    "constant, put tf::stop_gradient around it.",
                    op.name(), op.type()),
        {.node = op.name(), .python_class = errors::PythonClass::kLookupError});
  }

  Gradients apply(Operation& op, const Rule& rule, const std::vector<Gradient>& out_grads) {
    const NameScope scope(op.graph(), op.name() + "_grad");
    Gradients in_grads;
    if (rule.own != nullptr) {
      in_grads = (*rule.own)(op, out_grads);
    } else if (rule.traits->slices_gradient != nullptr) {
      in_grads = rule.traits->slices_gradient(op, out_grads);
    } else {
      std::vector<Output> tensors;
      for (const Gradient& gradient : out_grads) tensors.push_back(to_dense(gradient));
      in_grads = rule.traits->gradient(op, tensors);
    }
    if (in_grads.size() != op.inputs().size()) {
      errors::raise_value_error(
          fmt::format("Num gradients {} generated for op {} do not match num inputs {}",
                      in_grads.size(), op.name(), op.num_inputs()),
          {.node = op.name()});
    }
    if (options_.gate_gradients) gate(op, in_grads);
    return in_grads;
  }

  static void gate(const Operation& op, Gradients& grads) {
    std::vector<Output> values;
    std::size_t count = 0;
    for (const Gradient& gradient : grads) {
      values.push_back(gradient.is_slices() ? gradient.slices().values : gradient.tensor());
      if (!gradient.none()) ++count;
    }
    if (count < 2) return;
    const DeviceScope no_device(op.graph(), "");
    const ColocationScope no_colocation(op.graph(), nullptr, /*ignore_existing=*/true);
    values = tuple(values);
    for (std::size_t i = 0; i < grads.size(); ++i) {
      if (grads[i].is_slices()) {
        const IndexedSlices& rows = grads[i].slices();
        grads[i] = IndexedSlices{values[i], rows.indices, rows.dense_shape};
      } else {
        grads[i] = values[i];
      }
    }
  }

  void deliver(const Operation& op, const Gradients& in_grads) {
    for (int i = 0; i < op.num_inputs(); ++i) {
      const Gradient& gradient = in_grads[static_cast<std::size_t>(i)];
      if (gradient.none()) continue;
      const Output input = op.input(i);
      if (gradient.tensor() && base_dtype(input.dtype()) != resource) {
        if (!gradient.tensor().shape().compatible_with(input.shape())) {
          errors::raise_value_error(
              fmt::format("Incompatible shapes between op input and calculated input gradient. "
                          "Forward operation: {}. Input index: {}. Original input shape: {}. "
                          "Calculated input gradient shape: {}",
                          op.name(), i, input.shape().to_string(),
                          gradient.tensor().shape().to_string()),
              {.node = op.name()});
        }
        gradient.tensor().set_shape(input.shape());
      }
      receive(input, gradient);
    }
  }

  const GradientsOptions& options_;
  OpSet reached_;
  OpSet stops_;
  OpSet visited_switches_;  // of loops
  std::vector<Output> xs_;
  std::unique_ptr<LoopState> loops_;  // null if there are none
  Pending pending_;
  // What each output has received; a single element once its operation was visited.
  std::unordered_map<const Operation*, std::vector<std::vector<Gradient>>> received_;
  std::deque<Operation*> queue_;
};

void check_grad_y(const Output& y, const Output& grad_y) {
  const DType want = base_dtype(y.dtype());
  const DType have = base_dtype(grad_y.dtype());
  const auto is_real = [](DType dtype) { return is_floating(dtype) || is_integer(dtype); };
  const auto fail = [&](const char* kind, const char* must) {
    errors::raise_type_error(
        fmt::format("Gradient type {} generated for {} tensor {} with type {} must be {}",
                    name_of(have), kind, y.to_string(), name_of(want), must));
  };
  if (is_real(want)) {
    if (!is_real(have)) fail("real or integer-valued", "real or integer");
  } else if (is_complex(want)) {
    if (!is_complex(have)) fail("complex-valued", "real");
  } else if (want != variant && want != resource) {
    errors::raise_type_error(
        fmt::format("Tensor {} with type {} must be numeric to obtain a default gradient",
                    y.to_string(), name_of(want)));
  }
}

Gradient first_gradient(const Output& y, const Input& given, std::size_t index, bool colocate) {
  std::optional<ColocationScope> colocation;
  if (colocate) colocation.emplace(y.graph(), &y.op());
  const std::string name = fmt::format("grad_ys_{}", index);
  if (given.is_none()) {
    if (is_complex(base_dtype(y.dtype()))) {
      errors::raise_type_error(
          fmt::format("Gradients of complex tensors ({}) must set grad_ys (y.dtype = {})",
                      y.to_string(), name_of(base_dtype(y.dtype()))));
    }
    return ones(shape(y), base_dtype(y.dtype()), {name});
  }
  const Output grad_y = given.to_tensor("");
  check_grad_y(y, grad_y);
  return identity(grad_y, {name});
}

std::vector<Output> to_tensors(const std::vector<Input>& inputs, const char* name, bool as_ref) {
  std::vector<Output> tensors;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Output handle = as_ref ? inputs[i].resource_handle() : Output();
    tensors.push_back(handle ? handle
                             : inputs[i].to_tensor(fmt::format("{}_{}", name, i), std::nullopt,
                                                   std::nullopt, as_ref));
  }
  return tensors;
}

}  // namespace

Gradients gradients(const InputList& y_list, const InputList& x_list,
                    const GradientsOptions& options) {
  std::vector<Input> given_ys = y_list.inputs();
  std::vector<Input> all = given_ys;
  all.insert(all.end(), x_list.inputs().begin(), x_list.inputs().end());
  all.insert(all.end(), options.stop_gradients.begin(), options.stop_gradients.end());
  all.insert(all.end(), options.grad_ys.begin(), options.grad_ys.end());
  Graph& graph = graph_of(all);
  const auto as_default = graph.as_default();
  for (Input& y : given_ys) {  // variables are read outside of the scope
    if (!y.is_tensor() && !y.is_literal()) y = y.to_tensor("");
  }
  std::optional<NameScope> scope;
  scope.emplace(graph, options.name, "gradients");
  graph.unique_name("uid");  // TensorFlow takes this name too

  const std::vector<Output> ys = to_tensors(given_ys, "y", false);
  const std::vector<Output> xs = to_tensors(x_list.inputs(), "x", true);
  std::vector<Input> grad_ys = options.grad_ys;
  if (grad_ys.empty()) grad_ys.resize(ys.size());
  if (grad_ys.size() != ys.size()) {
    errors::raise_value_error(
        fmt::format("Length mismatch. Passed {} grad_ys for {} ys", grad_ys.size(), ys.size()));
  }
  for (std::size_t i = 0; i < grad_ys.size(); ++i) {
    if (!grad_ys[i].is_none()) grad_ys[i] = grad_ys[i].to_tensor(fmt::format("grad_y_{}", i));
  }
  std::vector<Gradient> first;
  for (std::size_t i = 0; i < ys.size(); ++i) {
    first.push_back(first_gradient(ys[i], grad_ys[i], i, options.colocate_gradients_with_ops));
  }
  Backpropagation backpropagation(ys, xs, options);
  backpropagation.start(ys, first);
  backpropagation.run();
  scope.reset();
  backpropagation.finish();
  Gradients result;
  for (const Output& x : xs) result.push_back(backpropagation.result(x));
  return result;
}

}  // namespace tensorkeep
