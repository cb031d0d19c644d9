#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"

// The shapes of operations on sparse tensors: places [n, rank], values [n], and dimensions [rank].
namespace tensorkeep::ops {
namespace {

std::int64_t dim_of(const Shape& shape, int axis) {
  return shape.rank_known() && axis < shape.rank() ? shape.dim(axis) : None;
}

// Sets three outputs from `first`: n places of `rank` coordinates.
void set_sparse(ShapeContext& c, std::int64_t count, std::int64_t rank, const Shape& dims) {
  c.set_output(0, {count, rank});
  c.set_output(1, {count});
  c.set_output(2, dims);
}

void check_sparse(const ShapeContext& c, int first) {
  c.input_with_rank(first, 2);
  c.input_with_rank(first + 1, 1);
  c.input_with_rank(first + 2, 1);
}

void reorder(ShapeContext& c) {
  const Shape places = c.input_with_rank(0, 2);
  const Shape values = c.input_with_rank(1, 1);
  c.input_with_rank(2, 1);
  c.set_output(0, places);
  c.set_output(1, values);
}

void matmul(ShapeContext& c) {
  check_sparse(c, 0);
  const Shape b = c.input_with_rank(3, 2);
  Shape a = c.input_as_shape(2);
  if (!a.rank_known()) a = Shape({None, None});
  if (a.rank() != 2) c.fail("Shape must be rank 2 but is rank " + std::to_string(a.rank()));
  const bool adjoint_a = c.op().attr_bool("adjoint_a");
  const bool adjoint_b = c.op().attr_bool("adjoint_b");
  c.merge_dims(a.dim(adjoint_a ? 0 : 1), b.dim(adjoint_b ? 1 : 0));
  c.set_output(0, {a.dim(adjoint_a ? 1 : 0), b.dim(adjoint_b ? 0 : 1)});
}

void add(ShapeContext& c) {
  const Shape dims = c.input_with_rank(2, 1);
  set_sparse(c, None, dims.dim(0), dims);
}

void add_grad(ShapeContext& c) {
  const Shape a = c.input_with_rank(1, 2);
  const Shape b = c.input_with_rank(2, 2);
  c.set_output(0, {a.dim(0)});
  c.set_output(1, {b.dim(0)});
}

void dense_add(ShapeContext& c) {
  c.set_output(0, c.input(3));
}

void reduce(ShapeContext& c) {
  const auto dims = integers_of(c.input_constant(2));
  const auto axes = integers_of(c.input_constant(3));
  // A default that may be fed over says nothing.
  const bool may_be_fed = c.op().input(2).op().type() == "PlaceholderWithDefault";
  if (!dims || !axes || may_be_fed) return c.set_output(0, Shape::unknown());
  const auto rank = static_cast<std::int64_t>(dims->size());
  std::vector<bool> reduced(dims->size(), false);
  for (const std::int64_t axis : *axes) {
    if (axis < -rank || axis >= rank) return c.set_output(0, Shape::unknown());
    reduced[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)] = true;
  }
  std::vector<std::int64_t> kept;
  for (std::size_t d = 0; d < dims->size(); ++d) {
    if (!reduced[d]) {
      kept.push_back((*dims)[d] < 0 ? None : (*dims)[d]);
    } else if (c.op().attr_bool("keep_dims")) {
      kept.push_back(1);
    }
  }
  c.set_output(0, Shape(kept));
}

void reduce_sparse(ShapeContext& c) {
  for (int i = 0; i < 3; ++i) c.set_output(i, Shape::unknown());
}

void reshape(ShapeContext& c) {
  const Shape places = c.input_with_rank(0, 2);
  c.input_with_rank(1, 1);
  const Shape dims = c.input_with_rank(2, 1);
  c.set_output(0, {places.dim(0), dims.dim(0)});
  c.set_output(1, dims);
}

void slice(ShapeContext& c) {
  const Shape& dims = c.input(2);
  set_sparse(c, None, known_elements(dims), dims);
}

void slice_grad(ShapeContext& c) {
  c.set_output(0, {c.input_with_rank(1, 2).dim(0)});
}

void concat(ShapeContext& c) {
  const int count = c.num_inputs() / 3;
  std::int64_t rows = 0;
  std::int64_t rank = None;
  Shape dims = Shape::unknown();
  for (int i = 0; i < count; ++i) {
    const Shape places = c.input_with_rank(i, 2);
    const Shape values = c.input_with_rank(count + i, 1);
    rows = add_dims(rows, c.merge_dims(places.dim(0), values.dim(0)));
    rank = c.merge_dims(rank, places.dim(1));
    dims = c.merge_shapes(dims, c.input_with_rank(2 * count + i, 1));
  }
  set_sparse(c, rows, rank, dims);
}

void fill_empty_rows(ShapeContext& c) {
  const Shape places = c.input_with_rank(0, 2);
  const Shape values = c.input_with_rank(1, 1);
  const Shape dims = c.input_with_rank(2, 1);
  c.input_with_rank(3, 0);
  c.merge_dims(places.dim(0), values.dim(0));
  c.merge_dims(places.dim(1), dims.dim(0));
  if (dims.dim(0) == 0) c.fail("dense_shape must not be empty");
  set_sparse(c, None, dims.dim(0), {dim_of(c.input_as_shape(2), 0)});
  c.set_output(3, {places.dim(0)});
}

void fill_empty_rows_grad(ShapeContext& c) {
  const Shape places = c.input_with_rank(0, 1);
  c.input_with_rank(1, 1);
  c.set_output(0, places);
  c.set_output(1, Shape());
}

void softmax(ShapeContext& c) {
  c.input_with_rank(0, 2);
  const Shape values = c.input_with_rank(1, 1);
  c.input_with_rank(2, 1);
  c.set_output(0, values);
}

void with_dense(ShapeContext& c) {
  c.set_output(0, {c.input_with_rank(0, 2).dim(0)});
}

void extremes(ShapeContext& c) {
  check_sparse(c, 0);
  check_sparse(c, 3);
  c.set_output(0, {None, None});
  c.set_output(1, {None});
}

void split(ShapeContext& c) {
  const Shape& dims = c.input(3);
  const auto parts = static_cast<int>(c.op().attr_int("num_split"));
  for (int i = 0; i < parts; ++i) {
    c.set_output(i, {None, known_elements(dims)});
    c.set_output(parts + i, {None});
    c.set_output(2 * parts + i, dims);
  }
}

constexpr ShapeRow kRows[] = {
    {"SparseAdd", add},
    {"SparseAddGrad", add_grad},
    {"SparseConcat", concat},
    {"SparseDenseCwiseAdd", with_dense},
    {"SparseDenseCwiseDiv", with_dense},
    {"SparseDenseCwiseMul", with_dense},
    {"SparseFillEmptyRows", fill_empty_rows},
    {"SparseFillEmptyRowsGrad", fill_empty_rows_grad},
    {"SparseReduceMax", reduce},
    {"SparseReduceMaxSparse", reduce_sparse},
    {"SparseReduceSum", reduce},
    {"SparseReduceSumSparse", reduce_sparse},
    {"SparseReorder", reorder},
    {"SparseReshape", reshape},
    {"SparseSlice", slice},
    {"SparseSliceGrad", slice_grad},
    {"SparseSoftmax", softmax},
    {"SparseSparseMaximum", extremes},
    {"SparseSparseMinimum", extremes},
    {"SparseSplit", split},
    {"SparseTensorDenseAdd", dense_add},
    {"SparseTensorDenseMatMul", matmul},
};

}  // namespace

void register_sparse_shapes(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
