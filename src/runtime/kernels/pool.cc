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
  Windows windows;
  std::int64_t channels = 0;

  std::int64_t image_in() const { return windows.inputs() * channels; }
  std::int64_t image_out() const { return windows.outputs() * channels; }
};

Plan plan_pooling(KernelContext& c, const WindowAttrs& attrs, const Shape& input) {
  Plan plan;
  plan.batch = input.dim(0);
  plan.channels = input.dim(attrs.channel_axis());
  plan.windows = plan_windows(c, attrs, input,
                              [&](int i) { return attrs.window[static_cast<std::size_t>(i)]; });
  return plan;
}

Shape output_shape(const WindowAttrs& attrs, const Plan& plan) {
  return output_shape(attrs, plan.batch, plan.windows, plan.channels, attrs.channels_first);
}
Shape output_last(const WindowAttrs& attrs, const Plan& plan) {
  return output_shape(attrs, plan.batch, plan.windows, plan.channels, false);
}
Shape input_last(const WindowAttrs& attrs, const Plan& plan) {
  return input_shape(attrs, plan.batch, plan.windows, plan.channels, false);
}

// Calls start(offset of the output pixel, number of input pixels) and visit(offset of the output
// pixel, of an input pixel) for each pixel under the window: offsets in elements, of channel 0.
template <typename Start, typename Visit>
void for_each_window(const Plan& plan, std::int64_t image, Start&& start, Visit&& visit) {
  const auto& [depth, height, width] = plan.windows.dims;
  const auto clipped = [](const WindowDim& d, std::int64_t o) {
    const std::int64_t begin = std::max<std::int64_t>(d.position(o, 0), 0);
    return std::pair(begin, std::max(begin, std::min(d.position(o, 0) + d.filter, d.input)));
  };
  std::int64_t out = image * plan.image_out();
  for (std::int64_t oz = 0; oz < depth.output; ++oz) {
    const auto [z0, z1] = clipped(depth, oz);
    for (std::int64_t oy = 0; oy < height.output; ++oy) {
      const auto [y0, y1] = clipped(height, oy);
      for (std::int64_t ox = 0; ox < width.output; ++ox, out += plan.channels) {
        const auto [x0, x1] = clipped(width, ox);
        start(out, (z1 - z0) * (y1 - y0) * (x1 - x0));
        for (std::int64_t z = z0; z < z1; ++z) {
          for (std::int64_t y = y0; y < y1; ++y) {
            const std::int64_t line = (z * height.input + y) * width.input;
            for (std::int64_t x = x0; x < x1; ++x) {
              visit(out, image * plan.image_in() + (line + x) * plan.channels);
            }
          }
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

void check_rank(KernelContext& c, const WindowAttrs& attrs, const Shape& shape, const char* name) {
  if (shape.rank() == attrs.rank()) return;
  c.fail(fmt::format("{} must be {}-dimensional", name, attrs.rank()));
}

template <bool kMax>
Kernel make_pool(const Operation& op) {
  const WindowAttrs attrs = pooling_attrs(op);
  const auto make = [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [attrs](KernelContext& c) {
      if (const int rank = c.input_shape(0).rank(); rank != attrs.rank()) {
        c.fail(attrs.spatial == 3
                   ? "tensor_in must be 5-dimensional"
                   : fmt::format("tensor_in_shape must have 2 spatial dimensions. {} 0", rank));
      }
      const Plan plan = plan_pooling(c, attrs, c.input_shape(0));
      Tensor& output = c.allocate_output(0, output_shape(attrs, plan));
      if (output.num_elements() == 0) return;
      const Tensor image = image_of(attrs, c.input(0));
      compute_image(attrs, output_last(attrs, plan), output, [&](Tensor& y) {
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
          check_rank(c, attrs, c.input_shape(0), "tensor_in");
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
      check_rank(c, attrs, input, "tensor_in");
      check_rank(c, attrs, c.input_shape(1), "tensor_out");
      const Plan plan = plan_pooling(c, attrs, input);
      const Shape pooled = output_shape(attrs, plan);
      check_same(c, "orig_output", pooled, c.input_shape(1));
      check_same(c, "grad", kSecond ? input : pooled, c.input_shape(2));
      Tensor& output = c.allocate_output(0, kSecond ? pooled : input);
      if (output.num_elements() == 0) return;
      const Tensor image = widen(image_of(attrs, c.input(0)));
      const Tensor gradients = image_of(attrs, c.input(2));
      const auto offsets = largest_offsets<T>(plan, image);
      const Shape last = kSecond ? output_last(attrs, plan) : input_last(attrs, plan);
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
      if (c.input_shape(0).rank() != 1 || std::ssize(sizes) != attrs.rank()) {
        c.fail(fmt::format("orig_input_shape must be 1-dimensional and {} elements", attrs.rank()));
      }
      for (const std::int64_t size : sizes) {
        if (size < 0) c.fail(fmt::format("Expected a non-negative size, got {}", size));
      }
      check_rank(c, attrs, c.input_shape(1), "out_backprop");
      const Shape input(sizes);
      const Plan plan = plan_pooling(c, attrs, input);
      check_same(c, "grad", output_shape(attrs, plan), c.input_shape(1));
      Tensor& output = c.allocate_output(0, input);
      if (output.num_elements() == 0) return;
      const Tensor gradients = image_of(attrs, c.input(1));
      compute_image(attrs, input_last(attrs, plan), output, [&](Tensor& x) {
        compute_wide([&](const Tensor& g, Tensor& out) { average_pool_grad<T>(plan, g, out); }, x,
                     gradients);
      });
    };
  });
}

}  // namespace

void register_pool_kernels(KernelRegistry& registry) {
  for (const std::string volumes : {"", "3D"}) {
    registry.add("MaxPool" + volumes, make_pool<true>);
    registry.add("AvgPool" + volumes, make_pool<false>);
    registry.add("MaxPool" + volumes + "Grad", make_max_pool_grad<false>);
    registry.add("MaxPool" + volumes + "GradGrad", make_max_pool_grad<true>);
    registry.add("AvgPool" + volumes + "Grad", make_average_pool_grad);
  }
  registry.add("MaxPoolWithArgmax", make_max_pool_with_argmax);
}

}  // namespace tensorkeep::runtime
