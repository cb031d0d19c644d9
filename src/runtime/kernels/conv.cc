#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/kernels/convolution.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/gemm.h"

// Dense and grouped convolutions as matrix products: the patches under the filter become the rows
// of a matrix.
namespace tensorkeep::runtime {
namespace {

Convolution plan_groups(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                        const Shape& filter) {
  const auto check_rank = [&](const Shape& shape, const char* name) {
    if (shape.rank() == attrs.rank()) return;
    if (attrs.spatial == 3) c.fail(fmt::format("{} must be 5-dimensional", name));
    c.fail(fmt::format("convolution {} must be 4-dimensional: {}", name, shape.debug_string()));
  };
  check_rank(input, "input");
  check_rank(filter, "filter");
  const std::int64_t filter_in = filter.dim(-2);
  if (filter_in == 0) {
    c.fail(c.op().type() == "Conv2D"
               ? "filter depth must be stricly positive, got 0"
               : c.op().type() + ": filter depth must be strictly greater than zero");
  }
  const auto sizes = filter.dims().begin();
  if (std::find(sizes, sizes + attrs.spatial, 0) != sizes + attrs.spatial) {
    c.fail("filter must not have zero elements (i.e. all dimensions must be non-zero)");
  }
  Convolution plan = plan_convolution(c, attrs, input, filter);
  plan.out_channels = filter.dim(-1);
  if (plan.in_channels % filter_in != 0) {
    c.fail(fmt::format("input depth must be evenly divisible by filter depth: {} vs {}",
                       plan.in_channels, filter_in));
  }
  plan.groups = std::max<std::int64_t>(plan.in_channels / filter_in, 1);
  if (plan.out_channels % plan.groups != 0) {
    c.fail(fmt::format("output depth must be evenly divisible by number of groups: {} vs {}",
                       plan.out_channels, plan.groups));
  }
  return plan;
}

bool is_pointwise(const Convolution& plan) {
  const auto plain = [](const WindowDim& d) {
    return d.filter == 1 && d.stride == 1 && d.pad_before == 0 && d.output == d.input;
  };
  const auto& dims = plan.windows.dims;
  return plan.groups == 1 && std::all_of(dims.begin(), dims.end(), plain);
}

void check_out_backprop(KernelContext& c, const WindowAttrs& attrs, const Convolution& plan,
                        const Shape& gradient) {
  const Shape expected = output_shape(attrs, plan, attrs.channels_first);
  if (gradient == expected) return;
  if (gradient.rank() != attrs.rank()) {
    c.fail(fmt::format("out_backprop must be {}-dimensional: {}", attrs.rank(),
                       gradient.debug_string()));
  }
  c.fail(fmt::format("{}: Size of out_backprop doesn't match computed: actual = {}, computed = {}",
                     c.op().type(), gradient.debug_string(), expected.debug_string()));
}

// Output pixels whose patches are written out at a time: about 256 KB of them.
template <typename T>
std::int64_t pixels_per_block(const Convolution& plan) {
  const std::int64_t bytes = plan.patch() * static_cast<std::int64_t>(sizeof(T));
  return std::clamp<std::int64_t>((1 << 18) / bytes, 1, plan.pixels());
}

// The rows of the matrix for the pixels [begin, end): `image` is at the group's first channel.
template <typename T>
void gather_patches(const Convolution& plan, const T* image, std::int64_t begin, std::int64_t end,
                    T* patches) {
  const std::int64_t channels = plan.in_per_group();
  for (std::int64_t pixel = begin; pixel < end; ++pixel, patches += plan.patch()) {
    for_each_tap(plan, pixel, [&](std::int64_t from, std::int64_t tap) {
      T* const to = patches + tap * channels;
      if (from < 0) {
        std::fill_n(to, channels, T(0));
      } else if (channels == 1) {
        *to = image[from];
      } else {
        std::memcpy(to, image + from, static_cast<std::size_t>(channels) * sizeof(T));
      }
    });
  }
}

template <typename T>
void scatter_patches(const Convolution& plan, const T* patches, std::int64_t begin,
                     std::int64_t end, T* image) {
  const std::int64_t channels = plan.in_per_group();
  for (std::int64_t pixel = begin; pixel < end; ++pixel, patches += plan.patch()) {
    for_each_tap(plan, pixel, [&](std::int64_t to, std::int64_t tap) {
      const T* const from = patches + tap * channels;
      for (std::int64_t ch = 0; to >= 0 && ch < channels; ++ch) image[to + ch] += from[ch];
    });
  }
}

// Calls f(group, first pixel, end) for blocks of the pixels of each group.
template <typename T, typename F>
void for_each_block(const Convolution& plan, F&& f) {
  const std::int64_t block = pixels_per_block<T>(plan);
  for (std::int64_t group = 0; group < plan.groups; ++group) {
    for (std::int64_t p = 0; p < plan.pixels(); p += block) {
      f(group, p, std::min(p + block, plan.pixels()));
    }
  }
}

template <typename T>
std::vector<T> patches_for(const Convolution& plan) {
  return std::vector<T>(static_cast<std::size_t>(pixels_per_block<T>(plan) * plan.patch()));
}

struct Grouped {
  static Convolution plan(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                          const Shape& filter) {
    return plan_groups(c, attrs, input, filter);
  }

