#pragma once

#include <optional>

#include "tensorkeep/program_gradients.h"

namespace tensorkeep {

// What a program registered under a name: null where it said that there is none.
std::optional<std::shared_ptr<const ProgramGradient>> find_program_gradient(
    const std::string& op_type);

// The name whose gradient new operations of a type get; null where it is their own.
const std::string* overriding_gradient(Graph& graph, const std::string& op_type);

}  // namespace tensorkeep
