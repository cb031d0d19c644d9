#include "tensorkeep/variable.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/variable_impl.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

std::string without_slash(const std::string& scope) {
  return scope.substr(0, scope.size() - 1);
}

std::vector<std::string> location_of(const std::string& op_name) {
  return {"loc:@" + op_name};
}

// Where the initial value comes from: a value, or a function called in the scope "Initializer".
struct InitialValue {
  const std::function<Input()>& get;
  bool is_function;
};

Output initial_tensor(Graph& graph, const InitialValue& initial, const VariableOptions& options) {
  const NameScope scope(graph, "Initializer");
  const DeviceScope no_device(graph, "");
  return initial.get().to_tensor("initial_value", options.dtype);
}

// The initializer runs outside of the branch or loop that made the variable.
void check_is_outside(const Output& initial_value, const std::string& scope) {
  if (initial_value.op().control_flow_context() == nullptr) return;
  errors::raise_value_error(
      fmt::format("Initializer for variable {} is from inside a control-flow construct, such as a "
                  "loop or conditional. When creating a variable inside a loop or conditional, use "
                  "a lambda as the `initializer`.",
                  scope),
      {.node = without_slash(scope)});
}

Shape variable_shape(const VariableOptions& options, const Shape& initial) {
  if (options.shape) return *options.shape;
  return options.validate_shape ? initial : Shape::unknown();
}

Output reference_op(const std::string& scope, const VariableOptions& options, Output initial) {
  if (options.validate_shape && !initial.shape().fully_defined()) {
    errors::raise_value_error("initial_value must have a shape specified: " + initial.to_string(),
                              {.node = without_slash(scope)});
  }
  return OpBuilder("VariableV2", scope)
      .attr("shape", variable_shape(options, initial.shape()))
      .attr("dtype", base_dtype(initial.dtype()))
      .output();
}

void make_reference(VariableImpl& impl, Graph& graph, const std::string& scope,
                    const InitialValue& initial, const VariableOptions& options) {
  if (initial.is_function) {
    const AttrScope colocated(graph, "_class", location_of(without_slash(scope)));
    impl.initial_value = initial_tensor(graph, initial, options);
    impl.ref = reference_op(scope, options, impl.initial_value);
  } else {
    impl.initial_value = initial.get().to_tensor("initial_value", options.dtype);
    check_is_outside(impl.initial_value, scope);
    impl.ref = reference_op(scope, options, impl.initial_value);
  }
  impl.initializer = OpBuilder("Assign")
                         .input(impl.ref)
                         .input(ops::guard_uninitialized_dependencies(scope, impl.initial_value))
                         .attr("validate_shape", options.validate_shape)
                         .build();
  if (!options.caching_device.empty()) {
    const DeviceScope device(graph, options.caching_device);
    impl.snapshot = OpBuilder("Identity", "read").input(impl.ref).output();
  } else {
    const ColocationScope colocated(graph, &impl.ref.op());
    impl.snapshot = OpBuilder("Identity", "read").input(impl.ref).output();
  }
}

void make_resource(VariableImpl& impl, Graph& graph, const std::string& scope,
                   const InitialValue& initial, const VariableOptions& options) {
  const std::string handle_name = without_slash(scope);
  {
    const AttrScope colocated(graph, "_class", location_of(handle_name));
    impl.initial_value = initial_tensor(graph, initial, options);
    check_is_outside(impl.initial_value, scope);
    const Shape& shape = impl.initial_value.shape();
    if (options.shape && !shape.compatible_with(*options.shape)) {
      errors::raise_value_error(
          fmt::format("In this `tf.Variable` creation, the initial value's shape ({}) is not "
                      "compatible with the explicitly supplied `shape` argument ({}).",
                      shape.to_string(), options.shape->to_string()),
          {.node = handle_name});
    }
    impl.resource_shape = options.shape.value_or(shape);
    impl.ref = OpBuilder("VarHandleOp", scope)
                   .attr("shape", impl.resource_shape)
                   .attr("dtype", base_dtype(impl.initial_value.dtype()))
                   .attr("shared_name", handle_name)
                   .output();
  }
  {
    const NameScope is_initialized(graph, "IsInitialized");
    OpBuilder("VarIsInitializedOp").input(impl.ref).build();
  }
  {
    const NameScope assign(graph, "Assign");
    const ColocationScope nowhere(graph, nullptr, /*ignore_existing=*/true);
    const DeviceScope device(graph, impl.ref.device());
    impl.initializer = OpBuilder("AssignVariableOp", assign.name())
                           .input(impl.ref)
                           .input(ops::guard_uninitialized_dependencies(scope, impl.initial_value))
                           .build();
  }
  const NameScope read(graph, "Read");
  {
    const DeviceScope device(graph, impl.ref.device());
    impl.snapshot = impl.read_resource();
  }
  if (!options.caching_device.empty()) {
    const ColocationScope nowhere(graph, nullptr, /*ignore_existing=*/true);
    const DeviceScope device(graph, options.caching_device);
    impl.cached_value = OpBuilder("Identity").input(impl.snapshot).output();
  }
}

}  // namespace

