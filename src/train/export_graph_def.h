#pragma once

#include <optional>
#include <set>
#include <string>

#include "tensorkeep/proto.h"

// A GraphDef made fit for a MetaGraphDef.
namespace tensorkeep::train {

// Drops the attributes that 1.15's definitions do not know, in nodes and functions, since
// TensorFlow 1.x refuses a graph that has them.
void drop_newer_attrs(GraphDef& graph_def);
// Drops the attributes that have their default value.
void strip_default_attrs(GraphDef& graph_def);

// The definitions of all operations that nodes and functions use, by name; from `others` where the
// op table has none.
OpList stripped_op_list(const GraphDef& graph_def, const OpList& others);

// The nodes of savers other than `saver`: everything in the scopes of save and restore operations
// that are not its own.
std::set<std::string> extraneous_saver_nodes(const GraphDef& graph_def,
                                             const std::optional<SaverDef>& saver);

}  // namespace tensorkeep::train
