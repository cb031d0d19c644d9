#include <fmt/format.h>

#include <algorithm>

#include "ops/array_util.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// Slices of a tensor or variable, named by coordinates: replaced, added to, compared with.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

// `mine` and `theirs` are the same dimensions, of the updates and of what `whose` calls.
void check_match(ShapeContext& c, const Shape& theirs, const Shape& mine,
                 const std::string& which) {
  if (theirs.compatible_with(mine)) return;
  c.fail(fmt::format("{} of updates[shape={}] = {}: Shapes {} and {} are not compatible", which,
                     c.input(2).debug_string(), mine.debug_string(), theirs.debug_string(),
                     mine.debug_string()));
}

// Updates have the shape of the indices but for the last dimension, and then that of a slice.
void check_updates(ShapeContext& c, const Shape& input) {
  const Shape indices = c.input_with_rank_at_least(1, 1);
  const Shape updates = c.input_with_rank_at_least(2, 1);
  if (input.rank_known() && indices.rank_known() && updates.rank_known() &&
      known_elements(input) == 0 && known_elements(indices) > 0 && known_elements(updates) > 0) {
    c.fail("Indices and updates specified for empty input");
  }
  if (!indices.rank_known() || !updates.rank_known()) return;
  const int outer = indices.rank() - 1;
  if (updates.rank() < outer) {
    c.fail(fmt::format("Shape must be at least rank {} but is rank {}", outer, updates.rank()));
  }
  check_match(
      c, part(indices, 0, outer), part(updates, 0, outer),
      fmt::format("Dimensions [0,{}) of indices[shape={}] = {} must match dimensions [0,{})", outer,
                  indices.debug_string(), part(indices, 0, outer).debug_string(), outer));
  const std::int64_t depth = indices.dim(outer);
  if (depth < 0 || !input.rank_known()) return;
  // Coordinates of more dimensions than there are fail only when they are used.
  const auto first = static_cast<int>(std::min<std::int64_t>(depth, input.rank()));
  const Shape slice = part(input, first, input.rank());
  check_match(
      c, slice, part(updates, outer, updates.rank()),
      fmt::format("Dimensions [{},{}) of input[shape={}] = {} must match dimensions [{},{})", depth,
                  input.rank(), input.debug_string(), slice.debug_string(), outer, updates.rank()));
}

void scatter_nd(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 1);
  check_updates(c, input);
  c.set_output(0, input);
}

void resource_scatter_nd(ShapeContext& c) {
  const auto data = c.input_handle(0);
  check_updates(c, data ? data->shape : Shape::unknown());
}

void resource_gather_nd(ShapeContext& c) {
  const auto data = c.input_handle(0);
  set_gathered_shape(c, data ? data->shape : Shape::unknown());
}

Gradients add_grad(Operation& op, const Grads& grads) {
  const Output of_updates = gather_nd(grads[0], op.input(1));
  return {identity(grads[0]), Gradient(), of_updates};
}

Gradients sub_grad(Operation& op, const Grads& grads) {
  const Output of_updates = gather_nd(grads[0], op.input(1));
  const Output of_tensor = identity(grads[0]);
  return {of_tensor, Gradient(), -of_updates};
}

Gradients update_grad(Operation& op, const Grads& grads) {
  const Output indices = op.input(1);
  const Output of_updates = gather_nd(grads[0], indices);
  const Output kept = identity(grads[0]);
  const Output nothing = zeros_like(op.input(2), {.dtype = grads[0].dtype()});
  const Output of_tensor =
      OpBuilder("TensorScatterUpdate").input(kept).input(indices).input(nothing).output();
  return {of_tensor, Gradient(), of_updates};
}

// An element takes its gradient in equal parts with the updates that are equal to it.
Gradients min_or_max_grad(Operation& op, const Grads& grads) {
  const Output x = op.input(0);
  const Output indices = op.input(1);
  const Output updates = op.input(2);
  const Output output = op.output();
  const DType dtype = grads[0].dtype();
  const Output kept = cast(equal(x, output), dtype);
  const Output results = gather_nd(output, indices);
  const Output taken = cast(equal(updates, results), dtype);
  const Output whole = shape(x, {.out_type = base_dtype(indices.dtype())});
  const Output counts = kept + tensorkeep::scatter_nd(indices, taken, whole);
  const Output of_x = grads[0] * kept / counts;
  const Output of_updates = gather_nd(grads[0] / counts, indices) * taken;
  return {of_x, Gradient(), of_updates};
}

constexpr ShapeRow kStateful[] = {
    {"ResourceScatterNdAdd", resource_scatter_nd},
    {"ResourceScatterNdMax", resource_scatter_nd},
    {"ResourceScatterNdMin", resource_scatter_nd},
    {"ResourceScatterNdSub", resource_scatter_nd},
    {"ResourceScatterNdUpdate", resource_scatter_nd},
    {"ScatterNdAdd", scatter_nd},
    {"ScatterNdMax", scatter_nd},
    {"ScatterNdMin", scatter_nd},
    {"ScatterNdSub", scatter_nd},
    {"ScatterNdUpdate", scatter_nd},
};

}  // namespace

void register_scatter_nd(OpRegistry& registry) {
  for (const ShapeRow& row : kStateful) {
    registry.add(row.op, {.shape = row.shape, .not_differentiable = true});
  }
  registry.add("ResourceGatherNd", {.shape = resource_gather_nd});
  registry.add("TensorScatterAdd", {.shape = scatter_nd, .gradient = add_grad});
  registry.add("TensorScatterMax", {.shape = scatter_nd, .gradient = min_or_max_grad});
  registry.add("TensorScatterMin", {.shape = scatter_nd, .gradient = min_or_max_grad});
  registry.add("TensorScatterSub", {.shape = scatter_nd, .gradient = sub_grad});
  registry.add("TensorScatterUpdate", {.shape = scatter_nd, .gradient = update_grad});
}

}  // namespace tensorkeep::ops
