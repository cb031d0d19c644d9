#include <algorithm>

#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// What is checked when a graph runs.
namespace tensorkeep {
namespace {

Operation* make_assert(const Input& condition, const std::vector<Input>& data, int summarize,
                       const std::string& name) {
  return OpBuilder("Assert", name)
      .input(condition)
      .inputs(data)
      .attr("summarize", summarize)
      .build();
}

// Data that might not be in the host's memory is fetched only where the check fails.
Operation* guarded_assert(const Output& condition, const std::vector<Input>& data, int summarize) {
  const Output done = cond(
      condition, [] { return no_op(); },
      [&] { return make_assert(condition, data, summarize, "Assert"); }, {"AssertGuard"});
  return &done.op();
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
  return make_assert(condition, data, options.summarize, "Assert");
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
namespace {

Gradients print_gradient(Operation& op, const std::vector<Output>& grads) {
  Gradients result(static_cast<std::size_t>(op.num_inputs()));
  result[0] = grads[0];
  return result;
}

}  // namespace

void register_check(OpRegistry& registry) {
  registry.add("Assert", {.shape = shape_fn::none, .not_differentiable = true});
  registry.add("Print", {.shape = shape_fn::unchanged, .gradient = print_gradient});
}

}  // namespace ops
}  // namespace tensorkeep
