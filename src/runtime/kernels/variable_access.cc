#include "runtime/kernels/variable_access.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {

void fail_uninitialized(const KernelContext& context, int input) {
  const VariableCell& cell = context.variable(input);
  if (context.input_value(input).is_ref) cell.fail_uninitialized();
  throw errors::FailedPreconditionError(
      fmt::format("Could not find variable {}. This could mean that the variable has been deleted. "
                  "In TF1, it can also mean the variable is uninitialized. Run its initializer or "
                  "restore it first.",
                  cell.name()),
      {.node = context.op().name()});
}

LockedVariables::LockedVariables(KernelContext& context, const std::vector<int>& inputs) {
  for (const int input : inputs) cells_.push_back(&context.variable(input));
  // In one order everywhere, and each once, so that no two kernels wait for each other.
  std::vector<VariableCell*> ordered = cells_;
  std::sort(ordered.begin(), ordered.end());
  ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
  for (VariableCell* cell : ordered) locks_.push_back(cell->lock());
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i]->value().valid()) continue;
    locks_.clear();
    fail_uninitialized(context, inputs[i]);
  }
}

void forward_reference(KernelContext& context) {
  if (context.num_outputs() > 0) context.set_output(0, context.input_value(0));
}

}  // namespace tensorkeep::runtime
