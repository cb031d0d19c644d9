#pragma once

#include <mutex>
#include <vector>

#include "runtime/kernel.h"

namespace tensorkeep::runtime {

// The variables a kernel changes, locked until this goes out of scope. Throws
// FailedPreconditionError if one of them is not initialised.
class LockedVariables {
 public:
  LockedVariables(KernelContext& context, const std::vector<int>& inputs);
  Tensor& operator[](std::size_t i) { return cells_[i]->value(); }

 private:
  std::vector<VariableCell*> cells_;
  std::vector<std::unique_lock<std::mutex>> locks_;
};

// Throws FailedPreconditionError in TensorFlow's words for the kind of the variable at `input`.
[[noreturn]] void fail_uninitialized(const KernelContext& context, int input);

// Makes output 0, if there is one, the reference that came in as input 0.
void forward_reference(KernelContext& context);

}  // namespace tensorkeep::runtime
