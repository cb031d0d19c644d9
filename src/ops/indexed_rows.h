#pragma once

#include <string>
#include <vector>

#include "graph/control_flow_context.h"
#include "tensorkeep/indexed_slices.h"

// Control flow for gradients, which are tensors or rows of them.
namespace tensorkeep::ops {

// The gradient on the false and on the true side of a Switch, beside it.
Gradients switched(const Gradient& gradient, const Output& pred, const std::string& name);
// The one of the gradients that is there. Where one is rows, all become rows; those that are not
// are all the rows. Throws InvalidArgumentError (ValueError) for rows of a tensor whose shape is
// not known.
Gradient merged(const Gradients& gradients, const std::string& name);
// A tensor as all of its rows; rows stay as they are.
IndexedSlices as_slices(const Gradient& gradient);
// The rows' parts: values, indices, and dense_shape if there is one.
std::vector<Output> parts(const IndexedSlices& slices);
IndexedSlices from_parts(const std::vector<Output>& parts);

}  // namespace tensorkeep::ops
