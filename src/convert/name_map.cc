#include "convert/name_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/near_names.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

// "a/*/b" -> "a/", "/b".
std::vector<std::string_view> literals_of(std::string_view pattern) {
  std::vector<std::string_view> literals;
  while (true) {
    const std::size_t star = pattern.find('*');
    literals.push_back(pattern.substr(0, star));
    if (star == std::string_view::npos) return literals;
    pattern.remove_prefix(star + 1);
  }
}

std::string filled(std::string_view pattern, const std::vector<std::string>& values) {
  const auto literals = literals_of(pattern);
  std::string name(literals[0]);
  for (std::size_t i = 1; i < literals.size(); ++i) {
    name += values[i - 1];
    name += literals[i];
  }
  return name;
}

}  // namespace

std::optional<std::vector<std::string>> match_stars(std::string_view pattern,
                                                    std::string_view name) {
  const auto literals = literals_of(pattern);
  if (!name.starts_with(literals[0])) return std::nullopt;
  if (literals.size() == 1) {
    if (name.size() != literals[0].size()) return std::nullopt;
    return std::vector<std::string>();
  }
  name.remove_prefix(literals[0].size());
  std::vector<std::string> values;
  for (std::size_t i = 1; i + 1 < literals.size(); ++i) {
    const std::size_t at = name.find(literals[i]);
    if (at == std::string_view::npos) return std::nullopt;
    values.emplace_back(name.substr(0, at));
    name.remove_prefix(at + literals[i].size());
  }
  if (!name.ends_with(literals.back())) return std::nullopt;
  values.emplace_back(name.substr(0, name.size() - literals.back().size()));
  return values;
}

NameMap::NameMap(const std::vector<RenameRule>& rules) : rules_(rules), used_(rules.size()) {
  for (const auto& [from, to] : rules) {
    const auto stars = [](const std::string& text) {
      return std::count(text.begin(), text.end(), '*');
    };
    if (!from.empty() && !to.empty() && (stars(from) > 0 ? stars(to) <= stars(from) : true)) {
      continue;
    }
    throw errors::InvalidArgumentError(
        fmt::format("The rule {}={} makes no sense: both names must be there, and the new one must "
                    "not have more * than the old one",
                    from, to));
  }
}

std::string NameMap::map(const std::string& name) {
  const RenameRule* exact = nullptr;
  std::optional<std::string> by_pattern;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const RenameRule& rule = rules_[i];
    if (rule.from == name) {
      used_[i] = true;
      if (exact == nullptr) exact = &rule;
    } else if (const auto values = match_stars(rule.from, name)) {
      used_[i] = true;
      if (!by_pattern) by_pattern = filled(rule.to, *values);
    }
  }
  if (exact != nullptr) return exact->to;
  return by_pattern.value_or(name);
}

void NameMap::check_all_used(const std::vector<std::string>& names) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (used_[i]) continue;
    const auto near = near_names(rules_[i].from, names, 3);
    throw errors::NotFoundError(
        fmt::format("No tensor is called {}{}{}", rules_[i].from,
                    near.empty() ? "" : "; near it are: ", fmt::join(near, ", ")),
        {.tensor = rules_[i].from});
  }
}

}  // namespace tensorkeep::convert
