// Matrix products: builders, shapes and gradients.
#include <fmt/format.h>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep {
namespace {

void check_one_of(bool transpose, bool adjoint, char side) {
  if (!transpose || !adjoint) return;
  errors::raise_value_error(
      fmt::format("Only one of `transpose_{0}` and `adjoint_{0}` can be True. Received "
                  "`transpose_{0}`=True, `adjoint_{0}`=True.",
                  side));
}

bool may_have_batch(const Output& tensor) {
  return !tensor.shape().rank_known() || tensor.shape().rank() > 2;
}

void mat_mul_shape(ShapeContext& c) {
  const Shape a = c.input_with_rank(0, 2);
  const Shape b = c.input_with_rank(1, 2);
  const bool transpose_a = c.op().attr_bool("transpose_a");
  const bool transpose_b = c.op().attr_bool("transpose_b");
  c.merge_dims(a.dim(transpose_a ? 0 : 1), b.dim(transpose_b ? 1 : 0));
  c.set_output(0, {a.dim(transpose_a ? 1 : 0), b.dim(transpose_b ? 0 : 1)});
}

Shape batch_of(const Shape& shape) {
  const auto& dims = shape.dims();
  return Shape(std::vector<std::int64_t>(dims.begin(), dims.end() - 2));
}

template <bool kBroadcasts>
void batch_mat_mul_shape(ShapeContext& c) {
  const Shape a = c.input_with_rank_at_least(0, 2);
  const Shape b = c.input_with_rank_at_least(1, 2);
  if (!a.rank_known() || !b.rank_known()) {
    c.set_output(0, Shape::unknown());
    return;
  }
  const bool adj_a = c.op().attr_bool("adj_x");
  const bool adj_b = c.op().attr_bool("adj_y");
  c.merge_dims(a.dim(a.rank() - (adj_a ? 2 : 1)), b.dim(b.rank() - (adj_b ? 1 : 2)));
  const auto batch = kBroadcasts ? broadcast_shapes(batch_of(a), batch_of(b))
                                 : std::optional(c.merge_shapes(batch_of(a), batch_of(b)));
  if (!batch) c.fail("Incompatible batch dimensions");
  c.set_output(0, batch->concatenate(
                      {a.dim(a.rank() - (adj_a ? 1 : 2)), b.dim(b.rank() - (adj_b ? 2 : 1))}));
}

}  // namespace

Output matmul(const Input& a, const Input& b, const MatMulOptions& options) {
  const ops::OpScope scope({a, b}, options.name, "MatMul");
  check_one_of(options.transpose_a, options.adjoint_a, 'a');
  check_one_of(options.transpose_b, options.adjoint_b, 'b');
  Output left = a.to_tensor("a");
  Output right = b.to_tensor("b", std::nullopt, base_dtype(left.dtype()));
  // MatMul transposes, BatchMatMul takes the adjoint: the other of the two needs a conjugate.
  const bool batch = may_have_batch(left) || may_have_batch(right);
  if (batch ? options.transpose_a : options.adjoint_a) left = conj(left);
  if (batch ? options.transpose_b : options.adjoint_b) right = conj(right);
  const bool flip_a = options.transpose_a || options.adjoint_a;
  const bool flip_b = options.transpose_b || options.adjoint_b;
  return OpBuilder(batch ? "BatchMatMulV2" : "MatMul", scope.name())
      .input(left)
      .input(right)
      .attr(batch ? "adj_x" : "transpose_a", flip_a)
      .attr(batch ? "adj_y" : "transpose_b", flip_b)
      .output();
}

namespace ops {
namespace grad {
namespace {

using Outputs = std::vector<Output>;
using Product = Output (*)(const Output& x, const Output& y, bool flip_x, bool flip_y);

Output plain_product(const Output& x, const Output& y, bool flip_x, bool flip_y) {
  return OpBuilder("MatMul")
      .input(x)
      .input(y)
      .attr("transpose_a", flip_x)
      .attr("transpose_b", flip_y)
      .output();
}

Output batch_product(const Output& x, const Output& y, bool flip_x, bool flip_y) {
  return matmul(x, y, {.adjoint_a = flip_x, .adjoint_b = flip_y});
}

// With z = op(x) op(y): dx = dz op(y)' and dy = op(x)' dz, turned over where x or y was.
std::pair<Output, Output> products(Product product, const Output& x, const Output& y,
                                   const Output& dz, bool flip_x, bool flip_y) {
  const Output dx = flip_x ? product(y, dz, flip_y, true) : product(dz, y, false, !flip_y);
  const Output dy = flip_y ? product(dz, x, true, flip_x) : product(x, dz, !flip_x, false);
  return {dx, dy};
}

std::pair<Output, Output> batch_products(const Operation& op, const Output& dz) {
  return products(batch_product, op.input(0), op.input(1), dz, op.attr_bool("adj_x"),
                  op.attr_bool("adj_y"));
}

// The part of a known or unknown shape that does not belong to the matrices; nullopt if unknown.
std::optional<Shape> known_batch(const Shape& shape) {
  if (!shape.rank_known()) return std::nullopt;
  Shape batch = batch_of(shape);
  return batch.fully_defined() ? std::optional(batch) : std::nullopt;
}

}  // namespace

Gradients mat_mul(Operation& op, const Outputs& grads) {
  const Output a = tensorkeep::conj(op.input(0));
  const Output b = tensorkeep::conj(op.input(1));
  const auto [da, db] = products(plain_product, a, b, grads[0], op.attr_bool("transpose_a"),
                                 op.attr_bool("transpose_b"));
  return {da, db};
}

Gradients batch_mat_mul(Operation& op, const Outputs& grads) {
  const auto [dx, dy] = batch_products(op, grads[0]);
  return {dx, dy};
}

Gradients batch_mat_mul_v2(Operation& op, const Outputs& grads) {
  const auto [dx, dy] = batch_products(op, grads[0]);
  const Output x = op.input(0);
  const Output y = op.input(1);
  const auto x_batch = known_batch(x.shape());
  if (x_batch && x_batch == known_batch(y.shape())) return {dx, dy};
  if (!may_have_batch(x) && !may_have_batch(y)) return {dx, dy};
  // Sum over the batch dimensions that were broadcast.
  const Output x_shape = shape(x);
  const Output y_shape = shape(y);
  const auto batch = [](const Output& dims) { return getitem(dims, {Span{.end = -2}}); };
  const Output x_dims = batch(x_shape);
  Operation* axes = OpBuilder("BroadcastGradientArgs").input(x_dims).input(batch(y_shape)).build();
  const Output x_sum = reshape(reduce_sum(dx, axes->output(0)), x_shape);
  return {x_sum, reshape(reduce_sum(dy, axes->output(1)), y_shape)};
}

}  // namespace grad

void register_math_matmul(OpRegistry& registry) {
  const OpRow rows[] = {
      {"MatMul", {mat_mul_shape, grad::mat_mul}},
      {"BatchMatMul", {batch_mat_mul_shape<false>, grad::batch_mat_mul}},
      {"BatchMatMulV2", {batch_mat_mul_shape<true>, grad::batch_mat_mul_v2}},
      {"BatchMatMulV3", {batch_mat_mul_shape<true>, grad::batch_mat_mul_v2}},
  };
  add_rows(registry, rows);
}

}  // namespace ops
}  // namespace tensorkeep
