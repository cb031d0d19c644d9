#include <nanobind/nanobind.h>
#include <nanobind/trampoline.h>

#include "bindings.h"
#include "convert.h"
#include "gradient_arguments.h"
#include "python_objects.h"
#include "variable_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

std::optional<Variable> to_optional_variable(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  return to_variable(object);
}

std::optional<std::vector<Variable>> to_optional_variables(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  std::vector<Variable> variables;
  const auto add = [&](nb::handle item, const auto& self) -> void {
    if (nb::isinstance<PartitionedVariableRef>(item)) {
      for (const Variable& part : nb::inst_ptr<PartitionedVariableRef>(item)->variable) {
        variables.push_back(part);
      }
    } else if (PyList_Check(item.ptr()) || PyTuple_Check(item.ptr())) {
      for (const nb::handle each : item) self(each, self);
    } else {
      variables.push_back(to_variable(item));
    }
  };
  add(object, add);
  return variables;
}

train::GateGradients to_gate(nb::handle object) {
  return static_cast<train::GateGradients>(nb::cast<int>(object));
}

Output loss_of(nb::handle loss) {
  if (PyCallable_Check(loss.ptr()) != 0 && !is_symbolic(loss)) {
    errors::raise_value_error(
        "`loss` passed to Optimizer.compute_gradients should not be a function "
        "in graph mode.");
  }
  return to_output(loss);
}

nb::list compute_gradients(train::Optimizer& self, nb::handle loss, nb::handle var_list,
                           nb::handle gate_gradients, nb::handle aggregation_method,
                           bool colocate_gradients_with_ops, nb::handle grad_loss) {
  const auto pairs = self.compute_gradients(
      loss_of(loss), {.var_list = to_optional_variables(var_list),
                      .gate_gradients = to_gate(gate_gradients),
                      .aggregation_method = to_aggregation_method(aggregation_method),
                      .colocate_gradients_with_ops = colocate_gradients_with_ops,
                      .grad_loss = to_output(grad_loss)});
  nb::list result;
  for (const auto& [gradient, variable] : pairs) {
    result.append(nb::make_tuple(wrap(gradient), wrap(variable)));
  }
  return result;
}

Operation* apply_gradients(train::Optimizer& self, nb::handle grads_and_vars,
                           nb::handle global_step, const Text& name) {
  train::GradientsAndVariables pairs;
  for (const nb::handle pair : grads_and_vars) {
    pairs.emplace_back(to_gradient(pair[nb::int_(0)]), to_variable(pair[nb::int_(1)]));
  }
  return self.apply_gradients(
      pairs, {.global_step = to_optional_variable(global_step), .name = name.value});
}

Operation* minimize(train::Optimizer& self, nb::handle loss, nb::handle global_step,
                    nb::handle var_list, nb::handle gate_gradients, nb::handle aggregation_method,
                    bool colocate_gradients_with_ops, const Text& name, nb::handle grad_loss) {
  return self.minimize(loss_of(loss),
                       {.global_step = to_optional_variable(global_step),
                        .var_list = to_optional_variables(var_list),
                        .gate_gradients = to_gate(gate_gradients),
                        .aggregation_method = to_aggregation_method(aggregation_method),
                        .colocate_gradients_with_ops = colocate_gradients_with_ops,
                        .name = name.value,
                        .grad_loss = to_output(grad_loss)});
}

// Numbers that a schedule may compute: TensorFlow takes a function without arguments, too.
Input hyperparameter(nb::handle object) {
  if (PyCallable_Check(object.ptr()) != 0 && !is_symbolic(object)) return to_input(object());
  return to_input(object);
}

// What programs derive from: a rule of their own, in the methods TensorFlow calls.
class PythonOptimizer : public train::Optimizer {
 public:
  NB_TRAMPOLINE(train::Optimizer, 8);
  PythonOptimizer(bool use_locking, const std::string& name)
      : Optimizer(checked(name), use_locking) {}

