#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensorkeep/proto/node_def.pb.h"
#include "transform/tensor_id.h"

namespace tensorkeep::transform {

// A node of a GraphDef with its inputs parsed.
struct GraphDefNode {
  const proto::NodeDef* def = nullptr;
  std::vector<TensorId> inputs;
};

// The order in which TensorFlow adds the nodes of a GraphDef: every node after its inputs, the
// earlier one first. A Merge that closes a loop waits for one of its data inputs only. `index` is
// from names to positions; inputs for which `is_mapped` holds come from elsewhere.
// Throws InvalidArgumentError (ValueError): "Node 'a': Unknown input node 'b'", "2 nodes in a
// cycle: ...".
std::vector<int> order_nodes(const std::vector<const GraphDefNode*>& nodes,
                             const std::unordered_map<std::string, int>& index,
                             const std::function<bool(const TensorId&)>& is_mapped);

}  // namespace tensorkeep::transform
