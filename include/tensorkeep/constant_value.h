#pragma once

#include <optional>

#include "tensorkeep/graph.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep {

// The value of a symbolic tensor, if it follows from constants and static shapes alone; what
// TensorFlow's Python helper of the same name knows (so that gradients make the same nodes).
std::optional<Tensor> constant_value(const Output& tensor);

// As constant_value, for a tensor that holds a shape, partially known values included.
Shape constant_value_as_shape(const Output& tensor);

}  // namespace tensorkeep
