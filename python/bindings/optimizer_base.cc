#include "optimizer_base.h"

#include <nanobind/trampoline.h>

#include <algorithm>

#include "bindings.h"
#include "convert.h"
#include "exceptions.h"
#include "gradient_arguments.h"
#include "graph_object.h"
#include "initializer_arguments.h"
#include "python_objects.h"
#include "variable_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

std::optional<Variable> to_optional_variable(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  return to_variable(object);
}

// The variables and tensors of a nest; a partitioned variable is its parts.
void flatten(nb::handle item, std::vector<nb::object>& flat) {
  if (nb::isinstance<PartitionedVariableRef>(item)) {
    for (const Variable& part : nb::inst_ptr<PartitionedVariableRef>(item)->variable) {
      flat.push_back(wrap(part));
    }
  } else if (PyList_Check(item.ptr()) || PyTuple_Check(item.ptr())) {
    for (const nb::handle each : item) flatten(each, flat);
  } else {
    flat.push_back(nb::borrow(item));
  }
}

std::vector<nb::object> flat_list(nb::handle var_list) {
  std::vector<nb::object> flat;
  if (!var_list.is_none()) flatten(var_list, flat);
  return flat;
}

std::optional<std::vector<Variable>> to_optional_variables(nb::handle var_list) {
  if (var_list.is_none()) return std::nullopt;
  std::vector<Variable> variables;
  for (const nb::object& item : flat_list(var_list)) variables.push_back(to_variable(item));
  return variables;
}

bool has_tensors(nb::handle var_list) {
  const std::vector<nb::object> flat = flat_list(var_list);
  return std::any_of(flat.begin(), flat.end(),
                     [](const nb::object& item) { return nb::isinstance<TensorRef>(item); });
}

train::GateGradients to_gate(nb::handle object) {
  const int gate = PyLong_Check(object.ptr()) ? nb::cast<int>(object) : -1;
  if (gate < 0 || gate > static_cast<int>(train::GateGradients::GATE_GRAPH)) {
    errors::raise_value_error(
        "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
        "Optimizer.GATE_GRAPH. Not " +
        nb::cast<std::string>(nb::str(object)));
  }
  return static_cast<train::GateGradients>(gate);
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
  train::ComputeGradientsOptions options{
      .gate_gradients = to_gate(gate_gradients),
      .aggregation_method = to_aggregation_method(aggregation_method),
      .colocate_gradients_with_ops = colocate_gradients_with_ops,
      .grad_loss = to_output(grad_loss)};
  nb::list result;
  if (has_tensors(var_list)) {
    const std::vector<nb::object> items = flat_list(var_list);
    std::vector<Output> tensors;
    for (const nb::object& item : items) {
      tensors.push_back(nb::isinstance<TensorRef>(item) ? nb::inst_ptr<TensorRef>(item)->output
                                                        : to_variable(item).handle());
    }
    const Gradients found = self.compute_tensor_gradients(loss_of(loss), tensors, options);
    for (std::size_t i = 0; i < items.size(); ++i) {
      result.append(nb::make_tuple(wrap(found[i]), items[i]));
    }
    return result;
  }
  options.var_list = to_optional_variables(var_list);
  for (const auto& [gradient, variable] : self.compute_gradients(loss_of(loss), options)) {
    result.append(nb::make_tuple(wrap(gradient), wrap(variable)));
  }
  return result;
}

Operation* apply_gradients(train::Optimizer& self, nb::handle grads_and_vars,
                           nb::handle global_step, const Text& name) {
  train::GradientsAndVariables pairs;
  for (const nb::handle pair : grads_and_vars) {
    if (nb::isinstance<TensorRef>(nb::object(pair[nb::int_(1)]))) {
      raise_python(PyExc_NotImplementedError, "Trying to update a Tensor");
    }
    pairs.emplace_back(to_gradient(pair[nb::int_(0)]), to_variable(pair[nb::int_(1)]));
  }
  for (const auto& [gradient, variable] : pairs) {
    keep_graph(nb::find(self), variable.graph());  // slots
  }
  return self.apply_gradients(
      pairs, {.global_step = to_optional_variable(global_step), .name = name.value});
}

