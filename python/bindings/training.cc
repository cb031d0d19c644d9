#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "graph_object.h"
#include "python_objects.h"
#include "session_ref.h"
#include "variable_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

using train::ExponentialMovingAverage;

ExponentialMovingAverage::Averaged to_averaged(nb::handle object) {
  if (nb::isinstance<VariableRef>(object)) return nb::inst_ptr<VariableRef>(object)->variable;
  return to_output(object);
}

nb::dict by_name(const std::map<std::string, Variable>& variables) {
  nb::dict result;
  for (const auto& [name, variable] : variables) result[name.c_str()] = wrap(variable);
  return result;
}

void bind_averages(nb::module_& m) {
  nb::class_<ExponentialMovingAverage>(
      m, "ExponentialMovingAverage", nb::dynamic_attr(),
      "Averages of variables and tensors, in variables beside them: average -= (1 - decay) * "
      "(average - value).")
      .def(
          "__init__",
          [](ExponentialMovingAverage* self, nb::handle decay, nb::handle num_updates,
             bool zero_debias, const std::string& name) {
            train::MovingAverageOptions options{.zero_debias = zero_debias, .name = name};
            if (!num_updates.is_none()) options.num_updates = to_input(num_updates);
            new (self) ExponentialMovingAverage(to_input(decay), std::move(options));
            keep_default_graph(self);
          },
          "decay"_a, "num_updates"_a = nb::none(), "zero_debias"_a = false,
          "name"_a = "ExponentialMovingAverage")
      .def_prop_ro("name", &ExponentialMovingAverage::name, "The name of the averages' scope.")
      .def_prop_ro("_name", &ExponentialMovingAverage::name)
      .def(
          "apply",
          [](ExponentialMovingAverage& self, nb::handle var_list) {
            if (var_list.is_none()) return self.apply();
            std::vector<ExponentialMovingAverage::Averaged> all;
            for (const nb::handle item : var_list) all.push_back(to_averaged(item));
            return self.apply(all);
          },
          "var_list"_a = nb::none(),
          "An operation that updates the averages; makes those that are not there yet.")
      .def(
          "average",
          [](const ExponentialMovingAverage& self, nb::handle var) {
            return self.average(to_averaged(var));
          },
          "var"_a, "The variable that holds the average of `var`; None if it has none.")
      .def(
          "average_name",
          [](const ExponentialMovingAverage& self, nb::handle var) {
            return self.average_name(to_averaged(var));
          },
          "var"_a, "The name of a variable's average, under which it is saved.")
      .def(
          "variables_to_restore",
          [](const ExponentialMovingAverage& self, nb::handle moving_avg_variables) {
            if (moving_avg_variables.is_none()) return by_name(self.variables_to_restore());
            std::vector<Variable> variables;
            for (const nb::handle item : moving_avg_variables)
              variables.push_back(to_variable(item));
            return by_name(self.variables_to_restore(variables));
          },
          "moving_avg_variables"_a = nb::none(),
          "For a Saver: a dict from names in the checkpoint, averages' where there are, to "
          "variables.");
  m.def(
      "assign_moving_average",
      [](nb::handle variable, const Input& value, const Input& decay, bool zero_debias,
         const Text& name) {
        const Variable var = to_variable(variable);
        return wrap(train::assign_moving_average(var, value, decay,
                                                 {.zero_debias = zero_debias, .name = name.value}),
                    var);
      },
      "variable"_a, "value"_a, "decay"_a, "zero_debias"_a = true, "name"_a = nb::none(),
      "An operation: variable -= (1 - decay) * (variable - value); with `zero_debias` corrected "
      "for having begun at zero.");
  m.def(
      "weighted_moving_average",
      [](const Input& value, const Input& decay, const Input& weight, bool truediv,
         nb::handle collections, const Text& name) {
        return train::weighted_moving_average(value, decay, weight,
                                              {.truediv = truediv,
                                               .collections = to_optional_texts(collections),
                                               .name = name.value});
      },
      "value"_a, "decay"_a, "weight"_a, "truediv"_a = true, "collections"_a = nb::none(),
      "name"_a = nb::none(), "A tensor: the moving average of `value` weighted by `weight`.");
}

