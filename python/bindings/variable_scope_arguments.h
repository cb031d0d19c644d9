#pragma once

#include <nanobind/nanobind.h>

#include "tensorkeep/variable_scope.h"

// What get_variable and variable_scope share of Python's arguments.
namespace tensorkeep::python {

Reuse to_reuse(nanobind::handle object);
nanobind::object reuse_to_python(const Reuse& reuse);
// The function through which a scope gets its variables, or None.
nanobind::object custom_getter_of(const VariableScope& scope);

void bind_get_variable(nanobind::module_& m);

}  // namespace tensorkeep::python