// Through compute_gradients and apply_gradients where a class of Python has its own, and for
// tensors, which cannot be updated: apply_gradients says so.
nb::object minimize(nb::handle self, nb::handle loss, nb::handle global_step, nb::handle var_list,
                    nb::handle gate_gradients, nb::handle aggregation_method,
                    bool colocate_gradients_with_ops, const Text& name, nb::handle grad_loss) {
  const nb::object own = nb::type<train::Optimizer>().attr("__dict__");
  const auto overrides = [&](const char* method) {
    return !self.type().attr(method).is(own[method]);
  };
  if (!overrides("compute_gradients") && !overrides("apply_gradients") && !has_tensors(var_list)) {
    const Output total = loss_of(loss);
    keep_graph(self, total.graph());  // slots
    return wrap(nb::cast<train::Optimizer&>(self).minimize(
        total, {.global_step = to_optional_variable(global_step),
                .var_list = to_optional_variables(var_list),
                .gate_gradients = to_gate(gate_gradients),
                .aggregation_method = to_aggregation_method(aggregation_method),
                .colocate_gradients_with_ops = colocate_gradients_with_ops,
                .name = name.value,
                .grad_loss = to_output(grad_loss)}));
  }
  const nb::object pairs = self.attr("compute_gradients")(
      loss, "var_list"_a = var_list, "gate_gradients"_a = gate_gradients,
      "aggregation_method"_a = aggregation_method,
      "colocate_gradients_with_ops"_a = colocate_gradients_with_ops, "grad_loss"_a = grad_loss);
  for (const nb::handle pair : pairs) {
    if (nb::object(pair[nb::int_(0)]).is_none()) continue;
    return self.attr("apply_gradients")(pairs, "global_step"_a = global_step,
                                        "name"_a = name.value);
  }
  errors::raise_value_error(
      "No gradients provided for any variable, check your graph for ops that do not support "
      "gradients.");
}

// What programs derive from: a rule of their own, in the methods TensorFlow calls.
class PythonOptimizer : public train::Optimizer {
 public:
  NB_TRAMPOLINE(train::Optimizer, 8);
  PythonOptimizer(bool use_locking, const std::string& name)
      : Optimizer(checked(name), use_locking) {}

  void create_slots(const std::vector<Variable>& variables) override {
    self().attr("_create_slots")(wrap(variables));
  }
  void prepare() override { self().attr("_prepare")(); }
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
    return to_operation(self().attr("_finish")(wrap(updates), name));
  }
  nb::object default_finish(nb::handle updates, const std::string& name) {
    return wrap(Optimizer::finish(to_dependencies(updates).value, name));
  }

 private:
  static std::string checked(const std::string& name) {
    if (name.empty()) errors::raise_value_error("Must specify the optimizer name");
    return name;
  }
  nb::handle self() const { return nb::find(static_cast<const train::Optimizer*>(this)); }
  bool has(const char* method) const { return nb::hasattr(self(), method); }
  nb::object required(const char* method) const {
    if (has(method)) return self().attr(method);
    raise_python(PyExc_NotImplementedError, method);
  }
};

// What rules in Python call, which C++ shows to derived classes alone.
struct Protected : train::Optimizer {
  using Optimizer::get_non_slot_variable;
  using Optimizer::non_slot_variable;
  using Optimizer::slot_with_initializer;
  using Optimizer::slot_with_value;
  using Optimizer::use_locking;
  using Optimizer::zeros_slot;
};

