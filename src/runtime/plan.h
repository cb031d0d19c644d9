#pragma once

#include <span>
#include <vector>

#include "runtime/program.h"

namespace tensorkeep::runtime {

// A compiled request, ready to run. Immutable; run() may be called from many threads.
class Plan {
 public:
  // Throws what compile() throws.
  Plan(const Request& request, const KernelSource& kernels, ResourceManager& resources)
      : program_(compile(request, kernels, resources)) {}

  // `feeds` in the request's order; returns the fetches in the request's order. Throws what the
  // kernels throw, with the node's name, and InvalidArgumentError for a fetch in a branch that was
  // not taken.
  std::vector<Tensor> run(const std::vector<Tensor>& feeds, ResourceManager& resources,
                          const RunOptions& options) const;

 private:
  struct State;

  Value& value_at(int slot, State& state) const;
  void run_steps(std::span<const Step> steps, State& state) const;
  bool is_ready(const Step& step, State& state) const;
  void run_step(const Step& step, State& state) const;
  void run_kernel(const Step& step, State& state) const;
  void merge(const Step& step, State& state) const;
  void pass(const Step& step, State& state) const;
  void run_loop(const Loop& loop, State& state) const;

  Program program_;
};

}  // namespace tensorkeep::runtime
