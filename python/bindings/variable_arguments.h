#pragma once

#include <nanobind/nanobind.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "convert.h"
#include "tensorkeep/variable.h"

// Arguments that tf.Variable and tf.get_variable share.
namespace tensorkeep::python {

bool& resource_variables_by_default();

std::optional<bool> to_optional_bool(nanobind::handle object);
std::optional<std::vector<std::string>> to_optional_texts(nanobind::handle object);
// One that a single graph's variables have is freed with that graph.
std::function<Output(Output)> to_constraint(nanobind::handle object, Graph* graph = nullptr);
AssignOptions to_assign_options(const Text& name, nanobind::handle use_locking);
VariableSynchronization to_synchronization(nanobind::handle object);
VariableAggregation to_aggregation(nanobind::handle object);

}  // namespace tensorkeep::python
