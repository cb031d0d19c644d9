#pragma once

#include <string>
#include <vector>

#include "tensorkeep/tensorkeep.h"

namespace tensorkeep::testing {

// What a session draws in its first three runs: a line for each tensor of the graph's collection
// "draws", its name and a digest of its bytes in each run. Variables are initialised before, once.
std::vector<std::string> drawn_lines(Graph& graph);

}  // namespace tensorkeep::testing
