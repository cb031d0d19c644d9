#include "ops/indexed_rows.h"
#include "ops/loop_gradient.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// The gradient of what does not change in a loop is the sum over its iterations.
namespace tensorkeep::ops {
namespace {

Output zero_constant(DType dtype, const Shape& shape, const std::string& name) {
  return constant(0, {.dtype = dtype, .shape = shape, .name = name});
}

// The shape of a row: a resource's is that of the variable it points to.
Input row_shape(const Output& table) {
  const auto& handle = table.op().handle_data(table.index());
  if (base_dtype(table.dtype()) == resource && handle && handle->shape.rank_known() &&
      handle->shape.rank() > 0) {
    const auto& dims = handle->shape.dims();
    return Shape(std::vector<std::int64_t>(dims.begin() + 1, dims.end()));
  }
  return getitem(shape(table, {.optimize = false}), {Span{.begin = 1}});
}

}  // namespace

// Of the right shape, for a loop may run no iteration at all. Called outside of the loop.
Output LoopGradient::zeros_of_invariant(Operation& enter, const Output& gradient) {
  const DType dtype = base_dtype(gradient.dtype());
  ControlFlowContext* const around = grad_->outer();
  if (gradient.shape().fully_defined()) {
    const InContext inside(around);
    return zero_constant(dtype, gradient.shape(), "b_acc");
  }
  const Output value = enter.input(0);
  WhileContext* const loop_around = around == nullptr ? nullptr : around->as_while();
  if (outer_ == nullptr || loop_around == nullptr || loop_around->history() == nullptr) {
    const InContext inside(around);
    return zeros(shape(value, {.optimize = false}), dtype);
  }
  Output dimensions;
  {
    const InContext inside(forward_->outer());
    dimensions = shape(value, {.optimize = false});
  }
  const Output stack = outer_->add_forward_accumulator(dimensions);
  const InContext inside(around);
  return zeros(outer_->add_backprop_value(stack, dimensions), dtype);
}

// acc = 0; while (pivot) acc += gradient;
Gradient LoopGradient::add_accumulator(Operation& enter, const Gradient& gradient) {
  if (gradient.is_slices()) return add_slices_accumulator(enter, gradient.slices());
  Output zero;
  {
    const OutOfContext outside(*grad_);
    zero = zeros_of_invariant(enter, gradient.tensor());
  }
  grad_->add_name(zero);
  const Output entered = grad_->enter_value(zero, /*is_constant=*/false, "b_acc");
  grad_->loop_enters.push_back(entered);
  const Output merged = control_flow::merge({entered, entered}, "b_acc");
  Operation* const fork = OpBuilder("Switch").input(merged).input(grad_->pivot).build();
  const Output sum = add(fork->output(1), gradient.tensor());
  merged.op().set_input(1, control_flow::next_iteration(sum));
  const Output result = control_flow::exit(fork->output(0), "b_acc");
  grad_->loop_exits.push_back(result);
  grad_->exit_result({result});
  return result;
}

// One row of zeros at index 0: indices, values, and the shape if there is one. Called outside of
// the loop.
std::vector<Output> LoopGradient::zero_slices(Operation& enter, const IndexedSlices& slices) {
  const InContext inside(grad_->outer());
  const DType dtype = base_dtype(slices.values.dtype());
  Output values;
  if (slices.values.shape().fully_defined()) {
    std::vector<std::int64_t> dims = slices.values.shape().dims();
    dims[0] = 1;
    values = zero_constant(dtype, Shape(dims), "b_acc");
  } else {
    values = zeros(concat({Literal{1}, row_shape(enter.input(0))}, 0), dtype);
  }
  std::vector<Output> result{const_of(Literal{0}, slices.indices.dtype()), values};
  if (!slices.dense_shape) return result;
  if (slices.dense_shape.shape().fully_defined()) {
    result.push_back(
        zero_constant(slices.dense_shape.dtype(), slices.dense_shape.shape(), "Const"));
  } else {
    const Output dimensions =
        shape(enter.input(0), {.out_type = slices.dense_shape.dtype(), .optimize = false});
    result.push_back(zeros_like(dimensions, {.optimize = false}));
  }
  return result;
}

// The rows of all iterations, one after the other.
Gradient LoopGradient::add_slices_accumulator(Operation& enter, const IndexedSlices& slices) {
  std::vector<Output> start;
  {
    const OutOfContext outside(*grad_);
    start = zero_slices(enter, slices);
  }
  for (const Output& value : start) grad_->add_name(value);
  std::vector<Output> entered;
  for (const Output& value : start) {
    entered.push_back(
        grad_->enter_value(value, /*is_constant=*/false, "b_acc", /*use_shape=*/false));
  }
  entered[0].set_shape({None});
  if (start[1].shape().rank_known()) {
    std::vector<std::int64_t> dims = start[1].shape().dims();
    dims[0] = None;
    entered[1].set_shape(Shape(dims));
  }
  grad_->loop_enters.insert(grad_->loop_enters.end(), entered.begin(), entered.end());
  std::vector<Output> merged;
  for (const Output& value : entered)
    merged.push_back(control_flow::merge({value, value}, "b_acc"));
  std::vector<Operation*> forks;
  for (const Output& value : merged) {
    forks.push_back(OpBuilder("Switch").input(value).input(grad_->pivot).build());
  }
  std::vector<Output> grown{concat({forks[0]->output(1), slices.indices}, 0),
                            concat({forks[1]->output(1), slices.values}, 0)};
  if (forks.size() > 2) grown.push_back(maximum(slices.dense_shape, forks[2]->output(1)));
  std::vector<Output> next;
  for (const Output& value : grown) next.push_back(control_flow::next_iteration(value));
  for (std::size_t i = 0; i < next.size(); ++i) merged[i].op().set_input(1, next[i]);
  std::vector<Output> exits;
  for (const Operation* fork : forks) exits.push_back(control_flow::exit(fork->output(0), "b_acc"));
  grad_->loop_exits.insert(grad_->loop_exits.end(), exits.begin(), exits.end());
  grad_->exit_result(exits);
  return IndexedSlices{exits[1], exits[0], exits.size() > 2 ? exits[2] : Output()};
}

}  // namespace tensorkeep::ops
