#pragma once

#include <utility>
#include <vector>

#include "tensorkeep/session.h"
#include "tensorkeep/variable.h"

namespace tensorkeep::train {

// An operation that assigns `value`. A variable of an unknown shape takes any shape.
Operation* assign_restored(const Variable& variable, Output value);

// Makes the nodes that assign_values() runs, a pair for each variable of the graph that has none.
void prepare_to_assign(const std::vector<Variable>& variables);

// Assigns all in one run. The variables are the session's, and share the tensors' buffers.
void assign_values(Session& session, const std::vector<std::pair<Variable, Tensor>>& values);

}  // namespace tensorkeep::train
