#include <fmt/format.h>

#include <algorithm>

#include "base/checked_math.h"
#include "graph/strided_slice.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/variable_access.h"

// Kernels that are one copy along strides: slicing, transposing, tiling, padding.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

void slice(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims begin = integers(c, 1);
  Dims size = integers(c, 2);
  const auto rank = static_cast<std::size_t>(input.shape().rank());
  if (begin.size() != rank || size.size() != rank) {
    c.fail(
        fmt::format("Expected begin and size arguments to be 1-D tensors of size {}, but got "
                    "shapes {} and {} instead.",
                    rank, c.input_shape(1).debug_string(), c.input_shape(2).debug_string()));
  }
  const Dims strides = strides_of(input.shape().dims());
  std::int64_t first = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t whole = input.shape().dim(static_cast<int>(i));
    if (begin[i] < 0 || begin[i] > whole) {
      c.fail(fmt::format("Expected begin[{}] in [0, {}], but got {}", i, whole, begin[i]));
    }
    if (size[i] == -1) size[i] = whole - begin[i];
    if (size[i] < 0 || size[i] > whole - begin[i]) {
      c.fail(fmt::format("Expected size[{}] in [0, {}], but got {}", i, whole - begin[i], size[i]));
    }
    first += begin[i] * strides[i];
  }
  Tensor& out = c.allocate_output(0, Shape(size));
  if (out.num_elements() == 0) return;
  const Dims to = strides_of(size);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < rank; ++i) axes.push_back({size[i], strides[i], to[i]});
  copy(c, input, first, out, 0, axes);
}

// The slice of a shape, its first element, and its strides in the tensor that is sliced.
struct Walk {
  Shape final_shape;
  std::int64_t first = 0;
  Dims size;
  Dims strides;
};

Walk walk(const KernelContext& c, const Shape& shape, int begin_index) {
  const Dims begin = integers(c, begin_index);
  const Dims end = integers(c, begin_index + 1);
  const Dims stride = integers(c, begin_index + 2);
  try {
    const DenseSlice dense = dense_slice(shape, begin, end, stride, slice_masks_of(c.op()));
    Walk result{dense.final_shape, 0, dense.size, strides_of(shape.dims())};
    for (std::size_t i = 0; i < dense.size.size(); ++i) {
      result.first += dense.begin[i] * result.strides[i];
      result.strides[i] *= dense.stride[i];
    }
    return result;
  } catch (const errors::InvalidArgumentError& error) {
    c.fail(error.message());
  }
}

void strided_slice(KernelContext& c) {
  const Walk from = walk(c, c.input_shape(0), 1);
  Tensor& out = c.allocate_output(0, from.final_shape);
  if (out.num_elements() == 0) return;
  const Dims to = strides_of(from.size);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < to.size(); ++i) {
    axes.push_back({from.size[i], from.strides[i], to[i]});
  }
  copy(c, c.input(0), from.first, out, 0, axes);
}

void strided_slice_grad(KernelContext& c) {
  const Dims dims = integers(c, 0);
  for (const std::int64_t dim : dims) {
    if (dim < 0) c.fail(fmt::format("Dimension {} must be >= 0", dim));
  }
  const Shape shape(dims);
  const Walk to = walk(c, shape, 1);
  const Tensor& grad = c.input(4);
  if (grad.shape() != to.final_shape) {
    c.fail(fmt::format("shape of dy was {} instead of {}", grad.shape().debug_string(),
                       to.final_shape.debug_string()));
  }
  Tensor out = Tensor::zeros(grad.dtype(), shape);
  if (grad.num_elements() > 0) {
    const Dims from = strides_of(to.size);
    std::vector<CopyAxis> axes;
    for (std::size_t i = 0; i < from.size(); ++i) {
      axes.push_back({to.size[i], from[i], to.strides[i]});
    }
    copy(c, grad, 0, out, to.first, axes);
  }
  c.set_output(0, std::move(out));
}

