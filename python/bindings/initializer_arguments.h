#pragma once

#include <nanobind/nanobind.h>

#include "tensorkeep/variable_scope.h"

// The callables that get_variable and variable_scope take, from Python; and C++'s as Python sees
// them.
namespace tensorkeep::python {

// An Initializer, its class or factory, a function of (shape, dtype[, partition_info]), a function
// without arguments, a value, or None.
VariableInitializer to_variable_initializer(nanobind::handle object);
nanobind::object initializer_to_python(const VariableInitializer& initializer);
// One that a single graph's variables have is freed with that graph.
Regularizer to_regularizer(nanobind::handle object, Graph* graph = nullptr);
nanobind::object regularizer_to_python(const Regularizer& regularizer);
Partitioner to_partitioner(nanobind::handle object);
nanobind::object partitioner_to_python(const Partitioner& partitioner);

}  // namespace tensorkeep::python
