#include "graph/op_registry.h"

#include <algorithm>

#include "graph/op_def_lookup.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {

const OpRegistry& OpRegistry::global() {
  static const OpRegistry* const registry = [] {
    auto* result = new OpRegistry;  // lives as long as the process
    register_operations(*result);
    return result;
  }();
  return *registry;
}

void OpRegistry::add(std::string_view name, OpTraits traits) {
  if (!traits_.emplace(std::string(name), traits).second) {
    throw errors::InternalError("operation " + std::string(name) + " is registered twice");
  }
}

OpTraits& OpRegistry::without_gradient(std::string_view name) {
  OpTraits& traits = traits_[std::string(name)];
  if (traits.gradient != nullptr || traits.slices_gradient != nullptr ||
      traits.not_differentiable) {
    throw errors::InternalError("the gradient of " + std::string(name) + " is registered twice");
  }
  return traits;
}

void OpRegistry::add_gradient(std::string_view name, GradientFn gradient) {
  without_gradient(name).gradient = gradient;
}

void OpRegistry::add_slices_gradient(std::string_view name, SlicesGradientFn gradient) {
  without_gradient(name).slices_gradient = gradient;
}

void OpRegistry::add_not_differentiable(std::string_view name) {
  without_gradient(name).not_differentiable = true;
}

const OpTraits* OpRegistry::find(std::string_view name) const {
  const auto found = traits_.find(std::string(name));
  return found == traits_.end() ? nullptr : &found->second;
}

std::vector<std::string> OpRegistry::names() const {
  std::vector<std::string> result;
  result.reserve(traits_.size());
  for (const auto& [name, traits] : traits_) result.push_back(name);
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace tensorkeep
