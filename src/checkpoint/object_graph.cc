#include "checkpoint/object_graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/saved_forms.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

// Of a longer path, a message shows the end.
constexpr std::size_t kMostNames = 100;

[[noreturn]] void fail(const std::string& file, const std::string& why) {
  throw errors::DataLossError(fmt::format("{} {} ({})", kObjectGraphKey, why, file),
                              {.tensor = kObjectGraphKey, .file = file});
}

proto::TrackableObjectGraph parse(const Tensor& value, const std::string& file) {
  proto::TrackableObjectGraph graph;
  if (value.dtype() == DType::kString && value.num_elements() == 1 &&
      parse_message(graph, value.data<std::string>()[0])) {
    return graph;
  }
  fail(file, "is no TrackableObjectGraph");
}

std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '.') {
      text += "..";
    } else if (c == '/') {
      text += ".S";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string child_path(const std::string& parent, std::string_view name) {
  return parent.empty() ? escaped(name) : parent + "/" + escaped(name);
}

std::string slot_path(const std::string& variable, const std::string& optimizer,
                      std::string_view slot_name) {
  return fmt::format("{}/.OPTIMIZER_SLOT/{}/{}", variable, optimizer, escaped(slot_name));
}

std::string value_key(const std::string& path) {
  return fmt::format("{}/.ATTRIBUTES/{}", path, kVariableValue);
}

proto::TrackableObjectGraph read_object_graph(const Tensor& object_graph, const std::string& file) {
  proto::TrackableObjectGraph graph = parse(object_graph, file);
  const auto check = [&](int node) {
    if (node >= 0 && node < graph.nodes_size()) return;
    fail(file, fmt::format("refers to node {} of {}", node, graph.nodes_size()));
  };
  check(0);
  for (const auto& node : graph.nodes()) {
    for (const auto& child : node.children()) check(child.node_id());
    for (const auto& slot : node.slot_variables()) {
      check(slot.original_variable_node_id());
      check(slot.slot_variable_node_id());
    }
  }
  return graph;
}

NodeNames::NodeNames(const proto::TrackableObjectGraph& graph)
    : steps_(static_cast<std::size_t>(graph.nodes_size())) {
  std::vector<int> reached = {0};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const auto& child : graph.nodes(reached[i]).children()) {
      Step& step = steps_[static_cast<std::size_t>(child.node_id())];
      if (child.node_id() == 0 || step.name != nullptr) continue;
      step = {reached[i], &child.local_name()};
      reached.push_back(child.node_id());
    }
  }
  for (int i = 0; i < graph.nodes_size(); ++i) {
    for (const auto& slot : graph.nodes(i).slot_variables()) {
      Step& step = steps_[static_cast<std::size_t>(slot.slot_variable_node_id())];
      if (step.name == nullptr) step = {i, &slot.slot_name(), slot.original_variable_node_id()};
    }
  }
}

std::string NodeNames::path_of(int node) const {
  std::vector<std::string> names;
  for (int at = node; at != 0; at = steps_[static_cast<std::size_t>(at)].parent) {
    const Step& step = steps_[static_cast<std::size_t>(at)];
    if (step.name == nullptr || step.slot_of >= 0) return fmt::format("(node {})", node);
    if (names.size() == kMostNames) {
      names.emplace_back("..");
      break;
    }
    names.push_back(*step.name);
  }
  if (names.size() <= kMostNames) names.emplace_back("(root)");
  std::reverse(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, "."));
}

std::string NodeNames::operator[](int node) const {
  const Step& step = steps_[static_cast<std::size_t>(node)];
  if (step.slot_of < 0) return path_of(node);
  return fmt::format("{}'s state '{}' for {}", path_of(step.parent), *step.name,
                     path_of(step.slot_of));
}

ObjectNames names_in(const Tensor& object_graph, const std::string& file) {
  ObjectNames names;
  const proto::TrackableObjectGraph graph = parse(object_graph, file);
  for (const auto& node : graph.nodes()) {
    for (const auto& attribute : node.attributes()) {
      if (attribute.full_name().empty()) continue;
      const auto [at, added] =
          names.full_names.emplace(attribute.checkpoint_key(), attribute.full_name());
      if (added) names.keys[attribute.full_name()].push_back(attribute.checkpoint_key());
    }
  }
  return names;
}

Tensor rename_in(const Tensor& object_graph, const std::string& file, const Rename& key,
                 const Rename& full_name) {
  proto::TrackableObjectGraph graph = parse(object_graph, file);
  for (auto& node : *graph.mutable_nodes()) {
    for (auto& attribute : *node.mutable_attributes()) {
      attribute.set_checkpoint_key(key(attribute.checkpoint_key()));
      if (!attribute.full_name().empty()) attribute.set_full_name(full_name(attribute.full_name()));
    }
  }
  Tensor renamed(DType::kString, object_graph.shape());
  renamed.mutable_data<std::string>()[0] = graph.SerializeAsString();
  return renamed;
}

}  // namespace tensorkeep::checkpoint