  // Of an image height and width alone may be given.
  static Shape input_sizes(KernelContext& c, const WindowAttrs& attrs) {
    const Shape sizes = shape_from_input(c, 0, "input_sizes");
    const Shape& gradient = c.input_shape(2);
    if (sizes.rank() != 2 || gradient.rank() != 4 || c.input_shape(1).rank() != 4) return sizes;
    const std::int64_t channels = c.input_shape(1).dim(2);
    return attrs.channels_first ? Shape{gradient.dim(0), channels, sizes.dim(0), sizes.dim(1)}
                                : Shape{gradient.dim(0), sizes.dim(0), sizes.dim(1), channels};
  }

  static Convolution plan_gradient(KernelContext& c, const WindowAttrs& attrs, const Shape& input,
                                   const Shape& filter) {
    const Convolution plan = plan_groups(c, attrs, input, filter);
    check_out_backprop(c, attrs, plan, c.input_shape(2));
    return plan;
  }

  template <typename T>
  static void convolve(const Convolution& plan, const Tensor& input, const Tensor& filter,
                       Tensor& output) {
    const T* x = input.data<T>().data();
    const T* w = filter.data<T>().data();
    T* y = output.mutable_data<T>().data();
    simd::GemmShape product{.n = plan.out_per_group(),
                            .k = plan.patch(),
                            .stride_b = plan.out_channels,
                            .stride_c = plan.out_channels};
    if (is_pointwise(plan)) {
      product.m = plan.batch * plan.pixels();
      return multiply_matrices<T>(product, x, w, y);
    }
    parallel_for(plan.batch, 1, [&](std::int64_t first, std::int64_t last) {
      std::vector<T> patches = patches_for<T>(plan);
      for (std::int64_t n = first; n < last; ++n) {
        for_each_block<T>(plan, [&](std::int64_t group, std::int64_t p, std::int64_t end) {
          const T* const image = x + n * plan.image_in() + group * plan.in_per_group();
          gather_patches(plan, image, p, end, patches.data());
          const std::int64_t channel = group * plan.out_per_group();
          simd::GemmShape part = product;
          part.m = end - p;
          multiply_matrices<T>(part, patches.data(), w + channel,
                               y + n * plan.image_out() + p * plan.out_channels + channel);
        });
      }
    });
  }

  template <typename T>
  static void convolve_back_to_input(const Convolution& plan, const Tensor& filter,
                                     const Tensor& gradient, Tensor& output) {
    const T* w = filter.data<T>().data();
    const T* g = gradient.data<T>().data();
    T* x = output.mutable_data<T>().data();
    parallel_for(plan.batch, 1, [&](std::int64_t first, std::int64_t last) {
      std::vector<T> patches = patches_for<T>(plan);
      for (std::int64_t n = first; n < last; ++n) {
        T* const image = x + n * plan.image_in();
        std::fill_n(image, plan.image_in(), T(0));
        for_each_block<T>(plan, [&](std::int64_t group, std::int64_t p, std::int64_t end) {
          const std::int64_t channel = group * plan.out_per_group();
          multiply_matrices<T>({.m = end - p,
                                .n = plan.patch(),
                                .k = plan.out_per_group(),
                                .transpose_b = true,
                                .stride_a = plan.out_channels,
                                .stride_b = plan.out_channels},
                               g + (n * plan.pixels() + p) * plan.out_channels + channel,
                               w + channel, patches.data());
          scatter_patches(plan, patches.data(), p, end, image + group * plan.in_per_group());
        });
      }
    });
  }

  template <typename T>
  static void convolve_back_to_filter(const Convolution& plan, const Tensor& input,
                                      const Tensor& gradient, Tensor& output) {
    const T* x = input.data<T>().data();
    const T* g = gradient.data<T>().data();
    const std::int64_t size = pixels_per_block<T>(plan) * plan.patch();
    sum_over_images<T>(
        plan, output.mutable_data<T>(), size, [&](std::int64_t n, T* sum, T* patches) {
          for_each_block<T>(plan, [&](std::int64_t group, std::int64_t p, std::int64_t end) {
            const T* const image = x + n * plan.image_in() + group * plan.in_per_group();
            gather_patches(plan, image, p, end, patches);
            const std::int64_t channel = group * plan.out_per_group();
            multiply_matrices<T>({.m = plan.patch(),
                                  .n = plan.out_per_group(),
                                  .k = end - p,
                                  .transpose_a = true,
                                  .accumulate = true,
                                  .stride_b = plan.out_channels,
                                  .stride_c = plan.out_channels},
                                 patches, g + (n * plan.pixels() + p) * plan.out_channels + channel,
                                 sum + channel);
          });
        });
  }
};

}  // namespace

void register_conv_kernels(KernelRegistry& registry) {
  using Kernels = ConvolutionKernels<Grouped>;
  registry.add("Conv2D", Kernels::forward);
  registry.add("Conv2DBackpropInput", Kernels::back_to_input);
  registry.add("Conv2DBackpropFilter", Kernels::back_to_filter);
  registry.add("Conv3D", Kernels::forward);
  registry.add("Conv3DBackpropInputV2", Kernels::back_to_input);
  registry.add("Conv3DBackpropFilterV2", Kernels::back_to_filter);
}

}  // namespace tensorkeep::runtime
