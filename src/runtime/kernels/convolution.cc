#include "runtime/kernels/convolution.h"

#include <fmt/format.h>

#include "runtime/kernels/axes.h"

namespace tensorkeep::runtime {

Convolution plan_convolution(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                             const Shape& filter) {
  Convolution plan;
  plan.batch = input.dim(0);
  plan.in_channels = input.dim(attrs.channel_axis());
  plan.windows =
      plan_windows(c, attrs, input, [&](int i) { return filter.dim(i - (3 - attrs.spatial)); });
  return plan;
}

Shape shape_from_input(KernelContext& c, int index, const char* name) {
  if (c.input_shape(index).rank() != 1) {
    c.fail(fmt::format("{} input must be 1-dim, not {}-dim", name, c.input_shape(index).rank()));
  }
  auto dims = integers_of(c.input(index));
  for (const std::int64_t dim : dims) {
    if (dim < 0) c.fail(fmt::format("Dimension {} must be >= 0", dim));
  }
  return Shape(std::move(dims));
}

bool is_zero(Tensor& output, const Tensor& a, const Tensor& b) {
  if (output.num_elements() != 0 && a.num_elements() != 0 && b.num_elements() != 0) return false;
  output = Tensor::zeros(output.dtype(), output.shape());
  return true;
}

}  // namespace tensorkeep::runtime
