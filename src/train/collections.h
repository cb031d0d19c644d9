#pragma once

#include <functional>
#include <set>
#include <string>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"

// A graph's collections as messages and back.
namespace tensorkeep::train {

struct CollectionExport {
  std::set<std::string> exclude = {};  // names of nodes that are not exported
  std::string scope = {};              // only what lies in it; names lose it
};

// Writes the collection `key` into `meta_graph`. One that is empty or of mixed kinds is left out,
// as TensorFlow does.
void export_collection(const Graph& graph, const std::string& key, const CollectionExport& options,
                       MetaGraphDef& meta_graph);

// Adds the collections of `meta_graph` that `wanted` names to the graph (which must be the default
// graph); names lie in `scope`. Throws as import_meta_graph.
void import_collections(Graph& graph, const MetaGraphDef& meta_graph, const std::string& scope,
                        const std::function<bool(const std::string&)>& wanted);

}  // namespace tensorkeep::train
