#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/initializers.h"
#include "tensorkeep/input.h"
#include "tensorkeep/partitioned_variables.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/variable.h"

// Variables by name: get_variable makes one or finds the one that is there, and scopes give names a
// prefix and variables their defaults.
//   auto scope = tf::variable_scope("layer", {.initializer = tf::zeros_initializer()});
//   tf::Variable w = tf::get_variable("w", {784, 10});  // "layer/w"
namespace tensorkeep {

struct AutoReuse {};
inline constexpr AutoReuse AUTO_REUSE = {};

// Whether get_variable gives variables that are there already: `true` (only those), `false` (none),
// AUTO_REUSE (and makes those that are not). Default-constructed: as outside.
class Reuse {
 public:
  enum class Mode { kInherited, kNo, kYes, kAuto };
  Reuse() = default;
  template <std::same_as<bool> T>
  Reuse(T reuse) : mode_(reuse ? Mode::kYes : Mode::kNo) {}
  Reuse(AutoReuse) : mode_(Mode::kAuto) {}
  Mode mode() const { return mode_; }
  bool yes() const { return mode_ == Mode::kYes; }
  bool no() const { return mode_ == Mode::kNo; }
  explicit operator bool() const { return mode_ == Mode::kYes || mode_ == Mode::kAuto; }
  bool operator==(const Reuse&) const = default;

 private:
  Mode mode_ = Mode::kInherited;
};

// Where a variable's first value comes from: an Initializer, which is told shape and type; a
// function without arguments; or a value, whose shape is the variable's.
class VariableInitializer {
 public:
  using Function = std::function<Output()>;
  VariableInitializer() = default;  // the scope's, or else that of the type
  VariableInitializer(Initializer initializer) : value_(std::move(initializer)) {}
  template <std::convertible_to<Input> T>
  VariableInitializer(T&& value) : value_(Input(std::forward<T>(value))) {}
  VariableInitializer(std::initializer_list<Literal> value) : value_(Input(value)) {}
  template <typename F>
  requires std::is_invocable_r_v<Output, F> VariableInitializer(F function)
      : value_(Function(std::move(function))) {}

  explicit operator bool() const { return value_.index() != 0; }
  const Initializer* initializer() const { return std::get_if<Initializer>(&value_); }
  const Function* function() const { return std::get_if<Function>(&value_); }
  const Input* value() const { return std::get_if<Input>(&value_); }

 private:
  std::variant<std::monostate, Initializer, Function, Input> value_;
};

// A loss that keeps a variable's values small, from the variable; null for none.
using Regularizer = std::function<Output(const Variable&)>;
using Constraint = std::function<Output(Output)>;

// A scope's name and the defaults of get_variable in it. A handle: copies are the same scope, and
// what is set here holds for later calls of get_variable in it.
class VariableScope {
 public:
  struct State {
    std::string name = {};
    std::string name_scope = {};
    Reuse reuse = false;
    VariableInitializer initializer = {};
    Regularizer regularizer = {};
    std::string caching_device = {};
    Partitioner partitioner = {};
    DType dtype = float32;
    std::optional<bool> use_resource = std::nullopt;
    Constraint constraint = {};
    // With what a binding to another language gets the scope's variables: it is only handed down.
    std::shared_ptr<const void> custom_getter = {};
  };

  VariableScope() : state_(std::make_shared<State>()) {}  // of the root
  explicit VariableScope(State state) : state_(std::make_shared<State>(std::move(state))) {}

  const std::string& name() const { return state_->name; }  // "a/b"
  // The name scope it was opened with, "a/b/", to be entered again.
  const std::string& original_name_scope() const { return state_->name_scope; }
  Reuse reuse() const { return state_->reuse; }
  const VariableInitializer& initializer() const { return state_->initializer; }
  const Regularizer& regularizer() const { return state_->regularizer; }
  const std::string& caching_device() const { return state_->caching_device; }
  const Partitioner& partitioner() const { return state_->partitioner; }
  DType dtype() const { return state_->dtype; }
  std::optional<bool> use_resource() const { return state_->use_resource; }
  const Constraint& constraint() const { return state_->constraint; }
  const std::shared_ptr<const void>& custom_getter() const { return state_->custom_getter; }

  void reuse_variables() { state_->reuse = true; }
  void set_initializer(VariableInitializer value) { state_->initializer = std::move(value); }
  void set_regularizer(Regularizer value) { state_->regularizer = std::move(value); }
  void set_caching_device(std::string value) { state_->caching_device = std::move(value); }
  void set_partitioner(Partitioner value) { state_->partitioner = std::move(value); }
  void set_dtype(DType value) { state_->dtype = value; }
  void set_use_resource(std::optional<bool> value) { state_->use_resource = value; }
  void set_custom_getter(std::shared_ptr<const void> value) {
    state_->custom_getter = std::move(value);
  }

  // This scope's variables.
  std::vector<Variable> global_variables() const;
  std::vector<Variable> local_variables() const;
  std::vector<Variable> trainable_variables() const;

  bool operator==(const VariableScope&) const = default;

