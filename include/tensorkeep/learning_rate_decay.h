#pragma once

#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"

// Learning rates that fall with the global step: a scalar of the rate's type, to give to an
// optimizer. Below, `progress` is global_step / decay_steps, rounded down where `staircase` is set.
namespace tensorkeep::train {

struct DecayOptions {
  bool staircase = false;
  std::string name = {};
};
// learning_rate * decay_rate ^ progress
Output exponential_decay(const Input& learning_rate, const Input& global_step,
                         const Input& decay_steps, const Input& decay_rate,
                         const DecayOptions& options = {});
// learning_rate * exp(-decay_rate * progress)
Output natural_exp_decay(const Input& learning_rate, const Input& global_step,
                         const Input& decay_steps, const Input& decay_rate,
                         const DecayOptions& options = {});
// learning_rate / (1 + decay_rate * progress)
Output inverse_time_decay(const Input& learning_rate, const Input& global_step,
                          const Input& decay_steps, const Input& decay_rate,
                          const DecayOptions& options = {});

struct PolynomialDecayOptions {
  Input end_learning_rate = 0.0001;
  Input power = 1.0;
  bool cycle = false;  // starts again, over more steps, instead of staying at the end
  std::string name = {};
};
// (learning_rate - end_learning_rate) * (1 - progress) ^ power + end_learning_rate
Output polynomial_decay(const Input& learning_rate, const Input& global_step,
                        const Input& decay_steps, const PolynomialDecayOptions& options = {});

struct CosineDecayOptions {
  Input alpha = 0.0;  // the share of the rate that is left in the end
  std::string name = {};
};
// learning_rate * ((1 - alpha) * (1 + cos(pi * progress)) / 2 + alpha), until decay_steps.
// Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts".
Output cosine_decay(const Input& learning_rate, const Input& global_step, const Input& decay_steps,
                    const CosineDecayOptions& options = {});

struct CosineDecayRestartsOptions {
  Input t_mul = 2.0;  // by how much each period is longer than the one before
  Input m_mul = 1.0;  // and its rate higher
  Input alpha = 0.0;
  std::string name = {};
};
// The same again and again, over `first_decay_steps` at first.
Output cosine_decay_restarts(const Input& learning_rate, const Input& global_step,
                             const Input& first_decay_steps,
                             const CosineDecayRestartsOptions& options = {});

struct LinearCosineDecayOptions {
  Input num_periods = 0.5;
  Input alpha = 0.0;
  Input beta = 0.001;
  std::string name = {};
};
// learning_rate * ((alpha + 1 - progress) * (1 + cos(2 pi num_periods progress)) / 2 + beta), until
// decay_steps. Bello et al., "Neural Optimizer Search with Reinforcement Learning".
Output linear_cosine_decay(const Input& learning_rate, const Input& global_step,
                           const Input& decay_steps, const LinearCosineDecayOptions& options = {});

// values[0] up to and including boundaries[0], values[1] up to boundaries[1], ... and the last
// value beyond. Throws InvalidArgumentError (ValueError) unless there is one value more than
// boundaries, boundaries have the type of `x` (int32 ones may stand beside an int64 `x`) and values
// are of one type.
Output piecewise_constant(const Input& x, const std::vector<Input>& boundaries,
                          const std::vector<Input>& values, const Name& name = {});

}  // namespace tensorkeep::train
