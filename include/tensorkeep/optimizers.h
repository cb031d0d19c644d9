#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tensorkeep/gradients.h"
#include "tensorkeep/graph.h"
#include "tensorkeep/initializers.h"
#include "tensorkeep/input.h"
#include "tensorkeep/variable.h"

// Optimizers: they add the nodes that compute gradients and update variables by them. Errors are
// InvalidArgumentError (ValueError in Python) in TensorFlow's words.
namespace tensorkeep::train {

// How much of the gradients has to be computed before any of it is used.
enum class GateGradients { GATE_NONE, GATE_OP, GATE_GRAPH };

struct ComputeGradientsOptions {
  std::optional<std::vector<Variable>> var_list = std::nullopt;  // the trainable variables
  GateGradients gate_gradients = GateGradients::GATE_OP;
  AggregationMethod aggregation_method = AggregationMethod::DEFAULT;
  bool colocate_gradients_with_ops = false;
  Output grad_loss = {};  // what the gradient starts from; ones
};

struct ApplyGradientsOptions {
  std::optional<Variable> global_step = std::nullopt;  // counted up after the update
  std::string name = {};                               // the optimizer's own
};

struct MinimizeOptions {
  std::optional<Variable> global_step = std::nullopt;
  std::optional<std::vector<Variable>> var_list = std::nullopt;
  GateGradients gate_gradients = GateGradients::GATE_OP;
  AggregationMethod aggregation_method = AggregationMethod::DEFAULT;
  bool colocate_gradients_with_ops = false;
  std::string name = {};
  Output grad_loss = {};
};

using GradientsAndVariables = std::vector<std::pair<Gradient, Variable>>;

class Optimizer {
 public:
  static constexpr GateGradients GATE_NONE = GateGradients::GATE_NONE;
  static constexpr GateGradients GATE_OP = GateGradients::GATE_OP;
  static constexpr GateGradients GATE_GRAPH = GateGradients::GATE_GRAPH;

  virtual ~Optimizer() = default;

  const std::string& get_name() const { return name_; }

  // One step of training: an operation to run. Throws if no variable has a gradient.
  Operation* minimize(const Output& loss, const MinimizeOptions& options = {});
  // A pair for each variable; the gradient is none where the loss does not depend on it.
  GradientsAndVariables compute_gradients(const Output& loss,
                                          const ComputeGradientsOptions& options = {});
  // The same of any tensors: a gradient for each. `var_list` is not looked at.
  Gradients compute_tensor_gradients(const Output& loss, const std::vector<Output>& tensors,
                                     const ComputeGradientsOptions& options = {});
  Operation* apply_gradients(const GradientsAndVariables& gradients,
                             const ApplyGradientsOptions& options = {});

  // The variable that the optimizer keeps beside `variable`; none if there is none.
  Variable get_slot(const Variable& variable, const std::string& name) const;
  std::vector<std::string> get_slot_names() const;  // sorted
  // What the optimizer keeps in the default graph, by name.
  std::vector<Variable> variables() const;
  // Those of them that it keeps beside no other variable, as "beta1_power"; by these names.
  std::vector<std::pair<std::string, Variable>> non_slot_variables() const;

 protected:
  Optimizer(std::string name, bool use_locking);

  virtual void create_slots(const std::vector<Variable>&) {}
  virtual void prepare() = 0;  // constants, in the optimizer's scope
  virtual Operation* apply_dense(const Output& gradient, const Variable& variable) = 0;
  // The indices are distinct.
  virtual Operation* apply_sparse(const Output& values, const Output& indices,
                                  const Variable& variable) = 0;
  // By default adds up the rows that occur more than once.
  virtual Operation* apply_sparse_duplicate_indices(const IndexedSlices& gradient,
                                                    const Variable& variable);
  virtual Operation* finish(const std::vector<Operation*>& updates, const std::string& name);

  // The variable that is kept as `slot` beside `variable`, made by the first call; its name is the
  // optimizer's, or `name`.
  Variable zeros_slot(const Variable& variable, const std::string& slot,
                      const std::string& name = {});
  Variable slot_with_initializer(const Variable& variable, const Initializer& initializer,
                                 const std::string& slot, const std::string& name = {});
  Variable slot_with_value(const Variable& variable, const Output& value, const std::string& slot,
                           const std::string& name = {});
  Variable non_slot_variable(Input initial_value, const std::string& name,
                             const Variable& colocate_with);
  Variable get_non_slot_variable(const std::string& name) const;  // of the default graph
  bool use_locking() const { return use_locking_; }

 private:
  Operation* update(const Gradient& gradient, const Variable& variable);
  Operation* count_step(const Variable& global_step, Operation* after, const std::string& scope);

  std::string name_;
  bool use_locking_;
  std::map<std::string, std::map<const Operation*, Variable>> slots_;
  std::map<std::pair<std::string, const Graph*>, Variable> non_slots_;
};

struct OptimizerOptions {
  bool use_locking = false;
  std::string name = "GradientDescent";
};

// variable -= learning_rate * gradient
class GradientDescentOptimizer : public Optimizer {
 public:
  explicit GradientDescentOptimizer(Input learning_rate, const OptimizerOptions& options = {});

 protected:
  void prepare() override;
  Operation* apply_dense(const Output& gradient, const Variable& variable) override;
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override;
  Operation* apply_sparse_duplicate_indices(const IndexedSlices& gradient,
                                            const Variable& variable) override;

