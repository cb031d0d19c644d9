#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/sparse_input.h"

// Sparse tensors whose elements move: reordered, reshaped, cut, joined, filled up.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

void reorder(KernelContext& c) {
  const SparseInput input = sparse_input(c, 0);
  const Dims order = sorted_places(input.places);
  output_places(c, 0, input.places, order);
  output_rows(c, 1, input.values, order);
}

// The new dimensions, -1 among them replaced.
Dims reshaped_dims(const KernelContext& c, std::int64_t count) {
  if (c.input_shape(2).rank() != 1) {
    c.fail("Target shape should be a vector but received shape " + c.input_shape(2).debug_string());
  }
  Dims dims = integers(c, 2);
  Dims known;
  std::size_t unknown = dims.size();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == -1) {
      if (unknown != dims.size()) {
        c.fail(fmt::format("only one output dimension may be -1, not both {} and {}", unknown, i));
      }
      unknown = i;
    } else if (dims[i] < 0) {
      c.fail(fmt::format("size {} must be non-negative, not {}", i, dims[i]));
    } else {
      known.push_back(dims[i]);
    }
  }
  const std::int64_t product = element_count(c, known);
  if (unknown != dims.size()) {
    if (product == 0) {
      c.fail(
          "reshape cannot infer the missing input size for an empty tensor unless all specified "
          "input sizes are non-zero");
    }
    dims[unknown] = count / product;
    if (dims[unknown] * product != count) {
      c.fail(
          fmt::format("Input to reshape is a SparseTensor with {} dense values, but the "
                      "requested shape requires a multiple of {}. input_shape=[{}] "
                      "output_shape=[{}]",
                      count, product, fmt::join(integers(c, 1), ","), fmt::join(dims, ",")));
    }
  } else if (product != count) {
    c.fail(fmt::format(
        "Input to reshape is a tensor with {} dense values, but the requested shape has {}. "
        "input_shape=[{}] output_shape=[{}]",
        count, product, fmt::join(integers(c, 1), ","), fmt::join(dims, ",")));
  }
  return dims;
}

// Places out of bounds are places of other elements, as in TensorFlow: nothing is read there.
void reshape(KernelContext& c) {
  const Places places = places_in(c, 0);
  const Dims from = dims_in(c, 1);
  if (static_cast<std::int64_t>(from.size()) != places.rank) {
    c.fail("Input tensor rank must match input shape length.");
  }
  const std::int64_t count = element_count(c, from);
  const Dims to = reshaped_dims(c, count);
  const Dims from_strides = strides_of(from);
  const Dims to_strides = strides_of(to);
  Tensor& out = c.allocate_output(0, {places.count, static_cast<std::int64_t>(to.size())});
  std::int64_t* row = out.mutable_data<std::int64_t>().data();
  for (std::int64_t place = 0; place < places.count; ++place) {
    std::uint64_t element = 0;
    for (std::size_t axis = 0; axis < from.size(); ++axis) {
      element += static_cast<std::uint64_t>(places.at(place, static_cast<std::int64_t>(axis))) *
                 static_cast<std::uint64_t>(from_strides[axis]);
    }
    auto rest = static_cast<std::int64_t>(element);
    for (const std::int64_t stride : to_strides) {
      *row++ = stride > 0 ? rest / stride : 0;
      if (stride > 0) rest %= stride;
    }
  }
  c.set_output(1, integer_vector(int64, to));
}

// The places within a box, counted from its first corner.
struct Cut {
  Places places;
  Dims which;
};
Cut cut(const SparseInput& input, const Dims& start, const Dims& size) {
  Cut result;
  result.places.rank = input.places.rank;
  Dims row(start.size());
  for (std::int64_t place = 0; place < input.places.count; ++place) {
    bool inside = true;
    for (std::size_t axis = 0; axis < row.size() && inside; ++axis) {
      const std::int64_t at = input.places.at(place, static_cast<std::int64_t>(axis));
      inside = at >= start[axis] && at - start[axis] < size[axis];
      row[axis] = inside ? at - start[axis] : 0;
    }
    if (!inside) continue;
    result.places.add(row.data());
    result.which.push_back(place);
  }
  return result;
}

