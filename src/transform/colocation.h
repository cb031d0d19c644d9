#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "tensorkeep/graph.h"
#include "transform/imported_node.h"

// The nodes that a node is to lie with: the entries "loc:@name" of its attribute `_class`.
namespace tensorkeep::transform {

inline constexpr const char* kClass = "_class";

// The names after "loc:@".
std::vector<std::string> colocated_names(const proto::AttrValue& value);
std::vector<std::string> colocated_names(const proto::NodeDef& def);

// Throws InvalidArgumentError (ValueError): "Node 'a' expects to be colocated with unknown node
// 'b'".
void check_colocations(const proto::NodeDef& def, const NodeIndex& index);

// Puts `prefix` before every name.
void add_prefix_to_colocations(AttrMap& attrs, const std::string& prefix);
// The names follow nodes that had to be renamed.
void rename_colocations(const std::vector<ImportedNode>& nodes, const NodeIndex& index);

// Takes the names in `gone` out, and the attribute if nothing is left in it.
void remove_colocations(proto::NodeDef& def, const std::unordered_set<std::string>& gone);

// Sets the devices of nodes, in `order`: a node's own completed by the scopes around the import; a
// colocated node has that of the first node it lies with that has one.
void place_nodes(Graph& graph, const std::vector<ImportedNode>& nodes,
                 const std::vector<int>& order);

}  // namespace tensorkeep::transform
