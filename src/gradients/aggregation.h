#pragma once

#include <vector>

#include "tensorkeep/gradients.h"

namespace tensorkeep::gradients_internal {

// The sum of the gradients that one output of `op` received; none if there are none.
Gradient aggregate(const Operation& op, const std::vector<Gradient>& received,
                   AggregationMethod method);

}  // namespace tensorkeep::gradients_internal
