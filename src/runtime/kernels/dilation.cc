#include <limits>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/window.h"

// Greyscale dilation of images: the largest sum of a window's pixels and a filter's elements.
namespace tensorkeep::runtime {
namespace {

std::array<std::int64_t, 3> spatial_of(const Operation& op, const char* attr) {
  const auto list = op.attr_ints(attr);
  if (list.size() != 4) {
    throw errors::InvalidArgumentError(std::string(attr) + " must have 4 entries",
                                       {.node = op.name()});
  }
  if (list[0] != 1 || list[3] != 1) {
    throw errors::UnimplementedError(
        "Stride and rate are only supported across spatial dimensions.", {.node = op.name()});
  }
  for (const std::int64_t value : list) {
    if (value > 0 && value <= INT32_MAX) continue;
    throw errors::InvalidArgumentError(std::string(attr) + " is out of range", {.node = op.name()});
  }
  return {1, list[1], list[2]};
}

WindowAttrs attrs_of(const Operation& op) {
  WindowAttrs attrs;
  attrs.padding = op.attr_string("padding");
  attrs.strides = spatial_of(op, "strides");
  attrs.dilations = spatial_of(op, "rates");
  return attrs;
}

struct Plan {
  Windows windows;
  std::int64_t batch;
  std::int64_t channels;
};

Plan plan_of(KernelContext& c, const WindowAttrs& attrs) {
  const Shape& input = c.input_shape(0);
  const Shape& filter = c.input_shape(1);
  if (input.rank() != 4) c.fail("input must be 4-dimensional" + input.debug_string());
  if (filter.rank() != 3) c.fail("filter must be 3-dimensional: " + filter.debug_string());
  if (filter.dim(2) != input.dim(3))
    c.fail("input and filter must have the same depth: " + input.debug_string() + " vs. " +
           filter.debug_string());
  return {plan_windows(c, attrs, input, [&](int i) { return filter.dim(i - 1); }), input.dim(0),
          input.dim(3)};
}

// Calls f(output, pixel, filter element, their sum) for each output with the place of its largest
// sum, the first among equals.
template <typename T, typename F>
void for_each_largest(const Plan& plan, const T* image, const T* filter, F&& f) {
  const WindowDim& rows = plan.windows.dims[1];
  const WindowDim& columns = plan.windows.dims[2];
  std::int64_t output = 0;
  for (std::int64_t b = 0; b < plan.batch; ++b) {
    for (std::int64_t y = 0; y < rows.output; ++y) {
      for (std::int64_t x = 0; x < columns.output; ++x) {
        for (std::int64_t channel = 0; channel < plan.channels; ++channel, ++output) {
          T largest = std::numeric_limits<T>::lowest();
          std::int64_t pixel = -1;
          std::int64_t element = -1;
          for (std::int64_t i = 0; i < rows.filter; ++i) {
            const std::int64_t row = rows.position(y, i);
            if (row < 0 || row >= rows.input) continue;
            for (std::int64_t j = 0; j < columns.filter; ++j) {
              const std::int64_t column = columns.position(x, j);
              if (column < 0 || column >= columns.input) continue;
              const std::int64_t at =
                  ((b * rows.input + row) * columns.input + column) * plan.channels + channel;
              const std::int64_t tap = (i * columns.filter + j) * plan.channels + channel;
              const T sum = static_cast<T>(image[at] + filter[tap]);
              if (pixel >= 0 && !(sum > largest)) continue;
              largest = sum;
              pixel = at;
              element = tap;
            }
          }
          f(output, pixel, element, largest);
        }
      }
    }
  }
}

template <typename T>
Kernel dilation(const WindowAttrs& attrs) {
  return [attrs](KernelContext& c) {
    const Plan plan = plan_of(c, attrs);
    Tensor& output =
        c.allocate_output(0, output_shape(attrs, plan.batch, plan.windows, plan.channels, false));
    compute_wide(
        [&](const Tensor& image, const Tensor& filter, Tensor& y) {
          T* const to = y.mutable_data<T>().data();
          for_each_largest(
              plan, image.data<T>().data(), filter.data<T>().data(),
              [&](std::int64_t at, std::int64_t, std::int64_t, T sum) { to[at] = sum; });
        },
        output, c.input(0), c.input(1));
  };
}

// The gradient goes to the pixel, or the filter's element, of the largest sum.
template <typename T, bool kOfFilter>
Kernel dilation_gradient(const WindowAttrs& attrs) {
  return [attrs](KernelContext& c) {
    const Plan plan = plan_of(c, attrs);
    const Shape wanted = output_shape(attrs, plan.batch, plan.windows, plan.channels, false);
    if (c.input_shape(2) != wanted) {
      c.fail("out_backprop has shape " + c.input_shape(2).debug_string() + ", not " +
             wanted.debug_string());
    }
    Tensor& output = c.allocate_output(0, c.input_shape(kOfFilter ? 1 : 0));
    compute_wide(
        [&](const Tensor& image, const Tensor& filter, const Tensor& grad, Tensor& y) {
          const auto to = y.mutable_data<T>();
          std::fill(to.begin(), to.end(), T(0));
          const T* const from = grad.data<T>().data();
          for_each_largest(plan, image.data<T>().data(), filter.data<T>().data(),
                           [&](std::int64_t at, std::int64_t pixel, std::int64_t element, T) {
                             if (pixel < 0) return;
                             T& target = to[static_cast<std::size_t>(kOfFilter ? element : pixel)];
                             target = static_cast<T>(target + from[at]);
                           });
        },
        output, c.input(0), c.input(1), c.input(2));
  };
}

enum class Kind { kOutput, kOfInput, kOfFilter };

template <Kind kKind>
Kernel make_dilation(const Operation& op) {
  const WindowAttrs attrs = attrs_of(op);
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
                                 [&]<typename T>(T) -> Kernel {
                                   if constexpr (kKind == Kind::kOutput) return dilation<T>(attrs);
                                   return dilation_gradient<T, kKind == Kind::kOfFilter>(attrs);
                                 });
}

}  // namespace

void register_dilation_kernels(KernelRegistry& registry) {
  registry.add("Dilation2D", make_dilation<Kind::kOutput>);
  registry.add("Dilation2DBackpropFilter", make_dilation<Kind::kOfFilter>);
  registry.add("Dilation2DBackpropInput", make_dilation<Kind::kOfInput>);
}

}  // namespace tensorkeep::runtime
