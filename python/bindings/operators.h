#pragma once

#include <nanobind/nanobind.h>

namespace tensorkeep::python {

// Arithmetic, comparisons and subscripts, which tensors, variables and what is like them share.
void add_operators(nanobind::handle python_class);

// The value that the graph determines, as an array; None if it does not.
nanobind::object constant_of(nanobind::handle tensor);

}  // namespace tensorkeep::python
