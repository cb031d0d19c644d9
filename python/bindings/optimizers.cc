#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "graph_object.h"
#include "optimizer_base.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

// Numbers that a schedule may compute: TensorFlow takes a function without arguments, too.
Input hyperparameter(nb::handle object) {
  if (PyCallable_Check(object.ptr()) != 0 && !is_symbolic(object)) return to_input(object());
  return to_input(object);
}

template <typename T>
void bind_gradient_descent(nb::module_& m) {
  nb::class_<T, train::Optimizer>(m, "GradientDescentOptimizer",
                                  "variable -= learning_rate * gradient.")
      .def(
          "__init__",
          [](T* self, nb::handle learning_rate, bool use_locking, const std::string& name) {
            new (self) T(hyperparameter(learning_rate), {.use_locking = use_locking, .name = name});
            keep_default_graph(self);
          },
          "learning_rate"_a, "use_locking"_a = false, "name"_a = "GradientDescent");
}

void bind_momentum(nb::module_& m) {
  using T = train::MomentumOptimizer;
  nb::class_<T, train::Optimizer>(m, "MomentumOptimizer",
                                  "A sum of gradients, each step `momentum` times the last one, "
                                  "moves the variable; slot \"momentum\".")
      .def(
          "__init__",
          [](T* self, nb::handle learning_rate, nb::handle momentum, bool use_locking,
             const std::string& name, bool use_nesterov) {
            new (self) T(hyperparameter(learning_rate), hyperparameter(momentum),
                         {.use_locking = use_locking, .name = name, .use_nesterov = use_nesterov});
            keep_default_graph(self);
          },
          "learning_rate"_a, "momentum"_a, "use_locking"_a = false, "name"_a = "Momentum",
          "use_nesterov"_a = false);
}

void bind_adam(nb::module_& m) {
  using T = train::AdamOptimizer;
  nb::class_<T, train::Optimizer>(m, "AdamOptimizer",
                                  "Moving averages of gradients and their squares, corrected for "
                                  "their start; slots \"m\" and \"v\".")
      .def(
          "__init__",
          [](T* self, nb::handle learning_rate, nb::handle beta1, nb::handle beta2,
             nb::handle epsilon, bool use_locking, const std::string& name) {
            new (self) T(hyperparameter(learning_rate), {.beta1 = hyperparameter(beta1),
                                                         .beta2 = hyperparameter(beta2),
                                                         .epsilon = hyperparameter(epsilon),
                                                         .use_locking = use_locking,
                                                         .name = name});
            keep_default_graph(self);
          },
          "learning_rate"_a = 0.001, "beta1"_a = 0.9, "beta2"_a = 0.999, "epsilon"_a = 1e-8,
          "use_locking"_a = false, "name"_a = "Adam");
}

void bind_rmsprop(nb::module_& m) {
  using T = train::RMSPropOptimizer;
  nb::class_<T, train::Optimizer>(m, "RMSPropOptimizer",
                                  "Gradients divided by the root of a moving average of their "
                                  "squares; slots \"rms\", \"momentum\", and \"mg\" if `centered`.")
      .def(
          "__init__",
          [](T* self, nb::handle learning_rate, nb::handle decay, nb::handle momentum,
             nb::handle epsilon, bool use_locking, bool centered, const std::string& name) {
            new (self) T(hyperparameter(learning_rate), {.decay = hyperparameter(decay),
                                                         .momentum = hyperparameter(momentum),
                                                         .epsilon = hyperparameter(epsilon),
                                                         .use_locking = use_locking,
                                                         .centered = centered,
                                                         .name = name});
            keep_default_graph(self);
          },
          "learning_rate"_a, "decay"_a = 0.9, "momentum"_a = 0.0, "epsilon"_a = 1e-10,
          "use_locking"_a = false, "centered"_a = false, "name"_a = "RMSProp");
}

void bind_ada(nb::module_& m) {
  using Adagrad = train::AdagradOptimizer;
  nb::class_<Adagrad, train::Optimizer>(
      m, "AdagradOptimizer",
      "Gradients divided by the root of the sum of their squares; slot \"accumulator\".")
      .def(
          "__init__",
          [](Adagrad* self, nb::handle learning_rate, double initial_accumulator_value,
             bool use_locking, const std::string& name) {
            new (self) Adagrad(hyperparameter(learning_rate),
                               {.initial_accumulator_value = initial_accumulator_value,
                                .use_locking = use_locking,
                                .name = name});
            keep_default_graph(self);
          },
          "learning_rate"_a, "initial_accumulator_value"_a = 0.1, "use_locking"_a = false,
          "name"_a = "Adagrad");
  using Adadelta = train::AdadeltaOptimizer;
  nb::class_<Adadelta, train::Optimizer>(
      m, "AdadeltaOptimizer",
      "Steps scaled by the ratio of moving averages of past steps and of gradients; slots "
      "\"accum\" and \"accum_update\".")
      .def(
          "__init__",
          [](Adadelta* self, nb::handle learning_rate, nb::handle rho, nb::handle epsilon,
             bool use_locking, const std::string& name) {
            new (self) Adadelta(hyperparameter(learning_rate), {.rho = hyperparameter(rho),
                                                                .epsilon = hyperparameter(epsilon),
                                                                .use_locking = use_locking,
                                                                .name = name});
            keep_default_graph(self);
          },
          "learning_rate"_a = 0.001, "rho"_a = 0.95, "epsilon"_a = 1e-8, "use_locking"_a = false,
          "name"_a = "Adadelta");
}

void bind_ftrl(nb::module_& m) {
  using T = train::FtrlOptimizer;
  nb::class_<T, train::Optimizer>(
      m, "FtrlOptimizer",
      "Follow the regularized leader, with L1 and L2 penalties; slots \"accum\" and \"linear\".")
      .def(
          "__init__",
          [](T* self, nb::handle learning_rate, double learning_rate_power,
             double initial_accumulator_value, double l1, double l2, bool use_locking,
             const std::string& name, const Text& accum_name, const Text& linear_name,
             double l2_shrinkage, nb::handle beta) {
            new (self) T(hyperparameter(learning_rate),
                         {.learning_rate_power = learning_rate_power,
                          .initial_accumulator_value = initial_accumulator_value,
                          .l1_regularization_strength = l1,
                          .l2_regularization_strength = l2,
                          .use_locking = use_locking,
                          .name = name,
                          .accum_name = accum_name.value,
                          .linear_name = linear_name.value,
                          .l2_shrinkage_regularization_strength = l2_shrinkage,
                          .beta = beta.is_none() ? 0.0 : nb::cast<double>(beta)});
            keep_default_graph(self);
          },
          "learning_rate"_a, "learning_rate_power"_a = -0.5, "initial_accumulator_value"_a = 0.1,
          "l1_regularization_strength"_a = 0.0, "l2_regularization_strength"_a = 0.0,
          "use_locking"_a = false, "name"_a = "Ftrl", "accum_name"_a = nb::none(),
          "linear_name"_a = nb::none(), "l2_shrinkage_regularization_strength"_a = 0.0,
          "beta"_a = nb::none());
}

}  // namespace

void bind_optimizers(nb::module_& root) {
  nb::module_ m = root.def_submodule("train", "Training, saving and restoring.");
  bind_optimizer_base(m);
  bind_gradient_descent<train::GradientDescentOptimizer>(m);
  bind_momentum(m);
  bind_adam(m);
  bind_rmsprop(m);
  bind_ada(m);
  bind_ftrl(m);
}

}  // namespace tensorkeep::python
