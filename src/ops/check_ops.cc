#include <algorithm>

#include "graph/op_builder.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/conditional.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"

// What is checked when a graph runs.
namespace tensorkeep {
namespace {

using ops::Branch;

Operation* make_assert(const Output& condition, const std::vector<Input>& data, int summarize,
                       const std::string& name) {
  return OpBuilder("Assert", name)
      .input(condition)
      .inputs(data)
      .attr("summarize", summarize)
      .build();
}

// The check in the branch that is taken when the condition does not hold.
Operation* failing_branch(ops::Conditional& conditional, const Output& condition,
                          const std::vector<Input>& data, int summarize) {
  Graph& graph = condition.graph();
  const NameScope scope(graph, "Assert");
  std::vector<Output> constants(data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!data[i].is_literal()) continue;
    const ControlDependencies inside(graph, {&conditional.pivot(Branch::kFalse).op()});
    constants[i] = data[i].to_tensor("data_" + std::to_string(i));
    conditional.add(Branch::kFalse, constants[i].op());
  }
  const Output false_condition = conditional.enter(Branch::kFalse, condition);
  std::vector<Input> shown;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Output made = constants[i];
    shown.push_back(made ? made : conditional.enter(Branch::kFalse, data[i].to_tensor("")));
  }
  return make_assert(false_condition, shown, summarize, scope.name());
}

// Data that might not be in the host's memory is fetched only where the check fails.
Operation* guarded_assert(const Output& condition, const std::vector<Input>& data, int summarize) {
  Graph& graph = condition.graph();
  const NameScope scope(graph, "AssertGuard");
  ops::Conditional conditional(condition);
  const auto finish = [&](Branch branch, Operation* last) {
    const Output done = with_dependencies({last}, conditional.pivot(branch));
    conditional.add(branch, done.op());
    return done;
  };
  Operation* nothing = nullptr;
  {
    const ControlDependencies inside(graph, {&conditional.pivot(Branch::kTrue).op()});
    nothing = no_op();
  }
  const Output passed = finish(Branch::kTrue, nothing);
  Operation* const check = failing_branch(conditional, condition, data, summarize);
  return &conditional.merge(finish(Branch::kFalse, check), passed).op();
}

}  // namespace

Operation* Assert(const Input& condition, const std::vector<Input>& data,
                  const AssertOptions& options) {
  std::vector<Input> inputs = data;
  inputs.push_back(condition);
  const ops::OpScope scope(inputs, options.name, "Assert");
  std::vector<Output> tensors;
  for (const Input& input : data) tensors.push_back(input.to_tensor("Const"));
  const bool on_host = std::all_of(tensors.begin(), tensors.end(), [](const Output& tensor) {
    const DType dtype = base_dtype(tensor.dtype());
    return dtype == DType::kString || dtype == int32;
  });
  if (!on_host) {
    return guarded_assert(condition.to_tensor("Condition"), data, options.summarize);
  }
  return OpBuilder("Assert", "Assert")
      .input(condition)
      .inputs(data)
      .attr("summarize", options.summarize)
      .build();
}

Operation* assert_equal(const Input& x, const Input& y, const AssertEqualOptions& options) {
  const char* const kName = "assert_equal";
  const auto as_default = graph_of({x, y}).as_default();
  { const ops::OpScope unused({x, y}, options.name, kName); }  // TensorFlow opens it twice
  const ops::OpScope scope({x, y}, options.name, kName);
  const Output a = x.to_tensor("x");
  const Output b = y.to_tensor("y");
  std::vector<Input> data;
  if (options.message) data.emplace_back(*options.message);
  data.emplace_back("Condition x == y did not hold element-wise:");
  data.emplace_back("x (" + a.name() + ") = ");
  data.emplace_back(a);
  data.emplace_back("y (" + b.name() + ") = ");
  data.emplace_back(b);
  const Output condition = reduce_all(equal(a, b));
  const auto known_a = constant_value(a);
  const auto known_b = constant_value(b);
  if (known_a && known_b) {
    const auto holds = fold_constant(condition);
    if (holds && !holds->value<bool>()) {
      std::string message = options.message ? *options.message + "\n" : "";
      message += "Condition x == y did not hold element-wise:\nx (" + a.name() + ") = \n" +
                 known_a->to_string() + "\ny (" + b.name() + ") = \n" + known_b->to_string();
      throw errors::InvalidArgumentError(message);
    }
  }
  return Assert(condition, data, {.summarize = options.summarize});
}

namespace ops {

void register_check(OpRegistry& registry) {
  registry.add("Assert", {.shape = shape_fn::none, .not_differentiable = true});
}

}  // namespace ops
}  // namespace tensorkeep