// The strides along a slice's dimensions in a value that is broadcast to the slice's shape.
Dims broadcast_strides(KernelContext& c, const Shape& value, const Walk& slice) {
  const Shape& wanted = slice.final_shape;
  const int missing = wanted.rank() - value.rank();
  const Dims own = strides_of(value.dims());
  bool fits = missing >= 0;
  Dims strides;  // of the dimensions larger than 1, which the slice has in the same order
  for (int i = 0; i < wanted.rank(); ++i) {
    const std::int64_t size = i < missing ? 1 : value.dim(i - missing);
    fits = fits && (size == 1 || size == wanted.dim(i));
    if (!fits) break;
    if (wanted.dim(i) == 1) continue;
    strides.push_back(size == 1 ? 0 : own[static_cast<std::size_t>(i - missing)]);
  }
  if (!fits) {
    c.fail(fmt::format("Cannot broadcast input shape {} into final shape {}", value.debug_string(),
                       wanted.debug_string()));
  }
  std::size_t next = 0;
  Dims result;
  for (const std::int64_t size : slice.size) result.push_back(size == 1 ? 0 : strides[next++]);
  return result;
}

void strided_slice_assign(KernelContext& c) {
  const Tensor& value = c.input(4);
  {
    LockedVariables variables(c, {0});
    Tensor& variable = variables[0];
    const Walk to = walk(c, variable.shape(), 1);
    const Dims from = broadcast_strides(c, value.shape(), to);
    std::vector<CopyAxis> axes;
    for (std::size_t i = 0; i < from.size(); ++i) {
      axes.push_back({to.size[i], from[i], to.strides[i]});
    }
    if (to.final_shape.num_elements() > 0) copy(c, value, 0, variable, to.first, axes);
  }
  forward_reference(c);
}

void transpose(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims perm = integers(c, 1);
  const int rank = input.shape().rank();
  if (static_cast<int>(perm.size()) != rank) {
    c.fail(fmt::format("transpose expects a vector of size {}. But input(1) is a vector of size {}",
                       rank, perm.size()));
  }
  const Dims from = strides_of(input.shape().dims());
  std::vector<bool> seen(perm.size(), false);
  Dims dims;
  std::vector<CopyAxis> axes;
  for (const std::int64_t axis : perm) {
    const std::int64_t d = axis < 0 ? axis + rank : axis;
    if (d < 0 || d >= rank) c.fail(fmt::format("{} is out of range [0 .. {})", axis, rank));
    if (seen[static_cast<std::size_t>(d)]) {
      c.fail(fmt::format("{} is missing from {{{}}}.", d, fmt::join(perm, ",")));
    }
    seen[static_cast<std::size_t>(d)] = true;
    dims.push_back(input.shape().dim(static_cast<int>(d)));
    axes.push_back({dims.back(), from[static_cast<std::size_t>(d)], 0});
  }
  const Dims to = strides_of(dims);
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i].to = to[i];
  const std::vector<CopyAxis> simple = simplified(axes);
  if (simple.size() <= 1 && (simple.empty() || simple[0].from == simple[0].to)) {
    return c.set_output(0, input.reshaped(Shape(dims)));  // nothing moves
  }
  Tensor& out = c.allocate_output(0, Shape(dims));
  if (out.num_elements() > 0) copy(c, input, 0, out, 0, axes);
}

void broadcast_to(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims dims = integers(c, 1);
  const Dims& in = input.shape().dims();
  const Dims from = strides_of(in);
  bool fits = in.size() <= dims.size();
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; fits && i < dims.size(); ++i) {
    const bool own = i + in.size() >= dims.size();
    const std::size_t k = own ? i + in.size() - dims.size() : 0;
    const std::int64_t size = own ? in[k] : 1;
    fits = dims[i] >= 0 && (size == dims[i] || size == 1);
    axes.push_back({dims[i], size == 1 ? 0 : from[k], 0});
  }
  if (!fits) {
    c.fail(fmt::format("Incompatible shapes: {} vs. [{}]", input.shape().debug_string(),
                       fmt::join(dims, ",")));
  }
  Tensor& out = c.allocate_output(0, Shape(dims));
  const Dims to = strides_of(dims);
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i].to = to[i];
  if (out.num_elements() > 0) copy(c, input, 0, out, 0, axes);
}

