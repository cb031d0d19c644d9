#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/gradients.h"
#include "tensorkeep/op_builder.h"

// Rows chosen by number and added up by segment: shapes and gradients.
namespace tensorkeep::ops {
namespace {

// `rows` rows of the shape that the first input's rows have.
Shape with_rows(ShapeContext& c, std::int64_t rows) {
  const Shape data = c.input_with_rank_at_least(0, 1);
  c.merge_shapes(c.input_with_rank(1, 1), c.input_with_rank(2, 1));
  if (!data.rank_known()) return Shape::unknown();
  std::vector<std::int64_t> dims = data.dims();
  dims[0] = rows;
  return Shape(dims);
}

// The number that input 3 holds, as far as it is known.
std::int64_t rows_asked(ShapeContext& c) {
  c.input_with_rank(3, 0);
  const auto known = integers_of(c.input_constant(3));
  if (!known) return None;
  if (known->front() < 0) {
    c.fail("Cannot specify a negative value for " +
           std::string(c.op().type().ends_with("Grad") ? "output_dim0" : "num_segments"));
  }
  return known->front();
}

void segment(ShapeContext& c) {
  c.set_output(0, with_rows(c, None));
}

void segment_with_count(ShapeContext& c) {
  c.set_output(0, with_rows(c, rows_asked(c)));
}

void grad_of_chosen_rows(ShapeContext& c) {
  rows_asked(c);
  c.set_output(0, with_rows(c, None));
  c.set_output(1, {None});
}

// The operation's name without what says that the number of segments is given.
std::string base_type(const Operation& op) {
  const std::string& type = op.type();
  const std::size_t end = type.find("WithNumSegments");
  return type.substr(0, end);
}

Gradients segment_gradient(Operation& op, const Gradients& grads) {
  const bool chosen = op.has_attr("sparse_gradient") && op.attr_bool("sparse_gradient");
  const Output grad = to_dense(grads[0]);
  const Output dims = shape(op.input(0));
  const Output rows = getitem(dims, {0});
  const std::vector<Output> made = OpBuilder(base_type(op) + (chosen ? "GradV2" : "Grad"))
                                       .input(grad)
                                       .input(op.input(1))
                                       .input(op.input(2))
                                       .input(rows)
                                       .outputs();
  Gradients result(static_cast<std::size_t>(op.num_inputs()));
  if (chosen) {
    result[0] = IndexedSlices{made[0], made[1], dims};
  } else {
    result[0] = made[0];
  }
  return result;
}

}  // namespace

void register_sparse_segments(OpRegistry& registry) {
  for (const char* scale : {"Sum", "Mean", "SqrtN"}) {
    const std::string name = std::string("SparseSegment") + scale;
    registry.add(name, {.shape = segment, .slices_gradient = segment_gradient});
    registry.add(name + "WithNumSegments",
                 {.shape = segment_with_count, .slices_gradient = segment_gradient});
    registry.add(name + "Grad", {.shape = segment_with_count});
    registry.add(name + "GradV2", {.shape = grad_of_chosen_rows});
  }
}

}  // namespace tensorkeep::ops
