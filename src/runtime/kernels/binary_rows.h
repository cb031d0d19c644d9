#pragma once

#include "runtime/kernel.h"
#include "runtime/kernels/broadcast.h"
#include "runtime/parallel.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep::runtime {

// The three forms of a loop over two operands: see simd::Operands.
template <typename T, typename Out>
using RowLoops = simd::TableOf<simd::Operands, void (*)(const T*, const T*, Out*, std::int64_t)>;

template <typename F, typename T, typename Out>
void plain_both_vary(const T* a, const T* b, Out* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = F::apply(a[i], b[i]);
}
template <typename F, typename T, typename Out>
void plain_right_fixed(const T* a, const T* b, Out* y, std::int64_t n) {
  const T fixed = *b;
  for (std::int64_t i = 0; i < n; ++i) y[i] = F::apply(a[i], fixed);
}
template <typename F, typename T, typename Out>
void plain_left_fixed(const T* a, const T* b, Out* y, std::int64_t n) {
  const T fixed = *a;
  for (std::int64_t i = 0; i < n; ++i) y[i] = F::apply(fixed, b[i]);
}
template <typename F, typename T, typename Out>
constexpr RowLoops<T, Out> plain_rows() {
  return {{plain_both_vary<F, T, Out>, plain_right_fixed<F, T, Out>, plain_left_fixed<F, T, Out>}};
}

// Fills `out`, of the broadcast shape. It may be the memory of an operand of that shape.
template <typename T, typename Out>
void apply_rows(const Broadcast& broadcast, const RowLoops<T, Out>& loops, const Tensor& left,
                const Tensor& right, Tensor& out) {
  const T* a = left.data<T>().data();
  const T* b = right.data<T>().data();
  Out* y = out.mutable_data<Out>().data();
  const auto loop = loops[broadcast.operands()];
  const bool a_steps = broadcast.operands() != simd::Operands::kLeftFixed;
  const bool b_steps = broadcast.operands() != simd::Operands::kRightFixed;
  broadcast.for_each_row([&](std::int64_t at_a, std::int64_t at_b, std::int64_t at_y) {
    constexpr std::int64_t kElementsPerPart = 1 << 16;
    if (broadcast.row_size() < 2 * kElementsPerPart) {
      loop(a + at_a, b + at_b, y + at_y, broadcast.row_size());
      return;
    }
    parallel_for(broadcast.row_size(), kElementsPerPart, [&](std::int64_t begin, std::int64_t end) {
      loop(a + at_a + (a_steps ? begin : 0), b + at_b + (b_steps ? begin : 0), y + at_y + begin,
           end - begin);
    });
  });
}

// A whole kernel of two operands of type T that F::apply combines.
template <typename F, typename T>
void apply_binary(KernelContext& c) {
  const auto broadcast = Broadcast::of(c.input_shape(0), c.input_shape(1));
  if (!broadcast) {
    c.fail("Incompatible shapes: " + c.input_shape(0).debug_string() + " vs. " +
           c.input_shape(1).debug_string());
  }
  Tensor& output = c.allocate_output(0, broadcast->shape());
  apply_rows<T, T>(*broadcast, plain_rows<F, T, T>(), c.input(0), c.input(1), output);
}

}  // namespace tensorkeep::runtime
