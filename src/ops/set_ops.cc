#include <algorithm>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"

// Sets in rows of tensors, and how far sequences are apart.
namespace tensorkeep::ops {
namespace {

Shape without_last(const Shape& shape) {
  return Shape(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end() - 1));
}

// The three parts of a sparse tensor of as many elements as there are.
void set_sparse(ShapeContext& c, std::int64_t rank) {
  c.set_output(0, {None, rank});
  c.set_output(1, {None});
  c.set_output(2, {rank});
}

void set_operation_shape(ShapeContext& c) {
  const Shape a = c.input_with_rank_at_least(0, 2);
  const Shape b =
      a.rank_known() ? c.input_with_rank(1, a.rank()) : c.input_with_rank_at_least(1, 2);
  if (a.rank_known() && b.rank_known()) c.merge_shapes(without_last(a), without_last(b));
  set_sparse(c, a.rank_known() ? a.rank() : (b.rank_known() ? b.rank() : None));
}

// The rank of a sparse tensor, from its places or its shape.
std::int64_t rank_of_sparse(ShapeContext& c, int first) {
  const Shape places = c.input_with_rank(first, 2);
  const Shape values = c.input_with_rank(first + 1, 1);
  const Shape dims = c.input_with_rank(first + 2, 1);
  c.merge_dims(places.dim(0), values.dim(0));
  return c.merge_dims(places.dim(1), dims.dim(0));
}

void dense_to_sparse_shape(ShapeContext& c) {
  const Shape dense = c.input_with_rank_at_least(0, 2);
  const std::int64_t rank = rank_of_sparse(c, 1);
  set_sparse(c, dense.rank_known() ? dense.rank() : rank);
}

void sparse_to_sparse_shape(ShapeContext& c) {
  const std::int64_t a = rank_of_sparse(c, 0);
  const std::int64_t b = rank_of_sparse(c, 3);
  set_sparse(c, c.merge_dims(a, b));
}

void edit_distance_shape(ShapeContext& c) {
  rank_of_sparse(c, 0);
  rank_of_sparse(c, 3);
  const auto a = integers_of(c.input_constant(2));
  const auto b = integers_of(c.input_constant(5));
  if (!a || !b) return c.set_output(0, Shape::unknown());
  if (a->size() != b->size()) {
    c.fail("hypothesis_shape and truth_shape must have the same number of elements");
  }
  std::vector<std::int64_t> dims;
  for (std::size_t axis = 0; axis + 1 < a->size(); ++axis) {
    dims.push_back(std::max((*a)[axis], (*b)[axis]));
  }
  c.set_output(0, Shape(dims));
}

}  // namespace

void register_set(OpRegistry& registry) {
  registry.add("DenseToDenseSetOperation",
               {.shape = set_operation_shape, .not_differentiable = true});
  registry.add("DenseToSparseSetOperation",
               {.shape = dense_to_sparse_shape, .not_differentiable = true});
  registry.add("SparseToSparseSetOperation",
               {.shape = sparse_to_sparse_shape, .not_differentiable = true});
  registry.add("SetSize", {.shape = shape_fn::unknown, .not_differentiable = true});
  registry.add("EditDistance", {.shape = edit_distance_shape, .not_differentiable = true});
}

}  // namespace tensorkeep::ops
