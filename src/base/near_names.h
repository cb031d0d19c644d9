#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tensorkeep {

// How many letters must be added, dropped or changed to make `b` of `a`; `limit` + 1 if more than
// `limit`.
int edit_distance(std::string_view a, std::string_view b, int limit);

// The candidates most like `name`, at most `count`, best first; those too different are left out.
std::vector<std::string> near_names(const std::string& name,
                                    const std::vector<std::string>& candidates, std::size_t count);

}  // namespace tensorkeep
