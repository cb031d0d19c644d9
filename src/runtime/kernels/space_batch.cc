#include <fmt/format.h>

#include "base/checked_math.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Positions moved between space, batch and channels: whole grids of elements, copied.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

// One dimension that is cut into blocks: position j * block + offset - before of the long side is
// position j of the block's part `offset` on the other side.
struct BlockedDim {
  std::int64_t block;
  std::int64_t before;
  std::int64_t after;
  std::int64_t spread;  // size of the long side
  std::int64_t folded;  // size of a part

  // The first part's position inside the long side, and how many there are.
  std::pair<std::int64_t, std::int64_t> inside(std::int64_t offset) const {
    const std::int64_t first = std::max<std::int64_t>((before - offset + block - 1) / block, 0);
    const std::int64_t end = (spread - 1 + before - offset >= 0)
                                 ? std::min((spread - 1 + before - offset) / block + 1, folded)
                                 : 0;
    return {first, std::max<std::int64_t>(end - first, 0)};
  }
};

struct Blocks {
  std::vector<BlockedDim> dims;
  std::int64_t count = 1;     // parts of all dimensions together
  std::int64_t batch = 1;     // of the spread side
  std::int64_t elements = 1;  // that move together
};

// Runs move(first element of the spread side, of the folded side, axes with strides of both) for
// each part.
template <typename Move>
void for_each_part(const Blocks& blocks, Move&& move) {
  const std::size_t rank = blocks.dims.size();
  Dims spread_strides(rank + 1, blocks.elements);
  Dims folded_strides(rank + 1, blocks.elements);
  for (std::size_t d = rank; d-- > 0;) {
    spread_strides[d] = spread_strides[d + 1] * blocks.dims[d].spread;
    folded_strides[d] = folded_strides[d + 1] * blocks.dims[d].folded;
  }
  for (std::int64_t part = 0; part < blocks.count; ++part) {
    std::int64_t spread_at = 0;
    std::int64_t folded_at = part * blocks.batch * folded_strides[0];
    std::vector<CopyAxis> axes = {{blocks.batch, spread_strides[0], folded_strides[0]}};
    std::int64_t rest = part;
    Dims offsets(rank);
    for (std::size_t d = rank; d-- > 0;) {
      offsets[d] = rest % blocks.dims[d].block;
      rest /= blocks.dims[d].block;
    }
    for (std::size_t d = 0; d < rank; ++d) {
      const BlockedDim& dim = blocks.dims[d];
      const auto [first, size] = dim.inside(offsets[d]);
      spread_at += (first * dim.block + offsets[d] - dim.before) * spread_strides[d + 1];
      folded_at += first * folded_strides[d + 1];
      axes.push_back({size, dim.block * spread_strides[d + 1], folded_strides[d + 1]});
    }
    axes.push_back({blocks.elements, 1, 1});
    move(spread_at, folded_at, axes);
  }
}

// The blocks and what is padded or cropped, from inputs 1 and 2; sizes are still to come.
Blocks read_blocks(KernelContext& c, const char* pads) {
  if (c.input_shape(1).rank() != 1) {
    c.fail(fmt::format("block_shape must be one-dimensional, got shape {}",
                       c.input_shape(1).debug_string()));
  }
  const Dims sizes = integers(c, 1);
  const auto rank = static_cast<std::int64_t>(sizes.size());
  if (c.input_shape(0).rank() < rank + 1) {
    c.fail(
        fmt::format("input rank should be >= {} instead of {}", rank + 1, c.input_shape(0).rank()));
  }
  if (c.input_shape(2) != Shape{rank, 2}) {
    c.fail(fmt::format("{} should have shape [{}, 2] instead of {}",
                       c.op().op_def().input_arg(2).name(), rank, c.input_shape(2).debug_string()));
  }
  const Dims around = integers(c, 2);
  Blocks blocks;
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    const BlockedDim dim{sizes[d], around[2 * d], around[2 * d + 1], 0, 0};
    if (dim.block < 1) {
      c.fail(fmt::format("All values in block_shape must be positive, got value, {} at index {}.",
                         dim.block, d));
    }
    if (dim.before < 0 || dim.after < 0) c.fail(fmt::format("{} must be non-negative", pads));
    const auto count = checked_mul(blocks.count, dim.block);
    if (!count) c.fail("Product of block sizes must be positive, got an overflow");
    blocks.count = *count;
    blocks.dims.push_back(dim);
  }
  const Dims& dims = c.input_shape(0).dims();
  blocks.elements = product(dims, sizes.size() + 1, dims.size());
  return blocks;
}

Shape shape_with(const Shape& input, std::int64_t batch, const Blocks& blocks, bool spread) {
  Dims dims = input.dims();
  dims[0] = batch;
  for (std::size_t d = 0; d < blocks.dims.size(); ++d) {
    dims[d + 1] = spread ? blocks.dims[d].spread : blocks.dims[d].folded;
  }
  return Shape(std::move(dims));
}

void space_to_batch(KernelContext& c) {
  const Tensor& input = c.input(0);
  Blocks blocks = read_blocks(c, "Paddings");
  for (std::size_t d = 0; d < blocks.dims.size(); ++d) {
    BlockedDim& dim = blocks.dims[d];
    dim.spread = input.shape().dim(static_cast<int>(d) + 1);
    const auto ends = checked_add(dim.before, dim.after);
    const auto padded = ends ? checked_add(dim.spread, *ends) : std::nullopt;
    if (!padded) c.fail("paddings are too large");
    if (*padded % dim.block != 0) {
      c.fail(fmt::format("padded_shape[{}]={} is not divisible by block_shape[{}]={}", d, *padded,
                         d, dim.block));
    }
    dim.folded = *padded / dim.block;
  }
  blocks.batch = input.shape().dim(0);
  const auto batch = checked_mul(blocks.batch, blocks.count);
  if (!batch) c.fail("the product of batch and block sizes is too large");
  Tensor out = Tensor::zeros(input.dtype(), shape_with(input.shape(), *batch, blocks, false));
  if (input.num_elements() > 0) {
    for_each_part(blocks, [&](std::int64_t spread, std::int64_t folded, const auto& axes) {
      copy(c, input, spread, out, folded, axes);
    });
  }
  c.set_output(0, std::move(out));
}

