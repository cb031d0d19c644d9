#include "tensorkeep/op_builder.h"
#include "tensorkeep/optimizers.h"
#include "tensorkeep/state_ops.h"
#include "train/update_ops.h"

namespace tensorkeep::train {

GradientDescentOptimizer::GradientDescentOptimizer(Input learning_rate,
                                                   const OptimizerOptions& options)
    : Optimizer(options.name, options.use_locking), learning_rate_(std::move(learning_rate)) {}

void GradientDescentOptimizer::prepare() {
  rate_ = learning_rate_.to_tensor("learning_rate");
}

Operation* GradientDescentOptimizer::apply_dense(const Output& gradient, const Variable& variable) {
  return update_op("ApplyGradientDescent", variable)
      .input(variable.handle())
      .input(cast_to(rate_, variable.dtype()))
      .input(gradient)
      .attr("use_locking", use_locking())
      .build();
}

Operation* GradientDescentOptimizer::apply_sparse(const Output& values, const Output& indices,
                                                  const Variable& variable) {
  return apply_sparse_duplicate_indices({values, indices, Output()}, variable);
}

Operation* GradientDescentOptimizer::apply_sparse_duplicate_indices(const IndexedSlices& gradient,
                                                                    const Variable& variable) {
  const DType dtype = variable.dtype();
  if (!variable.is_resource()) {
    const Output rate = cast_to(rate_, dtype);
    const Output delta = OpBuilder("Mul", "mul").input(gradient.values).input(rate).output();
    return scatter_sub(variable, gradient.indices, delta, {.use_locking = use_locking()}).op();
  }
  const Output negative = OpBuilder("Neg").input(gradient.values).output();
  const Output rate = cast_to(rate_, dtype);
  const Output delta = OpBuilder("Mul", "mul").input(negative).input(rate).output();
  return OpBuilder("ResourceScatterAdd")
      .input(variable.handle())
      .input(gradient.indices)
      .input(delta)
      .build();
}

MomentumOptimizer::MomentumOptimizer(Input learning_rate, Input momentum,
                                     const MomentumOptions& options)
    : Optimizer(options.name, options.use_locking),
      learning_rate_(std::move(learning_rate)),
      momentum_(std::move(momentum)),
      use_nesterov_(options.use_nesterov) {}

void MomentumOptimizer::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) zeros_slot(variable, "momentum");
}

void MomentumOptimizer::prepare() {
  rate_ = learning_rate_.to_tensor("learning_rate");
  momentum_tensor_ = momentum_.to_tensor("momentum");
}

Operation* MomentumOptimizer::apply_dense(const Output& gradient, const Variable& variable) {
  return apply("ApplyMomentum", {gradient}, variable);
}

Operation* MomentumOptimizer::apply_sparse(const Output& values, const Output& indices,
                                           const Variable& variable) {
  return apply("SparseApplyMomentum", {values, indices}, variable);
}

Operation* MomentumOptimizer::apply(const std::string& type, const std::vector<Output>& gradient,
                                    const Variable& variable) {
  const Output rate = cast_to(rate_, variable.dtype());
  const Output momentum = cast_to(momentum_tensor_, variable.dtype());
  OpBuilder builder = update_op(type, variable);
  builder.input(variable.handle()).input(get_slot(variable, "momentum").handle()).input(rate);
  for (const Output& part : gradient) builder.input(part);
  return builder.input(momentum)
      .attr("use_locking", use_locking())
      .attr("use_nesterov", use_nesterov_)
      .build();
}

}  // namespace tensorkeep::train
