#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"

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

}  // namespace tensorkeep
