#pragma once

#include <cstdint>

#include "tensorkeep/graph.h"
#include "tensorkeep/session.h"
#include "tensorkeep/variable.h"

// The variable that counts training steps, of which a graph has one.
namespace tensorkeep::train {

// The one in the collection GLOBAL_STEP, or else the variable called "global_step"; none if there
// is none, or more than one in the collection. Throws InvalidArgumentError (TypeError) if it is no
// integer ("Existing "global_step" does not have integer type: ...") or no scalar.
Variable get_global_step(Graph& graph = get_default_graph());
// Makes it, as int64 zero. Throws InvalidArgumentError (ValueError): "global_step" already exists.
Variable create_global_step(Graph& graph = get_default_graph());
Variable get_or_create_global_step(Graph& graph = get_default_graph());

// Its value in a session.
std::int64_t global_step(Session& session, const Fetch& global_step_tensor);

}  // namespace tensorkeep::train
