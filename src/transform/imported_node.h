#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensorkeep/graph.h"
#include "transform/node_order.h"

namespace tensorkeep::transform {

// A node of a GraphDef on its way into a graph.
struct ImportedNode : GraphDefNode {
  std::string name;         // in the graph
  Operation* op = nullptr;  // once it is there
};

using NodeIndex = std::unordered_map<std::string, int>;  // names of the GraphDef to positions

// Throws InvalidArgumentError (ValueError): "Node 'n': what".
[[noreturn]] void fail_node(const proto::NodeDef& def, const std::string& what);

// The definitions of operations as one import sees them: the op table's, functions, and for the
// rest those of the program that made the graph.
class Definitions {
 public:
  // `producer` may be null; both must outlive this.
  Definitions(const proto::FunctionDefLibrary& library, const proto::OpList* producer);

  const proto::OpDef* find(const proto::NodeDef& def) const;  // null if nobody knows it
  // The attributes a node will have: those that count, defaults filled in.
  AttrMap attrs_of(const proto::NodeDef& def, const proto::OpDef* op_def) const;

 private:
  bool is_unknown_default(const proto::NodeDef& def, const proto::OpDef* op_def,
                          const std::string& name, const proto::AttrValue& value) const;

  std::unordered_map<std::string, const proto::OpDef*> functions_;
  std::unordered_map<std::string, const proto::OpDef*> producer_;
};

// The fields of `def` that an Operation has no place for; null if there are none.
std::shared_ptr<const proto::NodeDef> other_fields(const proto::NodeDef& def);

// Adds the functions and gradients of `from` that `to` does not have. Throws InvalidArgumentError
// (ValueError) for another function of the same name; then `to` is unchanged.
void merge_library(const proto::FunctionDefLibrary& from, proto::FunctionDefLibrary& to);

// The output types of nodes that have no definition, as far as `_output_shapes`, type attributes
// and the definitions of their consumers tell.
std::unordered_map<std::string, std::vector<DType>> guess_unknown_outputs(
    const std::vector<ImportedNode>& nodes, const NodeIndex& index, const Definitions& definitions);

// Throws InvalidArgumentError (ValueError) if TensorFlow 2.21 may not read such a graph.
void check_versions(const proto::VersionDef& versions);
// The versions of a graph that a GraphDef of version `from` was imported into.
proto::VersionDef merged_versions(proto::VersionDef into, const proto::VersionDef& from);

// Merges the node's `_output_shapes` into the inferred ones. Throws InvalidArgumentError
// (ValueError) if they contradict.
void merge_output_shapes(const proto::NodeDef& def, Operation& op);

}  // namespace tensorkeep::transform
