#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensor/slice.h"

// Shapes of the operations on checkpoints and file names.
namespace tensorkeep::ops {
namespace {

// A part has the shape its specification says; of a whole tensor nothing is known.
void restore_v2(ShapeContext& c) {
  (void)c.input_with_rank(0, 0);
  (void)c.merge_shapes(c.input_with_rank(1, 1), c.input_with_rank(2, 1));
  shape_fn::unknown(c);
  const auto specs = c.input_constant(2);
  if (!specs || specs->dtype() != string) return;
  const auto texts = specs->data<std::string>();
  if (static_cast<int>(texts.size()) != c.op().num_outputs()) {
    c.fail(fmt::format("Got {} but expected {} for number of shape_and_slices", texts.size(),
                       c.op().num_outputs()));
  }
  for (int i = 0; i < c.op().num_outputs(); ++i) {
    const auto part = parse_shape_and_slice(texts[static_cast<std::size_t>(i)]);
    if (part) c.set_output(i, part->slice.slice_shape(part->shape));
  }
}

// As RestoreV2, for one tensor.
void restore_slice(ShapeContext& c) {
  shape_fn::unknown(c);
  const auto spec = c.input_constant(2);
  if (!spec || spec->dtype() != string || spec->num_elements() < 1) return;
  const auto part = parse_shape_and_slice(spec->data<std::string>()[0]);
  if (part) c.set_output(0, part->slice.slice_shape(part->shape));
}

// Scalars go with anything; all others are of one shape.
void string_join(ShapeContext& c) {
  Shape shape;
  for (int i = 0; i < c.num_inputs(); ++i) {
    const Shape& input = c.input(i);
    if (!input.rank_known()) return c.set_output(0, Shape::unknown());
    if (input.rank() > 0) shape = shape.rank() == 0 ? input : c.merge_shapes(shape, input);
  }
  c.set_output(0, shape);
}

}  // namespace

void register_io(OpRegistry& registry) {
  registry.add("SaveV2", {.shape = shape_fn::none, .not_differentiable = true});
  registry.add("RestoreV2", {.shape = restore_v2, .not_differentiable = true});
  registry.add("Save", {.shape = shape_fn::none, .not_differentiable = true});
  registry.add("SaveSlices", {.shape = shape_fn::none, .not_differentiable = true});
  registry.add("Restore", {.shape = shape_fn::unknown, .not_differentiable = true});
  registry.add("RestoreSlice", {.shape = restore_slice, .not_differentiable = true});
  registry.add("MergeV2Checkpoints", {.shape = shape_fn::none, .not_differentiable = true});
  registry.add("ShardedFilename", {.shape = shape_fn::scalar, .not_differentiable = true});
  registry.add("ShardedFilespec", {.shape = shape_fn::scalar, .not_differentiable = true});
  registry.add("StaticRegexFullMatch", {.shape = shape_fn::unchanged, .not_differentiable = true});
  registry.add("StringJoin", {.shape = string_join, .not_differentiable = true});
  registry.add("AsString", {.shape = shape_fn::unchanged, .not_differentiable = true});
}

}  // namespace tensorkeep::ops
