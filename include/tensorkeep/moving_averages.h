#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tensorkeep/input.h"
#include "tensorkeep/variable.h"

// Exponential moving averages: average -= (1 - decay) * (average - value). Errors are
// InvalidArgumentError in TensorFlow's words.
namespace tensorkeep::train {

struct AssignMovingAverageOptions {
  // Treats the variable as started from zeros and divides that bias out (Kingma and Ba, "Adam",
  // section 3), by two further variables: `<variable>/biased` and `<variable>/local_step`.
  bool zero_debias = true;
  std::string name = {};
};
// One update of `variable`, whose shape `value` has; `decay` is a number or a scalar tensor.
Assigned assign_moving_average(const Variable& variable, const Input& value, const Input& decay,
                               const AssignMovingAverageOptions& options = {});

struct WeightedMovingAverageOptions {
  bool truediv = true;  // false: divides as the types imply
  // Of the two variables; GLOBAL_VARIABLES.
  std::optional<std::vector<std::string>> collections = std::nullopt;
  std::string name = {};  // of a variable scope; "WeightedMovingAvg", made unique
};
// The average of `value` times `weight` divided by that of `weight`, each kept in a variable of its
// own, value_x_weight and weight, and updated when this is run.
Output weighted_moving_average(const Input& value, const Input& decay, const Input& weight,
                               const WeightedMovingAverageOptions& options = {});

struct MovingAverageOptions {
  // Counts updates: the decay is then at most (1 + num_updates) / (10 + num_updates).
  std::optional<Input> num_updates = std::nullopt;
  bool zero_debias = false;  // of the averages of tensors, which start from zeros
  std::string name = "ExponentialMovingAverage";
};

// Averages of variables (and of tensors) in shadow variables, "w/ExponentialMovingAverage", which
// start from the variables' initial values. One object's calls need the caller's lock.
class ExponentialMovingAverage {
 public:
  // A variable, or a tensor of known shape.
  class Averaged {
   public:
    Averaged(const Variable& variable) : variable_(variable) {}
    Averaged(Output tensor) : tensor_(tensor) {}
    template <std::same_as<AnyVariable> T>
    Averaged(const T& any) : variable_(any) {}
    const Variable& variable() const { return variable_; }  // none for a tensor
    Output tensor() const { return tensor_; }
    std::string name() const { return variable_ ? variable_.name() : tensor_.name(); }
    DType dtype() const { return variable_ ? variable_.dtype() : tensor_.dtype(); }
    Output key() const { return variable_ ? variable_.handle() : tensor_; }

   private:
    Variable variable_;
    Output tensor_;
  };

  explicit ExponentialMovingAverage(Input decay, MovingAverageOptions options = {});
  // The second parameter of TensorFlow's constructor.
  ExponentialMovingAverage(Input decay, const Variable& num_updates)
      : ExponentialMovingAverage(std::move(decay),
                                 MovingAverageOptions{.num_updates = num_updates}) {}

  const std::string& name() const { return options_.name; }

  // An operation that updates the averages of all; makes those that are not there yet. Throws
  // (TypeError) "The variables must be half, float, or double: ...".
  Operation* apply(const std::vector<Averaged>& var_list);
  template <
      std::same_as<std::vector<Variable>> Variables>  // a template: {w, b} is of the other kind
  Operation* apply(const Variables& var_list) {
    return apply(std::vector<Averaged>(var_list.begin(), var_list.end()));
  }
  Operation* apply() { return apply(trainable_variables()); }

  Variable average(const Averaged& var) const;  // none if it has none
  // The name of the average, also before there is one.
  std::string average_name(const Averaged& var) const;
  // For a Saver: under the name of its average each of `moving_avg_variables` (the trainable ones
  // and those that are averaged, if not given), all other variables under their own.
  std::map<std::string, Variable> variables_to_restore(
      const std::optional<std::vector<Variable>>& moving_avg_variables = std::nullopt) const;

 private:
  Variable make_average(const Averaged& var) const;

  Input decay_;
  MovingAverageOptions options_;
  std::map<Output, Variable> averages_;  // by Averaged::key()
};

}  // namespace tensorkeep::train
