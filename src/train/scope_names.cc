#include "train/scope_names.h"

#include <string_view>

namespace tensorkeep::train {
namespace {

std::size_t marker_length(std::string_view name) {
  if (name.starts_with('^')) return 1;
  return name.starts_with("loc:@") ? 5 : 0;
}

std::string with_slash(const std::string& scope) {
  return scope.ends_with('/') ? scope : scope + "/";
}

}  // namespace

std::string prepend_scope(const std::string& name, const std::string& scope) {
  if (scope.empty()) return name;
  std::string result = name;
  return result.insert(marker_length(name), with_slash(scope));
}

std::string strip_scope(const std::string& name, const std::string& scope) {
  if (scope.empty()) return name;
  const std::size_t begin = marker_length(name);
  const std::string prefix = with_slash(scope);
  if (name.compare(begin, prefix.size(), prefix) != 0) return name;
  return name.substr(0, begin) + name.substr(begin + prefix.size());
}

bool in_scope(const std::string& name, const std::string& scope) {
  if (scope.empty()) return true;
  const std::string bare = name.substr(marker_length(name));
  return bare.starts_with(with_slash(scope)) || with_slash(bare) == with_slash(scope);
}

}  // namespace tensorkeep::train
