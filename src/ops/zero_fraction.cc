#include <limits>

#include "graph/op_builder.h"
#include "ops/conditional.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"

namespace tensorkeep::nn {
namespace {

using ops::Branch;

// How many elements are not zero, counted in `dtype` inside a branch.
Output count_nonzero(ops::Conditional& conditional, Branch branch, const Output& value,
                     DType dtype) {
  Graph& graph = value.graph();
  const std::size_t before = graph.operations().size();
  const ControlDependencies inside(graph, {&conditional.pivot(branch).op()});
  const NameScope scope(graph, "count_nonzero");
  const Output zero = zeros(Shape(), base_dtype(value.dtype()));
  Output differs;
  Output entered;
  {
    const NameScope comparison(graph, "NotEqual");
    entered = conditional.enter(branch, value);
    differs = not_equal(entered, zero, {comparison.name()});
  }
  const Output count = reduce_sum(cast(differs, dtype), {.name = "nonzero_count"});
  for (std::size_t i = before; i < graph.operations().size(); ++i) {
    Operation& op = *graph.operations()[i];
    if (&op != &entered.op()) conditional.add(branch, op);
  }
  return count;
}

}  // namespace

Output zero_fraction(const Input& value, const Name& name) {
  const ops::OpScope scope({value}, name.name, "zero_fraction");
  const Output tensor = value.to_tensor("value");
  const Output all = size(tensor, {.out_type = int64});
  const Output fits = less_equal(all, std::int64_t{std::numeric_limits<std::int32_t>::max()});
  Output nonzero;
  {
    const NameScope cond(tensor.graph(), "cond");
    ops::Conditional conditional(fits);
    const Output narrow = cast(count_nonzero(conditional, Branch::kTrue, tensor, int32), int64);
    conditional.add(Branch::kTrue, narrow.op());
    const Output wide = count_nonzero(conditional, Branch::kFalse, tensor, int64);
    nonzero = conditional.merge(wide, narrow);
  }
  Output fraction;
  {
    const NameScope counts(tensor.graph(), "counts_to_fraction");
    const Output zeros = cast(all - nonzero, float32);
    fraction = zeros / cast(all, float32);
  }
  return identity(fraction, {"fraction"});
}

}  // namespace tensorkeep::nn
