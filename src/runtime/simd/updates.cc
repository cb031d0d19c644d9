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

// The updates: variables[0] is the trained one, the others are its slots.

// Scalars: alpha.
template <typename T>
void gradient_descent(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  const T rate = scalars[0];
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) var[i] -= grad[i] * rate;
}

// Scalars: lr, momentum.
template <typename T>
void momentum(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const accum = variables[1];
  const T rate = scalars[0];
  const T kept = scalars[1];
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    accum[i] = accum[i] * kept + grad[i];
    var[i] -= accum[i] * rate;
  }
}

template <typename T>
void nesterov_momentum(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const accum = variables[1];
  const T rate = scalars[0];
  const T kept = scalars[1];
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    accum[i] = accum[i] * kept + grad[i];
    var[i] -= grad[i] * rate + accum[i] * kept * rate;
  }
}

// Scalars: beta1_power, beta2_power, lr, beta1, beta2, epsilon.
template <typename T, bool kNesterov>
void adam(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const m = variables[1];
  T* const v = variables[2];
  const T one = T(1);
  const T rate = scalars[2] * std::sqrt(one - scalars[1]) / (one - scalars[0]);
  const T beta1 = scalars[3];
  const T beta2 = scalars[4];
  const T epsilon = scalars[5];
  const T momentum_part = kNesterov ? beta1 : one;
  const T gradient_part = kNesterov ? one - beta1 : T(0);
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    m[i] += (grad[i] - m[i]) * (one - beta1);
    v[i] += (grad[i] * grad[i] - v[i]) * (one - beta2);
    const T step = m[i] * momentum_part + grad[i] * gradient_part;
    var[i] -= step * rate / (std::sqrt(v[i]) + epsilon);
  }
}

// Scalars: lr, rho, momentum, epsilon; slots: ms, mom.
template <typename T>
void rms_prop(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const ms = variables[1];
  T* const mom = variables[2];
  const T rate = scalars[0];
  const T fresh = T(1) - scalars[1];
  const T kept = scalars[2];
  const T epsilon = scalars[3];
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    ms[i] += (grad[i] * grad[i] - ms[i]) * fresh;
    mom[i] = mom[i] * kept + grad[i] * rate / std::sqrt(ms[i] + epsilon);
    var[i] -= mom[i];
  }
}

// The same, and first of the slots mg.
template <typename T>
void centered_rms_prop(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const mg = variables[1];
  T* const ms = variables[2];
  T* const mom = variables[3];
  const T rate = scalars[0];
  const T fresh = T(1) - scalars[1];
  const T kept = scalars[2];
  const T epsilon = scalars[3];
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    ms[i] += (grad[i] * grad[i] - ms[i]) * fresh;
    mg[i] += (grad[i] - mg[i]) * fresh;
    mom[i] = mom[i] * kept + grad[i] * rate / std::sqrt(ms[i] - mg[i] * mg[i] + epsilon);
    var[i] -= mom[i];
  }
}

// Scalars: lr.
template <typename T, bool kAccumulate>
void adagrad(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const accum = variables[1];
  const T rate = scalars[0];
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    if constexpr (kAccumulate) accum[i] += grad[i] * grad[i];
    var[i] -= grad[i] * rate / std::sqrt(accum[i]);
  }
}

// Scalars: lr, rho, epsilon; slots: accum, accum_update.
template <typename T>
void adadelta(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const accum = variables[1];
  T* const updates = variables[2];
  const T rate = scalars[0];
  const T kept = scalars[1];
  const T fresh = T(1) - kept;
  const T epsilon = scalars[2];
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) {
    accum[i] = accum[i] * kept + grad[i] * grad[i] * fresh;
    const T step = std::sqrt(updates[i] + epsilon) / std::sqrt(accum[i] + epsilon) * grad[i];
    var[i] -= step * rate;
    updates[i] = updates[i] * kept + step * step * fresh;
  }
}

