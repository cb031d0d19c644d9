#pragma once

#include <string>

#include "graph/op_builder.h"
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

}  // namespace tensorkeep::train
