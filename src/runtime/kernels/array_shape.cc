#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "tensorkeep/errors.h"

// The shapes of tensors, and what is computed with shapes alone.
namespace tensorkeep::runtime {
namespace {

void shape_kernel(KernelContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) {
    const DType dtype = c.op().output_dtype(i);
    const auto& dims = c.input_shape(i).dims();
    if (dtype == int32 &&
        std::any_of(dims.begin(), dims.end(), [](std::int64_t d) { return d > INT32_MAX; })) {
      c.fail("Shape output type is 32-bit but a dimension does not fit; ask for int64");
    }
    c.set_output(i, integer_vector(dtype, dims));
  }
}

void size_kernel(KernelContext& c) {
  const std::int64_t count = c.input(0).num_elements();
  if (c.op().output_dtype(0) == int32 && count > INT32_MAX) {
    c.fail(
        fmt::format("Number of elements was larger than representable by 32-bit output type: "
                    "{}; ask for int64",
                    count));
  }
  c.set_output(0, integer_tensor(c.op().output_dtype(0), {count}, {}));
}

void rank_kernel(KernelContext& c) {
  c.set_output(0, Tensor::scalar<std::int32_t>(c.input_shape(0).rank()));
}

void concat_offset(KernelContext& c) {
  const std::int64_t axis = integer(c, 0);
  const int count = c.num_inputs() - 1;
  const std::vector<std::int64_t> first = integers(c, 1);
  const int along = axis_in(c, axis, static_cast<int>(first.size()));
  std::int64_t offset = 0;
  for (int i = 0; i < count; ++i) {
    const std::vector<std::int64_t> dims = integers(c, i + 1);
    if (dims.size() != first.size()) {
      c.fail(fmt::format("input {} should contain {} elements, but got {}", i, first.size(),
                         dims.size()));
    }
    for (std::size_t d = 0; d < dims.size(); ++d) {
      if (static_cast<int>(d) != along && dims[d] != first[d]) {
        c.fail(
            fmt::format("All dimensions except {} must match. Input {} has shape [{}] and "
                        "doesn't match input 0 with shape [{}].",
                        along, i, fmt::join(dims, " "), fmt::join(first, " ")));
      }
    }
    std::vector<std::int64_t> begin(dims.size(), 0);
    begin[static_cast<std::size_t>(along)] = offset;
    offset += dims[static_cast<std::size_t>(along)];
    c.set_output(i, integer_vector(c.input(i + 1).dtype(), begin));
  }
}

// Over which dimensions of the broadcast result each input's gradient must be summed. With equal
// shapes nothing is reduced; else every dimension of size 1 is listed, as TensorFlow does.
void broadcast_gradient_args(KernelContext& c) {
  const std::vector<std::int64_t> a = integers(c, 0);
  const std::vector<std::int64_t> b = integers(c, 1);
  std::vector<std::int64_t> reduce_a;
  std::vector<std::int64_t> reduce_b;
  if (a != b) {
    const std::size_t rank = std::max(a.size(), b.size());
    for (std::size_t i = 0; i < rank; ++i) {
      const bool in_a = i + a.size() >= rank;
      const bool in_b = i + b.size() >= rank;
      const std::int64_t x = in_a ? a[i + a.size() - rank] : 1;
      const std::int64_t y = in_b ? b[i + b.size() - rank] : 1;
      if (x != y && x != 1 && y != 1) {
        c.fail(fmt::format("Incompatible shapes: [{}] vs. [{}]", fmt::join(a, ","),
                           fmt::join(b, ",")));
      }
      if (x == 1) reduce_a.push_back(static_cast<std::int64_t>(i));
      if (y == 1) reduce_b.push_back(static_cast<std::int64_t>(i));
    }
  }
  c.set_output(0, integer_vector(c.input(0).dtype(), reduce_a));
  c.set_output(1, integer_vector(c.input(0).dtype(), reduce_b));
}

void broadcast_args(KernelContext& c) {
  const std::vector<std::int64_t> a = integers(c, 0);
  const std::vector<std::int64_t> b = integers(c, 1);
  std::vector<std::int64_t> dims(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::size_t back = dims.size() - i;
    const std::int64_t x = back <= a.size() ? a[a.size() - back] : 1;
    const std::int64_t y = back <= b.size() ? b[b.size() - back] : 1;
    if (x != y && x != 1 && y != 1) {
      c.fail(
          fmt::format("Incompatible shapes: [{}] vs. [{}]", fmt::join(a, ","), fmt::join(b, ",")));
    }
    dims[i] = x == 1 ? y : x;
  }
  c.set_output(0, integer_vector(c.input(0).dtype(), dims));
}

void invert_permutation(KernelContext& c) {
  const std::vector<std::int64_t> perm = integers(c, 0);
  if (c.input_shape(0).rank() != 1) {
    c.fail(fmt::format("invert_permutation expects a 1D vector, not shape {}",
                       c.input_shape(0).debug_string()));
  }
  const auto size = static_cast<std::int64_t>(perm.size());
  std::vector<std::int64_t> inverse(perm.size(), -1);
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t to = perm[static_cast<std::size_t>(i)];
    if (to < 0 || to >= size) c.fail(fmt::format("{} is not between 0 and {}", to, size));
    std::int64_t& slot = inverse[static_cast<std::size_t>(to)];
    if (slot != -1) c.fail(fmt::format("{} is duplicated in the input.", to));
    slot = i;
  }
  c.set_output(0, integer_vector(c.input(0).dtype(), inverse));
}

}  // namespace

void register_array_shape_kernels(KernelRegistry& registry) {
  registry.add_function("Shape", shape_kernel);
  registry.add_function("ShapeN", shape_kernel);
  registry.add_function("Size", size_kernel);
  registry.add_function("Rank", rank_kernel);
  registry.add_function("ConcatOffset", concat_offset);
  registry.add_function("BroadcastGradientArgs", broadcast_gradient_args);
  registry.add_function("BroadcastArgs", broadcast_args);
  registry.add_function("InvertPermutation", invert_permutation);
}

}  // namespace tensorkeep::runtime
