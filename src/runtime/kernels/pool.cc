#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/window.h"
#include "runtime/parallel.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {
namespace {

struct Plan {
  std::int64_t batch = 0;
  WindowDim height;
  WindowDim width;
  std::int64_t channels = 0;

  std::int64_t image_in() const { return height.input * width.input * channels; }
  std::int64_t image_out() const { return height.output * width.output * channels; }
  Shape input_last() const { return {batch, height.input, width.input, channels}; }
  Shape output_last() const { return {batch, height.output, width.output, channels}; }
};

Plan plan_pooling(KernelContext& c, const WindowAttrs& attrs, const Shape& input) {
  Plan plan;
  plan.batch = input.dim(0);
  plan.channels = input.dim(attrs.channel_axis());
  plan.height = plan_window(c, attrs, 0, input.dim(attrs.height_axis()), attrs.window[0]);
  plan.width = plan_window(c, attrs, 1, input.dim(attrs.height_axis() + 1), attrs.window[1]);
  return plan;
}

Shape output_shape(const WindowAttrs& attrs, const Plan& plan) {
  return image_shape(attrs, plan.batch, plan.height.output, plan.width.output, plan.channels);
}

// Calls f(offset of the output pixel, offset of the first input pixel) and g(offset of an input
// pixel) for each pixel under the window: offsets in elements, of channel 0.
template <typename Start, typename Visit>
void for_each_window(const Plan& plan, std::int64_t image, Start&& start, Visit&& visit) {
  const auto clipped = [](const WindowDim& d, std::int64_t o) {
    const std::int64_t begin = d.position(o, 0);
    return std::pair(std::max<std::int64_t>(begin, 0), std::min(begin + d.filter, d.input));
  };
  for (std::int64_t oy = 0; oy < plan.height.output; ++oy) {
    const auto [y0, y1] = clipped(plan.height, oy);
    for (std::int64_t ox = 0; ox < plan.width.output; ++ox) {
      const auto [x0, x1] = clipped(plan.width, ox);
      const std::int64_t out =
          image * plan.image_out() + (oy * plan.width.output + ox) * plan.channels;
      start(out, std::max<std::int64_t>(y1 - y0, 0) * std::max<std::int64_t>(x1 - x0, 0));
      for (std::int64_t y = y0; y < y1; ++y) {
        for (std::int64_t x = x0; x < x1; ++x) {
          visit(out, image * plan.image_in() + (y * plan.width.input + x) * plan.channels);
        }
      }
    }
  }
}

template <typename T>
void max_pool(const Plan& plan, const Tensor& input, Tensor& output) {
  const T* x = input.data<T>().data();
  T* y = output.mutable_data<T>().data();
  constexpr T kLowest = std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                             : std::numeric_limits<T>::lowest();
  parallel_for(plan.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      for_each_window(
          plan, n,
          [&](std::int64_t out, std::int64_t) { std::fill_n(y + out, plan.channels, kLowest); },
          [&](std::int64_t out, std::int64_t in) {
            if constexpr (std::is_floating_point_v<T>) {
              simd::loops_of<T>().binary[simd::Binary::kMaximum][simd::Operands::kBothVary](
                  y + out, x + in, y + out, plan.channels);
            } else {
              for (std::int64_t ch = 0; ch < plan.channels; ++ch) {
                y[out + ch] = std::max(y[out + ch], x[in + ch]);
              }
            }
          });
    }
  });
}

// For each output element the offset of the first largest input element under its window.
template <typename T>
std::vector<std::int64_t> largest_offsets(const Plan& plan, const Tensor& input) {
  const T* x = input.data<T>().data();
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(plan.batch * plan.image_out()), -1);
  for (std::int64_t n = 0; n < plan.batch; ++n) {
    for_each_window(
        plan, n, [](std::int64_t, std::int64_t) {},
        [&](std::int64_t out, std::int64_t in) {
          for (std::int64_t ch = 0; ch < plan.channels; ++ch) {
            std::int64_t& best = offsets[static_cast<std::size_t>(out + ch)];
            if (best < 0 || x[best] < x[in + ch]) best = in + ch;
          }
        });
  }
  return offsets;
}

