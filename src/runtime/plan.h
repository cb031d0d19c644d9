#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/kernel.h"

namespace tensorkeep::runtime {

// What a run is asked for.
struct Request {
  std::vector<Output> feeds;
  std::vector<Output> fetches;
  std::vector<Operation*> targets;  // run for their effect
};

// The kernel of an operation, made once per session (random operations keep their state in it).
using KernelSource = std::function<std::shared_ptr<const Kernel>(const Operation&)>;

// A request compiled: only the operations it needs, in an order that respects every dependency,
// with the values between them numbered. What follows from constants is computed while compiling.
// Immutable; run() may be called from many threads.
class Plan {
 public:
  // Throws UnimplementedError naming every operation that lacks a kernel.
  Plan(const Request& request, const KernelSource& kernels, ResourceManager& resources);

  // `feeds` in the request's order; returns the fetches in the request's order.
  std::vector<Tensor> run(const std::vector<Tensor>& feeds, ResourceManager& resources,
                          const RunOptions& options) const;

  std::size_t num_steps() const { return steps_.size(); }

 private:
  struct Step {
    const Operation* op;
    std::shared_ptr<const Kernel> kernel;
    std::vector<int> inputs;           // >= 0: a value of the run; < 0: constants_[-1 - i]
    std::unique_ptr<bool[]> by_value;  // whether a reference has to be read first
    std::unique_ptr<bool[]> last_use;
    std::vector<int> released;  // values nobody needs after this step
    int first_output;
  };
  class Compiler;

  void run_step(const Step& step, std::vector<Value>& values, std::vector<Value>& scratch,
                ResourceManager& resources, const RunOptions& options) const;
  Value& value_at(int slot, std::vector<Value>& values) const;

  std::vector<Step> steps_;
  mutable std::vector<Value> constants_;  // never written after compiling
  std::vector<int> feed_slots_;
  std::vector<int> fetch_slots_;
  int num_values_ = 0;
  std::size_t max_inputs_ = 0;
};

}  // namespace tensorkeep::runtime
