#pragma once

#include "tensorkeep/indexed_slices.h"

namespace tensorkeep::gradients_internal {

// The gradient of an output that nothing depends on, where an operation has others: zeros of its
// shape, made only if the output is. None for a resource of which nothing is known.
Gradient zeros_for(const Operation& op, int index);

}  // namespace tensorkeep::gradients_internal
