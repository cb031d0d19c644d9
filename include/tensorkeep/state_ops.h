#pragma once

#include <optional>
#include <string>

#include "tensorkeep/variable.h"

// Operations on variables as functions.
namespace tensorkeep {

struct AssignFunctionOptions {
  std::optional<bool> validate_shape = std::nullopt;  // true; reference variables only
  std::optional<bool> use_locking = std::nullopt;     // true; reference variables only
  std::string name = {};
};

Assigned assign(const Variable& ref, Input value, const AssignFunctionOptions& options = {});
// For resource variables the name is not used, as in TensorFlow.
Assigned assign_add(const Variable& ref, Input value, const AssignOptions& options = {});
Assigned assign_sub(const Variable& ref, Input value, const AssignOptions& options = {});
// The same on a reference tensor.
Output assign(Output ref, Input value, const AssignFunctionOptions& options = {});

// Assigns to a part of the variable: `slice` is the StridedSlice that getitem(ref, ...) made, and
// the value is broadcast to its shape.
Assigned assign_slice(const Variable& ref, const Operation& slice, Input value,
                      const Name& options = {});

Output is_variable_initialized(const Variable& ref, const Name& name = {});

// ref[indices] = / += / -= updates, row by row. use_locking is true for scatter_update, else false.
Assigned scatter_update(const Variable& ref, Input indices, Input updates,
                        const AssignOptions& options = {});
Assigned scatter_add(const Variable& ref, Input indices, Input updates,
                     const AssignOptions& options = {});
Assigned scatter_sub(const Variable& ref, Input indices, Input updates,
                     const AssignOptions& options = {});

// The variable as it is after `update`: an operation that made output 0 of a reference, or changed
// what a handle stands for.
Assigned updated(const Variable& ref, Operation* update);

}  // namespace tensorkeep
