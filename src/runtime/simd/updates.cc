#include <cmath>

#include "runtime/simd/isa.h"

namespace tensorkeep::runtime::simd::TENSORKEEP_ISA {
namespace {

template <typename T>
void scale(const T* x, T factor, T* y, Size n) {
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = x[i] * factor;
}

template <typename T>
void add_scaled(const T* x, T factor, T* y, Size n) {
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] += x[i] * factor;
}

template <typename T>
void apply_gradient_descent(T* var, T rate, const T* grad, Size n) {
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) var[i] -= grad[i] * rate;
}

template <typename T>
void apply_momentum(T* var, T* accum, T rate, const T* grad, T momentum, bool nesterov, Size n) {
  if (nesterov) {
    TENSORKEEP_INDEPENDENT
    for (Size i = 0; i < n; ++i) {
      accum[i] = accum[i] * momentum + grad[i];
      var[i] -= grad[i] * rate + accum[i] * momentum * rate;
    }
    return;
  }
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    accum[i] = accum[i] * momentum + grad[i];
    var[i] -= accum[i] * rate;
  }
}

template <typename T>
void apply_adam(T* var, T* m, T* v, T rate, T beta1, T beta2, T epsilon, const T* grad,
                bool nesterov, Size n) {
  const T one = T(1);
  const T momentum_part = nesterov ? beta1 : one;
  const T gradient_part = nesterov ? one - beta1 : T(0);
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    m[i] += (grad[i] - m[i]) * (one - beta1);
    v[i] += (grad[i] * grad[i] - v[i]) * (one - beta2);
    const T step = m[i] * momentum_part + grad[i] * gradient_part;
    var[i] -= step * rate / (std::sqrt(v[i]) + epsilon);
  }
}

template <typename T>
void fill(Loops<T>& loops) {
  loops.scale = scale<T>;
  loops.add_scaled = add_scaled<T>;
  loops.apply_gradient_descent = apply_gradient_descent<T>;
  loops.apply_momentum = apply_momentum<T>;
  loops.apply_adam = apply_adam<T>;
}

}  // namespace

void fill_updates(LoopTable& table) {
  fill(table.f32);
  fill(table.f64);
}

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
