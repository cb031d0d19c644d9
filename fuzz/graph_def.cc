#include "messages/message_file.h"
#include "target.h"
#include "tensorkeep/graph_util.h"
#include "tensorkeep/importer.h"
#include "transform/freeze.h"

// A GraphDef: freezing it and taking its training nodes out ends in a graph or in an error; so does
// importing what comes out.
namespace tensorkeep::fuzz {
namespace {

void try_import(const GraphDef& graph_def) {
  Graph graph;
  const auto scope = graph.as_default();
  const bool done = succeeds([&] { import_graph_def(graph_def); });
  require(done || (graph.operations().empty() && graph.library().function_size() == 0));
}

std::vector<Tensor> ones(const std::vector<std::string>& variables) {
  return std::vector<Tensor>(variables.size(), Tensor::vector<float>({1, 1}));
}

}  // namespace

void run(std::string_view input) {
  GraphDef graph_def;
  if (!messages::parse_quietly(input, graph_def)) return;
  try_import(graph_def);
  GraphDef plain;
  if (succeeds([&] { plain = graph_util::remove_training_nodes(graph_def); })) try_import(plain);
  if (graph_def.node_size() == 0) return;
  const std::string output = graph_def.node(graph_def.node_size() - 1).name();
  GraphDef frozen;
  if (succeeds(
          [&] { frozen = transform::freeze(graph_def, {.output_node_names = {output}}, ones); })) {
    try_import(frozen);
  }
}

}  // namespace tensorkeep::fuzz
