#include <fmt/format.h>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Elements moved around their dimensions, and joined along a new one.
namespace tensorkeep::runtime {
namespace {

void check_list(const KernelContext& c, int index, const char* name) {
  if (c.input_shape(index).rank() > 1) {
    c.fail(fmt::format("{} must be a scalar or a 1-D vector. Found: {}", name,
                       c.input_shape(index).debug_string()));
  }
}

// The shift along each dimension, from the front.
std::vector<std::int64_t> shifts_of(const KernelContext& c) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() < 1) c.fail("input must be 1-D or higher");
  check_list(c, 1, "shift");
  check_list(c, 2, "axis");
  const std::vector<std::int64_t> shifts = integers(c, 1);
  const std::vector<std::int64_t> axes = integers(c, 2);
  if (shifts.size() != axes.size()) c.fail("shift and axis must have the same size");
  std::vector<std::int64_t> result(shape.dims().size(), 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const int axis = axis_in(c, axes[i], shape.rank());
    const std::int64_t size = std::max<std::int64_t>(shape.dim(axis), 1);
    auto& shift = result[static_cast<std::size_t>(axis)];
    shift = ((shift + shifts[i] % size) % size + size) % size;
  }
  return result;
}

// Along one dimension: two runs for every outer index.
template <typename T>
void roll_along(const std::vector<std::int64_t>& dims, std::size_t dim, std::int64_t shift,
                const T* from, T* to) {
  const std::int64_t outer = product(dims, 0, dim);
  const std::int64_t inner = product(dims, dim + 1, dims.size());
  const std::int64_t size = dims[dim] * inner;
  const std::int64_t head = shift * inner;
  for (std::int64_t i = 0; i < outer; ++i, from += size, to += size) {
    std::copy_n(from + size - head, head, to);
    std::copy_n(from, size - head, to + head);
  }
}

void roll(KernelContext& c) {
  const std::vector<std::int64_t> shifts = shifts_of(c);
  const std::vector<std::int64_t>& dims = c.input_shape(0).dims();
  Tensor rolled = c.input(0);
  if (rolled.num_elements() == 0) return c.set_output(0, std::move(rolled));
  for (std::size_t dim = 0; dim < dims.size(); ++dim) {
    if (shifts[dim] == 0) continue;
    Tensor next(rolled.dtype(), rolled.shape());
    by_width(c, rolled.dtype(), [&](auto zero) {
      using T = decltype(zero);
      roll_along<T>(dims, dim, shifts[dim], elements<T>(rolled), mutable_elements<T>(next));
    });
    rolled = std::move(next);
  }
  c.set_output(0, std::move(rolled));
}

// Inputs whose first dimension is 1, one after the other.
Kernel make_parallel_concat(const Operation& op) {
  return [shape = op.attr_shape("shape")](KernelContext& c) {
    Tensor& out = c.allocate_output(0, shape);
    std::int64_t at = 0;
    for (int i = 0; i < c.num_inputs(); ++i) {
      const Tensor& input = c.input(i);
      std::vector<std::int64_t> wanted = shape.dims();
      if (!wanted.empty()) wanted[0] = 1;
      if (input.shape().dims() != wanted || c.num_inputs() != shape.dim(0)) {
        c.fail(fmt::format("input {} has shape {}, which is no part of {}", i,
                           input.shape().debug_string(), shape.debug_string()));
      }
      by_width(c, out.dtype(), [&](auto zero) {
        using T = decltype(zero);
        std::copy_n(elements<T>(input), input.num_elements(), mutable_elements<T>(out) + at);
      });
      at += input.num_elements();
    }
  };
}

Kernel make_ensure_shape(const Operation& op) {
  return [expected = op.attr_shape("shape"), name = op.input(0).op().name()](KernelContext& c) {
    if (!expected.compatible_with(c.input_shape(0))) {
      c.fail(fmt::format("Shape of tensor {} {} is not compatible with expected shape {}.", name,
                         c.input_shape(0).debug_string(), expected.debug_string()));
    }
    c.set_output(0, c.input(0));
  };
}

void pass_on(KernelContext& c) {
  c.set_output(0, c.input(0));
}

}  // namespace

void register_roll_kernels(KernelRegistry& registry) {
  registry.add_function("Roll", roll);
  registry.add("ParallelConcat", make_parallel_concat);
  registry.add("EnsureShape", make_ensure_shape);
  registry.add_function("GuaranteeConst", pass_on);
}

}  // namespace tensorkeep::runtime
