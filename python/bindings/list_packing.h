#pragma once

#include <nanobind/nanobind.h>

#include "tensorkeep/input.h"

namespace tensorkeep::python {

// A nested list with tensors in it, which becomes their Pack where an operation takes it: under the
// scope "packed", numbers among the tensors as constants "0", "1", ... of the tensors' type, as
// TensorFlow 1 does it.
Input packed_list(nanobind::handle list);

}  // namespace tensorkeep::python
