#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tensorkeep/variable.h"

namespace tensorkeep {

// What a Variable stands for: its nodes in the graph. Shared by all handles and by the collections.
class VariableImpl final : public TensorConvertible, public CollectionObject {
 public:
  Output as_tensor(const std::string& name, bool as_ref) const override;
  DType dtype() const override { return variable_dtype; }
  Graph& graph() const override { return ref.graph(); }
  Shape shape() const override { return is_resource ? resource_shape : ref.shape(); }
  Output resource_handle() const override { return is_resource ? ref : Output(); }
  std::string name() const override { return ref.name(); }
  std::string to_proto_bytes(const std::string& export_scope) const override;

  Output ref;  // VariableV2's reference or VarHandleOp's handle
  bool is_resource = false;
  DType variable_dtype = DType::kInvalid;
  Shape resource_shape = Shape::unknown();
  bool validate_shape = true;
  Operation* initializer = nullptr;
  // TensorFlow's init_from_checkpoint leaves "Assign:0" in the place of "Assign".
  bool initializer_is_tensor = false;
  Output initial_value;
  Output snapshot;      // the read made with the variable
  Output cached_value;  // resource variables with a caching device
  std::string caching_device;
  bool trainable = true;
  VariableSynchronization synchronization = VariableSynchronization::kAuto;
  VariableAggregation aggregation = VariableAggregation::kNone;
  std::function<Output(Output)> constraint;
  std::optional<SaveSliceInfo> save_slice_info;

  // A new ReadVariableOp of a resource variable.
  Output read_resource() const;
  std::optional<VariableDef> to_proto(const std::string& export_scope) const;
};

namespace ops {

// The variable's value if it has one, else its initial value.
Output value_or_initial_value(const Variable& variable);

// The value as an initializer may use it: variables it depends on are replaced by their
// initialized_value(), so that all variables can be initialised in one run. `scope` is "w/".
Output guard_uninitialized_dependencies(const std::string& scope, Output initial_value);

// What the constructors of Variable do. A function is called in the scope "<name>/Initializer".
std::shared_ptr<VariableImpl> make_variable(Graph& graph,
                                            const std::function<Input()>& initial_value,
                                            bool is_function, const VariableOptions& options);

// An update of a resource variable by `op`, which is read afterwards unless it is not to be.
Assigned updated_resource(const Variable& variable, Operation* op, bool read_value = true);

}  // namespace ops
}  // namespace tensorkeep
