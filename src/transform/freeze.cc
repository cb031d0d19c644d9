#include "transform/freeze.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"
#include "transform/colocation.h"
#include "transform/constant_spread.h"
#include "transform/sub_graph.h"

namespace tensorkeep::transform {
namespace {

using Writer = ConstantSpread::Writer;

std::vector<std::string> variables_to_convert(const GraphDef& graph_def,
                                              const FreezeOptions& options) {
  const auto contains = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<std::string> variables;
  for (const NodeDef& node : graph_def.node()) {
    const std::string& op = node.op();
    if (op != "Variable" && op != "VariableV2" && op != "VarHandleOp") continue;
    if (options.whitelist && !contains(*options.whitelist, node.name())) continue;
    if (options.blacklist && contains(*options.blacklist, node.name())) continue;
    variables.push_back(node.name());
  }
  return variables;
}

// A lower bound for strings, exact for everything else.
std::int64_t bytes_of(const Tensor& tensor) {
  if (tensor.dtype() != DType::kString) {
    return tensor.num_elements() * static_cast<std::int64_t>(size_of(tensor.dtype()));
  }
  std::int64_t bytes = 0;
  for (const std::string& text : tensor.data<std::string>()) {
    bytes += static_cast<std::int64_t>(text.size());
  }
  return bytes;
}

void check_size(const GraphDef& graph_def, const std::vector<std::string>& variables,
                const std::vector<Tensor>& values, std::int64_t max_bytes) {
  auto total = static_cast<std::int64_t>(graph_def.ByteSizeLong());
  for (std::size_t v = 0; v < variables.size(); ++v) {
    const std::int64_t bytes = bytes_of(values[v]);
    total += bytes;
    if (bytes > max_bytes) {
      errors::raise_value_error(
          fmt::format("Cannot create a tensor proto whose content is larger than 2GB. Node '{}' "
                      "has {} bytes",
                      variables[v], bytes),
          {.node = variables[v]});
    }
    if (total > max_bytes) {
      errors::raise_value_error(
          fmt::format("GraphDef cannot be larger than 2GB. With node '{}', which has {} bytes, it "
                      "would have {}. Name large variables in variable_names_blacklist and keep "
                      "them in a checkpoint",
                      variables[v], bytes, total),
          {.node = variables[v]});
    }
  }
}

// Those of `writers` that no output needs, by name; throws for one that an output needs.
std::unordered_set<std::string> idle_writers(const GraphDef& graph_def,
                                             const std::vector<std::string>& outputs,
                                             const std::vector<Writer>& writers) {
  std::unordered_set<std::string> idle;
  if (writers.empty()) return idle;
  const std::vector<bool> needed = needed_nodes(graph_def, outputs, /*with_colocations=*/false);
  const NodesByName index = nodes_by_name(graph_def.node());
  for (const Writer& writer : writers) {
    const NodeDef& node = *writer.node;
    if (writer.in_function || needed[static_cast<std::size_t>(index.at(node.name()))]) {
      errors::raise_value_error(
          fmt::format("Cannot freeze variable '{}': node '{}' ({}) changes it and is needed for "
                      "{}. Ask for outputs that do not train, or name the variable in "
                      "variable_names_blacklist",
                      writer.variable, node.name(), node.op(), fmt::join(outputs, ", ")),
          {.node = node.name()});
    }
    idle.insert(node.name());
  }
  return idle;
}

// Removes `gone`, whatever takes an input from it, and its name from colocations.
void remove_nodes(GraphDef& graph_def, std::unordered_set<std::string> gone) {
  if (gone.empty()) return;
  std::unordered_map<std::string, std::vector<const NodeDef*>> consumers;
  for (const NodeDef& node : graph_def.node()) {
    for (const auto& input : node.input()) {
      consumers[std::string(node_of_input(input))].push_back(&node);
    }
  }
  std::vector<std::string> to_visit(gone.begin(), gone.end());
  while (!to_visit.empty()) {
    const std::string name = std::move(to_visit.back());
    to_visit.pop_back();
    for (const NodeDef* consumer : consumers[name]) {
      if (gone.insert(consumer->name()).second) to_visit.push_back(consumer->name());
    }
  }
  auto& nodes = *graph_def.mutable_node();
  nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                             [&](const NodeDef& node) { return gone.contains(node.name()); }),
              nodes.end());
  for (NodeDef& node : nodes) remove_colocations(node, gone);
}

}  // namespace

GraphDef freeze(const GraphDef& graph_def, const FreezeOptions& options,
                const VariableValues& values_of) {
  const auto outputs = find_nodes(graph_def, options.output_node_names);
  GraphDef result = graph_util::extract_sub_graph(graph_def, outputs);
  const std::vector<std::string> variables = variables_to_convert(result, options);
  if (variables.empty()) return result;
  ConstantSpread spread(result);
  {
    std::vector<Tensor> values = values_of(variables);
    check_size(result, variables, values, options.max_bytes);
    for (std::size_t v = 0; v < variables.size(); ++v) {
      spread.replace(variables[v], tensor_to_proto(values[v]));
      values[v] = Tensor();  // its memory may be needed
    }
  }
  spread.finish();
  remove_nodes(result, idle_writers(result, outputs, spread.writers()));
  return result;
}

}  // namespace tensorkeep::transform
