#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/optimizers.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::train {
namespace {

void check_dtype(DType dtype, const std::string& name) {
  const DType base = base_dtype(dtype);
  if (base == float16 || base == bfloat16 || base == float32 || base == float64) return;
  errors::raise_value_error(
      fmt::format("Invalid type tf.{} for {}, expected: [tf.float16, tf.bfloat16, tf.float32, "
                  "tf.float64].",
                  name_of(base), name),
      {.tensor = name});
}

std::string list_of(const GradientsAndVariables& gradients) {
  std::string text;
  for (const auto& [gradient, variable] : gradients) {
    text += (text.empty() ? "" : ", ") + ("\"" + variable.to_string() + "\"");
  }
  return "[" + text + "]";
}

}  // namespace

Optimizer::Optimizer(std::string name, bool use_locking)
    : name_(std::move(name)), use_locking_(use_locking) {
  if (name_.empty()) errors::raise_value_error("Must specify the optimizer name");
}

Operation* Optimizer::minimize(const Output& loss, const MinimizeOptions& options) {
  const GradientsAndVariables gradients =
      compute_gradients(loss, {.var_list = options.var_list,
                               .gate_gradients = options.gate_gradients,
                               .aggregation_method = options.aggregation_method,
                               .colocate_gradients_with_ops = options.colocate_gradients_with_ops,
                               .grad_loss = options.grad_loss});
  if (std::all_of(gradients.begin(), gradients.end(),
                  [](const auto& pair) { return pair.first.none(); })) {
    errors::raise_value_error(fmt::format(
        "No gradients provided for any variable, check your graph for ops that do not support "
        "gradients, between variables {} and loss {}.",
        list_of(gradients), loss.to_string()));
  }
  return apply_gradients(gradients, {.global_step = options.global_step, .name = options.name});
}

GradientsAndVariables Optimizer::compute_gradients(const Output& loss,
                                                   const ComputeGradientsOptions& options) {
  const auto as_default = loss.graph().as_default();
  const std::vector<Variable> variables =
      options.var_list ? *options.var_list : trainable_variables();
  std::vector<Output> targets;
  for (const Variable& variable : variables) targets.push_back(variable.handle());
  const Gradients found = compute_tensor_gradients(loss, targets, options);
  GradientsAndVariables pairs;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (!found[i].none()) check_dtype(variables[i].dtype(), variables[i].name());
    pairs.emplace_back(found[i], variables[i]);
  }
  return pairs;
}

Gradients Optimizer::compute_tensor_gradients(const Output& loss,
                                              const std::vector<Output>& tensors,
                                              const ComputeGradientsOptions& options) {
  const auto as_default = loss.graph().as_default();
  check_dtype(loss.dtype(), loss.name());
  if (options.grad_loss) check_dtype(options.grad_loss.dtype(), options.grad_loss.name());
  if (tensors.empty()) errors::raise_value_error("No variables to optimize.");
  GradientsOptions how;
  if (options.grad_loss) how.grad_ys.push_back(options.grad_loss);
  how.gate_gradients = options.gate_gradients == GATE_OP;
  how.aggregation_method = options.aggregation_method;
  how.colocate_gradients_with_ops = options.colocate_gradients_with_ops;
  Gradients found = gradients(loss, tensors, how);
  if (options.gate_gradients == GATE_GRAPH) {
    std::vector<Output> dense;
    for (const Gradient& gradient : found) dense.push_back(to_dense(gradient));
    const std::vector<Output> gated = tuple(dense);
    found.assign(gated.begin(), gated.end());
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const DType dtype = tensors[i].dtype();
    if (!found[i].none() && dtype != DType::kResource) check_dtype(dtype, tensors[i].name());
  }
  return found;
}

Operation* Optimizer::apply_gradients(const GradientsAndVariables& gradients,
                                      const ApplyGradientsOptions& options) {
  if (gradients.empty()) errors::raise_value_error("No variables provided.");
  std::vector<Variable> variables;
  for (const auto& [gradient, variable] : gradients) {
    if (!gradient.none()) variables.push_back(variable);
  }
  if (variables.empty()) {
    errors::raise_value_error(
        fmt::format("No gradients provided for any variable: {}.", list_of(gradients)));
  }
  Graph& graph = variables.front().graph();
  const auto as_default = graph.as_default();
  {
    const ControlDependencies none(graph, {}, /*clears=*/true);
    create_slots(variables);
  }
  const NameScope scope(graph, options.name, name_);
  prepare();
  std::vector<Operation*> updates;
  for (const auto& [gradient, variable] : gradients) {
    if (gradient.none()) continue;
    const NameScope update_scope(graph, "update_" + variable.op().name());
    const ColocationScope with_variable(graph, &variable.op());
    updates.push_back(update(gradient, variable));
  }
  Operation* const step = options.global_step ? count_step(*options.global_step,
                                                           finish(updates, "update"), scope.name())
                                              : finish(updates, scope.name());
  auto& train_ops = graph.get_collection_ref(GraphKeys::TRAIN_OP);
  if (std::find(train_ops.begin(), train_ops.end(), CollectionItem(step)) == train_ops.end()) {
    train_ops.push_back(step);
  }
  return step;
}

Operation* Optimizer::update(const Gradient& gradient, const Variable& variable) {
  if (gradient.is_slices()) {
    if (variable.constraint()) {
      throw errors::FailedPreconditionError(
          "Cannot use a constraint function on a sparse variable.",
          {.node = variable.op().name(), .python_class = errors::PythonClass::kRuntimeError});
    }
    return apply_sparse_duplicate_indices(gradient.slices(), variable);
  }
  Operation* const applied = apply_dense(gradient.tensor(), variable);
  if (!variable.constraint()) return applied;
  const ControlDependencies after(variable.graph(), {applied});
  return variable.assign(variable.constraint()(variable.value())).op();
}

Operation* Optimizer::count_step(const Variable& global_step, Operation* after,
                                 const std::string& scope) {
  Graph& graph = global_step.graph();
  const ControlDependencies updated(graph, {after});
  const ColocationScope with_step(graph, &global_step.op());
  if (!global_step.is_resource()) return global_step.assign_add(1, {.name = scope}).op();
  const Output one = Input(1).to_tensor("", global_step.dtype());
  return OpBuilder("AssignAddVariableOp", scope).input(global_step.handle()).input(one).build();
}

Operation* Optimizer::apply_sparse_duplicate_indices(const IndexedSlices& gradient,
                                                     const Variable& variable) {
  Operation* const unique = OpBuilder("Unique").input(gradient.indices).build();
  const Output count = getitem(shape(unique->output(0)), {0});
  const Output sums = OpBuilder("UnsortedSegmentSum")
                          .input(gradient.values)
                          .input(unique->output(1))
                          .input(count)
                          .output();
  return apply_sparse(sums, unique->output(0), variable);
}

Operation* Optimizer::finish(const std::vector<Operation*>& updates, const std::string& name) {
  return group({updates.begin(), updates.end()}, {name});
}

}  // namespace tensorkeep::train
