#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/gemm.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/window.h"

// Convolutions as matrix products: the patches under the filter become the rows of a matrix.
namespace tensorkeep::runtime {
namespace {

// All sizes of one convolution, in NHWC.
struct Plan {
  std::int64_t batch = 0;
  WindowDim height;
  WindowDim width;
  std::int64_t in_channels = 0;
  std::int64_t out_channels = 0;

  std::int64_t patch() const { return height.filter * width.filter * in_channels; }
  std::int64_t pixels() const { return height.output * width.output; }
  std::int64_t image() const { return height.input * width.input * in_channels; }
  bool is_pointwise() const {
    const auto plain = [](const WindowDim& d) {
      return d.filter == 1 && d.stride == 1 && d.pad_before == 0 && d.output == d.input;
    };
    return plain(height) && plain(width);
  }
};

Plan plan_convolution(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                      const Shape& filter) {
  if (input.rank() != 4) c.fail("convolution input must be 4-dimensional: " + input.debug_string());
  if (filter.rank() != 4)
    c.fail("convolution filter must be 4-dimensional: " + filter.debug_string());
  for (int i = 0; i < 4; ++i) {
    if (filter.dim(i) == 0) {
      c.fail("filter must not have zero elements (i.e. all dimensions must be non-zero)");
    }
  }
  Plan plan;
  plan.batch = input.dim(0);
  plan.in_channels = input.dim(attrs.channel_axis());
  plan.out_channels = filter.dim(3);
  if (plan.in_channels % filter.dim(2) != 0) {
    c.fail(fmt::format("input depth must be evenly divisible by filter depth: {} vs {}",
                       plan.in_channels, filter.dim(2)));
  }
  if (plan.in_channels != filter.dim(2)) {
    throw errors::UnimplementedError(
        fmt::format("grouped convolutions have no kernel: input depth {}, filter depth {}",
                    plan.in_channels, filter.dim(2)),
        {.node = c.op().name()});
  }
  plan.height = plan_window(c, attrs, 0, input.dim(attrs.height_axis()), filter.dim(0));
  plan.width = plan_window(c, attrs, 1, input.dim(attrs.height_axis() + 1), filter.dim(1));
  return plan;
}

Shape output_shape(const WindowAttrs& attrs, const Plan& plan) {
  return image_shape(attrs, plan.batch, plan.height.output, plan.width.output, plan.out_channels);
}

void check_out_backprop(KernelContext& c, const WindowAttrs& attrs, const Plan& plan,
                        const Shape& gradient) {
  const Shape expected = output_shape(attrs, plan);
  if (gradient == expected) return;
  if (gradient.rank() != 4) {
    c.fail("out_backprop must be 4-dimensional: " + gradient.debug_string());
  }
  c.fail(fmt::format("{}: Size of out_backprop doesn't match computed: actual = {}, computed = {}",
                     c.op().type(), gradient.debug_string(), expected.debug_string()));
}

// Output pixels whose patches are written out at a time: about 256 KB of them.
template <typename T>
std::int64_t pixels_per_block(const Plan& plan) {
  const std::int64_t bytes = plan.patch() * static_cast<std::int64_t>(sizeof(T));
  return std::clamp<std::int64_t>((1 << 18) / bytes, 1, plan.pixels());
}

// Calls f(pointer into the image or null, offset in the patch) for the taps of a pixel.
template <typename T, typename F>
void for_each_tap(const Plan& plan, T* image, std::int64_t pixel, F&& f) {
  const std::int64_t oy = pixel / plan.width.output;
  const std::int64_t ox = pixel % plan.width.output;
  std::int64_t offset = 0;
  for (std::int64_t fy = 0; fy < plan.height.filter; ++fy) {
    const std::int64_t y = plan.height.position(oy, fy);
    for (std::int64_t fx = 0; fx < plan.width.filter; ++fx, offset += plan.in_channels) {
      const std::int64_t x = plan.width.position(ox, fx);
      const bool inside = y >= 0 && y < plan.height.input && x >= 0 && x < plan.width.input;
      f(inside ? image + (y * plan.width.input + x) * plan.in_channels : nullptr, offset);
    }
  }
}

template <typename T>
void gather_patches(const Plan& plan, const T* image, std::int64_t begin, std::int64_t end,
                    T* patches) {
  const auto channels = static_cast<std::size_t>(plan.in_channels);
  for (std::int64_t pixel = begin; pixel < end; ++pixel, patches += plan.patch()) {
    for_each_tap(plan, image, pixel, [&](const T* from, std::int64_t offset) {
      if (from == nullptr) {
        std::fill_n(patches + offset, channels, T(0));
      } else if (channels == 1) {
        patches[offset] = *from;
      } else {
        std::memcpy(patches + offset, from, channels * sizeof(T));
      }
    });
  }
}

template <typename T>
void scatter_patches(const Plan& plan, const T* patches, std::int64_t begin, std::int64_t end,
                     T* image) {
  for (std::int64_t pixel = begin; pixel < end; ++pixel, patches += plan.patch()) {
    for_each_tap(plan, image, pixel, [&](T* to, std::int64_t offset) {
      for (std::int64_t ch = 0; to != nullptr && ch < plan.in_channels; ++ch) {
        to[ch] += patches[offset + ch];
      }
    });
  }
}

template <typename T>
void convolve(const Plan& plan, const Tensor& input, const Tensor& filter, Tensor& output) {
  const T* x = input.data<T>().data();
  const T* w = filter.data<T>().data();
  T* y = output.mutable_data<T>().data();
  simd::GemmShape product{.m = 0, .n = plan.out_channels, .k = plan.patch()};
  if (plan.is_pointwise()) {
    product.m = plan.batch * plan.pixels();
    return multiply_matrices<T>(product, x, w, y);
  }
  const std::int64_t block = pixels_per_block<T>(plan);
  const std::int64_t image_out = plan.pixels() * plan.out_channels;
  parallel_for(plan.batch, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<T> patches(static_cast<std::size_t>(block * plan.patch()));
    for (std::int64_t n = first; n < last; ++n) {
      for (std::int64_t p = 0; p < plan.pixels(); p += block) {
        const std::int64_t end = std::min(p + block, plan.pixels());
        gather_patches(plan, x + n * plan.image(), p, end, patches.data());
        simd::GemmShape part = product;
        part.m = end - p;
        multiply_matrices<T>(part, patches.data(), w, y + n * image_out + p * plan.out_channels);
      }
    }
  });
}

template <typename T>
void convolve_back_to_input(const Plan& plan, const Tensor& filter, const Tensor& gradient,
                            Tensor& output) {
  const T* w = filter.data<T>().data();
  const T* g = gradient.data<T>().data();
  T* x = output.mutable_data<T>().data();
  const std::int64_t block = pixels_per_block<T>(plan);
  parallel_for(plan.batch, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<T> patches(static_cast<std::size_t>(block * plan.patch()));
    for (std::int64_t n = first; n < last; ++n) {
      std::fill_n(x + n * plan.image(), plan.image(), T(0));
      for (std::int64_t p = 0; p < plan.pixels(); p += block) {
        const std::int64_t end = std::min(p + block, plan.pixels());
        multiply_matrices<T>(
            {.m = end - p, .n = plan.patch(), .k = plan.out_channels, .transpose_b = true},
            g + (n * plan.pixels() + p) * plan.out_channels, w, patches.data());
        scatter_patches(plan, patches.data(), p, end, x + n * plan.image());
      }
    }
  });
}

