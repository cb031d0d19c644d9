#include "runtime/kernels/convolution.h"

#include <fmt/format.h>

#include "runtime/kernels/axes.h"

namespace tensorkeep::runtime {

Convolution plan_convolution(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                             const Shape& filter) {
  Convolution plan;
  plan.batch = input.dim(0);
  plan.in_channels = input.dim(attrs.channel_axis());
  plan.height = plan_window(c, attrs, 0, input.dim(attrs.height_axis()), filter.dim(0));
  plan.width = plan_window(c, attrs, 1, input.dim(attrs.height_axis() + 1), filter.dim(1));
  return plan;
}

Shape output_shape(const WindowAttrs& attrs, const Convolution& plan) {
  return image_shape(attrs, plan.batch, plan.height.output, plan.width.output, plan.out_channels);
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

}  // namespace tensorkeep::runtime