// Scalars: lr, l1, l2, then l2_shrinkage if there is one, lr_power; slots: accum, linear.
template <typename T, bool kShrinks>
void ftrl(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const accum = variables[1];
  T* const linear = variables[2];
  const T rate = scalars[0];
  const T l1 = scalars[1];
  const T l2 = scalars[2];
  const T shrinkage = kShrinks ? scalars[3] : T(0);
  const T power = -scalars[kShrinks ? 4 : 3];
  const bool root = power == T(0.5);
  for (Size i = 0; i < n; ++i) {
    const T before = root ? std::sqrt(accum[i]) : std::pow(accum[i], power);
    accum[i] += grad[i] * grad[i];
    const T after = root ? std::sqrt(accum[i]) : std::pow(accum[i], power);
    const T gradient = grad[i] + T(2) * shrinkage * var[i];
    linear[i] += gradient - (after - before) / rate * var[i];
    const T magnitude = linear[i] < T(0) ? -linear[i] : linear[i];
    const T clipped = (linear[i] < T(0) ? -l1 : l1) - linear[i];
    var[i] = magnitude > l1 ? clipped / (after / rate + T(2) * l2) : T(0);
  }
}

// x moved towards zero by `step`, but not past it.
template <typename T>
T shrunk(T x, T step) {
  const T magnitude = (x < T(0) ? -x : x) - step;
  const T left = magnitude > T(0) ? magnitude : T(0);
  return x < T(0) ? -left : x > T(0) ? left : T(0);
}

// Scalars: alpha, l1, l2.
template <typename T>
void proximal_gradient_descent(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  const T rate = scalars[0];
  const T l1 = scalars[1];
  const T l2 = scalars[2];
  for (Size i = 0; i < n; ++i) {
    const T moved = var[i] - grad[i] * rate;
    var[i] = (l1 > T(0) ? shrunk(moved, rate * l1) : moved) / (T(1) + l2 * rate);
  }
}

// Scalars: lr, l1, l2.
template <typename T>
void proximal_adagrad(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const accum = variables[1];
  const T l1 = scalars[1];
  const T l2 = scalars[2];
  for (Size i = 0; i < n; ++i) {
    accum[i] += grad[i] * grad[i];
    const T rate = scalars[0] / std::sqrt(accum[i]);
    const T moved = var[i] - grad[i] * rate;
    var[i] = (l1 > T(0) ? shrunk(moved, rate * l1) : moved) / (T(1) + l2 * rate);
  }
}

// Scalars: lr, l1, l2, global_step; slots: the sums of gradients and of their squares.
template <typename T>
void adagrad_da(T* const* variables, const T* scalars, const T* grad, Size n) {
  T* const var = variables[0];
  T* const sum = variables[1];
  T* const squares = variables[2];
  const T rate = scalars[0];
  const T l1 = scalars[1];
  const T l2 = scalars[2];
  const T step = scalars[3];
  for (Size i = 0; i < n; ++i) {
    sum[i] += grad[i];
    squares[i] += grad[i] * grad[i];
    const T gradient = l1 > T(0) ? shrunk(sum[i], step * l1) : sum[i];
    var[i] = -rate * gradient / (l2 * step * rate + std::sqrt(squares[i]));
  }
}

template <typename T>
void fill(Loops<T>& loops) {
  loops.scale = scale<T>;
  loops.add_scaled = add_scaled<T>;
  loops.update[Update::kGradientDescent] = gradient_descent<T>;
  loops.update[Update::kMomentum] = momentum<T>;
  loops.update[Update::kNesterovMomentum] = nesterov_momentum<T>;
  loops.update[Update::kAdam] = adam<T, false>;
  loops.update[Update::kNesterovAdam] = adam<T, true>;
  loops.update[Update::kRmsProp] = rms_prop<T>;
  loops.update[Update::kCenteredRmsProp] = centered_rms_prop<T>;
  loops.update[Update::kAdagrad] = adagrad<T, true>;
  loops.update[Update::kAdagradFrozenSlot] = adagrad<T, false>;
  loops.update[Update::kAdadelta] = adadelta<T>;
  loops.update[Update::kFtrl] = ftrl<T, false>;
  loops.update[Update::kFtrlV2] = ftrl<T, true>;
  loops.update[Update::kProximalGradientDescent] = proximal_gradient_descent<T>;
  loops.update[Update::kProximalAdagrad] = proximal_adagrad<T>;
  loops.update[Update::kAdagradDA] = adagrad_da<T>;
}

}  // namespace

void fill_updates(LoopTable& table) {
  fill(table.f32);
  fill(table.f64);
}

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
