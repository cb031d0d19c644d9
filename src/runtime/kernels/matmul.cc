#include <fmt/format.h>

#include "runtime/kernels/broadcast.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/gemm.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"

namespace tensorkeep::runtime {
namespace {

template <typename T>
T conjugate(T x) {
  if constexpr (scalar::is_complex<T>) {
    return std::conj(x);
  } else {
    return x;
  }
}

// One product of dense matrices; `conjugated` makes transposed operands adjoint.
template <typename T>
void multiply(const simd::GemmShape& s, bool conjugated, const T* a, const T* b, T* c) {
  if constexpr (std::is_floating_point_v<T>) {
    multiply_matrices<T>(s, a, b, c);
  } else {
    for (std::int64_t i = 0; i < s.m; ++i) {
      for (std::int64_t j = 0; j < s.n; ++j) {
        T sum = 0;
        for (std::int64_t p = 0; p < s.k; ++p) {
          T left = s.transpose_a ? a[p * s.m + i] : a[i * s.k + p];
          T right = s.transpose_b ? b[j * s.k + p] : b[p * s.n + j];
          if (conjugated && s.transpose_a) left = conjugate(left);
          if (conjugated && s.transpose_b) right = conjugate(right);
          sum = scalar::Add::apply(sum, scalar::Mul::apply(left, right));
        }
        c[i * s.n + j] = sum;
      }
    }
  }
}

template <typename F>
Kernel dispatch_matmul(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  return dispatch<float, double, std::int16_t, std::int32_t, std::int64_t, std::uint16_t,
                  std::uint32_t, std::uint64_t, std::complex<float>, std::complex<double>>(
      op, computed, make);
}

Kernel make_matmul(const Operation& op) {
  const bool transpose_a = op.attr_bool("transpose_a");
  const bool transpose_b = op.attr_bool("transpose_b");
  return dispatch_matmul(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [transpose_a, transpose_b](KernelContext& c) {
      const Shape& a = c.input_shape(0);
      const Shape& b = c.input_shape(1);
      if (a.rank() != 2) c.fail("In[0] is not a matrix. Instead it has shape " + a.debug_string());
      if (b.rank() != 2) c.fail("In[1] is not a matrix. Instead it has shape " + b.debug_string());
      simd::GemmShape s;
      s.transpose_a = transpose_a;
      s.transpose_b = transpose_b;
      s.m = a.dim(transpose_a ? 1 : 0);
      s.k = a.dim(transpose_a ? 0 : 1);
      s.n = b.dim(transpose_b ? 0 : 1);
      if (s.k != b.dim(transpose_b ? 1 : 0)) {
        c.fail(fmt::format("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.debug_string(),
                           b.debug_string()));
      }
      Tensor& output = c.allocate_output(0, Shape{s.m, s.n});
      compute_wide(
          [&](const Tensor& x, const Tensor& y, Tensor& z) {
            multiply<T>(s, false, x.data<T>().data(), y.data<T>().data(),
                        z.mutable_data<T>().data());
          },
          output, c.input(0), c.input(1));
    };
  });
}

Shape batch_of(const Shape& shape) {
  return Shape(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end() - 2));
}

struct BatchPlan {
  simd::GemmShape matrix;
  Broadcast batches;
  Shape output;
};

BatchPlan plan_batches(KernelContext& c, bool adjoint_x, bool adjoint_y) {
  const Shape& a = c.input_shape(0);
  const Shape& b = c.input_shape(1);
  if (a.rank() < 2) c.fail(fmt::format("In[0] ndims must be >= 2: {}", a.rank()));
  if (b.rank() < 2) c.fail(fmt::format("In[1] ndims must be >= 2: {}", b.rank()));
  if (c.op().type() == "BatchMatMul") {  // the first version does not broadcast
    if (a.rank() != b.rank()) {
      c.fail(fmt::format("In[0] and In[1] has different ndims: {} vs. {}", a.debug_string(),
                         b.debug_string()));
    }
    for (int i = 0; i < a.rank() - 2; ++i) {
      if (a.dim(i) == b.dim(i)) continue;
      c.fail(fmt::format("In[0].dim({}) and In[1].dim({}) must be the same: {} vs {}", i, i,
                         a.debug_string(), b.debug_string()));
    }
  }
  BatchPlan plan;
  auto batches = Broadcast::of(batch_of(a), batch_of(b));
  if (!batches) {
    c.fail(fmt::format("In[0] and In[1] must have compatible batch dimensions: {} vs. {}",
                       a.debug_string(), b.debug_string()));
  }
  plan.batches = *std::move(batches);
  simd::GemmShape& s = plan.matrix;
  s.transpose_a = adjoint_x;
  s.transpose_b = adjoint_y;
  s.m = a.dim(a.rank() - (adjoint_x ? 1 : 2));
  s.k = a.dim(a.rank() - (adjoint_x ? 2 : 1));
  s.n = b.dim(b.rank() - (adjoint_y ? 2 : 1));
  if (s.k != b.dim(b.rank() - (adjoint_y ? 1 : 2))) {
    c.fail(fmt::format("Matrix size-incompatible: In[0]: {}, In[1]: {} {:d} {:d}", a.debug_string(),
                       b.debug_string(), adjoint_x, adjoint_y));
  }
  plan.output = plan.batches.shape().concatenate(Shape{s.m, s.n});
  return plan;
}

Kernel make_batch_matmul(const Operation& op) {
  const bool adjoint_x = op.attr_bool("adj_x");
  const bool adjoint_y = op.attr_bool("adj_y");
  return dispatch_matmul(op, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [adjoint_x, adjoint_y](KernelContext& c) {
      const BatchPlan plan = plan_batches(c, adjoint_x, adjoint_y);
      Tensor& output = c.allocate_output(0, plan.output);
      if (output.num_elements() == 0) return;
      const simd::GemmShape& s = plan.matrix;
      const std::int64_t step_x =
          plan.batches.operands() == simd::Operands::kLeftFixed ? 0 : s.m * s.k;
      const std::int64_t step_y =
          plan.batches.operands() == simd::Operands::kRightFixed ? 0 : s.k * s.n;
      compute_wide(
          [&](const Tensor& x, const Tensor& y, Tensor& z) {
            const T* a = x.data<T>().data();
            const T* b = y.data<T>().data();
            T* out = z.mutable_data<T>().data();
            plan.batches.for_each_row([&](std::int64_t at_a, std::int64_t at_b, std::int64_t at) {
              for (std::int64_t i = 0; i < plan.batches.row_size(); ++i) {
                multiply<T>(s, true, a + at_a * s.m * s.k + i * step_x,
                            b + at_b * s.k * s.n + i * step_y, out + (at + i) * s.m * s.n);
              }
            });
          },
          output, c.input(0), c.input(1));
    };
  });
}

}  // namespace

void register_matmul_kernels(KernelRegistry& registry) {
  registry.add("MatMul", make_matmul);
  registry.add("BatchMatMul", make_batch_matmul);
  registry.add("BatchMatMulV2", make_batch_matmul);
}

}  // namespace tensorkeep::runtime
