#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "python_objects.h"
#include "variable_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

// What is no variable has to have the method itself, as a part of a variable has.
bool is_reference(nb::handle ref) {
  if (!nb::isinstance<TensorRef>(ref)) return false;
  const DType dtype = nb::inst_ptr<TensorRef>(ref)->output.dtype();
  return dtype != base_dtype(dtype);
}

// The older functions: tf.assign(ref, value, validate_shape, use_locking, name).
nb::object assign_function(nb::handle ref, const Input& value, nb::handle validate_shape,
                           nb::handle use_locking, const Text& name) {
  const AssignFunctionOptions options{.validate_shape = to_optional_bool(validate_shape),
                                      .use_locking = to_optional_bool(use_locking),
                                      .name = name.value};
  if (is_reference(ref)) return wrap(assign(nb::inst_ptr<TensorRef>(ref)->output, value, options));
  if (nb::isinstance<TensorRef>(ref)) {
    return ref.attr("assign")(value.to_tensor(""), "name"_a = name.value);
  }
  const Variable variable = to_variable(ref);
  return wrap(assign(variable, value, options), variable);
}

template <Assigned (*kUpdate)(const Variable&, Input, const AssignOptions&)>
nb::object update_function(nb::handle ref, const Input& value, nb::handle use_locking,
                           const Text& name) {
  const Variable variable = to_variable(ref);
  return wrap(kUpdate(variable, value, to_assign_options(name, use_locking)), variable);
}

std::vector<Variable> to_variables(nb::handle list) {
  std::vector<Variable> variables;
  for (const nb::handle item : list) {
    if (nb::isinstance<PartitionedVariableRef>(item)) {
      const auto& parts = nb::inst_ptr<PartitionedVariableRef>(item)->variable.variables();
      variables.insert(variables.end(), parts.begin(), parts.end());
    } else {
      variables.push_back(to_variable(item));
    }
  }
  return variables;
}

void bind_collections(nb::module_& m) {
  using Collection = std::vector<Variable> (*)(const std::string&);
  const auto collection = [&](const char* name, Collection function, const char* doc) {
    m.def(
        name, [function](const Text& scope) { return function(scope.value); },
        "scope"_a = nb::none(), doc);
  };
  collection("global_variables", &global_variables, "The collection GLOBAL_VARIABLES.");
  collection("local_variables", &local_variables, "The collection LOCAL_VARIABLES.");
  collection("model_variables", &model_variables, "The collection MODEL_VARIABLES.");
  collection("trainable_variables", &trainable_variables, "The collection TRAINABLE_VARIABLES.");
  collection("moving_average_variables", &moving_average_variables,
             "The collection MOVING_AVERAGE_VARIABLES.");
  m.def("all_variables", &all_variables, "The collection GLOBAL_VARIABLES.");
  const auto initializer = [](nb::handle var_list, const Text& name) {
    return variables_initializer(to_variables(var_list), name.value.empty() ? "init" : name.value);
  };
  m.def("variables_initializer", initializer, "var_list"_a, "name"_a = "init",
        "An operation that runs the variables' initializers.");
  m.def("initialize_variables", initializer, "var_list"_a, "name"_a = "init",
        "The same as variables_initializer.");
  m.def("global_variables_initializer", &global_variables_initializer,
        "An operation that runs the initializers of all global variables.");
  m.def("local_variables_initializer", &local_variables_initializer,
        "An operation that runs the initializers of all local variables.");
  m.def("initialize_all_variables", &initialize_all_variables,
        "The same as global_variables_initializer.");
  m.def("initialize_local_variables", &local_variables_initializer,
        "The same as local_variables_initializer.");
  m.def(
      "report_uninitialized_variables",
      [](nb::handle var_list, const Text& name) {
        if (var_list.is_none() && name.value == "report_uninitialized_variables") {
          return report_uninitialized_variables();
        }
        std::vector<Variable> variables;
        if (var_list.is_none()) {
          variables = global_variables();
          const auto local = local_variables();
          variables.insert(variables.end(), local.begin(), local.end());
        } else {
          variables = to_variables(var_list);
        }
        return report_uninitialized_variables(variables, name.value);
      },
      "var_list"_a = nb::none(), "name"_a = "report_uninitialized_variables",
      "A vector of the names of those variables that have no value yet.");
}

void bind_state_functions(nb::module_& m) {
  m.def("assign", &assign_function, "ref"_a, "value"_a, "validate_shape"_a = nb::none(),
        "use_locking"_a = nb::none(), "name"_a = nb::none(),
        "Gives `ref` a value; returns the variable's new value. Raises ValueError for another "
        "shape, unless `validate_shape` is False.");
  m.def("assign_add", &update_function<&assign_add>, "ref"_a, "value"_a,
        "use_locking"_a = nb::none(), "name"_a = nb::none(),
        "Adds `value` to a variable; returns its new value.");
  m.def("assign_sub", &update_function<&assign_sub>, "ref"_a, "value"_a,
        "use_locking"_a = nb::none(), "name"_a = nb::none(),
        "Subtracts `value` from a variable; returns its new value.");
  m.def(
      "is_variable_initialized",
      [](nb::handle ref, const Text& name) {
        return is_variable_initialized(to_variable(ref), {name.value});
      },
      "ref"_a, "name"_a = nb::none(), "A scalar bool: whether the variable has a value.");
  m.def(
      "enable_resource_variables", [] { resource_variables_by_default() = true; },
      "From now on variables are resource variables unless they say otherwise.");
  m.def(
      "disable_resource_variables", [] { resource_variables_by_default() = false; },
      "From now on variables are reference variables unless they say otherwise.");
  m.def(
      "resource_variables_enabled", [] { return resource_variables_by_default(); },
      "Whether variables are resource variables unless they say otherwise.");
}

}  // namespace

void bind_variable_functions(nb::module_& m) {
  bind_collections(m);
  bind_state_functions(m);
}

}  // namespace tensorkeep::python
