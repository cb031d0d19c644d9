#include "tensorkeep/variable_scope.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ops/variable_store.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

std::string joined(const std::string& scope, const std::string& name) {
  return scope.empty() ? name : scope + "/" + name;
}

// `prefix`, or `prefix`_1 and so on, such that no variable scope of that name is open or closed
// beside the current one.
std::string unique_scope_name(const ops::VariableScopeStore& scopes, const std::string& prefix) {
  const auto is_used = [&](const std::string& name) {
    const auto found = scopes.counts.find(joined(scopes.current.name(), name));
    return found != scopes.counts.end() && found->second > 0;
  };
  std::string name = prefix;
  for (int i = 1; is_used(name); ++i) name = fmt::format("{}_{}", prefix, i);
  return name;
}

std::vector<Variable> in_scope(std::vector<Variable> variables, const std::string& scope) {
  if (scope.empty()) return variables;
  std::erase_if(variables, [&](const Variable& v) { return !v.name().starts_with(scope + "/"); });
  return variables;
}

// As Python shows it, a value of the type it is going to have.
void check_initializer_type(const GetVariableOptions& options) {
  const Input* value = options.initializer.value();
  if (!options.dtype || value == nullptr) return;
  const DType have = base_dtype(value->to_tensor("Const").dtype());
  if (have == base_dtype(*options.dtype)) return;
  errors::raise_value_error(
      fmt::format("Initializer type '{}' and explicit dtype '{}' don't match.",
                  ops::dtype_repr(have), ops::dtype_repr(*options.dtype)));
}

// What is asked for, or else the scope's.
ops::VariableRequest request_in(const VariableScope& scope, const std::string& full_name,
                                const GetVariableOptions& options) {
  ops::VariableRequest request;
  request.name = full_name;
  request.shape = options.shape;
  request.dtype = base_dtype(options.dtype.value_or(scope.dtype()));
  request.initializer = options.initializer ? options.initializer : scope.initializer();
  request.regularizer = options.regularizer ? options.regularizer : scope.regularizer();
  request.reuse = scope.reuse();
  request.trainable = options.trainable;
  request.collections = options.collections;
  request.caching_device =
      options.caching_device.empty() ? scope.caching_device() : options.caching_device;
  request.partitioner = options.partitioner ? options.partitioner : scope.partitioner();
  request.validate_shape = options.validate_shape;
  request.use_resource =
      options.use_resource ? *options.use_resource : scope.use_resource().value_or(false);
  request.constraint = options.constraint ? options.constraint : scope.constraint();
  request.synchronization = options.synchronization;
  request.aggregation = options.aggregation;
  return request;
}

OpenVariableScope scope_of_parts(const CreatePartitionedVariablesOptions& options) {
  const VariableScopeOptions scope{.default_name = "PartitionedVariable", .reuse = options.reuse};
  return options.name.empty() ? variable_scope(scope) : variable_scope(options.name, scope);
}

}  // namespace

std::vector<Variable> VariableScope::global_variables() const {
  return in_scope(tensorkeep::global_variables(), name());
}
std::vector<Variable> VariableScope::local_variables() const {
  return in_scope(tensorkeep::local_variables(), name());
}
std::vector<Variable> VariableScope::trainable_variables() const {
  return in_scope(tensorkeep::trainable_variables(), name());
}

OpenVariableScope::OpenVariableScope(const std::string& name, const VariableScopeOptions& options)
    : graph_(get_default_graph()), outer_(ops::variable_scopes(graph_).current) {
  open_name_scope(name, options);
  prolong(name, options);
}

OpenVariableScope::OpenVariableScope(const VariableScopeOptions& options)
    : graph_(get_default_graph()), outer_(ops::variable_scopes(graph_).current) {
  if (options.default_name.empty()) {
    errors::raise_type_error("If default_name is None then name_or_scope is required");
  }
  if (options.reuse) {
    errors::raise_value_error("reuse=True cannot be used without a name_or_scope");
  }
  open_name_scope(options.default_name, options);
  prolong(unique_scope_name(ops::variable_scopes(graph_), options.default_name), options);
}

OpenVariableScope::OpenVariableScope(const VariableScope& scope,
                                     const VariableScopeOptions& options)
    : graph_(get_default_graph()), outer_(ops::variable_scopes(graph_).current) {
  open_name_scope(scope.name().substr(scope.name().rfind('/') + 1), options);
  ops::VariableScopeStore& scopes = ops::variable_scopes(graph_);
  ++scopes.counts[scope.name()];
  counts_ = scopes.counts;
  enter({.name = scope.name(),
         .name_scope = scope.original_name_scope(),
         .reuse = options.reuse ? options.reuse : scope.reuse(),
         .initializer = scope.initializer(),
         .regularizer = scope.regularizer(),
         .caching_device = scope.caching_device(),
         .partitioner = scope.partitioner(),
         .dtype = scope.dtype(),
         .use_resource = scope.use_resource(),
         .custom_getter = scope.custom_getter()},
        options);
}

