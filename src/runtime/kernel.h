#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/value.h"
#include "tensorkeep/graph.h"
#include "tensorkeep/session.h"

namespace tensorkeep::runtime {

class ResourceManager;

// What a kernel sees of one execution. Inputs that the definition takes by value arrive as tensors,
// also where the edge carries a reference; by-reference and resource inputs as variables.
class KernelContext {
 public:
  KernelContext(const Operation& op, std::span<Value*> inputs, std::span<const bool> last_use,
                std::span<Value> outputs, ResourceManager& resources, const RunOptions& options)
      : op_(op),
        inputs_(inputs),
        last_use_(last_use),
        outputs_(outputs),
        resources_(resources),
        options_(options) {}

  const Operation& op() const { return op_; }
  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  int num_outputs() const { return static_cast<int>(outputs_.size()); }

  const Tensor& input(int index) const { return input_value(index).tensor; }
  const Shape& input_shape(int index) const { return input(index).shape(); }
  Value& input_value(int index) const { return *inputs_[static_cast<std::size_t>(index)]; }
  // The variable behind a reference or a handle. Throws InvalidArgumentError if it is none.
  VariableCell& variable(int index) const;

  void set_output(int index, Tensor tensor) {
    outputs_[static_cast<std::size_t>(index)].tensor = std::move(tensor);
  }
  void set_output(int index, Value value) {
    outputs_[static_cast<std::size_t>(index)] = std::move(value);
  }
  // An uninitialised tensor in the output; valid until the kernel returns.
  Tensor& allocate_output(int index, const Shape& shape);
  Tensor& allocate_output(int index, DType dtype, const Shape& shape);
  // The same, but in the memory of one of `candidates` if this is its last use and it is held by
  // nobody else: for element-wise kernels, which may write where they read. `input(i)` stays
  // readable (it shares the memory that is about to be overwritten).
  Tensor& forward_or_allocate(std::initializer_list<int> candidates, int index, const Shape& shape);

  ResourceManager& resources() const { return resources_; }
  const RunOptions& options() const { return options_; }

  // Throws InvalidArgumentError with the node's name attached.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  const Operation& op_;
  std::span<Value*> inputs_;
  std::span<const bool> last_use_;
  std::span<Value> outputs_;
  ResourceManager& resources_;
  const RunOptions& options_;
};

// One execution. Made once per plan, called from any thread, so what it captures must be immutable
// or guard itself.
using Kernel = std::function<void(KernelContext&)>;
// Reads the attributes once. Throws UnimplementedError for types it has no code for.
using KernelFactory = Kernel (*)(const Operation& op);

class KernelRegistry {
 public:
  static const KernelRegistry& global();
  // Throws InternalError if `name` is registered twice.
  void add(std::string_view name, KernelFactory factory);
  // For kernels without attributes: the function itself.
  void add_function(std::string_view name, void (*compute)(KernelContext&));
  bool has(std::string_view name) const { return makers_.contains(std::string(name)); }
  // Throws UnimplementedError naming the operation.
  Kernel make(const Operation& op) const;
  std::vector<std::string> names() const;

 private:
  std::unordered_map<std::string, std::function<Kernel(const Operation&)>> makers_;
};

// Calls f with a zero of one of Ts... that matches; throws UnimplementedError naming op and type.
template <typename First, typename... Rest, typename F>
auto dispatch(const Operation& op, DType dtype, F&& f) {
  if (dtype_of<First> == dtype) return f(First{});
  if constexpr (sizeof...(Rest) > 0) {
    return dispatch<Rest...>(op, dtype, f);
  } else {
    throw errors::UnimplementedError(
        "no kernel of operation '" + op.type() + "' for type " + name_of(dtype),
        {.node = op.name()});
  }
}

}  // namespace tensorkeep::runtime