std::shared_ptr<VariableImpl> ops::make_variable(Graph& graph,
                                                 const std::function<Input()>& initial_value,
                                                 bool is_function, const VariableOptions& options) {
  auto impl = std::make_shared<VariableImpl>();
  impl->is_resource = options.use_resource;
  impl->validate_shape = options.validate_shape;
  impl->caching_device = options.caching_device;
  impl->synchronization = options.synchronization;
  impl->aggregation = options.aggregation;
  impl->constraint = options.constraint;
  impl->trainable =
      options.trainable.value_or(options.synchronization != VariableSynchronization::kOnRead);
  const auto as_default = graph.as_default();
  {
    const ControlDependencies none(graph, {}, /*clears=*/true);
    const NameScope scope(graph, options.name, "Variable");
    const InitialValue initial{initial_value, is_function};
    (options.use_resource ? make_resource : make_reference)(*impl, graph, scope.name(), initial,
                                                            options);
  }
  impl->variable_dtype = base_dtype(impl->initial_value.dtype());

  std::vector<std::string> collections =
      options.collections.value_or(std::vector<std::string>{GraphKeys::GLOBAL_VARIABLES});
  const std::string trainable = GraphKeys::TRAINABLE_VARIABLES;
  if (impl->trainable &&
      std::find(collections.begin(), collections.end(), trainable) == collections.end()) {
    collections.push_back(trainable);
  }
  for (const std::string& key : collections) graph.add_to_collection(key, impl);
  return impl;
}

Variable::Variable(Input initial_value, const VariableOptions& options)
    : impl_(ops::make_variable(
          graph_of({initial_value}), [&] { return initial_value; }, /*is_function=*/false,
          options)) {}

std::shared_ptr<VariableImpl> Variable::make(std::function<Output()> initial_value,
                                             const VariableOptions& options) {
  return ops::make_variable(
      get_default_graph(), [&] { return Input(initial_value()); }, /*is_function=*/true, options);
}

Variable::operator Input() const {
  return Input(std::shared_ptr<const TensorConvertible>(impl_));
}

Operation* Variable::op_or_null() const {
  return impl_ ? impl_->ref.op_or_null() : nullptr;
}
std::string Variable::name() const {
  return impl_->name();
}
Operation& Variable::op() const {
  return impl_->ref.op();
}
Graph& Variable::graph() const {
  return impl_->graph();
}
DType Variable::dtype() const {
  return impl_->dtype();
}
Shape Variable::shape() const {
  return impl_->is_resource ? impl_->resource_shape : impl_->ref.shape();
}
const std::string& Variable::device() const {
  return impl_->ref.device();
}
bool Variable::is_resource() const {
  return impl_->is_resource;
}
bool Variable::trainable() const {
  return impl_->trainable;
}
VariableSynchronization Variable::synchronization() const {
  return impl_->synchronization;
}
VariableAggregation Variable::aggregation() const {
  return impl_->aggregation;
}
const std::function<Output(Output)>& Variable::constraint() const {
  return impl_->constraint;
}
Operation* Variable::initializer() const {
  return impl_->initializer;
}
Output Variable::initial_value() const {
  return impl_->initial_value;
}
Output Variable::handle() const {
  return impl_->ref;
}
Output Variable::as_graph_element() const {
  return impl_->is_resource ? impl_->snapshot : impl_->ref;
}
const std::optional<SaveSliceInfo>& Variable::save_slice_info() const {
  return impl_->save_slice_info;
}
void Variable::set_save_slice_info(std::optional<SaveSliceInfo> info) const {
  impl_->save_slice_info = std::move(info);
}

std::string Variable::to_string() const {
  return fmt::format("<tf.Variable '{}' shape={} dtype={}>", name(), shape().to_string(),
                     name_of(is_resource() ? dtype() : impl_->ref.dtype()));
}

}  // namespace tensorkeep
