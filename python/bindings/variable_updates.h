#pragma once

#include <nanobind/nanobind.h>

#include "handles.h"

namespace tensorkeep::python {

// The methods that change parts of a variable.
void add_updates(nanobind::class_<VariableRef>& variable);
// What makes a variable of an operation that changed it, for the functions beside those methods.
void bind_updated(nanobind::module_& m);

}  // namespace tensorkeep::python
