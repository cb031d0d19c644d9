#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"

namespace tensorkeep {

struct ImportGraphDefOptions {
  // What takes the place of a tensor of the GraphDef: "n" or "n:0", "n:1", and "^n" for n as a
  // control input (then the value's operation). Values that are no tensors yet become constants
  // under `<name>/_inputs`.
  std::map<std::string, Input> input_map = {};
  // What to return, by names of the GraphDef: with ":" a tensor, else an operation.
  std::vector<std::string> return_elements = {};
  // The prefix, made unique; "" imports into the root, where names that are taken get _1, _2, ...
  std::string name = "import";
  // The definitions of the program that wrote the GraphDef: attributes that no definition here
  // knows are dropped if they have the producer's default.
  const OpList* producer_op_list = nullptr;
};

// Adds the nodes of `graph_def`, in any order there, to the default graph, and returns what
// `return_elements` asks for. Default attributes are filled in, shapes inferred and merged with
// `_output_shapes`, which is dropped; functions and versions join the graph's. Operations that no
// table has are kept: they import and export, but cannot run.
//
// Throws InvalidArgumentError (ValueError) with TensorFlow's texts for anything that is not a
// well-formed graph ("Node 'a': Unknown input node 'b'", "Node 'a' is not unique", "2 nodes in a
// cycle", attributes and types that contradict the definition or each other); the graph is then as
// it was before.
std::vector<std::variant<Operation*, Output>> import_graph_def(
    const GraphDef& graph_def, const ImportGraphDefOptions& options = {});

}  // namespace tensorkeep
