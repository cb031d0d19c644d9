#pragma once

#include <string>

#include "tensorkeep/graph.h"

// Whether a node that comes from a file keeps to the definition of its operation.
namespace tensorkeep::transform {

// Whether TensorFlow takes `name` for a node: [A-Za-z0-9.][A-Za-z0-9_.\-/]*, and the same again
// after each ">".
bool valid_node_name(std::string_view name);

// Throws InvalidArgumentError (ValueError) if an attribute of `def` is missing from `attrs`, has
// another type, or a value that the definition does not allow. `node` is for the text. Attributes
// the definition does not have are ignored, as TensorFlow's importer ignores them.
void check_attrs(const std::string& node, const proto::OpDef& def, const AttrMap& attrs);

}  // namespace tensorkeep::transform
