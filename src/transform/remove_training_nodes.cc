#include <unordered_map>
#include <unordered_set>

#include "tensorkeep/graph_util.h"
#include "transform/colocation.h"
#include "transform/sub_graph.h"

namespace tensorkeep::graph_util {
namespace {

using transform::node_of_input;

using Names = std::unordered_set<std::string>;

Names colocated_with(const GraphDef& graph) {
  Names names;
  for (const NodeDef& node : graph.node()) {
    for (std::string& name : transform::colocated_names(node)) names.insert(std::move(name));
  }
  return names;
}

// The ends of control edges between nodes that are not in `dropped`.
Names ends_of_control_edges(const GraphDef& graph, const Names& dropped) {
  Names ends;
  for (const NodeDef& node : graph.node()) {
    if (dropped.contains(node.name())) continue;
    for (const std::string& input : node.input()) {
      if (!input.starts_with('^') || dropped.contains(input.substr(1))) continue;
      ends.insert(node.name());
      ends.insert(input.substr(1));
    }
  }
  return ends;
}

// From nodes that go to the input that takes their place.
std::unordered_map<std::string, std::string> replacements(const GraphDef& graph, Names kept) {
  kept.merge(colocated_with(graph));
  Names dropped;
  for (const NodeDef& node : graph.node()) {
    if (node.op() == "CheckNumerics" && !kept.contains(node.name())) dropped.insert(node.name());
  }
  kept.merge(ends_of_control_edges(graph, dropped));
  std::unordered_map<std::string, std::string> result;
  for (const NodeDef& node : graph.node()) {
    const bool passes_on = node.op() == "Identity" || node.op() == "StopGradient";
    const bool goes = dropped.contains(node.name()) || (passes_on && !kept.contains(node.name()));
    if (goes && node.input_size() > 0) result[node.name()] = node.input(0);
  }
  return result;
}

}  // namespace

GraphDef remove_training_nodes(const GraphDef& input_graph,
                               const std::vector<std::string>& protected_nodes) {
  const auto replaced =
      replacements(input_graph, Names(protected_nodes.begin(), protected_nodes.end()));
  GraphDef result;
  if (input_graph.has_library()) *result.mutable_library() = input_graph.library();
  if (input_graph.has_versions()) *result.mutable_versions() = input_graph.versions();
  for (const NodeDef& node : input_graph.node()) {
    if (replaced.contains(node.name())) continue;
    NodeDef& copy = *result.add_node() = node;
    copy.clear_input();
    for (const std::string& input : node.input()) {
      const bool control = input.starts_with('^');
      std::string source = input;
      auto found = replaced.find(std::string(node_of_input(source)));
      // A control edge from a node that goes is dropped. No chain is longer than there are nodes.
      for (std::size_t i = 0; found != replaced.end() && i < replaced.size(); ++i) {
        source = found->second;
        found = replaced.find(std::string(node_of_input(source)));
      }
      if (control && source != input) continue;
      copy.add_input(source);
    }
  }
  return result;
}

}  // namespace tensorkeep::graph_util