template <typename T>
void average_pool(const Plan& plan, const Tensor& input, Tensor& output) {
  const T* x = input.data<T>().data();
  T* y = output.mutable_data<T>().data();
  const simd::Loops<T>& loops = simd::loops_of<T>();
  const auto add = loops.binary[simd::Binary::kAdd][simd::Operands::kBothVary];
  parallel_for(plan.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      std::vector<T> counts;
      for_each_window(
          plan, n,
          [&](std::int64_t out, std::int64_t count) {
            std::fill_n(y + out, plan.channels, T(0));
            counts.push_back(static_cast<T>(count));
          },
          [&](std::int64_t out, std::int64_t in) { add(y + out, x + in, y + out, plan.channels); });
      T* pixel = y + n * plan.image_out();
      for (const T count : counts) {
        loops.scale(pixel, T(1) / count, pixel, plan.channels);
        pixel += plan.channels;
      }
    }
  });
}

template <typename T>
void average_pool_grad(const Plan& plan, const Tensor& gradient, Tensor& output) {
  const T* g = gradient.data<T>().data();
  T* x = output.mutable_data<T>().data();
  const simd::Loops<T>& loops = simd::loops_of<T>();
  parallel_for(plan.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      std::fill_n(x + n * plan.image_in(), plan.image_in(), T(0));
      T share = 0;
      for_each_window(
          plan, n, [&](std::int64_t, std::int64_t count) { share = T(1) / static_cast<T>(count); },
          [&](std::int64_t out, std::int64_t in) {
            loops.add_scaled(g + out, share, x + in, plan.channels);
          });
    }
  });
}

Tensor image_of(const WindowAttrs& attrs, const Tensor& tensor) {
  return attrs.channels_first ? to_channels_last(tensor) : tensor;
}

template <typename Compute>
void compute_image(const WindowAttrs& attrs, const Shape& channels_last, Tensor& output,
                   Compute&& compute) {
  if (!attrs.channels_first) return compute(output);
  Tensor image(output.dtype(), channels_last);
  compute(image);
  output = to_channels_first(image);
}

void check_rank(KernelContext& c, const Shape& shape, const char* message) {
  if (shape.rank() != 4) c.fail(message);
}

template <bool kMax>
Kernel make_pool(const Operation& op) {
  const WindowAttrs attrs = pooling_attrs(op);
  const auto make = [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [attrs](KernelContext& c) {
      if (const int rank = c.input_shape(0).rank(); rank != 4) {
        c.fail(fmt::format("tensor_in_shape must have 2 spatial dimensions. {} 0", rank));
      }
      const Plan plan = plan_pooling(c, attrs, c.input_shape(0));
      Tensor& output = c.allocate_output(0, output_shape(attrs, plan));
      if (output.num_elements() == 0) return;
      const Tensor image = image_of(attrs, c.input(0));
      compute_image(attrs, plan.output_last(), output, [&](Tensor& y) {
        compute_wide(
            [&](const Tensor& x, Tensor& out) {
              if constexpr (kMax) {
                max_pool<T>(plan, x, out);
              } else {
                average_pool<T>(plan, x, out);
              }
            },
            y, image);
      });
    };
  };
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  if constexpr (kMax) {
    return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                    std::uint8_t, std::uint16_t>(op, computed, make);
  } else {
    return dispatch<float, double>(op, computed, make);
  }
}

// Outputs: the largest elements, and where in its image (or in the whole batch) each is.
Kernel make_max_pool_with_argmax(const Operation& op) {
  const WindowAttrs attrs = pooling_attrs(op);
  const bool in_batch = op.attr_bool("include_batch_in_index");
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  return dispatch<float, double, std::int32_t, std::int64_t>(
      op, computed, [&](auto zero) -> Kernel {
        using T = decltype(zero);
        return [attrs, in_batch](KernelContext& c) {
          check_rank(c, c.input_shape(0), "tensor_in must be 4-dimensional");
          const Plan plan = plan_pooling(c, attrs, c.input_shape(0));
          const Tensor input = widen(c.input(0));
          Tensor& largest = c.allocate_output(0, output_shape(attrs, plan));
          if (largest.num_elements() == 0) {
            c.allocate_output(1, output_shape(attrs, plan));
            return;
          }
          std::vector<std::int64_t> offsets = largest_offsets<T>(plan, input);
          compute_wide(
              [&](const Tensor& x, Tensor& out) {
                const auto y = out.mutable_data<T>();
                for (std::size_t i = 0; i < offsets.size(); ++i) {
                  y[i] = x.data<T>()[static_cast<std::size_t>(offsets[i])];
                }
              },
              largest, c.input(0));
          for (std::int64_t& offset : offsets)
            offset -= in_batch ? 0 : offset / plan.image_in() * plan.image_in();
          c.set_output(1,
                       integer_tensor(c.op().output_dtype(1), offsets, output_shape(attrs, plan)));
        };
      });
}

