#include "programs.h"

namespace tensorkeep::testing {

std::map<std::string, Build>& programs() {
  static std::map<std::string, Build> all;
  return all;
}

proto::MetaGraphDef meta_graph(const std::string& name) {
  const auto graph = std::make_shared<Graph>();
  const auto scope = graph->as_default();
  const MaybeSaver saver = programs().at(name)();
  return saver ? saver->export_meta_graph() : tf::train::export_meta_graph();
}

}  // namespace tensorkeep::testing
