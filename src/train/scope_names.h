#pragma once

#include <string>

// Names of nodes, tensors, control inputs ("^x") and colocations ("loc:@x") under an import scope.
namespace tensorkeep::train {

// "x:0" -> "scope/x:0", "^x" -> "^scope/x"; as it is for an empty scope.
std::string prepend_scope(const std::string& name, const std::string& scope);
// The other way round; as it is if it does not lie in the scope.
std::string strip_scope(const std::string& name, const std::string& scope);
// Whether it is the scope or lies in it; everything lies in an empty scope.
bool in_scope(const std::string& name, const std::string& scope);

}  // namespace tensorkeep::train