void batch_to_space(KernelContext& c) {
  const Tensor& input = c.input(0);
  Blocks blocks = read_blocks(c, "Crops");
  if (input.shape().dim(0) % blocks.count != 0) {
    c.fail(fmt::format("Input batch dimension ({}) is not divisible by product of block sizes ({})",
                       input.shape().dim(0), blocks.count));
  }
  blocks.batch = input.shape().dim(0) / blocks.count;
  for (std::size_t d = 0; d < blocks.dims.size(); ++d) {
    BlockedDim& dim = blocks.dims[d];
    dim.folded = input.shape().dim(static_cast<int>(d) + 1);
    const auto whole = checked_mul(dim.folded, dim.block);
    const auto ends = checked_add(dim.before, dim.after);
    if (!whole || !ends) c.fail("crops are too large");
    dim.spread = *whole - *ends;
    if (dim.spread < 0) {
      c.fail(fmt::format("cropped_shape[{}]={} must be non-negative", d, dim.spread));
    }
  }
  Tensor& out = c.allocate_output(0, shape_with(input.shape(), blocks.batch, blocks, true));
  if (out.num_elements() == 0) return;
  for_each_part(blocks, [&](std::int64_t spread, std::int64_t folded, std::vector<CopyAxis> axes) {
    for (CopyAxis& axis : axes) std::swap(axis.from, axis.to);
    copy(c, input, folded, out, spread, axes);
  });
}

// The sizes of an image whose channels hold blocks of pixels.
struct DepthBlocks {
  std::int64_t batch;
  std::int64_t height;  // of the deep side
  std::int64_t width;
  std::int64_t channels;  // of the wide side
  std::int64_t block;
  bool channels_first;

  Shape image(std::int64_t h, std::int64_t w, std::int64_t ch) const {
    return channels_first ? Shape{batch, ch, h, w} : Shape{batch, h, w, ch};
  }
  Shape deep() const { return image(height, width, channels * block * block); }
  Shape wide() const { return image(height * block, width * block, channels); }

  // Batch, height, width, row and column in the block, channel: strides in both.
  std::vector<CopyAxis> axes() const {
    const std::int64_t depth = channels * block * block;
    const std::int64_t w = width * block;
    const std::int64_t image_size = height * width * depth;
    if (channels_first) {
      const std::int64_t plane = height * width;
      return {{batch, image_size, image_size}, {block, block * channels * plane, w},
              {block, channels * plane, 1},    {channels, plane, height * block * w},
              {height, width, block * w},      {width, 1, block}};
    }
    return {{batch, image_size, image_size},  {height, width * depth, block * w * channels},
            {width, depth, block * channels}, {block, block * channels, w * channels},
            {block, channels, channels},      {channels, 1, 1}};
  }
};

template <bool kToSpace>
void depth_and_space(KernelContext& c) {
  const Operation& op = c.op();
  const Shape& shape = c.input_shape(0);
  if (shape.rank() != 4)
    c.fail(fmt::format("Input rank should be{0} 4 instead of{0} {1}", kToSpace ? ":" : "",
                       shape.rank()));
  DepthBlocks blocks{};
  blocks.block = op.attr_int("block_size");
  blocks.channels_first = op.attr_string("data_format") == "NCHW";
  if (op.attr_string("data_format") == "NCHW_VECT_C") c.fail("NCHW_VECT_C is for GPUs only");
  blocks.batch = shape.dim(0);
  const int rows = blocks.channels_first ? 2 : 1;
  blocks.height = shape.dim(rows);
  blocks.width = shape.dim(rows + 1);
  blocks.channels = shape.dim(blocks.channels_first ? 1 : 3);
  const auto area = checked_mul(blocks.block, blocks.block);
  if (!area || blocks.block < 2) c.fail("block_size must be at least 2");
  if (kToSpace) {
    if (blocks.channels % *area != 0) {
      c.fail(fmt::format("Input depth dimension {} should be divisible by: {}", blocks.channels,
                         *area));
    }
    blocks.channels /= *area;
  } else {
    if (blocks.height % blocks.block != 0 || blocks.width % blocks.block != 0) {
      c.fail(fmt::format("Image width {} and height {} should be divisible by block_size: {}",
                         blocks.width, blocks.height, blocks.block));
    }
    blocks.height /= blocks.block;
    blocks.width /= blocks.block;
  }
  Tensor& out = c.allocate_output(0, kToSpace ? blocks.wide() : blocks.deep());
  if (out.num_elements() == 0) return;
  std::vector<CopyAxis> axes = blocks.axes();
  for (CopyAxis& axis : axes) {
    if (!kToSpace) std::swap(axis.from, axis.to);
  }
  copy(c, c.input(0), 0, out, 0, axes);
}

}  // namespace

void register_space_batch_kernels(KernelRegistry& registry) {
  registry.add_function("SpaceToBatchND", space_to_batch);
  registry.add_function("BatchToSpaceND", batch_to_space);
  registry.add_function("DepthToSpace", depth_and_space<true>);
  registry.add_function("SpaceToDepth", depth_and_space<false>);
}

}  // namespace tensorkeep::runtime
