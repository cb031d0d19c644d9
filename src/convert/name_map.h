#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/rename.h"

namespace tensorkeep::convert {

// What each '*' of the pattern stands for in the name; nullopt if it does not match. All but the
// last are as short as can be.
std::optional<std::vector<std::string>> match_stars(std::string_view pattern,
                                                    std::string_view name);

// Rules at work; counts which have fitted anything.
class NameMap {
 public:
  // Throws InvalidArgumentError for a rule that makes no sense.
  explicit NameMap(const std::vector<RenameRule>& rules);

  // The new name, or the old one if no rule fits.
  std::string map(const std::string& name);
  // Throws NotFoundError for a rule that has fitted no name; `names` are for what is near.
  void check_all_used(const std::vector<std::string>& names) const;

 private:
  const std::vector<RenameRule>& rules_;
  std::vector<bool> used_;
};

}  // namespace tensorkeep::convert
