#include "transform/freeze.h"

#include <string>

#include "tensorkeep/graph_util.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/session.h"

namespace tensorkeep::graph_util {
namespace {

bool reads(const Operation& op, const Operation& variable) {
  return op.type() == "ReadVariableOp" && op.num_inputs() == 1 && &op.input(0).op() == &variable;
}

// The tensor that holds a resource variable's value: TensorFlow's own read if it is there.
Output read_of(Graph& graph, Operation& variable) {
  const std::string name = variable.name() + "/Read/ReadVariableOp";
  if (const Operation* usual = graph.find_operation(name); usual && reads(*usual, variable)) {
    return usual->output();
  }
  for (const Operation* consumer : variable.consumers()) {
    if (reads(*consumer, variable)) return consumer->output();
  }
  return graph
      .add_operation({.type = "ReadVariableOp",
                      .name = graph.unique_name(name) + "/",
                      .inputs = {variable.output()},
                      .attrs = {{"dtype", variable.attr("dtype")}},
                      .verbatim = true})
      ->output();
}

std::vector<Tensor> values_in(Session& session, const std::vector<std::string>& variables) {
  std::vector<Fetch> fetches;
  for (const std::string& name : variables) {
    Operation& variable = *session.graph().get_operation_by_name(name);
    const bool resource = variable.type() == "VarHandleOp";
    fetches.emplace_back(resource ? read_of(session.graph(), variable) : variable.output());
  }
  return session.run(fetches);
}

}  // namespace

GraphDef convert_variables_to_constants(Session& sess, const GraphDef& graph_def,
                                        const std::vector<std::string>& output_node_names,
                                        const VariableNames& whitelist,
                                        const VariableNames& blacklist) {
  return transform::freeze(
      graph_def,
      {.output_node_names = output_node_names, .whitelist = whitelist, .blacklist = blacklist},
      [&](const std::vector<std::string>& variables) { return values_in(sess, variables); });
}

GraphDef freeze_graph(const MetaGraphDef& meta_graph_def, const std::string& checkpoint,
                      const std::vector<std::string>& output_node_names,
                      const VariableNames& whitelist, const VariableNames& blacklist) {
  return transform::freeze(
      meta_graph_def.graph_def(),
      {.output_node_names = output_node_names, .whitelist = whitelist, .blacklist = blacklist},
      [&](const std::vector<std::string>& variables) {
        const auto graph = std::make_shared<Graph>();
        const auto scope = graph->as_default();
        auto saver = train::import_meta_graph(meta_graph_def, {.clear_devices = true});
        Session session;
        if (saver) saver->restore(session, checkpoint);
        return values_in(session, variables);
      });
}

}  // namespace tensorkeep::graph_util
