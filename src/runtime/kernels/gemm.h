#pragma once

#include <memory>

#include "runtime/parallel.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {

// c[m, n] = op(a) op(b) of row-major matrices, dense where no stride is given; large products use
// several threads, each with rows of its own, so that results do not depend on timing.
template <typename T>
void multiply_matrices(simd::GemmShape shape, const T* a, const T* b, T* c) {
  if (shape.stride_a == 0) shape.stride_a = shape.transpose_a ? shape.m : shape.k;
  if (shape.stride_b == 0) shape.stride_b = shape.transpose_b ? shape.k : shape.n;
  if (shape.stride_c == 0) shape.stride_c = shape.n;
  const simd::Loops<T>& loops = simd::loops_of<T>();
  // Below about a million products a thread costs more than it brings.
  constexpr double kProductsPerPart = 1 << 20;
  const double products_per_row = static_cast<double>(shape.n) * static_cast<double>(shape.k) + 1;
  const auto rows_per_part = static_cast<std::int64_t>(kProductsPerPart / products_per_row) + 1;
  parallel_for(shape.m, rows_per_part, [&](std::int64_t begin, std::int64_t end) {
    simd::GemmShape part = shape;
    part.m = end - begin;
    const std::int64_t workspace_size = loops.gemm_workspace(part);
    const std::unique_ptr<T[]> workspace(new T[static_cast<std::size_t>(workspace_size)]);
    loops.gemm(part, a + begin * (shape.transpose_a ? 1 : shape.stride_a), b,
               c + begin * shape.stride_c, workspace.get());
  });
}

}  // namespace tensorkeep::runtime
