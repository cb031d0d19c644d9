#include "tensorkeep/learning_rate_decay.h"

#include <numbers>

#include "ops/op_scope.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/math_ops.h"

// Each adds the nodes that TensorFlow's function of the same name adds, in the same order.
namespace tensorkeep::train {
namespace {

// A decay's scope, with what all of them convert first.
struct Decay {
  Decay(const Input& learning_rate, const Input& global_step, const Input& decay_steps,
        const std::string& name, const char* default_name)
      : scope({learning_rate, global_step, decay_steps}, name, default_name),
        rate(learning_rate.to_tensor("initial_learning_rate")),
        dtype(base_dtype(rate.dtype())) {}

  Output in_its_type(const Input& value) const { return cast(value, dtype); }

  ops::OpScope scope;
  Output rate;
  DType dtype;
};

Output progress(const Output& step, const Output& steps, bool staircase) {
  const Output exact = step / steps;
  return staircase ? floor(exact) : exact;
}

}  // namespace

Output exponential_decay(const Input& learning_rate, const Input& global_step,
                         const Input& decay_steps, const Input& decay_rate,
                         const DecayOptions& options) {
  const Decay decay(learning_rate, global_step, decay_steps, options.name, "ExponentialDecay");
  const Output steps = decay.in_its_type(decay_steps);
  const Output base = decay.in_its_type(decay_rate);
  const Output step = decay.in_its_type(global_step);
  const Output factor = pow(base, progress(step, steps, options.staircase));
  return multiply(decay.rate, factor, {decay.scope.name()});
}

Output natural_exp_decay(const Input& learning_rate, const Input& global_step,
                         const Input& decay_steps, const Input& decay_rate,
                         const DecayOptions& options) {
  const auto as_default =
      graph_of({learning_rate, global_step, decay_steps, decay_rate}).as_default();
  const Output base = exp(negative(decay_rate));
  return exponential_decay(learning_rate, global_step, decay_steps, base, options);
}

Output inverse_time_decay(const Input& learning_rate, const Input& global_step,
                          const Input& decay_steps, const Input& decay_rate,
                          const DecayOptions& options) {
  const Decay decay(learning_rate, global_step, decay_steps, options.name, "InverseTimeDecay");
  const Output steps = decay.in_its_type(decay_steps);
  const Output factor = decay.in_its_type(decay_rate);
  const Output step = decay.in_its_type(global_step);
  const Output done = progress(step, steps, options.staircase);
  const Output one = decay.in_its_type(constant(1));
  const Output denominator = add(one, multiply(factor, done));
  return divide(decay.rate, denominator, {decay.scope.name()});
}

Output polynomial_decay(const Input& learning_rate, const Input& global_step,
                        const Input& decay_steps, const PolynomialDecayOptions& options) {
  const Decay decay(learning_rate, global_step, decay_steps, options.name, "PolynomialDecay");
  const Output end = decay.in_its_type(options.end_learning_rate);
  const Output power = decay.in_its_type(options.power);
  Output step = decay.in_its_type(global_step);
  Output steps = decay.in_its_type(decay_steps);
  if (options.cycle) {
    // The first multiple of decay_steps beyond the step.
    const Output at_zero = equal(step, 0);
    const Output periods = ceil(step / decay_steps);
    steps = multiply(steps, where_v2(at_zero, 1.0, periods));
  } else {
    step = minimum(step, steps);
  }
  const Output done = divide(step, steps);
  const Output range = decay.rate - end;
  const Output left = pow(1 - done, power);
  return add(multiply(range, left), end, {decay.scope.name()});
}

Output cosine_decay(const Input& learning_rate, const Input& global_step, const Input& decay_steps,
                    const CosineDecayOptions& options) {
  const Decay decay(learning_rate, global_step, decay_steps, options.name, "CosineDecay");
  const Output steps = decay.in_its_type(decay_steps);
  const Output step = minimum(decay.in_its_type(global_step), steps);
  const Output done = step / steps;
  const Output cosine = 0.5 * (1.0 + cos(constant(std::numbers::pi) * done));
  const Output share =
      options.alpha.is_literal()
          ? Input(1 - options.alpha.literal().to_tensor(float64).value<double>()) * cosine
          : (1 - options.alpha) * cosine;
  return multiply(decay.rate, share + options.alpha);
}

Output linear_cosine_decay(const Input& learning_rate, const Input& global_step,
                           const Input& decay_steps, const LinearCosineDecayOptions& options) {
  const Decay decay(learning_rate, global_step, decay_steps, options.name, "LinearCosineDecay");
  const Output steps = decay.in_its_type(decay_steps);
  const Output periods = decay.in_its_type(options.num_periods);
  const Output alpha = decay.in_its_type(options.alpha);
  const Output beta = decay.in_its_type(options.beta);
  const Output step = minimum(decay.in_its_type(global_step), steps);
  const Output linear = (steps - step) / steps;
  const Output done = step / steps;
  const Output fraction = 2.0 * periods * done;
  const Output cosine = 0.5 * (1.0 + cos(constant(std::numbers::pi) * fraction));
  return multiply(decay.rate, (alpha + linear) * cosine + beta, {decay.scope.name()});
}

}  // namespace tensorkeep::train