void slice(KernelContext& c) {
  const SparseInput input = sparse_input(c, 0);
  element_count(c, input.dims);
  for (const int index : {3, 4}) {
    if (c.input_shape(index).rank() != 1) {
      c.fail(fmt::format("Input {} should be a vector but received shape {}",
                         index == 3 ? "start" : "size", c.input_shape(index).debug_string()));
    }
    if (c.input_shape(index).dim(0) != input.places.rank) {
      c.fail(fmt::format("Expected {} to be a vector of length {} but got length {}",
                         index == 3 ? "start" : "size", input.places.rank,
                         c.input_shape(index).dim(0)));
    }
  }
  const Dims start = integers(c, 3);
  Dims size = integers(c, 4);
  for (std::size_t axis = 0; axis < size.size(); ++axis) {
    if (start[axis] < 0 || size[axis] < 0) {
      c.fail(fmt::format("start and size must not be negative, but are {} and {}", start[axis],
                         size[axis]));
    }
    const std::int64_t left = input.dims[axis] - std::min(start[axis], input.dims[axis]);
    size[axis] = std::min(size[axis], left);
  }
  const Cut part = cut(input, start, size);
  c.set_output(0, part.places.to_tensor());
  output_rows(c, 1, input.values, part.which);
  c.set_output(2, integer_vector(int64, size));
}

// The gradients of the elements that the slice took, 0 for the others.
void slice_grad(KernelContext& c) {
  const Tensor& grads = c.input(0);
  const Places input = places_in(c, 1);
  const Places output = places_in(c, 3);
  if (grads.shape().rank() != 1) {
    c.fail("Input backprop_val_grad should be a vector but received shape " +
           grads.shape().debug_string());
  }
  if (c.input_shape(2).rank() != 1 || c.input_shape(2).dim(0) != input.rank ||
      output.rank != input.rank) {
    c.fail("The input and output should have the same ndims");
  }
  if (grads.shape().dim(0) != output.count) {
    c.fail(
        fmt::format("# elements of backprop_val_grad and # rows of output_indices should match "
                    "({} vs. {})",
                    grads.shape().dim(0), output.count));
  }
  const Dims start = integers(c, 2);
  Dims which(static_cast<std::size_t>(input.count), -1);
  Dims moved(start.size());
  std::int64_t next = 0;
  for (std::int64_t place = 0; place < input.count && next < output.count; ++place) {
    for (std::size_t axis = 0; axis < start.size(); ++axis) {
      moved[axis] = static_cast<std::int64_t>(
          static_cast<std::uint64_t>(output.at(next, static_cast<std::int64_t>(axis))) +
          static_cast<std::uint64_t>(start[axis]));
    }
    if (compare(input.row(place), moved.data(), input.rank) == 0) {
      which[static_cast<std::size_t>(place)] = next++;
    }
  }
  if (next < output.count) c.fail("Elements of output_indices aren't all propagated.");
  Tensor& out = c.allocate_output(0, {input.count});
  by_width(c, out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = mutable_elements<T>(out);
    for (const std::int64_t from : which) *to++ = from < 0 ? T() : elements<T>(grads)[from];
  });
}

void split(KernelContext& c) {
  const std::int64_t parts = c.op().attr_int("num_split");
  if (c.input_shape(0).num_elements() != 1) c.fail("split_dim should be a scalar");
  std::int64_t axis = integers(c, 0).front();
  const SparseInput input = sparse_input(c, 1);
  element_count(c, input.dims);
  check_bounds(c, input);
  if (axis < 0) axis += input.places.rank;
  if (axis < 0 || axis >= input.places.rank) {
    c.fail(fmt::format("Input split_dim should be between 0 and rank ({}), got {}",
                       input.places.rank, integers(c, 0).front()));
  }
  const std::int64_t whole = input.dims[static_cast<std::size_t>(axis)];
  if (parts < 1 || parts > whole) {
    c.fail(
        fmt::format("Input num_split should be between 1 and the splitting dimension size ({}), "
                    "got {}",
                    whole, parts));
  }
  Dims start(input.dims.size(), 0);
  Dims size = input.dims;
  const auto d = static_cast<std::size_t>(axis);
  for (std::int64_t part = 0; part < parts; ++part) {
    size[d] = whole / parts + (part < whole % parts ? 1 : 0);
    const Cut found = cut(input, start, size);
    const auto output = static_cast<int>(part);
    const auto outputs = static_cast<int>(parts);
    c.set_output(output, found.places.to_tensor());
    output_rows(c, outputs + output, input.values, found.which);
    c.set_output(2 * outputs + output, integer_vector(int64, size));
    start[d] += size[d];
  }
}

}  // namespace

void register_sparse_layout_kernels(KernelRegistry& registry) {
  registry.add_function("SparseReorder", reorder);
  registry.add_function("SparseReshape", reshape);
  registry.add_function("SparseSlice", slice);
  registry.add_function("SparseSliceGrad", slice_grad);
  registry.add_function("SparseSplit", split);
}

}  // namespace tensorkeep::runtime
