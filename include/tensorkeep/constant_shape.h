#pragma once

#include "tensorkeep/graph.h"

namespace tensorkeep {

// The shape that a symbolic vector holds, as far as it follows from constants and static shapes.
Shape constant_value_as_shape(const Output& tensor);

}  // namespace tensorkeep
