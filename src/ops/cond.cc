#include <fmt/format.h>

#include "graph/cond_context.h"
#include "graph/shape_inference.h"
#include "ops/op_scope.h"
#include "ops/returned.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"

// tf.cond of TensorFlow 1: Switch and Merge.
namespace tensorkeep {
namespace {

struct BranchResult {
  Returned original;
  std::vector<Output> tensors;  // as they leave the branch
};

// An operation's place is taken by the pivot after it.
Output leave(CondContext& context, const Returned::Item& item) {
  if (item.op != nullptr) return with_dependencies({item.op}, context.pivot());
  return context.process_output(item.value.to_tensor(""));
}

BranchResult build_branch(CondContext& context, const BranchFunction& function, const char* name) {
  const InContext inside(&context);
  BranchResult result;
  result.original = function();
  if (result.original.is_none()) {
    errors::raise_value_error(fmt::format("'{}' must have a return value.", name));
  }
  for (const Returned::Item& item : result.original.items()) {
    result.tensors.push_back(leave(context, item));
  }
  context.exit_result(result.tensors);
  return result;
}

void check_branches(const BranchResult& if_true, const BranchResult& if_false) {
  ops::check_same_structure(if_true.original, if_false.original, /*unpacks=*/true);
  if (if_true.tensors.empty()) {
    errors::raise_value_error("'true_fn' and 'false_fn' must return at least one result.");
  }
  for (std::size_t i = 0; i < if_true.tensors.size(); ++i) {
    const DType a = if_true.tensors[i].dtype();
    const DType b = if_false.tensors[i].dtype();
    if (base_dtype(a) == base_dtype(b)) continue;
    errors::raise_value_error(
        fmt::format("Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received {} "
                    "from 'true_fn' and {} from 'false_fn'.",
                    name_of(a), name_of(b)));
  }
}

}  // namespace

Outputs cond(const Input& pred, const BranchFunction& true_fn, const BranchFunction& false_fn,
             const Name& name) {
  const ops::OpScope scope({pred}, name.name, "cond");
  if (pred.is_literal() && pred.literal().to_tensor().dtype() == boolean) {
    errors::raise_type_error("'pred' must not be a Python bool.");
  }
  Graph& graph = get_default_graph();
  Operation* fork = nullptr;
  {
    const NameScope of_switch(graph, "Switch");
    const Output data = pred.to_tensor("data", std::nullopt, std::nullopt, /*as_ref=*/true);
    const Output chooses = pred.to_tensor("pred");
    fork = OpBuilder("Switch", of_switch.name()).input(data).input(chooses).build();
  }
  const Output pivot_true = OpBuilder("Identity", "switch_t").input(fork->output(1)).output();
  const Output pivot_false = OpBuilder("Identity", "switch_f").input(fork->output(0)).output();
  const Output predicate = OpBuilder("Identity", "pred_id").input(pred).output();
  for (Operation* op : {fork, &pivot_true.op(), &pivot_false.op(), &predicate.op()}) {
    op->prevent_fetching();
  }
  const auto context_true = CondContext::make(predicate, pivot_true, 1);
  const BranchResult if_true = build_branch(*context_true, true_fn, "true_fn");
  const auto context_false = CondContext::make(predicate, pivot_false, 0);
  const BranchResult if_false = build_branch(*context_false, false_fn, "false_fn");
  check_branches(if_true, if_false);

  Outputs merged;
  for (std::size_t i = 0; i < if_true.tensors.size(); ++i) {
    merged.push_back(control_flow::merge({if_false.tensors[i], if_true.tensors[i]}));
  }
  if (context_true->outer() == nullptr) {  // what is nested lies in the messages of the others
    graph.add_to_collection(GraphKeys::COND_CONTEXT, context_true);
    graph.add_to_collection(GraphKeys::COND_CONTEXT, context_false);
  }
  return merged;
}

Outputs smart_cond(const Input& pred, const BranchFunction& true_fn, const BranchFunction& false_fn,
                   const Name& name) {
  const std::optional<Tensor> known =
      pred.is_literal() ? pred.literal().to_tensor() : constant_value(pred.to_tensor("pred"));
  if (!known) return cond(pred, true_fn, false_fn, name);
  const Returned result = known->value<bool>() ? true_fn() : false_fn();
  Outputs tensors;
  for (const Returned::Item& item : result.items()) {
    if (item.op != nullptr) {
      errors::raise_type_error(fmt::format(
          "A branch of smart_cond returns the operation '{}'; it has to return tensors.",
          item.op->name()));
    }
    tensors.push_back(item.value.to_tensor(""));
  }
  return tensors;
}

}  // namespace tensorkeep
