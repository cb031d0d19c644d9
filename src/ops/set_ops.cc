#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"

// Sets in rows of tensors.
namespace tensorkeep::ops {
namespace {

Shape without_last(const Shape& shape) {
  return Shape(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end() - 1));
}

void set_operation_shape(ShapeContext& c) {
  const Shape a = c.input_with_rank_at_least(0, 2);
  const Shape b =
      a.rank_known() ? c.input_with_rank(1, a.rank()) : c.input_with_rank_at_least(1, 2);
  if (a.rank_known() && b.rank_known()) c.merge_shapes(without_last(a), without_last(b));
  const std::int64_t rank = a.rank_known() ? a.rank() : (b.rank_known() ? b.rank() : None);
  c.set_output(0, {None, rank});
  c.set_output(1, {None});
  c.set_output(2, {rank});
}

}  // namespace

void register_set(OpRegistry& registry) {
  registry.add("DenseToDenseSetOperation",
               {.shape = set_operation_shape, .not_differentiable = true});
}

}  // namespace tensorkeep::ops
