#include "tensorkeep/learning_rate_decay.h"

#include <fmt/format.h>

#include <numbers>

#include "ops/op_scope.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
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

namespace {

// Which period it is, and how much of it is over; `done` counts periods as long as the first.
std::vector<Output> equal_periods(const Output& done) {
  const Output period = floor(done);
  return {period, done - period};
}

std::vector<Output> growing_periods(const Output& done, const Output& growth) {
  const Output shrink = 1.0 - growth;
  const Output reached = log(1.0 - done * shrink);
  const Output period = floor(reached / log(growth));
  const Output before = 1.0 - pow(growth, period, {"pow"});
  const Output sum = before / (1.0 - growth);
  const Output left = done - sum;
  return {period, left / pow(growth, period, {"pow"})};
}

}  // namespace

Output cosine_decay_restarts(const Input& learning_rate, const Input& global_step,
                             const Input& first_decay_steps,
                             const CosineDecayRestartsOptions& options) {
  const Decay decay(learning_rate, global_step, first_decay_steps, options.name, "SGDRDecay");
  const Output steps = decay.in_its_type(first_decay_steps);
  const Output alpha = decay.in_its_type(options.alpha);
  const Output growth = decay.in_its_type(options.t_mul);
  const Output height = decay.in_its_type(options.m_mul);
  const Output step = decay.in_its_type(global_step);
  const Output done = step / steps;
  const Output even = equal(growth, 1.0);
  const Outputs position = cond(
      even, [&] { return equal_periods(done); }, [&] { return growing_periods(done, growth); });
  const Output factor = 0.5 * pow(height, position[0], {"pow"});
  const Output cosine = factor * (1.0 + cos(constant(std::numbers::pi) * position[1]));
  const Output share = (1 - alpha) * cosine;
  return multiply(decay.rate, share + alpha, {decay.scope.name()});
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

namespace {

std::vector<Output> as_tensors(const std::vector<Input>& inputs) {
  std::vector<Output> tensors;
  for (const Input& input : inputs) tensors.push_back(input.to_tensor(""));
  return tensors;
}

// Boundaries of the type of `x`.
void match_type(std::vector<Output>& boundaries, DType type) {
  for (Output& boundary : boundaries) {
    const DType own = base_dtype(boundary.dtype());
    if (own == type) continue;
    if (own != int32 || type != int64) {
      errors::raise_value_error(
          fmt::format("Boundaries (<dtype: '{}'>) must have the same dtype as x (<dtype: '{}'>).",
                      name_of(own), name_of(type)));
    }
    boundary = cast(boundary, type);
  }
}

}  // namespace

Output piecewise_constant(const Input& x, const std::vector<Input>& boundaries,
                          const std::vector<Input>& values, const Name& name) {
  Graph& graph = graph_of({x});
  const auto as_default = graph.as_default();
  std::vector<Output> limits = as_tensors(boundaries);
  const std::vector<Output> choices = as_tensors(values);
  match_type(limits, base_dtype(x.to_tensor("").dtype()));
  for (const Output& choice : choices) {
    if (base_dtype(choice.dtype()) == base_dtype(choices[0].dtype())) continue;
    errors::raise_value_error(fmt::format(
        "Values must have elements all with the same dtype (<dtype: '{}'> vs <dtype: '{}'>).",
        name_of(base_dtype(choices[0].dtype())), name_of(base_dtype(choice.dtype()))));
  }
  if (limits.size() + 1 != choices.size() || limits.empty()) {
    errors::raise_value_error(
        "The length of boundaries should be 1 less than the length of values");
  }
  const ops::OpScope scope(graph, name.name, "PiecewiseConstant");
  const Output step = x.to_tensor("");
  const auto choose = [&](std::size_t i) {
    return [choice = choices[i]]() -> Returned { return choice; };
  };
  std::vector<std::pair<Output, BranchFunction>> cases;
  cases.emplace_back(less_equal(step, limits.front()), choose(0));
  cases.emplace_back(greater(step, limits.back()), choose(limits.size()));
  for (std::size_t i = 1; i < limits.size(); ++i) {
    const Output above = greater(step, limits[i - 1]);
    cases.emplace_back(logical_and(above, less_equal(step, limits[i]), {"and"}), choose(i));
  }
  return case_(cases, {.default_fn = choose(0), .exclusive = true})[0];
}

}  // namespace tensorkeep::train
