#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/operators.h"

// Gradients of operations on sparse tensors: of their values, by place.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

struct Sparse {
  Output places;
  Output values;
  Output dims;
};

// Python's SparseTensor(): its name scope is taken, whether or not anything is put into it.
Sparse sparse(const Output& places, const Output& values, const Input& dims) {
  const OpScope scope(places.graph(), "", "SparseTensor");
  return {places, values, dims.to_tensor("dense_shape", int64)};
}

Sparse reordered(const Sparse& input) {
  const Grads sorted = OpBuilder("SparseReorder")
                           .input(input.places)
                           .input(input.values)
                           .input(input.dims)
                           .outputs();
  const Shape dims = constant_value_as_shape(input.dims);
  if (!dims.fully_defined()) return sparse(sorted[0], sorted[1], identity(input.dims));
  return sparse(sorted[0], sorted[1], Tensor::vector(dims.dims()));
}

// The one gradient among `count` inputs.
Gradients only(int count, int index, const Output& grad) {
  Gradients result(static_cast<std::size_t>(count));
  result[static_cast<std::size_t>(index)] = grad;
  return result;
}

Gradients reorder(Operation& op, const Grads& grads) {
  const Output count = getitem(shape(op.input(0)), {0});
  const Sparse numbered = sparse(op.input(0), range(count), op.input(2));
  return only(3, 1, gather(grads[1], invert_permutation(reordered(numbered).values)));
}

Gradients add(Operation& op, const Grads& grads) {
  const Grads made = OpBuilder("SparseAddGrad")
                         .input(grads[1])
                         .input(op.input(0))
                         .input(op.input(3))
                         .input(op.output(0))
                         .outputs();
  made[0].set_shape(op.input(1).shape());
  made[1].set_shape(op.input(4).shape());
  return {{}, made[0], {}, {}, made[1], {}, {}};
}

Gradients dense_add(Operation& op, const Grads& grads) {
  return {{}, gather_nd(grads[0], op.input(0)), {}, grads[0]};
}

Gradients reduce_sum(Operation& op, const Grads& grads) {
  const Output dims = op.input(2);
  const Input kept = grad::reduced_shape(dims, op.input(3));
  const Output whole = reshape(grads[0], kept);
  const Output scale = operators::floordiv(dims, cast(kept, int64));
  return only(4, 1, gather_nd(whole, operators::floordiv(op.input(0), scale)));
}

Gradients slice(Operation& op, const Grads& grads) {
  const Output values = OpBuilder("SparseSliceGrad")
                            .input(grads[1])
                            .input(op.input(0))
                            .input(op.input(3))
                            .input(op.output(0))
                            .output();
  values.set_shape(op.input(1).shape());
  return only(5, 1, values);
}

Output product(const Output& a, bool transpose_a, const Output& b, bool transpose_b) {
  MatMulOptions options;
  options.adjoint_a = transpose_a;
  options.adjoint_b = transpose_b;
  return matmul(a, b, options);
}

// A matrix transposed and conjugated.
Output transposed(const Output& matrix) {
  const OpScope scope(matrix.graph(), "", "matrix_transpose");
  return conj(transpose(matrix, {1, 0}));
}

Gradients matmul_gradient(Operation& op, const Grads& grads) {
  const bool adjoint_a = op.attr_bool("adjoint_a");
  const bool adjoint_b = op.attr_bool("adjoint_b");
  const Output b = op.input(3);
  Output b_grad = OpBuilder("SparseTensorDenseMatMul")
                      .input(op.input(0))
                      .input(op.input(1))
                      .input(op.input(2))
                      .input(grads[0])
                      .attr("adjoint_a", !adjoint_a)
                      .output();
  if (adjoint_b) b_grad = transposed(b_grad);
  const Output rows = getitem(op.input(0), {Span{}, 0});
  const Output columns = getitem(op.input(0), {Span{}, 1});
  const Output of_a = gather(grads[0], adjoint_a ? columns : rows);
  const Output of_b = gather(adjoint_b ? transpose(b) : b, adjoint_a ? rows : columns);
  const Output left = expand_dims(of_a, adjoint_a ? -1 : -2);
  const Output right = expand_dims(of_b, adjoint_a == adjoint_b ? -2 : -1);
  const Output values = product(left, adjoint_a, right, adjoint_a == adjoint_b);
  return {{}, squeeze(values, {-2, -1}), {}, b_grad};
}

