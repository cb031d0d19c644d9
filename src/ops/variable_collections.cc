#include <algorithm>
#include <regex>

#include "ops/variable_impl.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/variable.h"

namespace tensorkeep {
namespace {

std::vector<Variable> variables_in(const char* key, const std::string& scope) {
  std::vector<Variable> found;
  for (const CollectionItem& item : get_default_graph().get_collection(key)) {
    if (Variable variable = Variable::from_collection_item(item)) found.push_back(variable);
  }
  if (scope.empty()) return found;
  try {
    const std::regex pattern(scope);
    std::erase_if(found, [&](const Variable& variable) {
      return !std::regex_search(variable.name(), pattern, std::regex_constants::match_continuous);
    });
  } catch (const std::regex_error& error) {
    errors::raise_value_error("'" + scope +
                              "' is not a regular expression of names: " + error.what());
  }
  return found;
}

}  // namespace

Variable Variable::from_collection_item(const CollectionItem& item) {
  const auto* object = std::get_if<std::shared_ptr<CollectionObject>>(&item);
  return object == nullptr ? Variable()
                           : Variable(std::dynamic_pointer_cast<VariableImpl>(*object));
}

void add_to_collection(const std::string& key, const Variable& variable) {
  get_default_graph().add_to_collection(key, variable.impl());
}

std::vector<Variable> global_variables(const std::string& scope) {
  return variables_in(GraphKeys::GLOBAL_VARIABLES, scope);
}
std::vector<Variable> all_variables() {
  return global_variables();
}
std::vector<Variable> local_variables(const std::string& scope) {
  return variables_in(GraphKeys::LOCAL_VARIABLES, scope);
}
std::vector<Variable> model_variables(const std::string& scope) {
  return variables_in(GraphKeys::MODEL_VARIABLES, scope);
}
std::vector<Variable> trainable_variables(const std::string& scope) {
  return variables_in(GraphKeys::TRAINABLE_VARIABLES, scope);
}
std::vector<Variable> moving_average_variables(const std::string& scope) {
  return variables_in(GraphKeys::MOVING_AVERAGE_VARIABLES, scope);
}

Operation* variables_initializer(const std::vector<Variable>& var_list, const std::string& name) {
  if (var_list.empty()) return no_op({.name = name});
  const auto as_default = var_list.front().graph().as_default();
  std::vector<Dependency> initializers;
  for (const Variable& variable : var_list) initializers.emplace_back(variable.initializer());
  return group(initializers, {.name = name});
}

Operation* global_variables_initializer() {
  return variables_initializer(global_variables());
}
Operation* local_variables_initializer() {
  return variables_initializer(local_variables());
}
Operation* initialize_all_variables() {
  return global_variables_initializer();
}

}  // namespace tensorkeep