template <typename T>
void convolve_back_to_filter(const Plan& plan, const Tensor& input, const Tensor& gradient,
                             Tensor& output) {
  const T* x = input.data<T>().data();
  const T* g = gradient.data<T>().data();
  const auto w = output.mutable_data<T>();
  std::fill(w.begin(), w.end(), T(0));
  if (plan.batch == 0 || plan.pixels() == 0) return;
  // Each part sums its images by itself; the parts are added in order.
  const std::int64_t parts = std::min<std::int64_t>(plan.batch, parallel_width());
  std::vector<std::vector<T>> sums(static_cast<std::size_t>(parts), std::vector<T>(w.size(), T(0)));
  const std::int64_t block = pixels_per_block<T>(plan);
  parallel_for(parts, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<T> patches(static_cast<std::size_t>(block * plan.patch()));
    for (std::int64_t part = first; part < last; ++part) {
      T* sum = sums[static_cast<std::size_t>(part)].data();
      for (std::int64_t n = plan.batch * part / parts; n < plan.batch * (part + 1) / parts; ++n) {
        for (std::int64_t p = 0; p < plan.pixels(); p += block) {
          const std::int64_t end = std::min(p + block, plan.pixels());
          gather_patches(plan, x + n * plan.image(), p, end, patches.data());
          multiply_matrices<T>({.m = plan.patch(),
                                .n = plan.out_channels,
                                .k = end - p,
                                .transpose_a = true,
                                .accumulate = true},
                               patches.data(), g + (n * plan.pixels() + p) * plan.out_channels,
                               sum);
        }
      }
    }
  });
  for (const std::vector<T>& sum : sums) {
    for (std::size_t i = 0; i < w.size(); ++i) w[i] += sum[i];
  }
}

