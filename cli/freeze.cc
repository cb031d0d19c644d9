#include <fmt/format.h>

#include "tensorkeep/graph_util.h"
#include "tensorkeep/meta_graph.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

graph_util::VariableNames given(const std::vector<std::string>& names) {
  return names.empty() ? graph_util::VariableNames() : graph_util::VariableNames(names);
}

}  // namespace

int freeze(const FreezeOptions& options, Output& out) {
  const MetaGraphDef meta_graph = train::read_meta_graph_file(options.meta_graph);
  const GraphDef frozen =
      graph_util::freeze_graph(meta_graph, options.checkpoint, options.outputs,
                               given(options.whitelist), given(options.blacklist));
  train::write_graph(frozen, options.destination, {.as_text = options.text});
  out << fmt::format("{} of {} nodes written to {} ({})\n", frozen.node_size(),
                     meta_graph.graph_def().node_size(), printable(options.destination),
                     human_bytes(frozen.ByteSizeLong()));
  return 0;
}

}  // namespace tensorkeep::cli
