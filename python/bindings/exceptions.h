#pragma once

#include "handles.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::python {

// Raises the class TensorFlow raises there; with a graph, the exception knows the operation.
void set_python_error(const errors::Error& error, Graph* graph);

// Raises a class of Python that has no counterpart in C++.
[[noreturn]] void raise_python(nb::handle error_class, const std::string& message);

// For what a graph cannot do, such as going through a tensor's elements: a TypeError of its own
// class.
[[noreturn]] void raise_not_allowed(const std::string& message);

}  // namespace tensorkeep::python
