#pragma once

#include <nanobind/nanobind.h>

#include "tensorkeep/gradients.h"

namespace tensorkeep::python {

AggregationMethod to_aggregation_method(nanobind::handle object);
// A tensor, IndexedSlices or None.
Gradient to_gradient(nanobind::handle object);

}  // namespace tensorkeep::python
