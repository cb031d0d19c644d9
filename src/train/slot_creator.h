#pragma once

#include <string>

#include "tensorkeep/variable.h"

// Slots: variables that accompany another, named after it and beside it: "w/Adam".
namespace tensorkeep::train {

// With the initial value `value`; in any state of scopes, since slots are named from the root.
Variable create_slot(const Variable& primary, const Output& value, const std::string& name);
// Zeros of the primary's shape.
Variable create_zeros_slot(const Variable& primary, const std::string& name);
// Zeros of a tensor's shape and type, which must be known: its average to be.
Variable create_zeros_slot(const Output& primary, const std::string& name);

}  // namespace tensorkeep::train
