#include <fmt/format.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/optimizers.h"
#include "train/update_ops.h"

// The optimizers that scale each element's rate by its own gradients, in one operation.
namespace tensorkeep::train {

RMSPropOptimizer::RMSPropOptimizer(Input learning_rate, const RMSPropOptions& options)
    : Optimizer(options.name, options.use_locking),
      learning_rate_(std::move(learning_rate)),
      options_(options) {}

void RMSPropOptimizer::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    slot_with_initializer(variable, ones_initializer(variable.dtype()), "rms");
    if (options_.centered) zeros_slot(variable, "mg");
    zeros_slot(variable, "momentum");
  }
}

void RMSPropOptimizer::prepare() {
  const Output rate = learning_rate_.to_tensor("learning_rate");
  const Output decay = options_.decay.to_tensor("decay");
  const Output momentum = options_.momentum.to_tensor("momentum");
  constants_ = {rate, decay, momentum, options_.epsilon.to_tensor("epsilon")};
}

Operation* RMSPropOptimizer::apply_dense(const Output& gradient, const Variable& variable) {
  return apply("Apply", {gradient}, variable);
}

Operation* RMSPropOptimizer::apply_sparse(const Output& values, const Output& indices,
                                          const Variable& variable) {
  return apply("SparseApply", {values, indices}, variable);
}

Operation* RMSPropOptimizer::apply(const char* prefix, const std::vector<Output>& gradient,
                                   const Variable& variable) {
  std::vector<Variable> slots = {get_slot(variable, "rms"), get_slot(variable, "momentum")};
  if (options_.centered) slots.insert(slots.begin(), get_slot(variable, "mg"));
  const std::string type = options_.centered ? "CenteredRMSProp" : "RMSProp";
  return add_update(prefix + type, variable, slots, constants_, gradient, {}, use_locking());
}

AdagradOptimizer::AdagradOptimizer(Input learning_rate, const AdagradOptions& options)
    : Optimizer(options.name, options.use_locking),
      learning_rate_(std::move(learning_rate)),
      initial_accumulator_value_(options.initial_accumulator_value) {
  if (!(initial_accumulator_value_ > 0.0)) {
    errors::raise_value_error(
        fmt::format("initial_accumulator_value must be positive: {}", initial_accumulator_value_));
  }
}

void AdagradOptimizer::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    slot_with_initializer(variable, constant_initializer(initial_accumulator_value_),
                          "accumulator");
  }
}

void AdagradOptimizer::prepare() {
  constants_ = {learning_rate_.to_tensor("learning_rate")};
}

Operation* AdagradOptimizer::apply_dense(const Output& gradient, const Variable& variable) {
  return add_update("ApplyAdagrad", variable, {get_slot(variable, "accumulator")}, constants_,
                    {gradient}, {}, use_locking());
}

Operation* AdagradOptimizer::apply_sparse(const Output& values, const Output& indices,
                                          const Variable& variable) {
  return add_update("SparseApplyAdagrad", variable, {get_slot(variable, "accumulator")}, constants_,
                    {values, indices}, {}, use_locking());
}

AdadeltaOptimizer::AdadeltaOptimizer(Input learning_rate, const AdadeltaOptions& options)
    : Optimizer(options.name, options.use_locking),
      learning_rate_(std::move(learning_rate)),
      options_(options) {}

void AdadeltaOptimizer::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    zeros_slot(variable, "accum");
    zeros_slot(variable, "accum_update");
  }
}

void AdadeltaOptimizer::prepare() {
  const Output rate = learning_rate_.to_tensor("lr");
  const Output rho = options_.rho.to_tensor("rho");
  constants_ = {rate, rho, options_.epsilon.to_tensor("epsilon")};
}

Operation* AdadeltaOptimizer::apply_dense(const Output& gradient, const Variable& variable) {
  return add_update("ApplyAdadelta", variable,
                    {get_slot(variable, "accum"), get_slot(variable, "accum_update")}, constants_,
                    {gradient}, {}, use_locking());
}

Operation* AdadeltaOptimizer::apply_sparse(const Output& values, const Output& indices,
                                           const Variable& variable) {
  return add_update("SparseApplyAdadelta", variable,
                    {get_slot(variable, "accum"), get_slot(variable, "accum_update")}, constants_,
                    {values, indices}, {}, use_locking());
}

namespace {

void check_not_negative(const char* name, double value) {
  if (value < 0.0) {
    errors::raise_value_error(fmt::format("{} {:f} needs to be positive or zero", name, value));
  }
}

}  // namespace

FtrlOptimizer::FtrlOptimizer(Input learning_rate, const FtrlOptions& options)
    : Optimizer(options.name, options.use_locking),
      learning_rate_(std::move(learning_rate)),
      options_(options) {
  check_not_negative("initial_accumulator_value", options.initial_accumulator_value);
  if (options.learning_rate_power > 0.0) {
    errors::raise_value_error(fmt::format("learning_rate_power {:f} needs to be negative or zero",
                                          options.learning_rate_power));
  }
  check_not_negative("l1_regularization_strength", options.l1_regularization_strength);
  check_not_negative("l2_regularization_strength", options.l2_regularization_strength);
  check_not_negative("l2_shrinkage_regularization_strength",
                     options.l2_shrinkage_regularization_strength);
}

void FtrlOptimizer::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    const Initializer initial(variable.dtype(), [this](const Shape& shape, DType dtype) {
      return ones(shape, dtype) * options_.initial_accumulator_value;
    });
    slot_with_initializer(variable, initial, "accum", options_.accum_name);
    zeros_slot(variable, "linear", options_.linear_name);
  }
}

void FtrlOptimizer::prepare() {
  const bool shrinks = options_.l2_shrinkage_regularization_strength > 0.0;
  const Output rate = learning_rate_.to_tensor("learning_rate");
  const Output l1 =
      Input(options_.l1_regularization_strength).to_tensor("l1_regularization_strength");
  // TensorFlow folds beta into the second strength.
  const Output twice = 2.0 * maximum(learning_rate_, 1e-36);
  const Output l2 = options_.l2_regularization_strength + options_.beta / twice;
  (void)Input(options_.beta).to_tensor("beta");
  const Output shrinkage = Input(options_.l2_shrinkage_regularization_strength)
                               .to_tensor("l2_shrinkage_regularization_strength");
  const Output power = Input(options_.learning_rate_power).to_tensor("learning_rate_power");
  constants_ = {rate, l1, l2};
  if (shrinks) constants_.push_back(shrinkage);
  constants_.push_back(power);
}

Operation* FtrlOptimizer::apply_dense(const Output& gradient, const Variable& variable) {
  return apply("ApplyFtrl", {gradient}, variable);
}

Operation* FtrlOptimizer::apply_sparse(const Output& values, const Output& indices,
                                       const Variable& variable) {
  return apply("SparseApplyFtrl", {values, indices}, variable);
}

Operation* FtrlOptimizer::apply(const char* type, const std::vector<Output>& gradient,
                                const Variable& variable) {
  const bool shrinks = options_.l2_shrinkage_regularization_strength > 0.0;
  return add_update(std::string(type) + (shrinks ? "V2" : ""), variable,
                    {get_slot(variable, "accum"), get_slot(variable, "linear")}, {}, gradient,
                    constants_, use_locking());
}

}  // namespace tensorkeep::train
