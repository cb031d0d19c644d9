#include "tensorkeep/meta_graph.h"

#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "target.h"
#include "tensorkeep/importer.h"

// A .meta file, binary or text: a graph that cannot be imported leaves no trace; one that can is
// exported as one that can.
namespace tensorkeep::fuzz {
namespace {

bool imports(const MetaGraphDef& meta_graph, Graph& graph) {
  const auto scope = graph.as_default();
  const bool done = succeeds([&] { train::import_meta_graph(meta_graph); });
  require(done || (graph.operations().empty() && graph.get_all_collection_keys().empty()));
  return done;
}

}  // namespace

void run(std::string_view input) {
  io::MemoryFileSystem files;
  const io::ScopedFileSystem use(files);
  files.put("/g.meta", std::string(input));
  const MetaGraphDef meta_graph = train::read_meta_graph_file("/g.meta");
  {
    Graph graph;
    const auto scope = graph.as_default();
    const bool done =
        succeeds([&] { import_graph_def(meta_graph.graph_def(), {.name = "again"}); });
    require(done || graph.operations().empty());
  }
  Graph graph;
  if (!imports(meta_graph, graph)) return;
  MetaGraphDef exported;
  if (!succeeds([&] { exported = train::export_meta_graph({}, {.graph = &graph}); })) return;
  Graph again;
  require(imports(exported, again));
}

}  // namespace tensorkeep::fuzz
