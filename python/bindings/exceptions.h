#pragma once

#include "handles.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::python {

// Raises the class TensorFlow raises there; with a graph, the exception knows the operation.
void set_python_error(const errors::Error& error, Graph* graph);

}  // namespace tensorkeep::python