void OpenVariableScope::open_name_scope(const std::string& name,
                                        const VariableScopeOptions& options) {
  if (!options.auxiliary_name_scope) {
    const std::string& now = graph_.name_scope();
    name_scope_.emplace(graph_, now.empty() ? now : now + "/");
  } else if (!name.empty()) {
    name_scope_.emplace(graph_, name);
  }
}

// A scope within the current one, which inherits from it.
void OpenVariableScope::prolong(const std::string& name, const VariableScopeOptions& options) {
  enter({.name = joined(outer_.name(), name),
         .name_scope = name_scope_ ? name_scope_->name() : name,
         .reuse = options.reuse ? options.reuse : outer_.reuse(),
         .initializer = outer_.initializer(),
         .regularizer = outer_.regularizer(),
         .caching_device = outer_.caching_device(),
         .partitioner = outer_.partitioner(),
         .dtype = outer_.dtype(),
         .use_resource = outer_.use_resource(),
         .custom_getter = outer_.custom_getter()},
        options);
  ++ops::variable_scopes(graph_).counts[this->name()];
}

void OpenVariableScope::enter(State state, const VariableScopeOptions& options) {
  state.constraint = options.constraint;  // not inherited, as in TensorFlow
  if (options.initializer) state.initializer = options.initializer;
  if (options.regularizer) state.regularizer = options.regularizer;
  if (!options.caching_device.empty()) state.caching_device = options.caching_device;
  if (options.partitioner) state.partitioner = options.partitioner;
  if (options.dtype) state.dtype = *options.dtype;
  if (options.use_resource) state.use_resource = options.use_resource;
  if (options.custom_getter) state.custom_getter = options.custom_getter;
  static_cast<VariableScope&>(*this) = VariableScope(std::move(state));
  ops::variable_scopes(graph_).current = *this;
}

OpenVariableScope::~OpenVariableScope() {
  ops::VariableScopeStore& scopes = ops::variable_scopes(graph_);
  if (counts_) {
    scopes.counts = std::move(*counts_);
  } else {
    const std::string inside = name() + "/";
    for (auto& [scope, count] : scopes.counts) {
      if (scope.starts_with(inside)) count = 0;
    }
  }
  scopes.current = outer_;
}

VariableScope get_variable_scope() {
  return ops::variable_scopes(get_default_graph()).current;
}

AnyVariable get_variable(const std::string& name, const GetVariableOptions& options) {
  Graph& graph = get_default_graph();
  const VariableScope scope = get_variable_scope();
  const NameScope root(graph, "");
  check_initializer_type(options);
  return ops::variable_store(graph).get(request_in(scope, joined(scope.name(), name), options));
}

AnyVariable get_variable(const std::string& name, const Shape& shape, GetVariableOptions options) {
  options.shape = shape;
  return get_variable(name, options);
}

AnyVariable get_local_variable(const std::string& name, GetVariableOptions options) {
  if (!options.collections) options.collections.emplace();
  options.collections->push_back(GraphKeys::LOCAL_VARIABLES);
  options.trainable = false;
  return get_variable(name, options);
}

AnyVariable get_local_variable(const std::string& name, const Shape& shape,
                               GetVariableOptions options) {
  options.shape = shape;
  return get_local_variable(name, std::move(options));
}

std::vector<Variable> create_partitioned_variables(
    const Shape& shape, const std::vector<int>& slicing, const VariableInitializer& initializer,
    const CreatePartitionedVariablesOptions& options) {
  const auto& dims = shape.dims();
  if (dims.size() != slicing.size()) {
    errors::raise_value_error(
        fmt::format("The 'shape' and 'slicing' of a partitioned Variable must have the length: "
                    "shape: [{}], slicing: [{}]",
                    fmt::join(dims, ", "), fmt::join(slicing, ", ")));
  }
  if (dims.empty()) {
    errors::raise_value_error("A partitioned Variable must have rank at least 1: shape: []");
  }
  const auto scope = scope_of_parts(options);
  return ops::variable_store(get_default_graph())
      .get(request_in(scope, scope.name(),
                      {.shape = shape,
                       .dtype = options.dtype,
                       .initializer = initializer,
                       .trainable = options.trainable,
                       .collections = options.collections,
                       .partitioner = [&](const Shape&, DType) { return slicing; }}))
      .variables();
}

const Variable& AnyVariable::variable() const {
  if (!partitioned_) return variable_;
  errors::raise_type_error(
      fmt::format("'{}' is a variable in {} parts, and not one: use partitioned()", name(),
                  partitioned_.size()),
      {.node = name()});
}

const PartitionedVariable& AnyVariable::partitioned() const {
  if (partitioned_) return partitioned_;
  errors::raise_type_error(fmt::format("'{}' is not a variable in parts: use variable()", name()),
                           {.node = name()});
}

std::vector<Variable> AnyVariable::variables() const {
  return partitioned_ ? partitioned_.variables() : std::vector<Variable>{variable_};
}

}  // namespace tensorkeep