void check_same(KernelContext& c, const char* name, const Shape& expected, const Shape& got) {
  if (expected == got) return;
  c.fail(fmt::format("Expected {} shape to be {}, but got {}", name, expected.debug_string(),
                     got.debug_string()));
}

// kSecond: the gradient of the gradient, which picks instead of spreading.
template <bool kSecond>
Kernel make_max_pool_grad(const Operation& op) {
  const WindowAttrs attrs = pooling_attrs(op);
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  return dispatch<float, double>(op, computed, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [attrs](KernelContext& c) {
      const Shape input = c.input_shape(0);
      check_rank(c, input, "tensor_in must be 4-dimensional");
      check_rank(c, c.input_shape(1), "tensor_out must be 4-dimensional");
      const Plan plan = plan_pooling(c, attrs, input);
      const Shape pooled = output_shape(attrs, plan);
      check_same(c, "orig_output", pooled, c.input_shape(1));
      check_same(c, "grad", kSecond ? input : pooled, c.input_shape(2));
      Tensor& output = c.allocate_output(0, kSecond ? pooled : input);
      if (output.num_elements() == 0) return;
      const Tensor image = widen(image_of(attrs, c.input(0)));
      const Tensor gradients = image_of(attrs, c.input(2));
      const auto offsets = largest_offsets<T>(plan, image);
      const Shape last = kSecond ? plan.output_last() : plan.input_last();
      compute_image(attrs, last, output, [&](Tensor& result) {
        compute_wide(
            [&](const Tensor& gradient, Tensor& out) {
              const auto g = gradient.data<T>();
              const auto y = out.mutable_data<T>();
              std::fill(y.begin(), y.end(), T(0));
              for (std::size_t i = 0; i < offsets.size(); ++i) {
                if (offsets[i] < 0) continue;
                const auto at = static_cast<std::size_t>(offsets[i]);
                kSecond ? y[i] = g[at] : y[at] += g[i];
              }
            },
            result, gradients);
      });
    };
  });
}

Kernel make_average_pool_grad(const Operation& op) {
  const WindowAttrs attrs = pooling_attrs(op);
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  return dispatch<float, double>(op, computed, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [attrs](KernelContext& c) {
      const auto sizes = integers_of(c.input(0));
      if (c.input_shape(0).rank() != 1 || sizes.size() != 4) {
        c.fail("orig_input_shape must be 1-dimensional and 4 elements");
      }
      for (const std::int64_t size : sizes) {
        if (size < 0) c.fail(fmt::format("Expected a non-negative size, got {}", size));
      }
      check_rank(c, c.input_shape(1), "out_backprop must be 4-dimensional");
      const Shape input{sizes[0], sizes[1], sizes[2], sizes[3]};
      const Plan plan = plan_pooling(c, attrs, input);
      check_same(c, "grad", output_shape(attrs, plan), c.input_shape(1));
      Tensor& output = c.allocate_output(0, input);
      if (output.num_elements() == 0) return;
      const Tensor gradients = image_of(attrs, c.input(1));
      compute_image(attrs, plan.input_last(), output, [&](Tensor& x) {
        compute_wide([&](const Tensor& g, Tensor& out) { average_pool_grad<T>(plan, g, out); }, x,
                     gradients);
      });
    };
  });
}

}  // namespace

void register_pool_kernels(KernelRegistry& registry) {
  registry.add("MaxPool", make_pool<true>);
  registry.add("MaxPoolWithArgmax", make_max_pool_with_argmax);
  registry.add("AvgPool", make_pool<false>);
  registry.add("MaxPoolGrad", make_max_pool_grad<false>);
  registry.add("MaxPoolGradGrad", make_max_pool_grad<true>);
  registry.add("AvgPoolGrad", make_average_pool_grad);
}

}  // namespace tensorkeep::runtime