 private:
  std::shared_ptr<State> state_;
};

struct VariableScopeOptions {
  std::string default_name = {};  // the name if none is given, made unique
  VariableInitializer initializer = {};
  Regularizer regularizer = {};
  std::string caching_device = {};
  Partitioner partitioner = {};
  Reuse reuse = {};  // false is the same as none: it does not end a reuse outside
  std::optional<DType> dtype = std::nullopt;
  std::optional<bool> use_resource = std::nullopt;
  Constraint constraint = {};
  std::shared_ptr<const void> custom_getter = {};
  bool auxiliary_name_scope = true;  // false: opens no name scope
};

// A variable scope of the default graph, open from construction to destruction; with it, a name
// scope. Scopes nest.
class OpenVariableScope : public VariableScope {
 public:
  OpenVariableScope(const std::string& name, const VariableScopeOptions& options);
  OpenVariableScope(const VariableScope& scope, const VariableScopeOptions& options);
  // By its default name.
  explicit OpenVariableScope(const VariableScopeOptions& options);
  ~OpenVariableScope();
  OpenVariableScope(const OpenVariableScope&) = delete;
  OpenVariableScope& operator=(const OpenVariableScope&) = delete;

 private:
  void open_name_scope(const std::string& name, const VariableScopeOptions& options);
  void prolong(const std::string& name, const VariableScopeOptions& options);
  void enter(State state, const VariableScopeOptions& options);

  Graph& graph_;
  std::optional<NameScope> name_scope_;
  VariableScope outer_;
  std::optional<std::map<std::string, int>> counts_;  // to be restored
};

// `name` prolongs the scope around. Throws InvalidArgumentError (ValueError) for a name that is
// none.
template <std::convertible_to<std::string_view> T>
OpenVariableScope variable_scope(const T& name, const VariableScopeOptions& options = {}) {
  return OpenVariableScope(std::string(name), options);
}
// Enters `scope` again, whatever the scope around is.
inline OpenVariableScope variable_scope(const VariableScope& scope,
                                        const VariableScopeOptions& options = {}) {
  return OpenVariableScope(scope, options);
}
// Throws InvalidArgumentError: (TypeError) without a default name, (ValueError) with reuse.
inline OpenVariableScope variable_scope(const VariableScopeOptions& options) {
  return OpenVariableScope(options);
}
VariableScope get_variable_scope();

// What get_variable gives: a variable, or one in parts where there is a partitioner. Goes wherever
// an operation takes an Input or a Variable is wanted; `->` is the variable.
class AnyVariable {
 public:
  explicit AnyVariable(Variable variable) : variable_(std::move(variable)) {}
  explicit AnyVariable(PartitionedVariable partitioned) : partitioned_(std::move(partitioned)) {}

  operator Input() const { return partitioned_ ? Input(partitioned_) : Input(variable_); }
  bool is_partitioned() const { return static_cast<bool>(partitioned_); }
  // Throw InvalidArgumentError (TypeError) if it is the other.
  const Variable& variable() const;
  const PartitionedVariable& partitioned() const;
  const Variable* operator->() const { return &variable(); }
  // The parts, or the variable alone.
  std::vector<Variable> variables() const;

  std::string name() const { return partitioned_ ? partitioned_.name() : variable_.name(); }
  DType dtype() const { return partitioned_ ? partitioned_.dtype() : variable_.dtype(); }
  Shape shape() const { return partitioned_ ? partitioned_.shape() : variable_.shape(); }
  Output as_graph_element() const { return variable().as_graph_element(); }

 private:
  Variable variable_;
  PartitionedVariable partitioned_;
};

struct GetVariableOptions {
  std::optional<Shape> shape = std::nullopt;
  std::optional<DType> dtype = std::nullopt;  // the scope's, float32
  VariableInitializer initializer = {};       // the scope's; glorot_uniform, or zeros if integer
  Regularizer regularizer = {};               // its loss goes into REGULARIZATION_LOSSES
  std::optional<bool> trainable = std::nullopt;
  std::optional<std::vector<std::string>> collections = std::nullopt;
  std::string caching_device = {};
  Partitioner partitioner = {};
  bool validate_shape = true;
  std::optional<bool> use_resource = std::nullopt;
  Constraint constraint = {};
  VariableSynchronization synchronization = VariableSynchronization::kAuto;
  VariableAggregation aggregation = VariableAggregation::kNone;
};

// The variable `name` in the scope of the moment: one that is there if the scope reuses, else a new
// one. Throws InvalidArgumentError (ValueError): "Variable w already exists, disallowed. ...",
// "Variable w does not exist, or was not created with tf.get_variable(). ...", "Trying to share
// variable w, but specified shape (2,) and found shape (3,).", and for initializers, partitioners
// and types that do not fit.
AnyVariable get_variable(const std::string& name, const GetVariableOptions& options = {});
AnyVariable get_variable(const std::string& name, const Shape& shape,
                         GetVariableOptions options = {});
// The same in LOCAL_VARIABLES, and not trainable.
AnyVariable get_local_variable(const std::string& name, GetVariableOptions options = {});
AnyVariable get_local_variable(const std::string& name, const Shape& shape,
                               GetVariableOptions options = {});

struct CreatePartitionedVariablesOptions {
  DType dtype = float32;
  bool trainable = true;
  std::optional<std::vector<std::string>> collections = std::nullopt;
  std::string name = {};  // "PartitionedVariable", made unique
  Reuse reuse = {};
};
// The older way to variables in parts: as many as `slicing` says along each axis. Throws as
// get_variable.
std::vector<Variable> create_partitioned_variables(
    const Shape& shape, const std::vector<int>& slicing, const VariableInitializer& initializer,
    const CreatePartitionedVariablesOptions& options = {});

}  // namespace tensorkeep
