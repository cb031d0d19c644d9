#include "runtime/resource_manager.h"

#include <fmt/format.h>

#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {

std::shared_ptr<VariableCell> ResourceManager::variable(const std::string& container,
                                                        const std::string& name, DType dtype) {
  auto cell = find_or_make<VariableCell>(
      container, name, [&] { return std::make_shared<VariableCell>(name, dtype); });
  if (cell->dtype() != dtype) {
    throw errors::InvalidArgumentError(
        fmt::format("Trying to access resource {} as a variable of type {}, which it is not", name,
                    name_of(dtype)),
        {.node = name});
  }
  return cell;
}

bool ResourceManager::remove_variable(const std::string& container, const std::string& name) {
  const std::lock_guard guard(mutex_);
  return resources_.erase(Key(typeid(VariableCell), container, name)) > 0;
}

void ResourceManager::clear() {
  const std::lock_guard guard(mutex_);
  resources_.clear();
}

}  // namespace tensorkeep::runtime
