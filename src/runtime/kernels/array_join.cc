#include <fmt/format.h>

#include "base/checked_math.h"
#include "runtime/kernels/elements.h"

// Joining tensors and taking them apart.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

void concat_values(KernelContext& c, int begin, int end, int axis_index) {
  const int rank = c.input_shape(begin).rank();
  const int along = axis_in(c, integer(c, axis_index), rank);
  const auto at = static_cast<std::size_t>(along);
  Dims dims = c.input_shape(begin).dims();
  dims[at] = 0;
  for (int i = begin; i < end; ++i) {
    const Shape& shape = c.input_shape(i);
    bool same = shape.rank() == rank;
    for (int d = 0; same && d < rank; ++d) {
      same = d == along || shape.dim(d) == dims[static_cast<std::size_t>(d)];
    }
    if (!same) {
      c.fail(
          fmt::format("ConcatOp : Dimension {} in both shapes must be equal: shape[0] = {} vs. "
                      "shape[{}] = {}",
                      along, c.input_shape(begin).debug_string(), i - begin, shape.debug_string()));
    }
    dims[at] += shape.dim(along);
  }
  Tensor& out = c.allocate_output(0, Shape(dims));
  const std::int64_t outer = product(dims, 0, at);
  const std::int64_t inner = product(dims, at + 1, dims.size());
  const std::int64_t row = dims[at] * inner;
  std::int64_t offset = 0;
  for (int i = begin; i < end; ++i) {
    const std::int64_t piece = c.input_shape(i).dim(along) * inner;
    if (out.num_elements() > 0) {
      copy(c, c.input(i), 0, out, offset, {{outer, piece, row}, {piece, 1, 1}});
    }
    offset += piece;
  }
}

void concat(KernelContext& c) {
  concat_values(c, 1, c.num_inputs(), 0);
}
void concat_v2(KernelContext& c) {
  concat_values(c, 0, c.num_inputs() - 1, c.num_inputs() - 1);
}

// Pieces of the given sizes along a dimension, or without that dimension if `drop` (sizes are 1).
void split_into(KernelContext& c, const Tensor& input, int along, const Dims& sizes, bool drop) {
  const auto at = static_cast<std::size_t>(along);
  const Dims& whole = input.shape().dims();
  const std::int64_t outer = product(whole, 0, at);
  const std::int64_t inner = product(whole, at + 1, whole.size());
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    Dims dims = whole;
    dims[at] = sizes[i];
    if (drop) dims.erase(dims.begin() + along);
    const int index = static_cast<int>(i);
    if (outer == 1) {  // one run: a window into the same memory
      const Tensor rows = input.reshaped(Shape(Dims(whole.begin() + along, whole.end())));
      c.set_output(index, rows.rows(offset, offset + sizes[i]).reshaped(Shape(dims)));
    } else {
      Tensor& out = c.allocate_output(index, Shape(dims));
      const std::int64_t piece = sizes[i] * inner;
      if (out.num_elements() > 0) {
        copy(c, input, offset * inner, out, 0, {{outer, whole[at] * inner, piece}, {piece, 1, 1}});
      }
    }
    offset += sizes[i];
  }
}

void split(KernelContext& c) {
  const Tensor& input = c.input(1);
  const int along = axis_in(c, integer(c, 0), input.shape().rank());
  const std::int64_t count = c.num_outputs();
  const std::int64_t size = input.shape().dim(along);
  if (size % count != 0) {
    c.fail(
        fmt::format("Number of ways to split should evenly divide the split dimension, but got "
                    "split_dim {} (size = {}) and num_split {}",
                    along, size, count));
  }
  split_into(c, input, along, Dims(static_cast<std::size_t>(count), size / count), false);
}

void split_v(KernelContext& c) {
  const Tensor& input = c.input(0);
  Dims sizes = integers(c, 1);
  const int along = axis_in(c, integer(c, 2), input.shape().rank());
  if (static_cast<int>(sizes.size()) != c.num_outputs()) {
    c.fail(
        fmt::format("size of the split_tensor must be 1-D and have the same elements as outputs "
                    "got {} and {}",
                    sizes.size(), c.num_outputs()));
  }
  std::int64_t total = 0;
  std::optional<std::size_t> rest;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1 && !rest) {
      rest = i;
    } else if (sizes[i] < 0) {
      c.fail(fmt::format("Split size at index {} must be >= 0. Got: {}", i, sizes[i]));
    } else {
      const auto next = checked_add(total, sizes[i]);
      if (!next) c.fail("the sizes to split into overflow");
      total = *next;
    }
  }
  const std::int64_t whole = input.shape().dim(along);
  if (rest ? total > whole : total != whole) {
    c.fail(
        fmt::format("Determined shape must either match input shape along split_dim exactly if "
                    "fully specified, or be less than the size of the input along split_dim if "
                    "not fully specified.  Got: {}",
                    total));
  }
  if (rest) sizes[*rest] = whole - total;
  split_into(c, input, along, sizes, false);
}

void pack(KernelContext& c) {
  const Shape& first = c.input_shape(0);
  const int axis = axis_in(c, c.op().attr_int("axis"), first.rank() + 1);
  const auto at = static_cast<std::size_t>(axis);
  const std::int64_t count = c.num_inputs();
  for (int i = 1; i < c.num_inputs(); ++i) {
    if (c.input_shape(i) != first) {
      c.fail(
          fmt::format("Shapes of all inputs must match: values[0].shape = {} != values[{}].shape "
                      "= {}",
                      first.debug_string(), i, c.input_shape(i).debug_string()));
    }
  }
  Dims dims = first.dims();
  const std::int64_t outer = product(dims, 0, at);
  const std::int64_t inner = product(dims, at, dims.size());
  dims.insert(dims.begin() + axis, count);
  Tensor& out = c.allocate_output(0, Shape(dims));
  if (out.num_elements() == 0) return;
  for (int i = 0; i < c.num_inputs(); ++i) {
    copy(c, c.input(i), 0, out, i * inner, {{outer, inner, count * inner}, {inner, 1, 1}});
  }
}

void unpack(KernelContext& c) {
  const Tensor& input = c.input(0);
  const int axis = axis_in(c, c.op().attr_int("axis"), input.shape().rank());
  if (input.shape().dim(axis) != c.num_outputs()) {
    c.fail(fmt::format("Input shape axis {} must equal {}, got shape {}", axis, c.num_outputs(),
                       input.shape().debug_string()));
  }
  split_into(c, input, axis, Dims(static_cast<std::size_t>(c.num_outputs()), 1), true);
}

}  // namespace

void register_array_join_kernels(KernelRegistry& registry) {
  registry.add_function("Concat", concat);
  registry.add_function("ConcatV2", concat_v2);
  registry.add_function("Split", split);
  registry.add_function("SplitV", split_v);
  registry.add_function("Pack", pack);
  registry.add_function("Unpack", unpack);
}

}  // namespace tensorkeep::runtime
