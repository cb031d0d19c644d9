#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tensorkeep/proto.h"

// What part of a GraphDef some nodes need.
namespace tensorkeep::transform {

// "^n", "n:1" and "n" -> "n"; in a function's body also "n:output:1" -> "n".
std::string_view node_of_input(std::string_view input);

// Nodes by name; of several with one name the last, as in TensorFlow.
using NodesByName = std::unordered_map<std::string_view, int>;
NodesByName nodes_by_name(const google::protobuf::RepeatedPtrField<proto::NodeDef>& nodes);

// The names of nodes that callers mean: "n:0" is "n" where that is a node. Throws
// InvalidArgumentError (AssertionError) "x is not in graph", with near names.
std::vector<std::string> find_nodes(const proto::GraphDef& graph_def,
                                    const std::vector<std::string>& names);

// The positions of nodes from which `names` can be reached; `with_colocations` also by the names in
// `_class`. Throws InvalidArgumentError (KeyError) for an input that is not there.
std::vector<bool> needed_nodes(const proto::GraphDef& graph_def,
                               const std::vector<std::string>& names, bool with_colocations);

}  // namespace tensorkeep::transform
