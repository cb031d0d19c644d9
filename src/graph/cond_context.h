#pragma once

#include <memory>
#include <string>

#include "graph/control_flow_context.h"

namespace tensorkeep {

// One branch of a cond.
class CondContext final : public ControlFlowContext {
 public:
  // Branch 1 is taken if `pred` is true; `pivot` is what there is only then.
  static std::shared_ptr<CondContext> make(const Output& pred, const Output& pivot, int branch);
  // From a message whose names are in the graph, as a message is made at export. Throws
  // NotFoundError for a name that is not in the graph, InvalidArgumentError (ValueError) for what
  // is no name or no branch. `renames_frames`: of the loops inside.
  static std::shared_ptr<CondContext> make(Graph& graph, const proto::CondContextDef& def,
                                           bool renames_frames);

  CondContext* as_cond() override { return this; }
  const Output& pred() const { return pred_; }
  const Output& pivot() const { return pivot_; }
  int branch() const { return branch_; }
  Operation* control_pivot() const override { return &pivot_.op(); }

  void add_op(Operation& op) override;
  Output add_value(const Output& value) override;
  // A tensor that the branch returns: a Switch if it comes from outside.
  Output process_output(const Output& value);

  using ControlFlowContext::to_proto;
  void to_proto(const std::string& export_scope, proto::ControlFlowContextDef& def) const override;

 private:
  using ControlFlowContext::ControlFlowContext;

  Output value_around(const Output& value);

  Output pred_;
  Output pivot_;
  int branch_ = 0;
};

}  // namespace tensorkeep
