#pragma once

#include <string>
#include <vector>

#include "tensorkeep/input.h"
#include "tensorkeep/variable_scope.h"

// Losses that keep the values of variables small, for get_variable and variable_scope.
namespace tensorkeep {

// No loss, where the scope has a regularizer.
Output no_regularizer(const Variable& variable);

namespace contrib::layers {
// scale * sum(|w|) and scale * sum(w^2) / 2. Throws InvalidArgumentError (ValueError) for a
// negative scale; 0 gives none.
Regularizer l1_regularizer(double scale, const std::string& scope = {});
Regularizer l2_regularizer(double scale, const std::string& scope = {});
}  // namespace contrib::layers

namespace losses {
// What is in REGULARIZATION_LOSSES, of variables whose loss's name begins with `scope`.
std::vector<Input> get_regularization_losses(const std::string& scope = {});
// Their sum; 0 if there are none.
Output get_regularization_loss(const std::string& scope = {},
                               const std::string& name = "total_regularization_loss");
}  // namespace losses

}  // namespace tensorkeep
