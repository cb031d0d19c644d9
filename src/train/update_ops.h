#pragma once

#include <string>
#include <vector>

#include "tensorkeep/op_builder.h"
#include "tensorkeep/variable.h"

// What the optimizers share.
namespace tensorkeep::train {

// The operation of that type for the kind of the variable: "ApplyAdam" or "ResourceApplyAdam".
inline OpBuilder update_op(const std::string& type, const Variable& variable) {
  return OpBuilder(variable.is_resource() ? "Resource" + type : type);
}

// Python's cast: the tensor itself if it has the type.
inline Output cast_to(const Output& tensor, DType dtype) {
  if (base_dtype(tensor.dtype()) == dtype) return tensor;
  return OpBuilder("Cast").input(tensor).attr("DstT", dtype).output();
}

// An optimizer's update of a variable and its slots; the constants come before or after the
// gradient, which is one tensor, or the values and indices of its rows.
inline Operation* add_update(const std::string& type, const Variable& variable,
                             const std::vector<Variable>& slots, const std::vector<Output>& before,
                             const std::vector<Output>& gradient, const std::vector<Output>& after,
                             bool use_locking) {
  OpBuilder builder = update_op(type, variable);
  builder.input(variable.handle());
  for (const Variable& slot : slots) builder.input(slot.handle());
  for (const Output& constant : before) builder.input(cast_to(constant, variable.dtype()));
  for (const Output& part : gradient) builder.input(part);
  for (const Output& constant : after) builder.input(cast_to(constant, variable.dtype()));
  return builder.attr("use_locking", use_locking).build();
}

}  // namespace tensorkeep::train
