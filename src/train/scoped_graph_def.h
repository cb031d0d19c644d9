#pragma once

#include <set>
#include <string>

#include "tensorkeep/proto.h"

namespace tensorkeep::train {

// The nodes of `graph_def` that lie in `scope`, with names that have lost it. An input from outside
// gets the prefix "$unbound_inputs_" and is added to `unbound_inputs`; an import must map it.
GraphDef scoped_graph_def(const GraphDef& graph_def, const std::string& scope,
                          std::set<std::string>& unbound_inputs);

}  // namespace tensorkeep::train
