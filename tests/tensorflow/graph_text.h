#pragma once

#include <string>
#include <vector>

#include "tensorkeep/proto.h"

namespace tensorkeep::testing {

// A MetaGraphDef as sorted lines: each node with its operation, inputs, device and attributes, the
// SaverDef, each collection, the names of the listed operations. The form that normalise.py writes
// of TensorFlow's graphs into tests/data/graphs.
std::vector<std::string> graph_lines(const proto::MetaGraphDef& meta);

}  // namespace tensorkeep::testing