Gradients with_dense(Operation& op, const Grads& grads, bool multiplied) {
  const Output y = op.input(3);
  const Output x_dims = op.input(2);
  const Output y_dims = cast(shape(y), int64);
  const Output x_rank = size(x_dims);
  const Output missing = expand_dims(x_rank - size(y_dims), 0);
  const Output all_dims = concat({ones(missing, int64), y_dims}, 0);
  const Output scale = operators::floordiv(x_dims, all_dims);
  const Output scaled = operators::floordiv(op.input(0), scale);
  const Output places = tensorkeep::slice(scaled, concat({{0}, missing}, 0), {-1, -1});
  const Output at = gather_nd(y, places);
  const Output dx = multiplied ? grads[0] * at : grads[0] / at;
  Output slope = op.input(1);
  if (!multiplied) {
    const Output negated = -op.input(1);
    slope = negated / square(at);
  }
  const Output dy = grads[0] * slope;
  const Output zero = zeros_like(y);
  const Sparse by_place = sparse(places, dy, y_dims);
  const Output sum = OpBuilder("SparseTensorDenseAdd")
                         .input(by_place.places)
                         .input(by_place.values)
                         .input(by_place.dims)
                         .input(zero)
                         .output();
  return {{}, dx, {}, sum};
}

Gradients multiply(Operation& op, const Grads& grads) {
  return with_dense(op, grads, true);
}

Gradients divide(Operation& op, const Grads& grads) {
  return with_dense(op, grads, false);
}

Gradients softmax(Operation& op, const Grads& grads) {
  const Output places = op.input(0);
  const Output dims = op.input(2);
  const Sparse output = sparse(places, op.output(0), dims);
  const Sparse grad = sparse(places, grads[0], dims);
  const Sparse product = sparse(places, output.values * grad.values, dims);
  const Output sums = -OpBuilder("SparseReduceSum")
                           .input(product.places)
                           .input(product.values)
                           .input(product.dims)
                           .input({-1})
                           .attr("keep_dims", true)
                           .output();
  const Output moved = OpBuilder("SparseDenseCwiseAdd")
                           .input(grad.places)
                           .input(grad.values)
                           .input(grad.dims)
                           .input(sums)
                           .output();
  return only(3, 1, sparse(places, moved, dims).values * output.values);
}

Gradients fill_empty_rows(Operation& op, const Grads& grads) {
  const Grads made =
      OpBuilder("SparseFillEmptyRowsGrad").input(op.output(3)).input(grads[1]).outputs();
  return {{}, made[0], {}, made[1]};
}

Gradients unimplemented(Operation& op, const Grads&) {
  throw errors::UnimplementedError("Gradient for " + op.type() + " is not implemented.",
                                   {.node = op.name()});
}

constexpr GradientRow kRows[] = {
    {"SparseAdd", add},
    {"SparseAddGrad", nullptr},
    {"SparseConcat", nullptr},
    {"SparseDenseCwiseAdd", unimplemented},
    {"SparseDenseCwiseDiv", divide},
    {"SparseDenseCwiseMul", multiply},
    {"SparseFillEmptyRows", fill_empty_rows},
    {"SparseReduceSum", reduce_sum},
    {"SparseReorder", reorder},
    {"SparseSlice", slice},
    {"SparseSoftmax", softmax},
    {"SparseSparseMaximum", unimplemented},
    {"SparseSparseMinimum", unimplemented},
    {"SparseTensorDenseAdd", dense_add},
    {"SparseTensorDenseMatMul", matmul_gradient},
};

}  // namespace

void register_sparse_gradients(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
