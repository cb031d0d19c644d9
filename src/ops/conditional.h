#pragma once

#include <array>

#include "tensorkeep/proto/control_flow.pb.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::ops {

enum class Branch { kFalse, kTrue };

// One conditional of TensorFlow 1, in the scope that is open when it is made: a Switch lets values
// into the branch that is taken, a Merge takes the value of that branch. A MetaGraphDef carries a
// description of each branch. Branches are made first kTrue, then kFalse.
class Conditional {
 public:
  explicit Conditional(const Output& predicate);

  // What a branch's operations without inputs have to wait for.
  const Output& pivot(Branch branch) const { return at(branch).pivot; }
  const Output& predicate() const { return predicate_; }

  // `outside` as the branch sees it: a Switch in the scope that is open, beside `with`, which is
  // the operation of `outside` if null. A reference stays one.
  Output enter(Branch branch, const Output& outside, Operation* with = nullptr);
  // Every operation made in the branch must be added, except those of enter().
  void add(Branch branch, Operation& op);
  // The value of the branch that is taken; ends the conditional.
  Output merge(const Output& if_false, const Output& if_true);

 private:
  struct Side {
    Output pivot;
    proto::CondContextDef def;
  };
  Side& at(Branch branch) { return sides_[static_cast<std::size_t>(branch)]; }
  const Side& at(Branch branch) const { return sides_[static_cast<std::size_t>(branch)]; }
  void begin(Branch branch, const Output& pivot);

  Graph& graph_;
  Output predicate_;
  std::array<Side, 2> sides_;
};

}  // namespace tensorkeep::ops
