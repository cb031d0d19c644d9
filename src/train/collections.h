#pragma once

#include <functional>
#include <set>
#include <string>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"

// A graph's collections as messages and back.
namespace tensorkeep::train {

// Writes the collection `key` into `meta_graph`, without the items named in `exclude`. One that is
// empty or of mixed kinds is left out, as TensorFlow does.
void export_collection(const Graph& graph, const std::string& key,
                       const std::set<std::string>& exclude, MetaGraphDef& meta_graph);

// Adds the collections of `meta_graph` that `wanted` names to the graph (which must be the default
// graph); names lie in `scope`. Throws as import_meta_graph.
void import_collections(Graph& graph, const MetaGraphDef& meta_graph, const std::string& scope,
                        const std::function<bool(const std::string&)>& wanted);

}  // namespace tensorkeep::train
