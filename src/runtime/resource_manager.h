#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <typeindex>

#include "runtime/value.h"

namespace tensorkeep::runtime {

// The resources of a session by kind, container and name. Thread-safe.
class ResourceManager {
 public:
  // The variable, made uninitialised at first. Throws InvalidArgumentError if it exists with
  // another type.
  std::shared_ptr<VariableCell> variable(const std::string& container, const std::string& name,
                                         DType dtype);
  // Any other resource: found, or made by `make`. Kinds do not share their names.
  template <typename T, typename Make>
  std::shared_ptr<T> find_or_make(const std::string& container, const std::string& name,
                                  Make&& make) {
    const std::lock_guard guard(mutex_);
    auto& slot = resources_[Key(typeid(T), container, name)];
    if (!slot) slot = make();
    return std::static_pointer_cast<T>(slot);
  }
  // Null if there is none.
  template <typename T>
  std::shared_ptr<T> find(const std::string& container, const std::string& name) {
    const std::lock_guard guard(mutex_);
    const auto found = resources_.find(Key(typeid(T), container, name));
    return found == resources_.end() ? nullptr : std::static_pointer_cast<T>(found->second);
  }
  // Whether there was such a variable.
  bool remove_variable(const std::string& container, const std::string& name);
  void clear();

 private:
  using Key = std::tuple<std::type_index, std::string, std::string>;

  std::mutex mutex_;
  std::map<Key, std::shared_ptr<Resource>> resources_;
};

}  // namespace tensorkeep::runtime
