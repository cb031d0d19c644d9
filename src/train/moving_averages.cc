#include "tensorkeep/moving_averages.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ops/variable_impl.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/initializers.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"
#include "tensorkeep/variable_scope.h"
#include "train/slot_creator.h"

namespace tensorkeep::train {
namespace {

// 1 - decay, in the variable's type.
Output complement(const Input& decay, DType dtype) {
  Output result;
  if (decay.is_literal()) {
    const double number = decay.literal().to_tensor(float64).value<double>();
    result = Input(1.0 - number).to_tensor("decay");
  } else {
    result = 1.0 - decay;
  }
  return result.dtype() == dtype ? result : cast(result, dtype);
}

// `name`, or `name`_1 and so on if the scope of the moment has such a variable: a second update of
// the same average knows a bias of its own.
std::string unique_in_scope(const std::string& name) {
  const VariableScope scope = get_variable_scope();
  if (scope.reuse()) return name;
  std::set<std::string> taken;
  for (const Variable& variable : scope.global_variables()) taken.insert(variable.op().name());
  std::string unique = name;
  for (int i = 1; taken.contains(scope.name() + "/" + unique); ++i) {
    unique = fmt::format("{}_{}", name, i);
  }
  return unique;
}

// One of the two variables that know the bias of an average.
Variable bias_variable(const std::string& name, const Shape& shape, DType dtype) {
  return get_variable(
      unique_in_scope(name),
      {.shape = shape, .dtype = dtype, .initializer = zeros_initializer(), .trainable = false});
}

Assigned assign_debiased(const Variable& average, const Input& value, const Output& rate,
                         const std::string& scope) {
  Variable biased, local_step;
  {
    const auto beside_average = variable_scope(average.op().name());
    const ColocationScope colocated(average.graph(), &average.op());
    biased = bias_variable("biased", average.shape(), average.dtype());
    local_step = bias_variable("local_step", Shape(), average.dtype());
  }
  const Input updated = assign_sub(biased, (biased.value() - value) * rate);
  const Input steps = local_step.assign_add(1.0);
  const Output factor = 1.0 - pow(1.0 - rate, steps);
  return assign(average, updated / factor, {.name = scope});
}

}  // namespace

Assigned assign_moving_average(const Variable& variable, const Input& value, const Input& decay,
                               const AssignMovingAverageOptions& options) {
  Graph& graph = variable.graph();
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "AssignMovingAvg");
  const Output rate = complement(decay, variable.dtype());
  if (options.zero_debias) return assign_debiased(variable, value, rate, scope.name());
  return assign_sub(variable, (variable.value() - value) * rate, {.name = scope.name()});
}

Output weighted_moving_average(const Input& value, const Input& decay, const Input& weight,
                               const WeightedMovingAverageOptions& options) {
  Graph& graph = graph_of({value, weight, decay});
  const auto as_default = graph.as_default();
  const std::string default_name = "WeightedMovingAvg";
  const auto scope = options.name.empty() ? variable_scope({.default_name = default_name})
                                          : variable_scope(options.name);
  const auto internal = [&](const char* name, const Input& like) -> Variable {
    return get_variable(name, {.shape = like.shape(),
                               .dtype = like.dtype(),
                               .initializer = zeros_initializer(),
                               .trainable = false,
                               .collections = options.collections});
  };
  const Variable value_x_weight = internal("value_x_weight", value);
  const Variable weight_sum = internal("weight", weight);
  const AssignMovingAverageOptions biased{.zero_debias = false};
  const Input numerator = assign_moving_average(value_x_weight, value * weight, decay, biased);
  const Input denominator = assign_moving_average(weight_sum, weight, decay, biased);
  return options.truediv ? truediv(numerator, denominator, {scope.name()})
                         : divide(numerator, denominator, {scope.name()});
}

ExponentialMovingAverage::ExponentialMovingAverage(Input decay, MovingAverageOptions options)
    : decay_(std::move(decay)), options_(std::move(options)) {}

Variable ExponentialMovingAverage::make_average(const Averaged& var) const {
  if (!var.variable()) return create_zeros_slot(var.tensor(), name());
  Graph& graph = var.variable().graph();
  const ControlDependencies none(graph, {}, /*clears=*/true);
  Output initial;
  {
    const DeviceScope device(graph, var.variable().device());
    initial = ops::value_or_initial_value(var.variable());
  }
  Variable average = create_slot(var.variable(), initial, name());
  graph.add_to_collection(GraphKeys::MOVING_AVERAGE_VARIABLES, var.variable().impl());
  return average;
}

Operation* ExponentialMovingAverage::apply(const std::vector<Averaged>& var_list) {
  std::set<Output> debiased;  // as in TensorFlow, only by the call that makes the average
  for (const Averaged& var : var_list) {
    const DType dtype = var.dtype();
    if (dtype != float32 && dtype != float64 && dtype != float16 && dtype != bfloat16) {
      errors::raise_type_error("The variables must be half, float, or double: " + var.name());
    }
    if (averages_.contains(var.key())) continue;
    averages_[var.key()] = make_average(var);
    if (options_.zero_debias && !var.variable()) debiased.insert(var.key());
  }
  const NameScope scope(name());
  Output decay = decay_.to_tensor("decay", float32);
  if (options_.num_updates) {
    const Output updates = cast(*options_.num_updates, float32, {.name = "num_updates"});
    const Output grown = 1.0 + updates;
    decay = minimum(decay, grown / (10.0 + updates));
  }
  std::vector<Dependency> updates;
  for (const Averaged& var : var_list) {
    const Input value = var.variable() ? Input(var.variable()) : Input(var.tensor());
    const AssignMovingAverageOptions options{.zero_debias = debiased.contains(var.key())};
    updates.push_back(assign_moving_average(averages_.at(var.key()), value, decay, options).op());
  }
  return group(updates, {.name = scope.name()});
}

Variable ExponentialMovingAverage::average(const Averaged& var) const {
  const auto found = averages_.find(var.key());
  return found == averages_.end() ? Variable() : found->second;
}

std::string ExponentialMovingAverage::average_name(const Averaged& var) const {
  if (const Variable known = average(var)) return known.op().name();
  const std::string name = var.name();
  return get_default_graph().unique_name(name.substr(0, name.rfind(':')) + "/" + this->name(),
                                         /*mark_as_used=*/false);
}

std::map<std::string, Variable> ExponentialMovingAverage::variables_to_restore(
    const std::optional<std::vector<Variable>>& moving_avg_variables) const {
  std::vector<Variable> averaged = moving_avg_variables.value_or(trainable_variables());
  if (!moving_avg_variables) {
    for (const Variable& variable : moving_average_variables()) averaged.push_back(variable);
  }
  std::map<std::string, Variable> by_name;
  std::set<std::string> names;
  for (const Variable& variable : averaged) {
    if (names.insert(variable.name()).second) by_name[average_name(variable)] = variable;
  }
  for (const Variable& variable : global_variables()) {
    if (!names.contains(variable.name())) by_name.try_emplace(variable.op().name(), variable);
  }
  return by_name;
}

}  // namespace tensorkeep::train