// Runs `compute` on NHWC tensors and puts the image it makes into the asked-for order.
template <typename Compute>
void compute_image(const WindowAttrs& attrs, const Shape& channels_last, Tensor& output,
                   Compute&& compute) {
  if (!attrs.channels_first) return compute(output);
  Tensor image(output.dtype(), channels_last);
  compute(image);
  output = to_channels_first(image);
}

Tensor image_of(const WindowAttrs& attrs, const Tensor& tensor) {
  return attrs.channels_first ? to_channels_last(tensor) : tensor;
}

template <typename F>
Kernel dispatch_float(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

Kernel make_conv2d(const Operation& op) {
  const WindowAttrs attrs = convolution_attrs(op);
  return dispatch_float(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [attrs](KernelContext& c) {
      const Plan plan = plan_convolution(c, attrs, c.input_shape(0), c.input_shape(1));
      Tensor& output = c.allocate_output(0, output_shape(attrs, plan));
      if (output.num_elements() == 0) return;
      const Shape last{plan.batch, plan.height.output, plan.width.output, plan.out_channels};
      const Tensor image = image_of(attrs, c.input(0));
      compute_image(attrs, last, output, [&](Tensor& y) {
        compute_wide(
            [&](const Tensor& x, const Tensor& w, Tensor& out) { convolve<T>(plan, x, w, out); }, y,
            image, c.input(1));
      });
    };
  });
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

Kernel make_conv2d_backprop_input(const Operation& op) {
  const WindowAttrs attrs = convolution_attrs(op);
  return dispatch_float(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [attrs](KernelContext& c) {
      Shape input = shape_from_input(c, 0, "input_sizes");
      const Shape& gradient = c.input_shape(2);
      if (input.rank() == 2 && gradient.rank() == 4 && c.input_shape(1).rank() == 4) {
        // Height and width alone.
        input = image_shape(attrs, gradient.dim(0), input.dim(0), input.dim(1),
                            c.input_shape(1).dim(2));
      }
      const Plan plan = plan_convolution(c, attrs, input, c.input_shape(1));
      check_out_backprop(c, attrs, plan, gradient);
      Tensor& output = c.allocate_output(0, input);
      if (output.num_elements() == 0) return;
      if (c.input(2).num_elements() == 0) {
        output = Tensor::zeros(output.dtype(), output.shape());
        return;
      }
      const Shape last{plan.batch, plan.height.input, plan.width.input, plan.in_channels};
      const Tensor image = image_of(attrs, c.input(2));
      compute_image(attrs, last, output, [&](Tensor& y) {
        compute_wide([&](const Tensor& w, const Tensor& g,
                         Tensor& out) { convolve_back_to_input<T>(plan, w, g, out); },
                     y, c.input(1), image);
      });
    };
  });
}

Kernel make_conv2d_backprop_filter(const Operation& op) {
  const WindowAttrs attrs = convolution_attrs(op);
  return dispatch_float(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [attrs](KernelContext& c) {
      const Shape filter = shape_from_input(c, 1, "filter_sizes");
      const Plan plan = plan_convolution(c, attrs, c.input_shape(0), filter);
      check_out_backprop(c, attrs, plan, c.input_shape(2));
      Tensor& output = c.allocate_output(0, filter);
      const Tensor image = image_of(attrs, c.input(0));
      const Tensor gradient = image_of(attrs, c.input(2));
      compute_wide([&](const Tensor& x, const Tensor& g,
                       Tensor& w) { convolve_back_to_filter<T>(plan, x, g, w); },
                   output, image, gradient);
    };
  });
}

}  // namespace

void register_conv_kernels(KernelRegistry& registry) {
  registry.add("Conv2D", make_conv2d);
  registry.add("Conv2DBackpropInput", make_conv2d_backprop_input);
  registry.add("Conv2DBackpropFilter", make_conv2d_backprop_filter);
}

}  // namespace tensorkeep::runtime
