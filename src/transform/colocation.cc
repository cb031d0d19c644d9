#include "transform/colocation.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/device_spec.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::transform {
namespace {

constexpr std::string_view kLocation = "loc:@";

std::vector<std::string> others_colocated_with(const Operation& op) {
  if (!op.has_attr(kClass)) return {};
  std::vector<std::string> names = colocated_names(op.attr(kClass));
  std::erase(names, op.name());
  return names;
}

}  // namespace

std::vector<std::string> colocated_names(const proto::AttrValue& value) {
  std::vector<std::string> names;
  for (const std::string& entry : value.list().s()) {
    if (entry.starts_with(kLocation)) names.push_back(entry.substr(kLocation.size()));
  }
  return names;
}

std::vector<std::string> colocated_names(const proto::NodeDef& def) {
  const auto found = def.attr().find(kClass);
  return found == def.attr().end() ? std::vector<std::string>() : colocated_names(found->second);
}

void check_colocations(const proto::NodeDef& def, const NodeIndex& index) {
  for (const std::string& name : colocated_names(def)) {
    if (index.contains(name)) continue;
    errors::raise_value_error(
        fmt::format("Node '{}' expects to be colocated with unknown node '{}'", def.name(), name),
        {.node = def.name()});
  }
}

void add_prefix_to_colocations(AttrMap& attrs, const std::string& prefix) {
  const auto found = attrs.find(kClass);
  if (found == attrs.end()) return;
  for (std::string& entry : *found->second.mutable_list()->mutable_s()) {
    if (entry.starts_with(kLocation)) entry.insert(kLocation.size(), prefix);
  }
}

void rename_colocations(const std::vector<ImportedNode>& nodes, const NodeIndex& index) {
  for (const ImportedNode& node : nodes) {
    const auto found = node.op->attrs().find(kClass);
    if (found == node.op->attrs().end()) continue;
    proto::AttrValue value = found->second;
    for (std::string& entry : *value.mutable_list()->mutable_s()) {
      if (!entry.starts_with(kLocation)) continue;
      const int other = index.at(entry.substr(kLocation.size()));
      entry = std::string(kLocation) + nodes[static_cast<std::size_t>(other)].name;
    }
    node.op->set_attr(kClass, value);
  }
}

void remove_colocations(proto::NodeDef& def, const std::unordered_set<std::string>& gone) {
  const auto found = def.mutable_attr()->find(kClass);
  if (found == def.mutable_attr()->end()) return;
  auto& entries = *found->second.mutable_list()->mutable_s();
  entries.erase(std::remove_if(entries.begin(), entries.end(),
                               [&](const std::string& entry) {
                                 return entry.starts_with(kLocation) &&
                                        gone.contains(entry.substr(kLocation.size()));
                               }),
                entries.end());
  if (entries.empty()) def.mutable_attr()->erase(kClass);
}

void place_nodes(Graph& graph, const std::vector<ImportedNode>& nodes,
                 const std::vector<int>& order) {
  for (const int n : order) {
    const ImportedNode& node = nodes[static_cast<std::size_t>(n)];
    if (!others_colocated_with(*node.op).empty()) continue;
    node.op->set_device(node.def->device());
    graph.apply_device_scopes(*node.op);
  }
  for (const int n : order) {
    Operation& op = *nodes[static_cast<std::size_t>(n)].op;
    for (const std::string& name : others_colocated_with(op)) {
      const Operation* other = graph.find_operation(name);
      if (other == nullptr || other->device().empty()) continue;
      op.set_device(other->device());
      break;
    }
  }
}

}  // namespace tensorkeep::transform
