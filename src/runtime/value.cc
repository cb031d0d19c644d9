#include "runtime/value.h"

#include <fmt/format.h>

#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {

Tensor VariableCell::read() const {
  const std::lock_guard guard(mutex_);
  if (!value_.valid()) fail_uninitialized();
  return value_;
}

bool VariableCell::initialized() const {
  const std::lock_guard guard(mutex_);
  return value_.valid();
}

void VariableCell::write(Tensor value) {
  // What was fed lies in memory of the caller's, who may write there after the run.
  if (value.buffer() != nullptr && !value.buffer()->writable()) value.mutable_raw_data();
  const std::lock_guard guard(mutex_);
  value_ = std::move(value);
}

void VariableCell::fail_uninitialized() const {
  throw errors::FailedPreconditionError(
      fmt::format("Attempting to use uninitialized value {}", name_), {.node = name_});
}

}  // namespace tensorkeep::runtime
