#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "tensorkeep/tensor.h"

namespace tensorkeep::runtime {

// Something a session owns by name: a variable, a table, what an operation remembers.
class Resource {
 public:
  virtual ~Resource() = default;
};

// The memory of a variable, for reference (VariableV2) and resource (VarHandleOp) variables alike.
// The lock guards `value`; a reader copies the Tensor under it, which shares the buffer, and a
// writer that goes through mutable_data() leaves such readers their old values.
class VariableCell : public Resource {
 public:
  VariableCell(std::string name, DType dtype) : name_(std::move(name)), dtype_(dtype) {}

  const std::string& name() const { return name_; }
  DType dtype() const { return dtype_; }
  // Throws FailedPreconditionError "Attempting to use uninitialized value x".
  Tensor read() const;
  bool initialized() const;
  void write(Tensor value);

  // For updates in place: hold the lock while touching value().
  std::unique_lock<std::mutex> lock() const { return std::unique_lock(mutex_); }
  Tensor& value() { return value_; }
  [[noreturn]] void fail_uninitialized() const;

 private:
  std::string name_;
  DType dtype_;
  mutable std::mutex mutex_;
  Tensor value_;  // not valid() until initialised
};

// What flows along an edge: a tensor; or a reference to a variable's memory; or a resource handle.
struct Value {
  Tensor tensor;
  std::shared_ptr<Resource> resource;  // for references and handles
  bool is_ref = false;
};

}  // namespace tensorkeep::runtime
