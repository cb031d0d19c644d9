#include "train/object_tree.h"

#include <fmt/format.h>

#include <unordered_set>

#include "checkpoint/object_graph.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::train {
namespace {

// Marks the objects that have values, and those from which such an object is reached.
void mark_those_with_values(proto::TrackableObjectGraph& graph) {
  const auto size = static_cast<std::size_t>(graph.nodes_size());
  std::vector<std::vector<std::size_t>> parents(size);
  std::vector<bool> marked(size);
  std::vector<std::size_t> to_visit;
  for (std::size_t i = 0; i < size; ++i) {
    const auto& node = graph.nodes(static_cast<int>(i));
    for (const auto& child : node.children()) {
      parents[static_cast<std::size_t>(child.node_id())].push_back(i);
    }
    marked[i] = node.attributes_size() > 0 || node.slot_variables_size() > 0;
    if (marked[i]) to_visit.push_back(i);
  }
  while (!to_visit.empty()) {
    const std::size_t node = to_visit.back();
    to_visit.pop_back();
    for (const std::size_t parent : parents[node]) {
      if (!marked[parent]) to_visit.push_back(parent);
      marked[parent] = true;
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    graph.mutable_nodes(static_cast<int>(i))->mutable_has_checkpoint_values()->set_value(marked[i]);
  }
}

}  // namespace

ObjectTree::ObjectTree(const Trackable& root, Graph& graph) {
  const auto as_default = graph.as_default();
  add(root, "");
  for (std::size_t i = 0; i < objects_.size(); ++i) add_children(i);
  const std::size_t without_slots = objects_.size();
  for (std::size_t i = 0; i < without_slots; ++i) add_slots(i, without_slots);
}

int ObjectTree::add(const Trackable& object, const std::string& path) {
  const auto [at, added] = numbers_.emplace(object.id(), static_cast<int>(objects_.size()));
  if (added) objects_.push_back({object, path});
  return at->second;
}

void ObjectTree::add_children(std::size_t parent) {
  for (const auto& [name, child] : objects_[parent].object.children()) {
    const int number = add(child, checkpoint::child_path(objects_[parent].path, name));
    objects_[parent].children.emplace_back(name, number);
  }
}

void ObjectTree::add_slots(std::size_t optimizer, std::size_t variables) {
  const Optimizer* const kept_by = objects_[optimizer].object.optimizer();
  if (kept_by == nullptr) return;
  for (const std::string& name : kept_by->get_slot_names()) {
    for (std::size_t i = 0; i < variables; ++i) {
      const Variable variable = objects_[i].object.variable();
      const Variable slot = variable ? kept_by->get_slot(variable, name) : Variable();
      if (!slot) continue;
      if (numbers_.contains(&slot.op())) {
        throw errors::UnimplementedError(
            fmt::format("A slot variable was re-used as a dependency of a Trackable object: {}. "
                        "This is not currently allowed. Track the variable and its optimizer; the "
                        "slot goes along",
                        slot.to_string()),
            {.node = slot.op().name()});
      }
      const int number =
          add(slot, checkpoint::slot_path(objects_[i].path, objects_[optimizer].path, name));
      objects_[optimizer].slots.push_back({static_cast<int>(i), name, number});
    }
  }
}

proto::TrackableObjectGraph ObjectTree::to_proto() const {
  proto::TrackableObjectGraph graph;
  for (const Object& object : objects_) {
    auto& node = *graph.add_nodes();
    for (const auto& [name, number] : object.children) {
      auto& child = *node.add_children();
      child.set_node_id(number);
      child.set_local_name(name);
    }
    for (const Slot& slot : object.slots) {
      auto& reference = *node.add_slot_variables();
      reference.set_original_variable_node_id(slot.variable);
      reference.set_slot_name(slot.name);
      reference.set_slot_variable_node_id(slot.slot_variable);
    }
    if (const Variable variable = object.object.variable()) {
      const auto& slice = variable.save_slice_info();
      auto& attribute = *node.add_attributes();
      attribute.set_name(checkpoint::kVariableValue);
      attribute.set_full_name(slice ? slice->full_name : variable.op().name());
      attribute.set_checkpoint_key(checkpoint::value_key(object.path));
    }
  }
  mark_those_with_values(graph);
  return graph;
}

Graph& graph_of(const Trackable& root) {
  std::vector<Trackable> to_visit = {root};
  std::unordered_set<const void*> seen = {root.id()};
  for (std::size_t i = 0; i < to_visit.size(); ++i) {
    const Trackable object = to_visit[i];
    if (const Variable variable = object.variable()) return variable.graph();
    for (const auto& [name, child] : object.children()) {
      if (seen.insert(child.id()).second) to_visit.push_back(child);
    }
  }
  return get_default_graph();
}

}  // namespace tensorkeep::train
