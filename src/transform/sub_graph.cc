#include "transform/sub_graph.h"

#include <fmt/format.h>

#include "base/near_names.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/graph_util.h"
#include "transform/colocation.h"
#include "transform/tensor_id.h"

namespace tensorkeep {
namespace transform {
namespace {

[[noreturn]] void fail_not_in_graph(const proto::GraphDef& graph_def, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& node : graph_def.node()) names.push_back(node.name());
  std::string text = fmt::format("{} is not in graph", name);
  const std::vector<std::string> near = near_names(parse_input(name).node, names, 3);
  if (!near.empty()) text += fmt::format("; near it are: {}", fmt::join(near, ", "));
  throw errors::InvalidArgumentError(
      text, {.node = name, .python_class = errors::PythonClass::kAssertionError});
}

int find_input(const NodesByName& index, const proto::NodeDef& node, std::string_view name) {
  const auto found = index.find(name);
  if (found != index.end()) return found->second;
  throw errors::InvalidArgumentError(
      fmt::format("Node '{}': Unknown input node '{}'", node.name(), name),
      {.node = node.name(), .python_class = errors::PythonClass::kKeyError});
}

}  // namespace

std::string_view node_of_input(std::string_view input) {
  if (input.starts_with('^')) return input.substr(1);
  return input.substr(0, input.find(':'));
}

NodesByName nodes_by_name(const google::protobuf::RepeatedPtrField<proto::NodeDef>& nodes) {
  NodesByName index;
  for (int n = 0; n < nodes.size(); ++n) index[nodes[n].name()] = n;
  return index;
}

std::vector<std::string> find_nodes(const proto::GraphDef& graph_def,
                                    const std::vector<std::string>& names) {
  const NodesByName index = nodes_by_name(graph_def.node());
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::string node = index.contains(name) ? name : parse_input(name).node;
    if (!index.contains(node)) fail_not_in_graph(graph_def, name);
    found.push_back(node);
  }
  return found;
}

std::vector<bool> needed_nodes(const proto::GraphDef& graph_def,
                               const std::vector<std::string>& names, bool with_colocations) {
  const NodesByName index = nodes_by_name(graph_def.node());
  std::vector<bool> needed(static_cast<std::size_t>(graph_def.node_size()));
  std::vector<int> to_visit;
  const auto mark = [&](int n) {
    if (needed[static_cast<std::size_t>(n)]) return;
    needed[static_cast<std::size_t>(n)] = true;
    to_visit.push_back(n);
  };
  for (const std::string& name : names) mark(index.at(name));
  while (!to_visit.empty()) {
    const proto::NodeDef& node = graph_def.node(to_visit.back());
    to_visit.pop_back();
    for (const auto& input : node.input()) mark(find_input(index, node, node_of_input(input)));
    if (!with_colocations) continue;
    for (const auto& name : colocated_names(node)) mark(find_input(index, node, name));
  }
  return needed;
}

}  // namespace transform

namespace graph_util {

GraphDef extract_sub_graph(const GraphDef& graph_def, const std::vector<std::string>& dest_nodes) {
  const std::vector<std::string> names = transform::find_nodes(graph_def, dest_nodes);
  const std::vector<bool> needed = transform::needed_nodes(graph_def, names, true);
  GraphDef result;
  for (int n = 0; n < graph_def.node_size(); ++n) {
    if (needed[static_cast<std::size_t>(n)]) *result.add_node() = graph_def.node(n);
  }
  *result.mutable_library() = graph_def.library();
  *result.mutable_versions() = graph_def.versions();
  return result;
}

}  // namespace graph_util
}  // namespace tensorkeep
