#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tensorkeep/graph_util.h"

namespace tensorkeep::transform {

// The values of variables, by the names of their nodes and in that order.
using VariableValues = std::function<std::vector<Tensor>(const std::vector<std::string>&)>;

// No message may be larger.
inline constexpr std::int64_t kMaxGraphBytes = (std::int64_t{1} << 31) - 1;

struct FreezeOptions {
  std::vector<std::string> output_node_names = {};
  graph_util::VariableNames whitelist = std::nullopt;
  graph_util::VariableNames blacklist = std::nullopt;
  std::int64_t max_bytes = kMaxGraphBytes;
};

// graph_util::convert_variables_to_constants with values from anywhere; they are asked for once.
GraphDef freeze(const GraphDef& graph_def, const FreezeOptions& options,
                const VariableValues& values_of);

}  // namespace tensorkeep::transform
