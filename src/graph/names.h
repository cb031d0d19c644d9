#pragma once

#include <string_view>

namespace tensorkeep::graph {

// [A-Za-z0-9.][A-Za-z0-9_.\\-/>]*, or nothing; inside a scope any of the second class may begin.
bool is_valid_name(std::string_view name, bool at_root);

}  // namespace tensorkeep::graph