 private:
  Input learning_rate_;
  Output rate_;
};

struct MomentumOptions {
  bool use_locking = false;
  std::string name = "Momentum";
  bool use_nesterov = false;
};

// accumulation = momentum * accumulation + gradient; variable -= learning_rate * accumulation
class MomentumOptimizer : public Optimizer {
 public:
  MomentumOptimizer(Input learning_rate, Input momentum, const MomentumOptions& options = {});

 protected:
  void create_slots(const std::vector<Variable>& variables) override;
  void prepare() override;
  Operation* apply_dense(const Output& gradient, const Variable& variable) override;
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override;

 private:
  Operation* apply(const std::string& type, const std::vector<Output>& gradient,
                   const Variable& variable);

  Input learning_rate_;
  Input momentum_;
  bool use_nesterov_;
  Output rate_;
  Output momentum_tensor_;
};

struct AdamOptions {
  Input beta1 = 0.9;
  Input beta2 = 0.999;
  Input epsilon = 1e-8;
  bool use_locking = false;
  std::string name = "Adam";
};

// Kingma and Ba, "Adam: A Method for Stochastic Optimization", with epsilon hat of its section 2.
class AdamOptimizer : public Optimizer {
 public:
  explicit AdamOptimizer(Input learning_rate = 0.001, const AdamOptions& options = {});

 protected:
  void create_slots(const std::vector<Variable>& variables) override;
  void prepare() override;
  Operation* apply_dense(const Output& gradient, const Variable& variable) override;
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override;
  Operation* finish(const std::vector<Operation*>& updates, const std::string& name) override;

 private:
  Input learning_rate_;
  AdamOptions options_;
  Output rate_;
  Output beta1_;
  Output beta2_;
  Output epsilon_;
};

struct RMSPropOptions {
  Input decay = 0.9;  // of the mean of squares
  Input momentum = 0.0;
  Input epsilon = 1e-10;
  bool use_locking = false;
  bool centered = false;  // divides by the deviation instead of the root of the mean square
  std::string name = "RMSProp";
};

// Hinton, Srivastava and Swersky, "Neural Networks for Machine Learning", lecture 6:
//   rms = decay * rms + (1 - decay) * gradient^2
//   step = momentum * step + learning_rate * gradient / sqrt(rms - mean^2 + epsilon)
// where `mean` of the gradients counts only if centered. Rows without a gradient stay as they are.
class RMSPropOptimizer : public Optimizer {
 public:
  explicit RMSPropOptimizer(Input learning_rate, const RMSPropOptions& options = {});

 protected:
  void create_slots(const std::vector<Variable>& variables) override;
  void prepare() override;
  Operation* apply_dense(const Output& gradient, const Variable& variable) override;
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override;

 private:
  Operation* apply(const char* prefix, const std::vector<Output>& gradient,
                   const Variable& variable);

  Input learning_rate_;
  RMSPropOptions options_;
  std::vector<Output> constants_;
};

struct AdagradOptions {
  double initial_accumulator_value = 0.1;  // positive: InvalidArgumentError (ValueError) otherwise
  bool use_locking = false;
  std::string name = "Adagrad";
};

// Duchi, Hazan and Singer, "Adaptive Subgradient Methods": accumulator += gradient^2;
// variable -= learning_rate * gradient / sqrt(accumulator)
class AdagradOptimizer : public Optimizer {
 public:
  explicit AdagradOptimizer(Input learning_rate, const AdagradOptions& options = {});

 protected:
  void create_slots(const std::vector<Variable>& variables) override;
  void prepare() override;
  Operation* apply_dense(const Output& gradient, const Variable& variable) override;
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override;

 private:
  Input learning_rate_;
  double initial_accumulator_value_;
  std::vector<Output> constants_;
};

struct AdadeltaOptions {
  Input rho = 0.95;
  Input epsilon = 1e-8;
  bool use_locking = false;
  std::string name = "Adadelta";
};

// Zeiler, "ADADELTA: An Adaptive Learning Rate Method"; its own form has a learning rate of 1.
class AdadeltaOptimizer : public Optimizer {
 public:
  explicit AdadeltaOptimizer(Input learning_rate = 0.001, const AdadeltaOptions& options = {});

 protected:
  void create_slots(const std::vector<Variable>& variables) override;
  void prepare() override;
  Operation* apply_dense(const Output& gradient, const Variable& variable) override;
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override;

 private:
  Input learning_rate_;
  AdadeltaOptions options_;
  std::vector<Output> constants_;
};

// Strengths are not negative, learning_rate_power is not positive: InvalidArgumentError
// (ValueError) otherwise.
struct FtrlOptions {
  double learning_rate_power = -0.5;
  double initial_accumulator_value = 0.1;
  double l1_regularization_strength = 0.0;
  double l2_regularization_strength = 0.0;
  bool use_locking = false;
  std::string name = "Ftrl";
  std::string accum_name = {};   // name
  std::string linear_name = {};  // name
  double l2_shrinkage_regularization_strength = 0.0;
  double beta = 0.0;
};

// McMahan et al., "Ad Click Prediction: a View from the Trenches", section 3.1.
class FtrlOptimizer : public Optimizer {
 public:
  explicit FtrlOptimizer(Input learning_rate, const FtrlOptions& options = {});

 protected:
  void create_slots(const std::vector<Variable>& variables) override;
  void prepare() override;
  Operation* apply_dense(const Output& gradient, const Variable& variable) override;
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override;

 private:
  Operation* apply(const char* prefix, const std::vector<Output>& gradient,
                   const Variable& variable);

  Input learning_rate_;
  FtrlOptions options_;
  std::vector<Output> constants_;
};

}  // namespace tensorkeep::train
