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

// Where the channels and the first of the two spatial dimensions are.
struct Layout {
  int channels;
  int first;
};
Layout layout_of(ShapeContext& c) {
  const std::string& format = c.op().attr_string("data_format");
  if (format == "NHWC") return {3, 1};
  if (format == "NCHW") return {1, 2};
  c.fail("Unsupported data format '" + format + "'");
}

// Blocks of pixels become one pixel of more channels, or one becomes a block of fewer.
template <bool kToDepth>
void depth_shape(ShapeContext& c) {
  const Layout layout = layout_of(c);
  const Shape input = c.input_with_rank(0, 4);
  const std::int64_t block = c.op().attr_int("block_size");
  std::vector<std::int64_t> dims = input.dims();
  for (int i = 0; i < 2; ++i) {
    std::int64_t& size = dims[static_cast<std::size_t>(layout.first + i)];
    size = kToDepth ? divide_dims(c, size, block) : multiply_dims(size, block);
  }
  std::int64_t& channels = dims[static_cast<std::size_t>(layout.channels)];
  const std::int64_t area = multiply_dims(block, block);
  channels = kToDepth ? multiply_dims(channels, area) : divide_dims(c, channels, area);
  c.set_output(0, Shape(std::move(dims)));
}

Output depth_moved(const char* type, const Operation& op, const Output& grad) {
  return OpBuilder(type)
      .input(grad)
      .attr("block_size", op.attr("block_size"))
      .attr("data_format", op.attr("data_format"))
      .output();
}
Gradients space_to_depth_gradient(Operation& op, const std::vector<Output>& grads) {
  return {depth_moved("DepthToSpace", op, grads[0])};
}
Gradients depth_to_space_gradient(Operation& op, const std::vector<Output>& grads) {
  return {depth_moved("SpaceToDepth", op, grads[0])};
}

}  // namespace

void register_array_blocks(OpRegistry& registry) {
  registry.add("SpaceToDepth", {.shape = depth_shape<true>, .gradient = space_to_depth_gradient});
  registry.add("DepthToSpace", {.shape = depth_shape<false>, .gradient = depth_to_space_gradient});
  registry.add("SpaceToBatchND",
               {.shape = blocks_shape<true>, .gradient = space_to_batch_gradient});
  registry.add("BatchToSpaceND",
               {.shape = blocks_shape<false>, .gradient = batch_to_space_gradient});
}

}  // namespace ops
}  // namespace tensorkeep
