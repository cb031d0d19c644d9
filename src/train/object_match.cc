#include "train/object_match.h"

#include <unordered_map>

#include "checkpoint/object_graph.h"

namespace tensorkeep::train {

ObjectMatch::ObjectMatch(const proto::TrackableObjectGraph& saved, const Trackable& root,
                         Graph& graph)
    : saved_(saved) {
  const auto as_default = graph.as_default();
  bind(0, root);
  std::size_t visited = 0;
  while (visited < reached_.size()) bind_children(reached_[visited++]);
  bind_slots();
  for (const int node : reached_) take_value(node);
}

bool ObjectMatch::bind(int node, const Trackable& object) {
  const bool added = objects_.emplace(node, object).second;
  if (added) reached_.push_back(node);
  return added;
}

void ObjectMatch::bind_children(int node) {
  const auto& saved_children = saved_.nodes(node).children();
  if (saved_children.empty()) return;
  std::unordered_map<std::string, Trackable> children;
  for (const auto& [name, child] : objects_.at(node).children()) children.emplace(name, child);
  for (const auto& saved_child : saved_children) {
    const auto child = children.find(saved_child.local_name());
    if (child != children.end()) bind(saved_child.node_id(), child->second);
  }
}

void ObjectMatch::bind_slots() {
  for (int node = 0; node < saved_.nodes_size(); ++node) {
    const auto optimizer = objects_.find(node);
    if (optimizer == objects_.end() || optimizer->second.optimizer() == nullptr) continue;
    for (const auto& slot : saved_.nodes(node).slot_variables()) {
      const auto object = objects_.find(slot.original_variable_node_id());
      const Variable variable = object == objects_.end() ? Variable() : object->second.variable();
      if (!variable) continue;
      const Variable kept = optimizer->second.optimizer()->get_slot(variable, slot.slot_name());
      if (kept) bind(slot.slot_variable_node_id(), kept);
    }
  }
}

void ObjectMatch::take_value(int node) {
  const Variable variable = objects_.at(node).variable();
  bool taken = false;
  for (const auto& attribute : saved_.nodes(node).attributes()) {
    if (!variable || attribute.name() != checkpoint::kVariableValue || taken) {
      unused_.emplace_back(node, attribute.name());
      continue;
    }
    taken = true;
    if (valued_.insert(&variable.op()).second) {
      values_.push_back({variable, attribute.checkpoint_key()});
    }
  }
}

}  // namespace tensorkeep::train
