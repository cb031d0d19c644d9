#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/op_builder.h"

// Blocks of space moved into the batch and back.
namespace tensorkeep {

Output space_to_batch_nd(const Input& input, const Input& block_shape, const Input& paddings,
                         const Name& name) {
  return OpBuilder("SpaceToBatchND", name.name)
      .input(input)
      .input(block_shape)
      .input(paddings)
      .output();
}

Output batch_to_space_nd(const Input& input, const Input& block_shape, const Input& crops,
                         const Name& name) {
  return OpBuilder("BatchToSpaceND", name.name)
      .input(input)
      .input(block_shape)
      .input(crops)
      .output();
}

namespace ops {
namespace {

// The padded or cropped size of a dimension; unknown where one of them is.
std::int64_t with_ends(std::int64_t size, std::int64_t before, std::int64_t after, bool pad) {
  if (size < 0) return None;
  return pad ? size + before + after : size - before - after;
}

template <bool kToBatch>
void blocks_shape(ShapeContext& c) {
  const auto blocks = integers_of(c.input_constant(1));
  const auto ends = integers_of(c.input_constant(2));
  const std::int64_t count = c.input_with_rank(1, 1).dim(0);
  const Shape input =
      count < 0 ? c.input(0) : c.input_with_rank_at_least(0, static_cast<int>(count) + 1);
  if (!input.rank_known()) return c.set_output(0, input);
  std::vector<std::int64_t> dims = input.dims();
  for (std::int64_t i = 0; i <= count; ++i) {
    if (!blocks) dims[static_cast<std::size_t>(i)] = None;
  }
  if (!blocks) {
    if (count < 0) return c.set_output(0, Shape::unknown_of_rank(input.rank()));
    return c.set_output(0, Shape(std::move(dims)));
  }
  for (std::size_t i = 0; i < blocks->size(); ++i) {
    const std::int64_t block = (*blocks)[i];
    if (block < 1) c.fail("block_shape must be positive");
    std::int64_t& size = dims[i + 1];
    const bool known = ends && ends->size() == 2 * blocks->size();
    if (kToBatch) {
      size = known
                 ? divide_dims(c, with_ends(size, (*ends)[2 * i], (*ends)[2 * i + 1], true), block)
                 : None;
      dims[0] = multiply_dims(dims[0], block);
    } else {
      size = known
                 ? with_ends(multiply_dims(size, block), (*ends)[2 * i], (*ends)[2 * i + 1], false)
                 : None;
      if (known && size < 0 && input.dim(static_cast<int>(i) + 1) >= 0) {
        c.fail("the crops are larger than what there is");
      }
      dims[0] = divide_dims(c, dims[0], block);
    }
  }
  c.set_output(0, Shape(std::move(dims)));
}

// Each is the other's gradient.
Gradients space_to_batch_gradient(Operation& op, const std::vector<Output>& grads) {
  return {batch_to_space_nd(grads[0], op.input(1), op.input(2)), Gradient(), Gradient()};
}
Gradients batch_to_space_gradient(Operation& op, const std::vector<Output>& grads) {
  return {space_to_batch_nd(grads[0], op.input(1), op.input(2)), Gradient(), Gradient()};
}

}  // namespace

void register_array_blocks(OpRegistry& registry) {
  registry.add("SpaceToBatchND",
               {.shape = blocks_shape<true>, .gradient = space_to_batch_gradient});
  registry.add("BatchToSpaceND",
               {.shape = blocks_shape<false>, .gradient = batch_to_space_gradient});
}

}  // namespace ops
}  // namespace tensorkeep
