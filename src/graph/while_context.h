#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/control_flow_context.h"

namespace tensorkeep {

// What the context of a loop that computes gradients has to know of the loop it follows back.
class LoopHistory {
 public:
  virtual ~LoopHistory() = default;
  virtual WhileContext& forward_context() = 0;
  // The value that a tensor of the forward loop had in the iteration that is followed back.
  virtual Output real_value(const Output& value) = 0;
};

// A while_loop.
class WhileContext final : public ControlFlowContext {
 public:
  struct Options {
    Output maximum_iterations = {};
    std::int64_t parallel_iterations = 10;
    bool back_prop = true;
    bool swap_memory = false;
    std::string name = "while_context";
    std::shared_ptr<LoopHistory> history = nullptr;  // of a loop that computes gradients
  };
  // Throws InvalidArgumentError (ValueError) unless parallel_iterations is positive.
  static std::shared_ptr<WhileContext> make(Graph& graph, const Options& options);
  // From a message whose names are in the graph. Throws NotFoundError for a name that is not in the
  // graph. `renames_frames`: the loop's frame gets the context's name, which an import under a
  // scope has changed.
  static std::shared_ptr<WhileContext> make(Graph& graph, const proto::WhileContextDef& def,
                                            bool renames_frames);

  WhileContext* as_while() override { return this; }
  const Options& options() const { return options_; }
  LoopHistory* history() const { return options_.history.get(); }
  Operation* control_pivot() const override;

  void add_op(Operation& op) override;
  Output add_value(const Output& value) override;

  // An Enter into this loop. `use_shape`: of the shape of `value`.
  Output enter_value(const Output& value, bool is_constant, const std::string& name = "",
                     bool use_shape = true);
  // The Enters belong to this context, and wait for what they have to wait for outside.
  void fix_enters(const std::vector<Output>& enters);
  // Nothing but these is known inside.
  void initialize_values(const std::vector<Output>& values);

  // What building the loop finds out: the merged value that constants of the condition wait for,
  // the LoopCond, the value that those of the body wait for, and the loop's variables.
  Output pivot_for_pred;
  Output pivot;
  Output pivot_for_body;
  std::vector<Output> loop_enters;
  std::vector<Output> loop_exits;

  using ControlFlowContext::to_proto;
  void to_proto(const std::string& export_scope, proto::ControlFlowContextDef& def) const override;

 private:
  WhileContext(Graph& graph, std::string name, Options options)
      : ControlFlowContext(graph, std::move(name)), options_(std::move(options)) {}
  void take_op(Operation& op);
  void rename_frame();
  // An operation that depends on nothing but what does not change waits for the iteration.
  void bind_to_iteration(Operation& op);
  // The history's value of a tensor of the loop that is followed back; null for any other.
  Output value_of_history(const Output& value);
  bool keep_control_input(const Operation& op) const;

  Options options_;
};

}  // namespace tensorkeep
