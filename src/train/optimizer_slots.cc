#include <algorithm>

#include "tensorkeep/optimizers.h"
#include "tensorkeep/scopes.h"
#include "train/slot_creator.h"

// What an optimizer keeps: a slot beside each variable, and single variables of its own.
namespace tensorkeep::train {

Variable Optimizer::zeros_slot(const Variable& variable, const std::string& slot,
                               const std::string& name) {
  Variable& kept = slots_[slot][&variable.op()];
  if (!kept) kept = create_zeros_slot(variable, name.empty() ? name_ : name);
  return kept;
}

Variable Optimizer::slot_with_initializer(const Variable& variable, const Initializer& initializer,
                                          const std::string& slot, const std::string& name) {
  Variable& kept = slots_[slot][&variable.op()];
  if (!kept) kept = create_slot(variable, initializer, name.empty() ? name_ : name);
  return kept;
}

Variable Optimizer::slot_with_value(const Variable& variable, const Output& value,
                                    const std::string& slot, const std::string& name) {
  Variable& kept = slots_[slot][&variable.op()];
  if (!kept) kept = create_slot(variable, value, name.empty() ? name_ : name);
  return kept;
}

Variable Optimizer::get_slot(const Variable& variable, const std::string& name) const {
  const auto named = slots_.find(name);
  if (named == slots_.end()) return Variable();
  const auto found = named->second.find(&variable.op());
  return found == named->second.end() ? Variable() : found->second;
}

std::vector<std::string> Optimizer::get_slot_names() const {
  std::vector<std::string> names;
  for (const auto& [name, variables] : slots_) names.push_back(name);
  return names;
}

Variable Optimizer::non_slot_variable(Input initial_value, const std::string& name,
                                      const Variable& colocate_with) {
  Graph& graph = colocate_with.graph();
  Variable& kept = non_slots_[{name, &graph}];
  if (!kept) {
    const ColocationScope with_variable(graph, &colocate_with.op());
    kept =
        Variable(std::move(initial_value),
                 {.trainable = false, .name = name, .use_resource = colocate_with.is_resource()});
  }
  return kept;
}

Variable Optimizer::get_non_slot_variable(const std::string& name) const {
  const auto found = non_slots_.find({name, &get_default_graph()});
  return found == non_slots_.end() ? Variable() : found->second;
}

std::vector<std::pair<std::string, Variable>> Optimizer::non_slot_variables() const {
  std::vector<std::pair<std::string, Variable>> kept;
  for (const auto& [key, variable] : non_slots_) {
    if (key.second == &get_default_graph()) kept.emplace_back(key.first, variable);
  }
  return kept;
}

std::vector<Variable> Optimizer::variables() const {
  const Graph& graph = get_default_graph();
  std::vector<Variable> all;
  for (const auto& [name, variable] : non_slot_variables()) all.push_back(variable);
  for (const auto& [name, variables] : slots_) {
    for (const auto& [op, variable] : variables) {
      if (&variable.graph() == &graph) all.push_back(variable);
    }
  }
  std::sort(all.begin(), all.end(),
            [](const Variable& a, const Variable& b) { return a.name() < b.name(); });
  return all;
}

}  // namespace tensorkeep::train
