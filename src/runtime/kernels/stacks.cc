#include <fmt/format.h>

#include <mutex>
#include <vector>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Stacks of tensors: what the gradients of a loop keep of its iterations.
namespace tensorkeep::runtime {
namespace {

class Stack : public Resource {
 public:
  Stack(DType dtype, std::int64_t max_size, std::string name)
      : dtype_(dtype), max_size_(max_size), name_(std::move(name)) {}

  void push(const KernelContext& c, const Tensor& value) {
    const std::lock_guard guard(mutex_);
    check_open(c);
    if (max_size_ >= 0 && static_cast<std::int64_t>(values_.size()) >= max_size_) {
      c.fail(fmt::format("Stack[{}] overflowed its max_size ({})", name_, max_size_));
    }
    values_.push_back(value);
  }

  Tensor pop(const KernelContext& c) {
    const std::lock_guard guard(mutex_);
    check_open(c);
    if (values_.empty()) c.fail(fmt::format("Stack[{}] is empty when calling Pop().", name_));
    Tensor value = std::move(values_.back());
    values_.pop_back();
    return value;
  }

  void close() {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    values_.clear();
  }

  DType dtype() const { return dtype_; }

 private:
  void check_open(const KernelContext& c) const {
    if (closed_) c.fail(fmt::format("Stack[{}] has already been closed.", name_));
  }

  std::mutex mutex_;
  const DType dtype_;
  const std::int64_t max_size_;  // negative: none
  const std::string name_;
  std::vector<Tensor> values_;
  bool closed_ = false;
};

Stack& stack_of(KernelContext& c) {
  auto* const stack = dynamic_cast<Stack*>(c.input_value(0).resource.get());
  if (stack == nullptr) c.fail("input 0 is not a stack");
  return *stack;
}

Stack& stack_of(KernelContext& c, DType dtype) {
  Stack& stack = stack_of(c);
  if (stack.dtype() != dtype) {
    c.fail(
        fmt::format("Must have type {} but got {}", op_name_of(stack.dtype()), op_name_of(dtype)));
  }
  return stack;
}

Kernel make(const Operation& op) {
  std::string name = op.attr_string("stack_name");
  if (name.empty()) name = op.name();
  return [dtype = op.attr_dtype("elem_type"), name](KernelContext& c) {
    Value handle;
    handle.resource = std::make_shared<Stack>(dtype, integer(c, 0), name);
    c.set_output(0, std::move(handle));
  };
}

void push(KernelContext& c) {
  stack_of(c, c.input(1).dtype()).push(c, c.input(1));
  c.set_output(0, c.input(1));
}

Kernel pop(const Operation& op) {
  return [dtype = op.attr_dtype("elem_type")](KernelContext& c) {
    c.set_output(0, stack_of(c, dtype).pop(c));
  };
}

void close(KernelContext& c) {
  stack_of(c).close();
}

void trigger(KernelContext&) {}

}  // namespace

void register_stack_kernels(KernelRegistry& registry) {
  registry.add("StackV2", make);
  registry.add_function("StackPushV2", push);
  registry.add("StackPopV2", pop);
  registry.add_function("StackCloseV2", close);
  registry.add_function("ControlTrigger", trigger);
}

}  // namespace tensorkeep::runtime
