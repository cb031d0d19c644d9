#include "gradients/zeros.h"

#include "graph/cond_context.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::gradients_internal {
namespace {

Output zeros_of_variable(const Output& handle, DType dtype) {
  return zeros(OpBuilder("VariableShape").input(handle).output(), dtype);
}

// Where the branch is not taken, zeros of the shape of what would have gone in.
Output zeros_of_branch(const Operation& op, const CondContext& context, const HandleData& handle) {
  const Output fork = OpBuilder("Switch")
                          .input(op.input(0))
                          .input(context.pred())
                          .build()
                          ->output(1 - context.branch());
  const Output pivot = OpBuilder("Identity").input(fork).output();
  if (base_dtype(fork.dtype()) == resource) {
    const ControlDependencies taken(op.graph(), {&pivot.op()});
    return zeros_of_variable(fork, handle.dtype);
  }
  const Output dimensions = shape(fork, {.optimize = false});
  const ControlDependencies taken(op.graph(), {&pivot.op()});
  return zeros(dimensions, base_dtype(fork.dtype()));
}

}  // namespace

Gradient zeros_for(const Operation& op, int index) {
  const Output output = op.output(index);
  const bool is_resource = base_dtype(output.dtype()) == resource;
  if (is_resource && !op.handle_data(index)) return {};
  const HandleData handle = op.handle_data(index).value_or(HandleData());
  if (control_flow::is_switch(op) && op.control_flow_context() != nullptr) {
    if (const CondContext* const cond = op.control_flow_context()->as_cond()) {
      return zeros_of_branch(op, *cond, handle);
    }
  }
  if (is_resource) return zeros_of_variable(output, handle.dtype);
  return OpBuilder("ZerosLike", "zeros_like").input(output).output();
}

}  // namespace tensorkeep::gradients_internal
