#include "train/variable_saveable.h"

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"
#include "train/on_device.h"

namespace tensorkeep::train {
namespace {

bool is_resource_read(const Operation& op) {
  return op.type() == "ReadVariableOp";
}

// What was read, in the shape that is wanted.
Output in_shape(Output restored, const std::optional<std::vector<RestoredShape>>& shapes) {
  if (!shapes) return restored;
  const Input wanted = std::visit([](const auto& shape) { return Input(shape); }, shapes->front());
  return reshape(restored, wanted);
}

class ReferenceVariable : public SaveableObject {
 public:
  ReferenceVariable(Output reference, SaveSpec spec, const std::string& name)
      : SaveableObject(reference, {std::move(spec)}, name) {}

  Operation* restore(const std::vector<Output>& tensors,
                     const std::optional<std::vector<RestoredShape>>& shapes) const override {
    const Output value = in_shape(tensors.front(), shapes);
    const ColocationScope colocation(op().graph(), &op().op());
    return OpBuilder("Assign")
        .input(op())
        .input(value)
        .attr("use_locking", true)
        .attr("validate_shape", !shapes && op().shape().fully_defined())
        .build();
  }
};

class ResourceVariable : public SaveableObject {
 public:
  ResourceVariable(Output read, Output handle, SaveSpec spec, const std::string& name)
      : SaveableObject(read, {std::move(spec)}, name), handle_(handle) {}

  Operation* restore(const std::vector<Output>& tensors,
                     const std::optional<std::vector<RestoredShape>>& shapes) const override {
    const Output value = in_shape(tensors.front(), shapes);
    const OnDevice on_device(handle_.graph(), device());
    return OpBuilder("AssignVariableOp").input(handle_).input(identity(value)).build();
  }

 private:
  Output handle_;
};

// A read for the saver alone, handed on by the CPU.
Output read_to_save(const Variable& variable) {
  const OnDevice on_device(variable.graph(), variable.device());
  const Output value = variable.read_value();
  const DeviceScope on_cpu(variable.graph(), "/device:CPU:0");
  return identity(value);
}

}  // namespace

bool is_tensor_of_variable(const Output& tensor) {
  const std::string& type = tensor.op().type();
  return type == "VariableV2" || type == "Variable" || type == "AutoReloadVariable" ||
         is_resource_read(tensor.op());
}

std::string name_of_variable(const Output& tensor) {
  const Operation& op = tensor.op();
  return is_resource_read(op) ? op.input(0).op().name() : op.name();
}

Saveable saveable_of_variable(Output tensor, const std::string& name) {
  SaveSpec spec(tensor, "", name);
  if (!is_resource_read(tensor.op())) {
    return std::make_shared<ReferenceVariable>(tensor, std::move(spec), name);
  }
  const Output handle = tensor.op().input(0);
  return std::make_shared<ResourceVariable>(tensor, handle, std::move(spec), name);
}

Saveable saveable_of_slice(const Variable& part, const std::string& name) {
  if (!part.save_slice_info()) {
    errors::raise_value_error("Slices must all be slices: " + part.to_string());
  }
  const Output tensor = part.as_graph_element();
  const auto spec = [&](std::function<Output()> make) {
    return SaveSpec(std::move(make), part.save_slice_info()->spec(), name, part.dtype(),
                    part.device());
  };
  if (!part.is_resource()) {
    return std::make_shared<ReferenceVariable>(tensor, spec([part] { return part.value(); }), name);
  }
  return std::make_shared<ResourceVariable>(tensor, part.handle(),
                                            spec([part] { return read_to_save(part); }), name);
}

}  // namespace tensorkeep::train
