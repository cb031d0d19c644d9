#pragma once

#include <string>

#include "tensorkeep/initializers.h"
#include "tensorkeep/variable.h"

// Slots: variables that accompany another, named after it and beside it: "w/Adam". As in
// TensorFlow, a slot made inside a variable scope has the scope's name before the primary's, which
// has it too: "scope/scope/w/Adam".
namespace tensorkeep::train {

// With the initial value `value`.
Variable create_slot(const Variable& primary, const Output& value, const std::string& name);
// With what the initializer makes of the primary's shape, which must be known.
Variable create_slot(const Variable& primary, const Initializer& initializer,
                     const std::string& name);
// Zeros of the primary's shape.
Variable create_zeros_slot(const Variable& primary, const std::string& name);
// Zeros of a tensor's shape and type: its average to be.
Variable create_zeros_slot(const Output& primary, const std::string& name);

}  // namespace tensorkeep::train
