#include <algorithm>

#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/optimizers.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"
#include "train/update_ops.h"

namespace tensorkeep::train {
namespace {

constexpr const char* kBeta1Power = "beta1_power";
constexpr const char* kBeta2Power = "beta2_power";

Output binary(const char* type, const char* name, const Input& a, const Input& b) {
  return OpBuilder(type, name).input(a).input(b).output();
}
Output mul(const Output& a, const Output& b) {
  return binary("Mul", "mul", a, b);
}
// Python's cast of a variable. That of a reference variable opens a scope, needed or not.
Input cast_variable(const Variable& variable, DType dtype) {
  if (variable.dtype() != dtype) {
    return OpBuilder("Cast").input(variable).attr("DstT", dtype).output();
  }
  if (!variable.is_resource()) (void)variable.graph().unique_name("Cast");
  return variable;
}

// Rows are added to a slot; what comes out is the slot's value after it.
Output scatter_add_to(const Variable& slot, const Output& indices, const Output& rows,
                      bool use_locking) {
  if (!slot.is_resource()) {
    return scatter_add(slot, indices, rows, {.use_locking = use_locking}).as_graph_element();
  }
  Operation* const add =
      OpBuilder("ResourceScatterAdd").input(slot.handle()).input(indices).input(rows).build();
  const ControlDependencies after(slot.graph(), {add});
  return slot.value();
}

}  // namespace

AdamOptimizer::AdamOptimizer(Input learning_rate, const AdamOptions& options)
    : Optimizer(options.name, options.use_locking),
      learning_rate_(std::move(learning_rate)),
      options_(options) {}

void AdamOptimizer::create_slots(const std::vector<Variable>& variables) {
  const Variable first =
      *std::min_element(variables.begin(), variables.end(),
                        [](const Variable& a, const Variable& b) { return a.name() < b.name(); });
  non_slot_variable(options_.beta1, kBeta1Power, first);
  non_slot_variable(options_.beta2, kBeta2Power, first);
  for (const Variable& variable : variables) {
    zeros_slot(variable, "m");
    zeros_slot(variable, "v");
  }
}

void AdamOptimizer::prepare() {
  rate_ = learning_rate_.to_tensor("learning_rate");
  beta1_ = options_.beta1.to_tensor("beta1");
  beta2_ = options_.beta2.to_tensor("beta2");
  epsilon_ = options_.epsilon.to_tensor("epsilon");
}

Operation* AdamOptimizer::apply_dense(const Output& gradient, const Variable& variable) {
  const DType dtype = variable.dtype();
  const Input power1 = cast_variable(get_non_slot_variable(kBeta1Power), dtype);
  const Input power2 = cast_variable(get_non_slot_variable(kBeta2Power), dtype);
  OpBuilder builder = update_op("ApplyAdam", variable);
  builder.input(variable.handle())
      .input(get_slot(variable, "m").handle())
      .input(get_slot(variable, "v").handle())
      .input(power1)
      .input(power2);
  for (const Output& constant : {rate_, beta1_, beta2_, epsilon_}) {
    builder.input(cast_to(constant, dtype));
  }
  return builder.input(gradient).attr("use_locking", use_locking()).build();
}

Operation* AdamOptimizer::apply_sparse(const Output& values, const Output& indices,
                                       const Variable& variable) {
  const DType dtype = variable.dtype();
  const Input power1 = cast_variable(get_non_slot_variable(kBeta1Power), dtype);
  const Input power2 = cast_variable(get_non_slot_variable(kBeta2Power), dtype);
  const Output rate = cast_to(rate_, dtype);
  const Output beta1 = cast_to(beta1_, dtype);
  const Output beta2 = cast_to(beta2_, dtype);
  const Output epsilon = cast_to(epsilon_, dtype);
  const Output root = OpBuilder("Sqrt").input(1 - power2.to_tensor("")).output();
  const Output corrected = mul(rate, root);
  const Output step = binary("RealDiv", "truediv", corrected, 1 - power1.to_tensor(""));

  // slot = beta * slot, then the rows' part is added.
  const auto decay_and_add = [&](const char* name, const Output& beta, const Output& rows) {
    const Variable slot = get_slot(variable, name);
    const Output decayed = mul(slot.value(), beta);
    Operation* const assigned =
        tensorkeep::assign(slot, decayed, {.use_locking = use_locking()}).op();
    const ControlDependencies after(slot.graph(), {assigned});
    return scatter_add_to(slot, indices, rows, use_locking());
  };
  const Output m_rows = mul(values, 1 - beta1);
  const Output m = decay_and_add("m", beta1, m_rows);
  const Output squares = mul(values, values);
  const Output v_rows = mul(squares, 1 - beta2);
  const Output v = decay_and_add("v", beta2, v_rows);

  const Output v_root = OpBuilder("Sqrt").input(v).output();
  const Output numerator = mul(step, m);
  const Output denominator = binary("Add", "add", v_root, epsilon);
  const Output delta = binary("RealDiv", "truediv", numerator, denominator);
  Operation* const updated =
      tensorkeep::assign_sub(variable, delta, {.use_locking = use_locking()}).op();
  return group({updated, m, v});
}

Operation* AdamOptimizer::finish(const std::vector<Operation*>& updates, const std::string& name) {
  const Variable power1 = get_non_slot_variable(kBeta1Power);
  const Variable power2 = get_non_slot_variable(kBeta2Power);
  std::vector<Dependency> all(updates.begin(), updates.end());
  {
    const ControlDependencies after(power1.graph(), updates);
    const ColocationScope with_power(power1.graph(), &power1.op());
    const AssignOptions options{.use_locking = use_locking()};
    all.emplace_back(power1.assign(mul(power1.value(), beta1_), options).op());
    all.emplace_back(power2.assign(mul(power2.value(), beta2_), options).op());
  }
  return group(all, {name});
}

}  // namespace tensorkeep::train