void bind_slots(nb::class_<train::Optimizer, PythonOptimizer>& optimizer) {
  optimizer
      .def_prop_ro("_use_locking",
                   [](const train::Optimizer& self) { return (self.*&Protected::use_locking)(); })
      .def(
          "_zeros_slot",
          [](train::Optimizer& self, nb::handle var, const std::string& slot_name,
             const Text& op_name) {
            return (self.*&Protected::zeros_slot)(to_variable(var), slot_name, op_name.value);
          },
          "var"_a, "slot_name"_a, "op_name"_a,
          "The variable kept as `slot_name` beside `var`, made of zeros by the first call.")
      .def(
          "_get_or_make_slot",
          [](train::Optimizer& self, nb::handle var, nb::handle val, const std::string& slot_name,
             const Text& op_name) {
            return (self.*&Protected::slot_with_value)(to_variable(var), to_output(val), slot_name,
                                                       op_name.value);
          },
          "var"_a, "val"_a, "slot_name"_a, "op_name"_a)
      .def(
          "_get_or_make_slot_with_initializer",
          [](train::Optimizer& self, nb::handle var, nb::handle initializer, nb::handle shape,
             nb::handle dtype, const std::string& slot_name, const Text& op_name) {
            const Variable variable = to_variable(var);
            const VariableInitializer made = to_variable_initializer(initializer);
            if (made.initializer() == nullptr || shape_of_object(shape) != variable.shape() ||
                dtype_of_object(dtype) != variable.dtype()) {
              throw errors::UnimplementedError(
                  "A slot has the shape and the type of its variable here, and an initializer of "
                  "these.");
            }
            return (self.*&Protected::slot_with_initializer)(variable, *made.initializer(),
                                                             slot_name, op_name.value);
          },
          "var"_a, "initializer"_a, "shape"_a, "dtype"_a, "slot_name"_a, "op_name"_a)
      .def(
          "_create_non_slot_variable",
          [](train::Optimizer& self, const Input& initial_value, const std::string& name,
             nb::handle colocate_with) {
            return (self.*&Protected::non_slot_variable)(initial_value, name,
                                                         to_variable(colocate_with));
          },
          "initial_value"_a, "name"_a, "colocate_with"_a)
      .def(
          "_get_non_slot_variable",
          [](const train::Optimizer& self, const std::string& name, nb::handle graph) {
            const auto as_default =
                (graph.is_none() ? get_default_graph() : nb::cast<Graph&>(graph)).as_default();
            return (self.*&Protected::get_non_slot_variable)(name);
          },
          "name"_a, "graph"_a = nb::none())
      .def(
          "_create_slots", [](train::Optimizer&, nb::handle) {}, "var_list"_a)
      .def("_prepare", [](train::Optimizer&) {})
      .def("_call_if_callable",
           [](const train::Optimizer&, nb::handle param) {
             return PyCallable_Check(param.ptr()) != 0 && !is_symbolic(param) ? nb::object(param())
                                                                              : nb::borrow(param);
           })
      .def(
          "_finish",
          [](train::Optimizer& self, nb::handle update_ops, const std::string& name_scope) {
            auto* const rule = dynamic_cast<PythonOptimizer*>(&self);
            if (rule == nullptr) {
              throw errors::UnimplementedError("_finish of an optimizer that is not Python's.");
            }
            return rule->default_finish(update_ops, name_scope);
          },
          "update_ops"_a, "name_scope"_a);
}

}  // namespace

void bind_optimizer_base(nb::module_& m) {
  nb::class_<train::Optimizer, PythonOptimizer> optimizer(
      m, "Optimizer", nb::dynamic_attr(), nb::is_weak_referenceable(),
      "Adds the nodes that compute gradients and update variables by them. Programs may derive "
      "from "
      "it and define _create_slots, _prepare, _apply_dense, _apply_sparse and _finish.");
  optimizer
      .def(
          "__init__",
          [](train::Optimizer* self, bool use_locking, const std::string& name) {
            new (static_cast<void*>(self)) PythonOptimizer(use_locking, name);
            keep_default_graph(self);
          },
          "use_locking"_a, "name"_a)
      .def("get_name", &train::Optimizer::get_name, "The name, \"Adam\".")
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
           "A list of pairs (gradient, variable); the gradient is None where there is none. "
           "`var_list` may have tensors, too; their gradients cannot be applied.")
      .def("apply_gradients", &apply_gradients, "grads_and_vars"_a, "global_step"_a = nb::none(),
           "name"_a = nb::none(),
           "An operation that updates variables by pairs (gradient, variable). Raises ValueError "
           "if there is no gradient at all, TypeError for what is no pair.")
      .def(
          "get_slot",
          [](const train::Optimizer& self, nb::handle var, const std::string& name) -> nb::object {
            return wrap(self.get_slot(to_variable(var), name));
          },
          "var"_a, "name"_a,
          "The variable that the optimizer keeps for `var` under `name`, \"momentum\"; None if "
          "there is none.")
      .def("get_slot_names", &train::Optimizer::get_slot_names, "A list of the names of its slots.")
      .def("variables", &train::Optimizer::variables, "A list of all variables that it keeps.");
  bind_slots(optimizer);
  optimizer.attr("GATE_NONE") = 0;
  optimizer.attr("GATE_OP") = 1;
  optimizer.attr("GATE_GRAPH") = 2;
}

}  // namespace tensorkeep::python
