#include "graph/op_registry.h"
#include "ops/families.h"
#include "ops/matrices.h"

// Matrices: inverses, determinants, factors and what solves with them.
namespace tensorkeep::ops {
namespace {

void square_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  if (!input.rank_known()) return c.set_output(0, input);
  const std::int64_t size = c.merge_dims(input.dim(-2), input.dim(-1));
  c.set_output(0, without_last(input, 2).concatenate({size, size}));
}

// One number for each square matrix, in every output.
void determinant_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  if (input.rank_known()) c.merge_dims(input.dim(-2), input.dim(-1));
  for (int i = 0; i < c.op().num_outputs(); ++i) c.set_output(i, without_last(input, 2));
}

// The shapes of x in `matrix x = rhs`; batches are equal, or broadcast.
template <bool kSquare, bool kBroadcasts>
void solve_shape(ShapeContext& c) {
  const Shape matrix = c.input_with_rank_at_least(0, 2);
  const Shape rhs = c.input_with_rank_at_least(1, 2);
  if (!matrix.rank_known() || !rhs.rank_known()) return c.set_output(0, Shape::unknown());
  const Shape outer = without_last(matrix, 2);
  const Shape outer_of_rhs = without_last(rhs, 2);
  const auto batch = kBroadcasts ? broadcast_shapes(outer, outer_of_rhs)
                                 : std::optional(c.merge_shapes(outer, outer_of_rhs));
  if (!batch) c.fail("Incompatible batch dimensions");
  std::int64_t rows = matrix.dim(-2);
  if (kSquare) rows = c.merge_dims(rows, matrix.dim(-1));
  rows = c.merge_dims(rows, rhs.dim(-2));
  c.set_output(0, batch->concatenate({kSquare ? rows : matrix.dim(-1), rhs.dim(-1)}));
}

void self_adjoint_eig_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  const bool with_vectors = c.op().attr_bool("compute_v");
  if (!input.rank_known()) {
    c.set_output(0, input);
    return c.set_output(1, with_vectors ? input : Shape{0});
  }
  const std::int64_t size = c.merge_dims(input.dim(-2), input.dim(-1));
  const Shape batch = without_last(input, 2);
  c.set_output(0, batch.concatenate(Shape{size}));
  c.set_output(1, with_vectors ? batch.concatenate({size, size}) : Shape{0});
}

void svd_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  const bool with_vectors = c.op().attr_bool("compute_uv");
  const bool full = c.op().attr_bool("full_matrices");
  if (!input.rank_known()) {
    c.set_output(0, input);
    for (int i = 1; i < 3; ++i) c.set_output(i, with_vectors ? input : Shape{0});
    return;
  }
  const std::int64_t rows = input.dim(-2);
  const std::int64_t columns = input.dim(-1);
  const std::int64_t smaller = smaller_dim(rows, columns);
  const Shape batch = without_last(input, 2);
  c.set_output(0, batch.concatenate(Shape{smaller}));
  const auto vectors = [&](std::int64_t size) {
    return with_vectors ? batch.concatenate({size, full ? size : smaller}) : Shape{0};
  };
  c.set_output(1, vectors(rows));
  c.set_output(2, vectors(columns));
}

void qr_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 2);
  if (!input.rank_known()) {
    for (int i = 0; i < 2; ++i) c.set_output(i, input);
    return;
  }
  const std::int64_t rows = input.dim(-2);
  const std::int64_t columns = input.dim(-1);
  const std::int64_t inner = c.op().attr_bool("full_matrices") ? rows : smaller_dim(rows, columns);
  const Shape batch = without_last(input, 2);
  c.set_output(0, batch.concatenate({rows, inner}));
  c.set_output(1, batch.concatenate({inner, columns}));
}

}  // namespace

void register_linalg(OpRegistry& registry) {
  registry.add("MatrixInverse", {.shape = square_shape});
  registry.add("Cholesky", {.shape = square_shape});
  registry.add("MatrixDeterminant", {.shape = determinant_shape});
  registry.add("LogMatrixDeterminant", {.shape = determinant_shape});
  registry.add("MatrixSolve", {.shape = solve_shape<true, false>});
  registry.add("MatrixTriangularSolve", {.shape = solve_shape<true, true>});
  registry.add("MatrixSolveLs", {.shape = solve_shape<false, false>});
  registry.add("SelfAdjointEigV2", {.shape = self_adjoint_eig_shape});
  registry.add("Svd", {.shape = svd_shape});
  registry.add("Qr", {.shape = qr_shape});
}

}  // namespace tensorkeep::ops
