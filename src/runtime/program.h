#pragma once

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

// One operation, or one loop with everything in it. A value's slot is >= 0 if it belongs to the
// run, and below 0 if it is a constant: Program::constants[-1 - slot]. A slot is empty before its
// value is made, once nobody needs it any more, and where the branch that makes it was not taken.
struct Step {
  enum class Kind {
    kKernel,
    kMerge,  // the first input that is there
    kPass,   // the input itself: Enter, NextIteration
    kExit,   // the input itself, and nothing is done if it is not there
    kLoop,
  };
  Kind kind = Kind::kKernel;
  const Operation* op = nullptr;
  std::shared_ptr<const Kernel> kernel;
  std::vector<int> inputs;
  std::unique_ptr<bool[]> by_value;  // whether a reference has to be read first
  std::unique_ptr<bool[]> last_use;
  std::vector<int> released;  // values nobody needs after this step
  int first_output = 0;
  int num_outputs = 0;
  // In branching programs: where the step tells whether it ran, and which others must have.
  int mark = -1;
  std::vector<int> controls;
  int loop = -1;
};

// A while loop: the operations of one frame (see TensorFlow's white paper of 2015, section 4.4).
struct Loop {
  std::vector<Step> enters;    // once, before all
  std::vector<Step> body;      // once an iteration
  std::vector<int> starts;     // entered for the first iteration alone
  std::vector<int> constants;  // entered for all
  std::vector<int> carried;    // handed to the next iteration; the loop ends when none is there
  std::vector<int> exits;
};

// A request compiled: only the operations it needs, in an order that respects every dependency.
// What follows from constants is computed while compiling.
struct Program {
  std::vector<Step> steps;
  std::vector<Loop> loops;
  mutable std::vector<Value> constants;  // never written after compiling
  std::vector<int> feed_slots;
  std::vector<int> fetch_slots;
  std::vector<Output> fetches;
  int num_values = 0;
  int num_marks = 0;
  std::size_t max_inputs = 0;
  bool branching = false;  // steps may not run, because an input is not there
};

// Throws UnimplementedError that names every operation without a kernel, or loops nested too deep;
// InvalidArgumentError for a cycle that is no loop, and for a placeholder that is not fed.
Program compile(const Request& request, const KernelSource& kernels, ResourceManager& resources);

}  // namespace tensorkeep::runtime