void tile(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims multiples = integers(c, 1);
  const Dims& in = input.shape().dims();
  if (multiples.size() != in.size()) {
    c.fail(fmt::format("Expected multiples argument to be a vector of length {} but got length {}",
                       in.size(), multiples.size()));
  }
  Dims dims;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto size = checked_mul(in[i], multiples[i]);
    if (multiples[i] < 0 || !size) {
      c.fail(fmt::format("Expected multiples[{}] >= 0, but got {}", i, multiples[i]));
    }
    dims.push_back(*size);
  }
  Tensor& out = c.allocate_output(0, Shape(dims));
  if (out.num_elements() == 0) return;
  const Dims from = strides_of(in);
  const Dims to = strides_of(dims);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < in.size(); ++i) {
    axes.push_back({multiples[i], 0, to[i] * in[i]});
    axes.push_back({in[i], from[i], to[i]});
  }
  copy(c, input, 0, out, 0, axes);
}

void pad(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims& in = input.shape().dims();
  const Dims paddings = integers(c, 1);
  if (c.input_shape(1) != Shape({input.shape().rank(), 2})) {
    c.fail(fmt::format("The first dimension of paddings must be the rank of inputs{} {}",
                       c.input_shape(1).debug_string(), input.shape().debug_string()));
  }
  Dims dims;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (paddings[2 * i] < 0 || paddings[2 * i + 1] < 0) {
      c.fail(fmt::format("Paddings must be non-negative: {} {}", paddings[2 * i],
                         paddings[2 * i + 1]));
    }
    const auto with_before = checked_add(in[i], paddings[2 * i]);
    const auto size = with_before ? checked_add(*with_before, paddings[2 * i + 1]) : std::nullopt;
    if (!size) c.fail("the padded shape is too large");
    dims.push_back(*size);
  }
  Tensor out = c.num_inputs() == 3 ? Tensor(input.dtype(), Shape(dims))
                                   : Tensor::zeros(input.dtype(), Shape(dims));
  if (c.num_inputs() == 3) {
    if (c.input(2).num_elements() != 1) c.fail("constant_values must be a scalar.");
    by_width(c, input.dtype(), [&](auto zero) {
      using T = decltype(zero);
      std::fill_n(mutable_elements<T>(out), out.num_elements(), elements<T>(c.input(2))[0]);
    });
  }
  const Dims from = strides_of(in);
  const Dims to = strides_of(dims);
  std::int64_t first = 0;
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < in.size(); ++i) {
    first += paddings[2 * i] * to[i];
    axes.push_back({in[i], from[i], to[i]});
  }
  if (input.num_elements() > 0) copy(c, input, 0, out, first, axes);
  c.set_output(0, std::move(out));
}

void reverse(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims& dims = input.shape().dims();
  Dims from = strides_of(dims);
  const Dims to = from;
  std::vector<bool> seen(dims.size(), false);
  std::int64_t first = 0;
  for (const std::int64_t axis : integers(c, 1)) {
    const auto at = static_cast<std::size_t>(axis_in(c, axis, input.shape().rank()));
    if (seen[at]) c.fail(fmt::format("axis {} specified more than once.", at));
    seen[at] = true;
    first += (dims[at] - 1) * from[at];
    from[at] = -from[at];
  }
  Tensor& out = c.allocate_output(0, input.shape());
  if (out.num_elements() == 0) return;
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < dims.size(); ++i) axes.push_back({dims[i], from[i], to[i]});
  copy(c, input, first, out, 0, axes);
}

}  // namespace

void register_array_move_kernels(KernelRegistry& registry) {
  registry.add_function("Slice", slice);
  registry.add_function("StridedSlice", strided_slice);
  registry.add_function("StridedSliceGrad", strided_slice_grad);
  registry.add_function("StridedSliceAssign", strided_slice_assign);
  registry.add_function("ResourceStridedSliceAssign", strided_slice_assign);
  registry.add_function("Transpose", transpose);
  registry.add_function("BroadcastTo", broadcast_to);
  registry.add_function("Tile", tile);
  registry.add_function("Pad", pad);
  registry.add_function("PadV2", pad);
  registry.add_function("ReverseV2", reverse);
}

}  // namespace tensorkeep::runtime