void bind_decays(nb::module_& m) {
  using Decay = Output (*)(const Input&, const Input&, const Input&, const Input&,
                           const train::DecayOptions&);
  const auto decay = [&](const char* name, Decay function) {
    m.def(
        name,
        [function](const Input& learning_rate, const Input& global_step, const Input& decay_steps,
                   const Input& decay_rate, bool staircase, const Text& op_name) {
          return function(learning_rate, global_step, decay_steps, decay_rate,
                          {.staircase = staircase, .name = op_name.value});
        },
        "learning_rate"_a, "global_step"_a, "decay_steps"_a, "decay_rate"_a, "staircase"_a = false,
        "name"_a = nb::none(), docstring(name));
  };
  decay("exponential_decay", &train::exponential_decay);
  decay("natural_exp_decay", &train::natural_exp_decay);
  decay("inverse_time_decay", &train::inverse_time_decay);
  m.def(
      "polynomial_decay",
      [](const Input& learning_rate, const Input& global_step, const Input& decay_steps,
         const Input& end_learning_rate, const Input& power, bool cycle, const Text& name) {
        return train::polynomial_decay(learning_rate, global_step, decay_steps,
                                       {.end_learning_rate = end_learning_rate,
                                        .power = power,
                                        .cycle = cycle,
                                        .name = name.value});
      },
      "learning_rate"_a, "global_step"_a, "decay_steps"_a, "end_learning_rate"_a = 0.0001,
      "power"_a = 1.0, "cycle"_a = false, "name"_a = nb::none(),
      "A rate that goes from `learning_rate` to `end_learning_rate` in `decay_steps` steps, along "
      "a polynomial.");
  m.def(
      "cosine_decay",
      [](const Input& learning_rate, const Input& global_step, const Input& decay_steps,
         const Input& alpha, const Text& name) {
        return train::cosine_decay(learning_rate, global_step, decay_steps,
                                   {.alpha = alpha, .name = name.value});
      },
      "learning_rate"_a, "global_step"_a, "decay_steps"_a, "alpha"_a = 0.0, "name"_a = nb::none(),
      "A rate that goes down to `alpha` * learning_rate along half a cosine, a scalar tensor.");
  m.def(
      "cosine_decay_restarts",
      [](const Input& learning_rate, const Input& global_step, const Input& first_decay_steps,
         const Input& t_mul, const Input& m_mul, const Input& alpha, const Text& name) {
        return train::cosine_decay_restarts(
            learning_rate, global_step, first_decay_steps,
            {.t_mul = t_mul, .m_mul = m_mul, .alpha = alpha, .name = name.value});
      },
      "learning_rate"_a, "global_step"_a, "first_decay_steps"_a, "t_mul"_a = 2.0, "m_mul"_a = 1.0,
      "alpha"_a = 0.0, "name"_a = nb::none(),
      "Cosine decays one after the other, each `t_mul` times as long and beginning at `m_mul` "
      "times the last.");
  m.def(
      "linear_cosine_decay",
      [](const Input& learning_rate, const Input& global_step, const Input& decay_steps,
         const Input& num_periods, const Input& alpha, const Input& beta, const Text& name) {
        return train::linear_cosine_decay(
            learning_rate, global_step, decay_steps,
            {.num_periods = num_periods, .alpha = alpha, .beta = beta, .name = name.value});
      },
      "learning_rate"_a, "global_step"_a, "decay_steps"_a, "num_periods"_a = 0.5, "alpha"_a = 0.0,
      "beta"_a = 0.001, "name"_a = nb::none(),
      "A linear decay times a cosine of `num_periods` periods.");
  const auto piecewise = [](const Input& x, const std::vector<Input>& boundaries,
                            const std::vector<Input>& values, const Text& name) {
    return train::piecewise_constant(x, boundaries, values, {name.value});
  };
  m.def("piecewise_constant", piecewise, "x"_a, "boundaries"_a, "values"_a, "name"_a = nb::none(),
        "values[i] up to and including boundaries[i], the last value after them. Raises ValueError "
        "unless there is one value more than boundaries.");
  m.def("piecewise_constant_decay", piecewise, "x"_a, "boundaries"_a, "values"_a,
        "name"_a = nb::none(),
        "values[i] up to and including boundaries[i], the last value after them. Raises ValueError "
        "unless there is one value more than boundaries.");
}

Graph& graph_or_default(nb::handle graph) {
  return graph.is_none() ? get_default_graph() : nb::cast<Graph&>(graph);
}

void bind_global_step(nb::module_& m) {
  const auto of_graph = [&](const char* name, Variable (*function)(Graph&)) {
    m.def(
        name, [function](nb::handle graph) { return function(graph_or_default(graph)); },
        "graph"_a = nb::none(), docstring(name));
  };
  of_graph("get_global_step", &train::get_global_step);
  of_graph("create_global_step", &train::create_global_step);
  of_graph("get_or_create_global_step", &train::get_or_create_global_step);
  m.def(
      "global_step",
      [](nb::handle sess, nb::handle global_step_tensor) {
        SessionRef& session = to_session(sess);
        return train::global_step(session.session, to_output(global_step_tensor));
      },
      "sess"_a, "global_step_tensor"_a, "The value of a global step in a session, an int.");
}

}  // namespace

void bind_training(nb::module_& root) {
  nb::module_ m = root.attr("train");
  bind_averages(m);
  bind_decays(m);
  bind_global_step(m);
}

}  // namespace tensorkeep::python
