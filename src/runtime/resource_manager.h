#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/value.h"

namespace tensorkeep::runtime {

// The resources of a session by container and name. Thread-safe.
class ResourceManager {
 public:
  // The variable, made uninitialised at first. Throws InvalidArgumentError if it exists with
  // another type.
  std::shared_ptr<VariableCell> variable(const std::string& container, const std::string& name,
                                         DType dtype);
  // Any other resource: found, or made by `make`.
  template <typename T, typename Make>
  std::shared_ptr<T> find_or_make(const std::string& container, const std::string& name,
                                  Make&& make) {
    const std::lock_guard guard(mutex_);
    auto& slot = resources_[{container, name}];
    if (!slot) slot = make();
    return std::dynamic_pointer_cast<T>(slot);
  }
  // Whether there was one.
  bool remove(const std::string& container, const std::string& name);
  void clear();

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Resource>> resources_;
};

}  // namespace tensorkeep::runtime
