#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {
namespace {

template <typename F>
Kernel dispatch_float(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

// sum(t ** 2) / 2, in blocks so that it stays as accurate as the sum.
template <typename T>
T half_square_sum(const T* x, std::int64_t n) {
  constexpr std::int64_t kBlock = 1024;
  const simd::Loops<T>& loops = simd::loops_of<T>();
  std::vector<T> sums;
  T squares[kBlock];
  for (std::int64_t i = 0; i < n; i += kBlock) {
    const std::int64_t size = std::min(kBlock, n - i);
    loops.unary[simd::Unary::kSquare](x + i, squares, size);
    sums.push_back(loops.reduce[simd::Reduction::kSum](squares, size));
  }
  if (sums.empty()) return T(0);
  return loops.reduce[simd::Reduction::kSum](sums.data(), static_cast<std::int64_t>(sums.size())) /
         T(2);
}

Kernel make_l2_loss(const Operation& op) {
  return dispatch_float(op, [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      Tensor& output = c.allocate_output(0, Shape());
      compute_wide(
          [](const Tensor& x, Tensor& y) {
            y.mutable_data<T>()[0] = half_square_sum(x.data<T>().data(), x.num_elements());
          },
          output, c.input(0));
    };
  });
}

Kernel make_leaky_relu(const Operation& op) {
  const float alpha = op.attr_float("alpha");
  return dispatch_float(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [alpha](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      Tensor& output = c.forward_or_allocate({0}, 0, shape);
      compute_wide(
          [alpha](const Tensor& x, Tensor& y) {
            const auto in = x.data<T>();
            const auto out = y.mutable_data<T>();
            for (std::size_t i = 0; i < in.size(); ++i) {
              out[i] = in[i] > T(0) ? in[i] : in[i] * static_cast<T>(alpha);
            }
          },
          output, c.input(0));
    };
  });
}

Kernel make_leaky_relu_grad(const Operation& op) {
  const float alpha = op.attr_float("alpha");
  return dispatch_float(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [alpha](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      if (shape != c.input_shape(1)) {
        c.fail(fmt::format(
            "Inputs to operation {} of type {} must have the same size and shape.  "
            "Input 0: {} != input 1: {}",
            c.op().name(), c.op().type(), shape.debug_string(), c.input_shape(1).debug_string()));
      }
      Tensor& output = c.forward_or_allocate({0}, 0, shape);
      compute_wide(
          [alpha](const Tensor& gradient, const Tensor& feature, Tensor& y) {
            const auto g = gradient.data<T>();
            const auto x = feature.data<T>();
            const auto out = y.mutable_data<T>();
            for (std::size_t i = 0; i < g.size(); ++i) {
              out[i] = x[i] > T(0) ? g[i] : g[i] * static_cast<T>(alpha);
            }
          },
          output, c.input(0), c.input(1));
    };
  });
}

// Whether the target's prediction is finite and fewer than k others are larger.
bool in_top_k(const float* row, std::int64_t classes, std::int64_t target, std::int64_t k) {
  if (target < 0 || target >= classes || !std::isfinite(row[target])) return false;
  std::int64_t larger = 0;
  for (std::int64_t i = 0; i < classes; ++i) {
    if (!std::isfinite(row[i])) return false;
    if (row[i] > row[target]) ++larger;
  }
  return larger < k;
}

void compute_in_top_k(KernelContext& c, std::int64_t k) {
  const Shape& predictions = c.input_shape(0);
  const Shape& targets = c.input_shape(1);
  if (predictions.rank() != 2) c.fail("predictions must be 2-dimensional");
  if (targets.rank() != 1) c.fail("targets must be 1-dimensional");
  if (predictions.dim(0) != targets.dim(0)) {
    c.fail(fmt::format("First dimension of predictions {} must match length of targets {}",
                       predictions.dim(0), targets.dim(0)));
  }
  const auto wanted = integers_of(c.input(1));
  const float* rows = c.input(0).data<float>().data();
  const std::int64_t classes = predictions.dim(1);
  const auto out = c.allocate_output(0, Shape{targets.dim(0)}).mutable_data<bool>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = in_top_k(rows + static_cast<std::int64_t>(i) * classes, classes, wanted[i], k);
  }
}

Kernel make_in_top_k(const Operation& op) {
  const std::int64_t k = op.attr_int("k");
  return [k](KernelContext& c) { compute_in_top_k(c, k); };
}

void in_top_k_v2(KernelContext& c) {
  compute_in_top_k(c, scalar_integer(c, 2, "k"));
}

template <typename T>
void clip(const Tensor& value, const Tensor& low, const Tensor& high, Tensor& output) {
  const auto x = value.data<T>();
  const auto lows = low.data<T>();
  const auto highs = high.data<T>();
  const auto y = output.mutable_data<T>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T lower = lows[low.num_elements() == 1 ? 0 : i];
    const T upper = highs[high.num_elements() == 1 ? 0 : i];
    const T capped = upper < x[i] ? upper : x[i];
    y[i] = capped < lower ? lower : capped;
  }
}

Kernel make_clip_by_value(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [](auto zero) -> Kernel {
        using T = decltype(zero);
        return [](KernelContext& c) {
          const Shape shape = c.input_shape(0);
          const auto fits = [&](int i) {
            return c.input_shape(i) == shape || c.input_shape(i).rank() == 0;
          };
          if (!fits(1) || !fits(2)) {
            c.fail(fmt::format(
                "clip_value_min and clip_value_max must be either of the same shape as input, or a "
                "scalar. input shape: {}clip_value_min shape: {}clip_value_max shape: {}",
                shape.debug_string(), c.input_shape(1).debug_string(),
                c.input_shape(2).debug_string()));
          }
          Tensor& output = c.forward_or_allocate({0}, 0, shape);
          compute_wide(clip<T>, output, c.input(0), c.input(1), c.input(2));
        };
      });
}

}  // namespace

void register_nn_kernels(KernelRegistry& registry) {
  registry.add("L2Loss", make_l2_loss);
  registry.add("LeakyRelu", make_leaky_relu);
  registry.add("LeakyReluGrad", make_leaky_relu_grad);
  registry.add("InTopK", make_in_top_k);
  registry.add_function("InTopKV2", in_top_k_v2);
  registry.add("ClipByValue", make_clip_by_value);
}

}  // namespace tensorkeep::runtime
