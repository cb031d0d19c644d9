#pragma once

#include <string>

#include "tensorkeep/saveable_object.h"
#include "tensorkeep/variable.h"

// Variables as saveable objects.
namespace tensorkeep::train {

// Whether the tensor stands for a variable: the reference of one, or what a ReadVariableOp reads.
bool is_tensor_of_variable(const Output& tensor);
// The name of that variable.
std::string name_of_variable(const Output& tensor);

// A whole variable, saved as `name`.
Saveable saveable_of_variable(Output tensor, const std::string& name);
// A variable that is a slice of a tensor called `name`. Throws InvalidArgumentError (ValueError) if
// it knows of no slice.
Saveable saveable_of_slice(const Variable& part, const std::string& name);

}  // namespace tensorkeep::train
