#include "runtime/simd/isa.h"

namespace tensorkeep::runtime::simd::TENSORKEEP_ISA {
namespace {

#define TENSORKEEP_FUNCTION(Name, op)    \
  struct Name {                          \
    template <typename T>                \
    static inline bool apply(T a, T b) { \
      return a op b;                     \
    }                                    \
  };
TENSORKEEP_FUNCTION(Equal, ==)
TENSORKEEP_FUNCTION(NotEqual, !=)
TENSORKEEP_FUNCTION(Less, <)
TENSORKEEP_FUNCTION(LessEqual, <=)
TENSORKEEP_FUNCTION(Greater, >)
TENSORKEEP_FUNCTION(GreaterEqual, >=)
#undef TENSORKEEP_FUNCTION

template <typename F, typename T>
void both_vary(const T* a, const T* b, bool* y, Size n) {
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = F::apply(a[i], b[i]);
}

template <typename F, typename T>
void right_fixed(const T* a, const T* b, bool* y, Size n) {
  const T fixed = *b;
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = F::apply(a[i], fixed);
}

template <typename F, typename T>
void left_fixed(const T* a, const T* b, bool* y, Size n) {
  const T fixed = *a;
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = F::apply(fixed, b[i]);
}

template <typename F, typename T>
void set(Loops<T>& loops, Comparison comparison) {
  loops.compare[comparison] = {{both_vary<F, T>, right_fixed<F, T>, left_fixed<F, T>}};
}

template <typename T>
void fill(Loops<T>& loops) {
  set<Equal>(loops, Comparison::kEqual);
  set<NotEqual>(loops, Comparison::kNotEqual);
  set<Less>(loops, Comparison::kLess);
  set<LessEqual>(loops, Comparison::kLessEqual);
  set<Greater>(loops, Comparison::kGreater);
  set<GreaterEqual>(loops, Comparison::kGreaterEqual);
}

}  // namespace

void fill_comparisons(LoopTable& table) {
  fill(table.f32);
  fill(table.f64);
}

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
