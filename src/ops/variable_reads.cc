#include <memory>
#include <utility>

#include "ops/variable_impl.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"
#include "tensorkeep/variable.h"

// The values of variables: reads, and the operations that change them.
namespace tensorkeep {
namespace {

// A resource variable after an operation on it: every use reads it anew.
class UpdatedResource final : public TensorConvertible {
 public:
  UpdatedResource(std::shared_ptr<const VariableImpl> variable, Operation* update)
      : variable_(std::move(variable)), update_(update) {}
  Output as_tensor(const std::string&, bool) const override {
    const ControlDependencies after(variable_->graph(), {update_});
    return variable_->read_resource();
  }
  DType dtype() const override { return variable_->dtype(); }
  Graph& graph() const override { return variable_->graph(); }

 private:
  std::shared_ptr<const VariableImpl> variable_;
  Operation* update_;
};

Assigned updated_reference(Operation* op) {
  return Assigned(op, op->output(), nullptr);
}

// The value converted outside of the update's own scope, as Variable's methods do.
Output converted(const Variable& variable, const Input& value) {
  return value.to_tensor("", variable.dtype());
}

void check_assigned_shape(const Variable& variable, const Shape& shape) {
  if (variable.shape().compatible_with(shape)) return;
  errors::raise_value_error("Cannot assign value to variable ' " + variable.name() +
                                "': Shape mismatch.The variable shape " +
                                variable.shape().to_string() + ", and the assigned value shape " +
                                shape.to_string() + " are incompatible.",
                            {.node = variable.op().name()});
}

Assigned update_reference(const std::string& type, const Variable& variable, Input value,
                          bool use_locking, const std::string& name) {
  return updated_reference(OpBuilder(type, name)
                               .input(variable.handle())
                               .input(std::move(value))
                               .attr("use_locking", use_locking)
                               .build());
}

// Assignments to a resource variable wait for the read that is cached elsewhere.
Assigned update_resource(const std::string& type, const Variable& variable, const Input& value,
                         const AssignOptions& options) {
  Graph& graph = variable.graph();
  const auto as_default = graph.as_default();
  std::vector<Operation*> dependencies;
  if (variable.impl()->cached_value) dependencies.push_back(&variable.impl()->cached_value.op());
  Operation* op = nullptr;
  {
    const ControlDependencies cached(graph, dependencies);
    const Output tensor = converted(variable, value);
    op = OpBuilder(type, options.name).input(variable.handle()).input(tensor).build();
  }
  return ops::updated_resource(variable, op, options.read_value);
}

Assigned assign_resource(const Variable& variable, const Input& value,
                         const AssignOptions& options) {
  const auto as_default = variable.graph().as_default();
  const Output tensor = converted(variable, value);
  check_assigned_shape(variable, tensor.shape());
  return ops::updated_resource(
      variable,
      OpBuilder("AssignVariableOp", options.name).input(variable.handle()).input(tensor).build(),
      options.read_value);
}

Assigned scatter(const std::string& type, const Variable& ref, Input indices, Input updates,
                 bool use_locking, const std::string& name) {
  if (!ref.is_resource()) {
    return updated_reference(OpBuilder(type, name)
                                 .input(ref.handle())
                                 .input(std::move(indices))
                                 .input(std::move(updates))
                                 .attr("use_locking", use_locking)
                                 .build());
  }
  const auto as_default = ref.graph().as_default();
  const Output rows = converted(ref, updates);
  return ops::updated_resource(ref, OpBuilder("Resource" + type, name)
                                        .input(ref.handle())
                                        .input(std::move(indices))
                                        .input(rows)
                                        .build());
}

}  // namespace

Assigned ops::updated_resource(const Variable& variable, Operation* op, bool read_value) {
  if (!read_value) return Assigned(op, Output(), nullptr);
  auto later = std::make_shared<UpdatedResource>(variable.impl(), op);
  const Output value = later->as_tensor("", false);
  return Assigned(op, value, std::move(later));
}

Output VariableImpl::read_resource() const {
  return OpBuilder("ReadVariableOp")
      .input(ref)
      .attr("dtype", ref.op().attr_dtype("dtype"))
      .output();
}

Output VariableImpl::as_tensor(const std::string&, bool as_ref) const {
  if (!is_resource) return as_ref ? ref : snapshot;
  if (cached_value) return cached_value;
  const ColocationScope nowhere(graph(), nullptr, /*ignore_existing=*/true);
  if (caching_device.empty()) return read_resource();
  const DeviceScope device(graph(), caching_device);
  return read_resource();
}

Output Variable::value() const {
  return impl_->as_tensor("", /*as_ref=*/false);
}

Output Variable::read_value() const {
  if (!is_resource()) return OpBuilder("Identity", "read").input(handle()).output();
  Output value;
  {
    const NameScope scope(graph(), "Read");
    value = impl_->read_resource();
  }
  return OpBuilder("Identity").input(value).output();
}

Output Variable::is_initialized(const Name& name) const {
  const char* type = is_resource() ? "VarIsInitializedOp" : "IsVariableInitialized";
  return OpBuilder(type, name.name).input(handle()).output();
}

Assigned Variable::assign(Input value, const AssignOptions& options) const {
  if (is_resource()) return assign_resource(*this, value, options);
  return update_reference("Assign", *this, std::move(value), options.use_locking.value_or(false),
                          options.name);
}

Assigned Variable::assign_add(Input delta, const AssignOptions& options) const {
  if (is_resource()) return update_resource("AssignAddVariableOp", *this, delta, options);
  return update_reference("AssignAdd", *this, std::move(delta), options.use_locking.value_or(false),
                          options.name);
}

Assigned Variable::assign_sub(Input delta, const AssignOptions& options) const {
  if (is_resource()) return update_resource("AssignSubVariableOp", *this, delta, options);
  return update_reference("AssignSub", *this, std::move(delta), options.use_locking.value_or(false),
                          options.name);
}

Assigned assign(const Variable& ref, Input value, const AssignFunctionOptions& options) {
  if (ref.is_resource()) return ref.assign(std::move(value), {.name = options.name});
  return updated_reference(&assign(ref.handle(), std::move(value), options).op());
}

Output assign(Output ref, Input value, const AssignFunctionOptions& options) {
  return OpBuilder("Assign", options.name)
      .input(ref)
      .input(std::move(value))
      .attr("use_locking", options.use_locking.value_or(true))
      .attr("validate_shape", options.validate_shape.value_or(true))
      .output();
}

Assigned assign_add(const Variable& ref, Input value, const AssignOptions& options) {
  return ref.assign_add(std::move(value), ref.is_resource() ? AssignOptions() : options);
}

Assigned assign_sub(const Variable& ref, Input value, const AssignOptions& options) {
  return ref.assign_sub(std::move(value), ref.is_resource() ? AssignOptions() : options);
}

Assigned assign_slice(const Variable& ref, const Operation& slice, Input value,
                      const Name& options) {
  const auto as_default = ref.graph().as_default();
  if (ref.is_resource()) value = converted(ref, value);
  const std::string name = options.name.empty() ? slice.name() + "/_assign" : options.name;
  OpBuilder builder(ref.is_resource() ? "ResourceStridedSliceAssign" : "StridedSliceAssign", name);
  builder.input(ref.handle());
  for (int i = 1; i <= 3; ++i) builder.input(slice.input(i));
  builder.input(std::move(value));
  for (const char* mask :
       {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    builder.attr(mask, slice.attr_int(mask));
  }
  return updated(ref, builder.build());
}

Assigned updated(const Variable& ref, Operation* update) {
  return ref.is_resource() ? ops::updated_resource(ref, update) : updated_reference(update);
}

Output is_variable_initialized(const Variable& ref, const Name& name) {
  return ref.is_initialized(name);
}

Assigned scatter_update(const Variable& ref, Input indices, Input updates,
                        const AssignOptions& options) {
  return scatter("ScatterUpdate", ref, std::move(indices), std::move(updates),
                 options.use_locking.value_or(true), options.name);
}

Assigned scatter_add(const Variable& ref, Input indices, Input updates,
                     const AssignOptions& options) {
  return scatter("ScatterAdd", ref, std::move(indices), std::move(updates),
                 options.use_locking.value_or(false), options.name);
}

Assigned scatter_sub(const Variable& ref, Input indices, Input updates,
                     const AssignOptions& options) {
  return scatter("ScatterSub", ref, std::move(indices), std::move(updates),
                 options.use_locking.value_or(false), options.name);
}

}  // namespace tensorkeep
