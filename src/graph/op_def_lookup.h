#pragma once

#include <string_view>
#include <vector>

#include "tensorkeep/proto/op_def.pb.h"

// The interface of every operation of TensorFlow 1.15 and 2.21: inputs, outputs, attributes, flags.
// Declared here for the graph, defined by the layer above (ops/op_table.cc), which owns the table.
// A definition is parsed when first asked for, lives as long as the process, and may be read by any
// thread; so may these functions be called.
namespace tensorkeep::graph {

// The definition an imported graph is checked against: 2.21's where there is one, widened by what
// only 1.15 knows (attributes, allowed values); else 1.15's. nullptr if neither has the operation.
const proto::OpDef* find_op_def(std::string_view name);

// 1.15's own definition, nullptr if 1.15 has no such operation.
const proto::OpDef* find_op_def_1_15(std::string_view name);

// What goes into a MetaGraphDef's stripped_op_list: 1.15's definition where there is one, else
// 2.21's. Throws NotFoundError if neither has the operation.
const proto::OpDef& export_op_def(std::string_view name);

// Every name of either version, sorted by bytes.
std::vector<std::string_view> all_op_names();

}  // namespace tensorkeep::graph
