#include "runtime/simd/isa.h"
// Reductions of contiguous elements: several partial results, then a tree, which is both faster and
// more accurate than one running result.
#include <cstring>

namespace tensorkeep::runtime::simd::TENSORKEEP_ISA {
namespace {

struct Sum {
  template <typename T>
  static inline T combine(T a, T b) {
    return a + b;
  }
};
struct Prod {
  template <typename T>
  static inline T combine(T a, T b) {
    return a * b;
  }
};
// NaN wins, as in TensorFlow.
struct Max {
  template <typename T>
  static inline T combine(T a, T b) {
    return a != a ? a : (a < b || b != b ? b : a);
  }
};
struct Min {
  template <typename T>
  static inline T combine(T a, T b) {
    return a != a ? a : (b < a || b != b ? b : a);
  }
};

constexpr int kLanes = 32;     // partial results; independent, so that they vectorise
constexpr Size kBlock = 1024;  // longer arrays are halved, on multiples of this

template <typename F, typename T>
T reduce_block(const T* x, Size n) {
  if (n < kLanes) {
    T result = x[0];
    for (Size i = 1; i < n; ++i) result = F::combine(result, x[i]);
    return result;
  }
  T lanes[kLanes];
  std::memcpy(lanes, x, sizeof(lanes));
  Size i = kLanes;
  for (; i + kLanes <= n; i += kLanes) {
    for (int j = 0; j < kLanes; ++j) lanes[j] = F::combine(lanes[j], x[i + j]);
  }
  for (int j = 0; i < n; ++i, ++j) lanes[j] = F::combine(lanes[j], x[i]);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int j = 0; j < half; ++j) lanes[j] = F::combine(lanes[j], lanes[j + half]);
  }
  return lanes[0];
}

template <typename F, typename T>
T reduce(const T* x, Size n) {
  if (n <= kBlock) return reduce_block<F>(x, n);
  const Size half = (n / 2 + kBlock - 1) / kBlock * kBlock;
  return F::combine(reduce<F>(x, half), reduce<F>(x + half, n - half));
}

template <typename T>
void fill(Loops<T>& loops) {
  loops.reduce[Reduction::kSum] = reduce<Sum, T>;
  loops.reduce[Reduction::kProd] = reduce<Prod, T>;
  loops.reduce[Reduction::kMax] = reduce<Max, T>;
  loops.reduce[Reduction::kMin] = reduce<Min, T>;
}

}  // namespace

void fill_reductions(LoopTable& table) {
  fill(table.f32);
  fill(table.f64);
}

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
