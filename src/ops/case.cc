#include <fmt/format.h>

#include "ops/array_util.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"

// tf.case: conds, each in the false branch of the one before.
namespace tensorkeep {
namespace {

using Cases = std::vector<std::pair<Output, BranchFunction>>;

Output stacked_predicates(const Cases& cases) {
  std::vector<Input> predicates;
  for (const auto& [predicate, function] : cases) predicates.emplace_back(predicate);
  return stack(predicates, {.name = "preds_c"});
}

Operation* assert_at_most(std::int64_t count, const Cases& cases, const std::string& message) {
  const Output predicates = stacked_predicates(cases);
  const Output number = reduce_sum(cast(predicates, int32), {.name = "num_true_conds"});
  const Output holds = less_equal(number, ops::const_of(count, int32, "n_true_conds"));
  std::string names;
  for (const auto& [predicate, function] : cases) {
    names += (names.empty() ? "" : ", ") + predicate.name();
  }
  return Assert(
      holds,
      {fmt::format("{}: more than {} conditions ({}) evaluated as True:", message, count, names),
       predicates},
      {.summarize = static_cast<int>(cases.size())});
}

// Without a default one of the predicates has to hold: the last is taken, and checked.
BranchFunction checked_default(const Cases& cases) {
  return [cases] {
    Cases others = cases;
    others.pop_back();
    const std::string message = fmt::format(
        "Implementation error: selected default action #{} was called, but some of "
        "other predicates are True: ",
        others.size());
    const Output predicates = stacked_predicates(cases);
    Operation* const none = assert_at_most(0, others, message);
    Operation* const last = Assert(
        cases.back().first, {"Input error: None of conditions evaluated as True:", predicates});
    const ControlDependencies checked(predicates.graph(), {none, last});
    return cases.back().second();
  };
}

}  // namespace

Outputs case_(const Cases& pred_fn_pairs, const CaseOptions& options) {
  if (pred_fn_pairs.empty()) {
    errors::raise_value_error("case_ needs at least one predicate with its function.");
  }
  std::vector<Input> predicates;
  for (const auto& [predicate, function] : pred_fn_pairs) predicates.emplace_back(predicate);
  const ops::OpScope scope(predicates, options.name, "case");
  Graph& graph = get_default_graph();
  Cases cases = pred_fn_pairs;
  BranchFunction function = options.default_fn;
  if (!function) {
    function = checked_default(cases);
    cases.pop_back();
  }
  const Cases checked = cases;
  for (; !cases.empty(); cases.pop_back()) {
    function = [predicate = cases.back().first, if_true = cases.back().second,
                if_false = std::move(function)] {
      return Returned(cond(predicate, if_true, if_false));
    };
  }
  std::vector<Operation*> checks;
  if (options.exclusive) {
    checks.push_back(assert_at_most(1, checked, "Input error: exclusive=True"));
  }
  const ControlDependencies after(graph, checks);
  Outputs results;
  const Returned returned = function();
  for (const Returned::Item& item : returned.items()) results.push_back(item.value.to_tensor(""));
  return results;
}

}  // namespace tensorkeep