  void create_slots(const std::vector<Variable>& variables) override {
    if (has("_create_slots")) self().attr("_create_slots")(wrap(variables));
  }
  void prepare() override {
    if (has("_prepare")) self().attr("_prepare")();
  }
  Operation* apply_dense(const Output& gradient, const Variable& variable) override {
    const char* method = variable.is_resource() && has("_resource_apply_dense")
                             ? "_resource_apply_dense"
                             : "_apply_dense";
    return to_operation(required(method)(wrap(gradient), wrap(variable)));
  }
  Operation* apply_sparse(const Output& values, const Output& indices,
                          const Variable& variable) override {
    if (variable.is_resource() && has("_resource_apply_sparse")) {
      return to_operation(
          self().attr("_resource_apply_sparse")(wrap(values), wrap(variable), wrap(indices)));
    }
    const nb::object rows = indexed_slices_class()(wrap(values), wrap(indices), nb::none());
    return to_operation(required("_apply_sparse")(rows, wrap(variable)));
  }
  Operation* finish(const std::vector<Operation*>& updates, const std::string& name) override {
    if (!has("_finish")) return Optimizer::finish(updates, name);
    return to_operation(self().attr("_finish")(wrap(updates), name));
  }
  nb::object default_finish(nb::handle updates, const std::string& name) {
    return wrap(Optimizer::finish(to_dependencies(updates).value, name));
  }

  using Optimizer::non_slot_variable;
  using Optimizer::slot_with_initializer;
  using Optimizer::use_locking;
  using Optimizer::zeros_slot;

 private:
  static std::string checked(const std::string& name) {
    if (name.empty()) errors::raise_value_error("Must specify the optimizer name");
    return name;
  }
  nb::handle self() const { return nb::find(static_cast<const train::Optimizer*>(this)); }
  bool has(const char* method) const { return nb::hasattr(self(), method); }
  nb::object required(const char* method) const {
    if (has(method)) return self().attr(method);
    PyErr_SetString(PyExc_NotImplementedError, method);
    throw nb::python_error();
  }
};

void bind_base(nb::module_& m) {
  nb::class_<train::Optimizer, PythonOptimizer> optimizer(
      m, "Optimizer", nb::dynamic_attr(), nb::is_weak_referenceable(),
      "Adds the nodes that compute gradients and update variables by them. Programs may derive "
      "from "
      "it and define _create_slots, _prepare, _apply_dense, _apply_sparse and _finish.");
  optimizer
      .def(
          "__init__",
          [](PythonOptimizer* self, bool use_locking, const std::string& name) {
            new (self) PythonOptimizer(use_locking, name);
          },
          "use_locking"_a, "name"_a)
      .def("get_name", &train::Optimizer::get_name)
      .def_prop_ro("_name", &train::Optimizer::get_name)
      .def("minimize", &minimize, "loss"_a, "global_step"_a = nb::none(), "var_list"_a = nb::none(),
           "gate_gradients"_a = 1, "aggregation_method"_a = nb::none(),
           "colocate_gradients_with_ops"_a = false, "name"_a = nb::none(),
           "grad_loss"_a = nb::none(),
           "One step of training, an operation to run. Raises ValueError if no variable has a "
           "gradient.")
      .def("compute_gradients", &compute_gradients, "loss"_a, "var_list"_a = nb::none(),
           "gate_gradients"_a = 1, "aggregation_method"_a = nb::none(),
           "colocate_gradients_with_ops"_a = false, "grad_loss"_a = nb::none(),
           "A list of pairs (gradient, variable); the gradient is None where there is none.")
      .def("apply_gradients", &apply_gradients, "grads_and_vars"_a, "global_step"_a = nb::none(),
           "name"_a = nb::none())
      .def(
          "get_slot",
          [](const train::Optimizer& self, nb::handle var, const std::string& name) -> nb::object {
            return wrap(self.get_slot(to_variable(var), name));
          },
          "var"_a, "name"_a)
      .def("get_slot_names", &train::Optimizer::get_slot_names)
      .def("variables", &train::Optimizer::variables);
  optimizer.attr("GATE_NONE") = 0;
  optimizer.attr("GATE_OP") = 1;
  optimizer.attr("GATE_GRAPH") = 2;
}

template <typename T>
void bind_gradient_descent(nb::module_& m) {
  nb::class_<T, train::Optimizer>(m, "GradientDescentOptimizer",
                                  "variable -= learning_rate * gradient.")
      .def(
          "__init__",
          [](T* self, nb::handle learning_rate, bool use_locking, const std::string& name) {
            new (self) T(hyperparameter(learning_rate), {.use_locking = use_locking, .name = name});
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
  bind_base(m);
  bind_gradient_descent<train::GradientDescentOptimizer>(m);
  bind_momentum(m);
  bind_adam(m);
  bind_rmsprop(m);
  bind_ada(m);
  bind_ftrl(m);
}

}  // namespace tensorkeep::python
