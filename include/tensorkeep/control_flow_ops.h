#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"
#include "tensorkeep/returned.h"

namespace tensorkeep {

// Something to wait for: an operation, or the operation of a tensor.
class Dependency {
 public:
  Dependency(Operation* op) : op_(op) {}
  Dependency(Output tensor) : op_(&tensor.op()) {}
  Operation* op() const { return op_; }

 private:
  Operation* op_;
};

Operation* no_op(const Name& name = {});

// An operation that is done when all of `inputs` are; one NoOp for each device among them.
Operation* group(const std::vector<Dependency>& inputs, const Name& name = {});

struct TupleOptions {
  std::string name = {};
  std::vector<Dependency> control_inputs = {};
};
// The same tensors, each available only when all of them are. Null tensors stay null. Throws
// InvalidArgumentError (ValueError) if there is nothing to wait for.
std::vector<Output> tuple(const std::vector<Output>& tensors, const TupleOptions& options = {});

// `tensor`, available only after `dependencies`; a reference stays one.
Output with_dependencies(const std::vector<Dependency>& dependencies, Output tensor,
                         const Name& name = {});

struct AssertOptions {
  int summarize = 3;  // how many elements of each tensor the error shows; negative: all
  std::string name = {};
};
// An operation that fails with an InvalidArgumentError that shows `data` if `condition`, a scalar,
// is false. It must be run, or something made to depend on it.
Operation* Assert(const Input& condition, const std::vector<Input>& data,
                  const AssertOptions& options = {});

struct AssertEqualOptions {
  std::optional<std::string> message = std::nullopt;  // comes first in the error
  int summarize = 3;
  std::string name = {};
};
// An operation that fails if x and y differ anywhere; an InvalidArgumentError at once where the
// graph determines that they do.
Operation* assert_equal(const Input& x, const Input& y, const AssertEqualOptions& options = {});

// Builds one branch of a cond. What it makes runs only if the branch is taken.
using BranchFunction = std::function<Returned()>;

// What true_fn() returns where `pred`, a scalar, is true, and else what false_fn() returns:
//   Output y = tf::cond(tf::less(a, b), [&] { return a * 2; }, [&] { return b + 1; });
// Both are called once, while the graph is built, and return as many tensors of the same types; an
// operation stands for a boolean that is there when the operation is done. Tensors from outside
// that they use pass a Switch, the results a Merge, as TensorFlow 1 builds it.
// Throws InvalidArgumentError (ValueError) if the branches return nothing, or differ in number or
// types; (TypeError) if `pred` is a plain bool.
Outputs cond(const Input& pred, const BranchFunction& true_fn, const BranchFunction& false_fn,
             const Name& name = {});

// The same, without a cond where the graph determines `pred`: then only that branch is built.
// Throws InvalidArgumentError (TypeError) if such a branch returns an operation.
Outputs smart_cond(const Input& pred, const BranchFunction& true_fn, const BranchFunction& false_fn,
                   const Name& name = {});

struct CaseOptions {
  BranchFunction default_fn = {};  // without it, one of the predicates must hold
  bool exclusive = false;          // fails where more than one predicate holds
  std::string name = {};
};
// What the first function whose predicate holds returns, or else default_fn: nested conds.
Outputs case_(const std::vector<std::pair<Output, BranchFunction>>& pred_fn_pairs,
              const CaseOptions& options = {});

// The condition or the body of a while_loop: takes the loop's variables, as one vector or one by
// one, and returns a boolean scalar or the variables' next values.
class LoopFunction {
 public:
  template <typename F>
  requires(!std::is_same_v<std::decay_t<F>, LoopFunction>) LoopFunction(F function)
      : function_(adapt(std::move(function))) {}
  Returned operator()(const std::vector<Output>& variables) const { return function_(variables); }

 private:
  using Function = std::function<Returned(const std::vector<Output>&)>;
  static constexpr std::size_t kMaxArguments = 8;

  template <typename F, std::size_t... kIndices>
  static Function adapt_arguments(F function, std::index_sequence<kIndices...>) {
    if constexpr (std::is_invocable_v<F&, decltype((void)kIndices, Output())...>) {
      return [function = std::move(function)](const std::vector<Output>& variables) mutable {
        check_count(variables, sizeof...(kIndices));
        return Returned(function(variables[kIndices]...));
      };
    } else {
      static_assert(sizeof...(kIndices) < kMaxArguments,
                    "takes no tensors, or too many one by one");
      return adapt_arguments(std::move(function),
                             std::make_index_sequence<sizeof...(kIndices) + 1>());
    }
  }
  template <typename F>
  static Function adapt(F function) {
    if constexpr (std::is_invocable_v<F&, const std::vector<Output>&>) {
      return [function = std::move(function)](const std::vector<Output>& variables) mutable {
        return Returned(function(variables));
      };
    } else {
      return adapt_arguments(std::move(function), std::make_index_sequence<1>());
    }
  }
  // Throws InvalidArgumentError (TypeError) unless there are `wanted`.
  static void check_count(const std::vector<Output>& variables, std::size_t wanted);

  Function function_;
};

struct WhileLoopOptions {
  // What of each variable's shape stays the same in all iterations; all of it if there are none.
  std::vector<Shape> shape_invariants = {};
  std::int64_t parallel_iterations = 10;  // TensorFlow's executor obeys it
  bool back_prop = true;                  // whether gradients flow through
  bool swap_memory = false;
  std::string name = {};
  Input maximum_iterations = {};
};

// The variables' values when cond() no longer holds, each iteration replacing them by what body()
// returns:
//   Output n = tf::while_loop([](Output i) { return tf::less(i, 10); },
//                             [](Output i) { return i + 1; }, {0});
// Both functions are called once, while the graph is built. Tensors from outside that they use pass
// an Enter, as TensorFlow 1 builds it.
// Throws InvalidArgumentError (ValueError) if there are no variables, if the body returns another
// number or other types of them, or if a shape changes more than `shape_invariants` allow;
// (TypeError) if parallel_iterations is not positive or the condition no boolean tensor (`a < b` of
// tensors is a plain bool, which compares handles: write less(a, b)).
Outputs while_loop(const LoopFunction& cond, const LoopFunction& body,
                   const std::vector<Input>& loop_vars, const WhileLoopOptions& options = {});

}  // namespace tensorkeep
