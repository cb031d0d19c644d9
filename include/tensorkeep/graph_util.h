#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"
#include "tensorkeep/session.h"

// Graphs cut down to what inference needs, as TensorFlow's tf.graph_util does it.
//
// Nodes are named as in the GraphDef ("add"); a tensor's name ("add:0") stands for its node.
namespace tensorkeep::graph_util {

// Names of variables' nodes; not given is not the same as empty.
using VariableNames = std::optional<std::vector<std::string>>;

// The part of `graph_def` that `output_node_names` need, with variables as constants that hold
// their values in the session: Variable, VariableV2 and VarHandleOp become Const, ReadVariableOp
// Identity, ResourceGather GatherV2, ResourceGatherNd GatherNd; in Switch, Enter, functions and
// whatever else hands a variable on, types follow. Only variables in the whitelist, if there is
// one, and not those in the blacklist. Operations without a kernel are kept as they are.
//
// A node that changes a frozen variable and that no output needs, but that lies in the graph for a
// colocation, is left out.
//
// Throws InvalidArgumentError: "x is not in graph" (AssertionError) with near names;
// (ValueError) "Cannot freeze variable ..." where an output needs a node that changes it;
// "Cannot create a tensor proto whose content is larger than 2GB." or "GraphDef cannot be larger
// than 2GB." with the node that is too much. FailedPreconditionError for a variable that is not
// initialised. A resource variable that nothing reads gets a ReadVariableOp in the session's graph.
GraphDef convert_variables_to_constants(
    Session& sess, const GraphDef& graph_def, const std::vector<std::string>& output_node_names,
    const VariableNames& variable_names_whitelist = std::nullopt,
    const VariableNames& variable_names_blacklist = std::nullopt);

// The same from files alone: the graph of a MetaGraphDef, with the values of a checkpoint, which
// its saver (or one for all its variables, if it has none) restores. Throws what import_meta_graph
// and Saver::restore throw, too.
GraphDef freeze_graph(const MetaGraphDef& meta_graph_def, const std::string& checkpoint,
                      const std::vector<std::string>& output_node_names,
                      const VariableNames& variable_names_whitelist = std::nullopt,
                      const VariableNames& variable_names_blacklist = std::nullopt);

// The nodes that `dest_nodes` need, by inputs, control inputs and colocations, in their order, with
// the functions and versions. Throws InvalidArgumentError: "x is not in graph" (AssertionError),
// "Node 'a': Unknown input node 'b'" (KeyError).
GraphDef extract_sub_graph(const GraphDef& graph_def, const std::vector<std::string>& dest_nodes);

// Takes out what is of use in training only: CheckNumerics; Identity and StopGradient that no
// control edge and no colocation touches. Consumers get their inputs.
GraphDef remove_training_nodes(const GraphDef& input_graph,
                               const std::vector<std::string>& protected_nodes = {});

// The shape of a node's input, "mul" or "mul:0". Throws what Graph::get_tensor_by_name throws.
Shape tensor_shape_from_node_def_name(const Graph& graph, const std::string& input_name);

// Whether TensorFlow can run the node on a CPU only (constants of strings and int32, DynamicStitch
// and Cast of int32), or variables and what changes them are to be kept there.
bool must_run_on_cpu(const NodeDef& node, bool pin_variables_on_cpu = false);
bool must_run_on_cpu(const Operation& node, bool pin_variables_on_cpu = false);

}  // namespace tensorkeep::graph_util
