#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto/control_flow.pb.h"

namespace tensorkeep {

class CondContext;
class WhileContext;

// A branch of a cond or the body of a while_loop as TensorFlow 1 builds them: it knows which
// tensors are inside, and lets those from outside in (through a Switch into a branch, an Enter into
// a loop) when an operation made in it takes them. Graph::add_operation asks the context of the
// moment; a context stays with its operations, for gradients and MetaGraphs need it.
class ControlFlowContext : public CollectionObject {
 public:
  ControlFlowContext(const ControlFlowContext&) = delete;
  ControlFlowContext& operator=(const ControlFlowContext&) = delete;

  std::string name() const override { return name_; }
  Graph& graph() const { return graph_; }
  ControlFlowContext* outer() const { return outer_; }
  virtual CondContext* as_cond() { return nullptr; }
  virtual WhileContext* as_while() { return nullptr; }
  // This or the closest loop around it; null if there is none.
  WhileContext* while_context();
  // What operations without inputs wait for; null while a loop has not got that far.
  virtual Operation* control_pivot() const = 0;

  // Everything made between them is in this context; pairs of them nest.
  void enter();
  void exit();

  // Takes in an operation that was made in this context: its inputs become such as are inside.
  virtual void add_op(Operation& op) = 0;
  // `value` as it is known inside.
  virtual Output add_value(const Output& value) = 0;
  // Says that `value` is known inside already.
  void add_name(const Output& value) { values_.insert(value.name()); }
  // The values are known to the context around this one.
  void exit_result(const std::vector<Output>& values);

  // Names lose `export_scope`; empty if the context lies elsewhere.
  std::string to_proto_bytes(const std::string& export_scope) const final;
  // The bytes it was made from: given again as they came as long as they still say the same.
  void remember_bytes(std::string original);
  virtual void to_proto(const std::string& export_scope,
                        proto::ControlFlowContextDef& def) const = 0;

 protected:
  // A context inside the one that the graph is in.
  ControlFlowContext(Graph& graph, std::string name);
  // Makes it the graph's, and known to the context around it.
  static void keep(std::shared_ptr<ControlFlowContext> context);

  using Operations = std::vector<Operation*>;
  // Takes away the control inputs that are outside of the loop this is in. Gives those inside and
  // those outside.
  std::pair<Operations, Operations> remove_external_control_edges(Operation& op);

  static std::string without_scope(const std::string& name, const std::string& scope);
  void to_proto(const std::string& export_scope, proto::ValuesDef& def) const;
  template <typename ContextDef>
  void nested_to_proto(const std::string& export_scope, ContextDef& def) const {
    for (const ControlFlowContext* nested : nested_) {
      nested->to_proto(export_scope, *def.add_nested_contexts());
    }
  }
  // The values of a message whose names are this graph's (their operations are of this context),
  // and the contexts inside. Throws NotFoundError for names that are not in the graph; then no
  // operation is of these contexts.
  void from_proto(const proto::ValuesDef& def,
                  const google::protobuf::RepeatedPtrField<proto::ControlFlowContextDef>& nested,
                  bool renames_frames);

  bool knows(const Output& value) const { return values_.contains(value.name()); }
  // The outputs are known inside, and to all contexts around this one.
  void see_outputs(const Operation& op);
  // How `value`, which comes from outside, is called inside; `value` if it is inside.
  Output inside(const Output& value) const;

  Graph& graph_;
  std::string name_;
  ControlFlowContext* outer_;
  std::vector<ControlFlowContext*> nested_;
  std::set<std::string> values_;  // names, for a message may know more than the graph
  std::map<std::string, Output> external_values_;
  std::vector<ControlFlowContext*> entered_from_;

 private:
  std::string canonical_bytes(const std::string& export_scope) const;

  std::string original_bytes_;
  std::string bytes_at_import_;
};

// Inside a context while this lives; a null context changes nothing.
class InContext {
 public:
  explicit InContext(ControlFlowContext* context) : context_(context) {
    if (context_ != nullptr) context_->enter();
  }
  ~InContext() {
    if (context_ != nullptr) context_->exit();
  }
  InContext(const InContext&) = delete;
  InContext& operator=(const InContext&) = delete;

 private:
  ControlFlowContext* context_;
};

// Back where the context was entered from while this lives.
class OutOfContext {
 public:
  explicit OutOfContext(ControlFlowContext& context) : context_(context) { context_.exit(); }
  ~OutOfContext() { context_.enter(); }
  OutOfContext(const OutOfContext&) = delete;
  OutOfContext& operator=(const OutOfContext&) = delete;

 private:
  ControlFlowContext& context_;
};

namespace control_flow {

bool is_switch(const Operation& op);
bool is_merge(const Operation& op);
bool is_enter(const Operation& op);
bool is_exit(const Operation& op);
bool is_next(const Operation& op);  // NextIteration
// An Enter of what does not change from iteration to iteration.
bool is_constant_enter(const Operation& op);
// A Switch of a loop's variable, not of a cond inside the loop.
bool is_loop_switch(const Operation& op);
// The constant Enter that `value` comes from unchanged; null if it does not.
Operation* constant_enter_of(const Output& value);

// Where an operation's outputs are: for an Exit outside of its loop.
ControlFlowContext* output_context(const Operation& op);
WhileContext* while_context(const Operation& op);
// Whether `maybe_around` is `context` or lies around it; null is around everything.
bool contains(const ControlFlowContext* maybe_around, const ControlFlowContext* context);

// Throws InvalidArgumentError (ValueError) "Cannot use 'x' as input to 'y' because 'x' is in a
// while loop." if an operation called `name` made in `context` cannot take the output of `input`.
void check_input(const Operation& op, const std::string& name, const Operation& input);

// `data` on output `!!pred` alone: a RefSwitch for a reference. Beside `data`.
Operation* switch_ref_or_tensor(const Output& data, const Output& pred,
                                const std::string& name = "Switch");
// The one of the values that is there: Merge, or RefMerge if all are references.
Output merge(const std::vector<Output>& values, const std::string& name = "");
// Identity, NextIteration or Exit, or their forms for a reference.
Output identity(const Output& value, const std::string& name = "");
Output next_iteration(const Output& value);
Output exit(const Output& value, const std::string& name = "");

}  // namespace control_flow
}  // namespace tensorkeep
