#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {
namespace {

Around layout_of(KernelContext& c, const Shape& shape, bool channels_first) {
  if (shape.rank() < 2) c.fail("Input tensor must be at least 2D: " + shape.debug_string());
  return split_around(shape, channels_first ? 1 : shape.rank() - 1);
}

bool is_channels_first(const Operation& op) {
  return op.has_attr("data_format") && op.attr_string("data_format") == "NCHW";
}

template <typename T>
void add_row(const T* x, const T* bias, T* y, std::int64_t n, bool one_bias) {
  if constexpr (std::is_floating_point_v<T>) {
    const auto kind = one_bias ? simd::Operands::kRightFixed : simd::Operands::kBothVary;
    simd::loops_of<T>().binary[simd::Binary::kAdd][kind](x, bias, y, n);
  } else {
    for (std::int64_t i = 0; i < n; ++i) y[i] = scalar::Add::apply(x[i], bias[one_bias ? 0 : i]);
  }
}

template <typename T>
void add_bias(const Around& layout, const Tensor& value, const Tensor& bias, Tensor& output) {
  const T* x = value.data<T>().data();
  const T* b = bias.data<T>().data();
  T* y = output.mutable_data<T>().data();
  if (layout.inner == 1) {
    for (std::int64_t o = 0; o < layout.outer; ++o) {
      add_row(x + o * layout.size, b, y + o * layout.size, layout.size, false);
    }
    return;
  }
  for (std::int64_t o = 0; o < layout.outer * layout.size; ++o) {
    add_row(x + o * layout.inner, b + o % layout.size, y + o * layout.inner, layout.inner, true);
  }
}

template <typename T>
void sum_bias(const Around& layout, const Tensor& gradient, Tensor& output) {
  const T* x = gradient.data<T>().data();
  const auto sums = output.mutable_data<T>();
  std::fill(sums.begin(), sums.end(), T(0));
  if (layout.inner == 1) {
    for (std::int64_t o = 0; o < layout.outer; ++o) {
      add_row(sums.data(), x + o * layout.size, sums.data(), layout.size, false);
    }
    return;
  }
  for (std::int64_t o = 0; o < layout.outer * layout.size; ++o) {
    T sum = 0;
    for (std::int64_t i = 0; i < layout.inner; ++i) {
      sum = scalar::Add::apply(sum, x[o * layout.inner + i]);
    }
    T& total = sums[static_cast<std::size_t>(o % layout.size)];
    total = scalar::Add::apply(total, sum);
  }
}

// TensorFlow rounds every sum of bfloat16 rows; only these.
void sum_rounded_rows(const Around& layout, const Tensor& gradient, Tensor& output) {
  const BFloat16* x = gradient.data<BFloat16>().data();
  const auto sums = output.mutable_data<BFloat16>();
  std::fill(sums.begin(), sums.end(), BFloat16(0.0F));
  for (std::int64_t o = 0; o < layout.outer; ++o) {
    for (BFloat16& sum : sums) sum = BFloat16(static_cast<float>(sum) + static_cast<float>(*x++));
  }
}

template <typename F>
Kernel dispatch_numbers(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, std::complex<float>,
                  std::complex<double>>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

Kernel make_bias_add(const Operation& op) {
  const bool channels_first = is_channels_first(op);
  return dispatch_numbers(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [channels_first](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      const Shape& bias = c.input_shape(1);
      const Around layout = layout_of(c, shape, channels_first);
      if (bias.rank() != 1) c.fail("Biases must be 1D: " + bias.debug_string());
      if (bias.dim(0) != layout.size) {
        c.fail(fmt::format(
            "Must provide as many biases as the {} dimension of the input tensor: "
            "{} vs. {}",
            channels_first ? "channel" : "last", bias.debug_string(), shape.debug_string()));
      }
      Tensor& output = c.forward_or_allocate({0}, 0, shape);
      if (output.num_elements() == 0) return;
      compute_wide(
          [&](const Tensor& x, const Tensor& b, Tensor& y) { add_bias<T>(layout, x, b, y); },
          output, c.input(0), c.input(1));
    };
  });
}

Kernel make_bias_add_grad(const Operation& op) {
  const bool channels_first = is_channels_first(op);
  return dispatch_numbers(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [channels_first](KernelContext& c) {
      const Around layout = layout_of(c, c.input_shape(0), channels_first);
      Tensor& output = c.allocate_output(0, Shape{layout.size});
      if (c.input(0).num_elements() == 0) {
        output = Tensor::zeros(output.dtype(), output.shape());
        return;
      }
      if (output.dtype() == DType::kBFloat16 && layout.inner == 1) {
        return sum_rounded_rows(layout, c.input(0), output);
      }
      compute_wide([&](const Tensor& x, Tensor& y) { sum_bias<T>(layout, x, y); }, output,
                   c.input(0));
    };
  });
}

}  // namespace

void register_bias_kernels(KernelRegistry& registry) {
  registry.add("BiasAdd", make_bias_add);
  registry.add("BiasAddV1", make_bias_add);
  registry.add("BiasAddGrad", make_bias_add_grad);
}

}  // namespace tensorkeep::runtime
