#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "exceptions.h"
#include "graph_object.h"
#include "operators.h"
#include "python_objects.h"
#include "variable_arguments.h"
#include "variable_updates.h"

namespace tensorkeep::python {

using namespace literals;

bool& resource_variables_by_default() {
  static bool use = false;
  return use;
}

std::optional<bool> to_optional_bool(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  const int truth = PyObject_IsTrue(object.ptr());
  if (truth < 0) throw nb::python_error();
  return truth != 0;
}

std::optional<std::vector<std::string>> to_optional_texts(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  std::vector<std::string> texts;
  if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) {
    errors::raise_value_error("Expected a list of strings, got " +
                              nb::cast<std::string>(nb::repr(object)));
  }
  for (const nb::handle item : object) texts.push_back(to_text(item));
  return texts;
}

namespace {

struct ConstraintFunction {
  SharedObject function;
  Output operator()(Output value) const { return to_output(function.get()(wrap(value))); }
};

}  // namespace

std::function<Output(Output)> to_constraint(nb::handle object, Graph* graph) {
  if (object.is_none()) return {};
  if (PyCallable_Check(object.ptr()) == 0) {
    errors::raise_value_error("The `constraint` argument must be a callable.");
  }
  return ConstraintFunction{SharedObject(nb::borrow(object), graph)};
}

VariableSynchronization to_synchronization(nb::handle object) {
  if (object.is_none()) return VariableSynchronization::kAuto;
  return static_cast<VariableSynchronization>(nb::cast<int>(object.attr("value")));
}

VariableAggregation to_aggregation(nb::handle object) {
  if (object.is_none()) return VariableAggregation::kNone;
  return static_cast<VariableAggregation>(nb::cast<int>(object.attr("value")));
}

namespace {

Variable variable_of_def(nb::handle def, const Text& import_scope) {
  return Variable::from_proto(message_from_python<VariableDef>(def), import_scope.value);
}

void make_variable(VariableRef* self, nb::handle initial_value, nb::handle trainable,
                   nb::handle collections, bool validate_shape, const Text& caching_device,
                   const Text& name, nb::handle variable_def, const OptionalDType& dtype,
                   const OptionalShape& expected_shape, const Text& import_scope,
                   nb::handle constraint, nb::handle use_resource, nb::handle synchronization,
                   nb::handle aggregation, const OptionalShape& shape) {
  Variable variable;
  if (!variable_def.is_none()) {
    if (!initial_value.is_none()) {
      errors::raise_value_error("variable_def and initial_value are mutually exclusive.");
    }
    variable = variable_of_def(variable_def, import_scope);
  } else {
    if (initial_value.is_none()) errors::raise_value_error("initial_value must be specified.");
    VariableOptions options{
        .trainable = to_optional_bool(trainable),
        .collections = to_optional_texts(collections),
        .validate_shape = validate_shape,
        .caching_device = caching_device.value,
        .name = name.value,
        .dtype = dtype.value,
        .expected_shape = expected_shape.value,
        .constraint = to_constraint(constraint, &get_default_graph()),
        .use_resource = to_optional_bool(use_resource).value_or(resource_variables_by_default()),
        .synchronization = to_synchronization(synchronization),
        .aggregation = to_aggregation(aggregation),
        .shape = shape.value};
    const bool is_function = PyCallable_Check(initial_value.ptr()) != 0 &&
                             !is_symbolic(initial_value) &&
                             !nb::hasattr(initial_value, "__array__");
    if (is_function) {
      variable = Variable(
          [initial_value, dtype = dtype.value] {
            return to_input(initial_value()).to_tensor("initial_value", dtype);
          },
          options);
    } else {
      variable = Variable(to_input(initial_value), options);
    }
  }
  new (self) VariableRef(wrap(variable.graph()), variable);
  remember(nb::find(self), variable);
}

AssignOptions assign_options(const Text& name, nb::handle use_locking) {
  return {.use_locking = to_optional_bool(use_locking), .name = name.value};
}

using Assign = Assigned (Variable::*)(Input, const AssignOptions&) const;

template <Assign kAssign>
nb::object assign_method(const VariableRef& self, const Input& value, nb::handle use_locking,
                         const Text& name, bool read_value) {
  AssignOptions options = assign_options(name, use_locking);
  options.read_value = read_value;
  const Assigned assigned = (self.variable.*kAssign)(value, options);
  return read_value ? wrap(assigned, self.variable) : wrap(assigned.op());
}

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
  return wrap(kUpdate(variable, value, assign_options(name, use_locking)), variable);
}

nb::object save_slice_info(const VariableRef& self) {
  const auto& info = self.variable.save_slice_info();
  if (!info) return nb::none();
  return python_object("_ops.save_slice_info", "SaveSliceInfo")(info->full_name, info->full_shape,
                                                                info->var_offset, info->var_shape);
}

void set_save_slice_info(const VariableRef& self, nb::handle info) {
  if (info.is_none()) {
    self.variable.set_save_slice_info(std::nullopt);
    return;
  }
  self.variable.set_save_slice_info(
      SaveSliceInfo{.full_name = to_text(info.attr("full_name")),
                    .full_shape = to_ints(info.attr("full_shape")).value,
                    .var_offset = to_ints(info.attr("var_offset")).value,
                    .var_shape = to_ints(info.attr("var_shape")).value});
}

nb::object variable_eval(nb::handle self, nb::handle session) {
  return python_object("_client.session", "evaluate")(self, nb::none(), session);
}

void bind_variable_class(nb::module_& m) {
  nb::class_<VariableRef> variable(m, "Variable", nb::type_slots(graph_holder_slots<VariableRef>()),
                                   nb::dynamic_attr(), nb::is_weak_referenceable(),
                                   "A value that lives from one run of a session to the next.");
  variable
      .def("__init__", &make_variable, "initial_value"_a = nb::none(), "trainable"_a = nb::none(),
           "collections"_a = nb::none(), "validate_shape"_a = true, "caching_device"_a = nb::none(),
           "name"_a = nb::none(), "variable_def"_a = nb::none(), "dtype"_a = nb::none(),
           "expected_shape"_a = nb::none(), "import_scope"_a = nb::none(),
           "constraint"_a = nb::none(), "use_resource"_a = nb::none(),
           "synchronization"_a = nb::none(), "aggregation"_a = nb::none(), "shape"_a = nb::none())
      .def_prop_ro(
          "name", [](const VariableRef& self) { return self.variable.name(); },
          "The variable's name with \":0\".")
      .def_prop_ro("_shared_name",
                   [](const VariableRef& self) { return self.variable.op().name(); })
      .def_prop_ro(
          "op", [](const VariableRef& self) { return wrap(&self.variable.op()); },
          "The operation that holds it.")
      .def_prop_ro(
          "graph", [](const VariableRef& self) { return self.graph; }, "The graph it is in.")
      .def_prop_ro(
          "device", [](const VariableRef& self) { return self.variable.device(); },
          "The device it was made for.")
      .def_prop_ro(
          "dtype",
          [](const VariableRef& self) {
            const DType dtype = self.variable.dtype();
            return wrap(self.variable.is_resource() ? dtype : ref_dtype(dtype));
          },
          "The type of its elements.")
      .def_prop_ro(
          "shape", [](const VariableRef& self) { return wrap(self.variable.shape()); },
          "Its shape, a TensorShape.")
      .def(
          "get_shape", [](const VariableRef& self) { return wrap(self.variable.shape()); },
          "Its shape, a TensorShape.")
      .def_prop_ro(
          "trainable", [](const VariableRef& self) { return self.variable.trainable(); },
          "Whether optimizers update it.")
      .def_prop_ro(
          "synchronization",
          [](const VariableRef& self) {
            return python_object("_ops.variable_enums", "VariableSynchronization")(
                static_cast<int>(self.variable.synchronization()));
          },
          "How it was asked to be kept in step; kept, not used.")
      .def_prop_ro(
          "aggregation",
          [](const VariableRef& self) {
            return python_object("_ops.variable_enums", "VariableAggregation")(
                static_cast<int>(self.variable.aggregation()));
          },
          "How it was asked to be aggregated; kept, not used.")
      .def_prop_ro(
          "constraint",
          [](const VariableRef& self) -> nb::object {
            // No function of C++'s is ever one.
            const auto* constraint = self.variable.constraint().target<ConstraintFunction>();
            return constraint != nullptr ? constraint->function.get() : nb::none();
          },
          "The function applied after an update; None if there is none.")
      .def_prop_ro(
          "initializer", [](const VariableRef& self) { return wrap(self.variable.initializer()); },
          "The operation that gives it its first value.")
      .def_prop_ro(
          "initial_value", [](const VariableRef& self) { return self.variable.initial_value(); },
          "The tensor that is its first value.")
      .def_prop_ro(
          "handle", [](const VariableRef& self) { return self.variable.handle(); },
          "The tensor that stands for a resource variable.")
      .def_prop_ro("_ref_or_handle", [](const VariableRef& self) { return self.variable.handle(); })
      .def("_ref", [](const VariableRef& self) { return self.variable.handle(); })
      .def_prop_ro("_is_resource",
                   [](const VariableRef& self) { return self.variable.is_resource(); })
      .def(
          "value", [](const VariableRef& self) { return self.variable.value(); },
          "The variable's value as a tensor.")
      .def(
          "read_value", [](const VariableRef& self) { return self.variable.read_value(); },
          "The value, read anew: after the control dependencies of the moment.")
      .def(
          "initialized_value",
          [](const VariableRef& self) { return self.variable.initialized_value(); },
          "The value, or the initial one as long as it has none.")
      .def(
          "is_initialized",
          [](const VariableRef& self, const Text& name) {
            return self.variable.is_initialized({name.value});
          },
          "name"_a = nb::none(), "A scalar bool: whether it has a value.")
      .def("_as_graph_element",
           [](const VariableRef& self) { return self.variable.as_graph_element(); })
      .def("assign", &assign_method<&Variable::assign>, "value"_a, "use_locking"_a = nb::none(),
           "name"_a = nb::none(), "read_value"_a = true,
           "Gives it the value of a tensor of its shape; returns the new value, or the operation "
           "if not `read_value`. Raises ValueError for another shape.")
      .def("assign_add", &assign_method<&Variable::assign_add>, "delta"_a,
           "use_locking"_a = nb::none(), "name"_a = nb::none(), "read_value"_a = true,
           "Adds a tensor of its shape; returns the new value, or the operation if not "
           "`read_value`.")
      .def("assign_sub", &assign_method<&Variable::assign_sub>, "delta"_a,
           "use_locking"_a = nb::none(), "name"_a = nb::none(), "read_value"_a = true,
           "Subtracts a tensor of its shape; returns the new value, or the operation if not "
           "`read_value`.")
      .def(
          "sparse_read",
          [](const VariableRef& self, const Input& indices, const Text& name) {
            return gather(self.variable, indices, {.name = name.value});
          },
          "indices"_a, "name"_a = nb::none(), "The rows at `indices`, without reading the others.")
      .def(
          "gather_nd",
          [](const VariableRef& self, const Input& indices, const Text& name) {
            return gather_nd(self.variable, indices, {name.value});
          },
          "indices"_a, "name"_a = nb::none(),
          "The parts at coordinates, of which the last dimension of `indices` has one each.")
      .def("eval", &variable_eval, "session"_a = nb::none(),
           "Its value in the session, or in the default one: an array.")
      .def(
          "load",
          [](nb::handle self, nb::handle value, nb::handle session) {
            python_object("_client.session", "load_variable")(self, value, session);
          },
          "value"_a, "session"_a = nb::none(),
          "Gives it a value in the session, or in the default one, without adding a node.")
      .def(
          "to_proto",
          [](const VariableRef& self, const Text& export_scope) -> nb::object {
            const auto def = self.variable.to_proto(export_scope.value);
            return def ? message_to_python(*def, "VariableDef") : nb::none();
          },
          "export_scope"_a = nb::none(),
          "A VariableDef message with names relative to `export_scope`; None if it is not in it.")
      .def_static("from_proto", &variable_of_def, "variable_def"_a, "import_scope"_a = nb::none(),
                  "The variable of a VariableDef whose nodes are in the graph.")
      .def("_get_save_slice_info", &save_slice_info)
      .def("_set_save_slice_info", &set_save_slice_info, "save_slice_info"_a)
      .def_prop_rw("_save_slice_info", &save_slice_info, &set_save_slice_info)
      .def(
          "set_shape",
          [](const VariableRef& self, nb::handle shape) {
            self.variable.handle().set_shape(shape_of_object(shape));
          },
          "Adds to what is known of its shape. Raises ValueError if that does not agree.")
      .def("__repr__", [](const VariableRef& self) { return self.variable.to_string(); })
      .def("__bool__",
           [](const VariableRef& self) {
             if (self.variable.is_resource()) {
               raise_not_allowed("Using a variable as a Python `bool` is not allowed.");
             }
             return true;
           })
      .def("__iter__", [](const VariableRef&) -> nb::object {
        raise_not_allowed("Iterating over a variable is not allowed.");
      });
  variable.attr("__array_priority__") = 100;
  add_operators(variable);
  add_updates(variable);
}

void bind_assigned_class(nb::module_& m) {
  nb::class_<AssignedRef> assigned(
      m, "UnreadVariable", nb::type_slots(graph_holder_slots<AssignedRef>()), nb::dynamic_attr(),
      "A resource variable as it is after an assignment.");
  assigned
      .def_prop_ro(
          "op", [](const AssignedRef& self) { return wrap(self.assigned.op()); },
          "The operation that holds it.")
      .def("_as_graph_element",
           [](const AssignedRef& self) { return self.assigned.as_graph_element(); })
      .def("value", [](const AssignedRef& self) { return Input(self.assigned).to_tensor(""); })
      .def("read_value", [](const AssignedRef& self) { return Input(self.assigned).to_tensor(""); })
      .def("eval", &variable_eval, "session"_a = nb::none(),
           "Its value in the session, or in the default one: an array.")
      .def("__getattr__", [](const AssignedRef& self, nb::handle name) {
        const nb::object member = nb::getattr(wrap(self.variable), name);
        return python_object("_ops.state_ops", "ordered")(member, wrap(self.assigned.op()));
      });
  assigned.attr("__array_priority__") = 100;
  add_operators(assigned);
}

nb::object items_of(const std::vector<Assigned>& assigned, const PartitionedVariableRef& self) {
  nb::list items;
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    items.append(wrap(assigned[i], self.variable.variables()[i]));
  }
  return items;
}

using AssignParts = std::vector<Assigned> (PartitionedVariable::*)(const PartValues&,
                                                                   const AssignOptions&) const;

template <AssignParts kAssign>
nb::object assign_parts(const PartitionedVariableRef& self, nb::handle value,
                        nb::handle use_locking, const Text& name, bool) {
  const AssignOptions options = assign_options(name, use_locking);
  if (nb::isinstance<PartitionedVariableRef>(value)) {
    return items_of(
        (self.variable.*kAssign)(nb::inst_ptr<PartitionedVariableRef>(value)->variable, options),
        self);
  }
  if (PyList_Check(value.ptr()) && is_symbolic(nb::object(value[0]))) {
    return items_of((self.variable.*kAssign)(to_inputs(value), options), self);
  }
  return items_of((self.variable.*kAssign)(to_input(value), options), self);
}

void bind_partitioned_class(nb::module_& m) {
  nb::class_<PartitionedVariableRef> partitioned(
      m, "PartitionedVariable", nb::type_slots(graph_holder_slots<PartitionedVariableRef>()),
      nb::dynamic_attr(), nb::is_weak_referenceable(),
      "The variables that together are one tensor.");
  partitioned
      .def(
          "__init__",
          [](PartitionedVariableRef* self, const std::string& name, nb::handle shape,
             nb::handle dtype, nb::handle variable_list, const Ints& partitions) {
            std::vector<Variable> parts;
            for (const nb::handle part : variable_list) parts.push_back(to_variable(part));
            PartitionedVariable variable(
                name, shape_of_object(shape), dtype_of_object(dtype), parts,
                std::vector<int>(partitions.value.begin(), partitions.value.end()));
            new (self) PartitionedVariableRef(wrap(parts.front().graph()), variable);
          },
          "name"_a, "shape"_a, "dtype"_a, "variable_list"_a, "partitions"_a)
      .def_prop_ro(
          "name", [](const PartitionedVariableRef& self) { return self.variable.name(); },
          "The whole variable's name.")
      .def_prop_ro(
          "dtype", [](const PartitionedVariableRef& self) { return wrap(self.variable.dtype()); },
          "The type of its elements.")
      .def_prop_ro(
          "shape", [](const PartitionedVariableRef& self) { return wrap(self.variable.shape()); },
          "The whole variable's shape, a TensorShape.")
      .def(
          "get_shape",
          [](const PartitionedVariableRef& self) { return wrap(self.variable.shape()); },
          "The whole variable's shape, a TensorShape.")
      .def("_get_variable_list",
           [](const PartitionedVariableRef& self) { return self.variable.variables(); })
      .def_prop_ro("_variable_list",
                   [](const PartitionedVariableRef& self) { return self.variable.variables(); })
      .def("_get_partitions",
           [](const PartitionedVariableRef& self) { return self.variable.partitions(); })
      .def(
          "as_tensor", [](const PartitionedVariableRef& self) { return self.variable.as_tensor(); },
          "The parts joined into one tensor.")
      .def("_concat", [](const PartitionedVariableRef& self) { return self.variable.concat(); })
      .def("assign", &assign_parts<&PartitionedVariable::assign>, "value"_a,
           "use_locking"_a = nb::none(), "name"_a = nb::none(), "read_value"_a = true,
           "A list of the assignments of a whole value's parts, or of a list of parts.")
      .def("assign_add", &assign_parts<&PartitionedVariable::assign_add>, "value"_a,
           "use_locking"_a = nb::none(), "name"_a = nb::none(), "read_value"_a = true,
           "A list of the parts' additions.")
      .def("assign_sub", &assign_parts<&PartitionedVariable::assign_sub>, "value"_a,
           "use_locking"_a = nb::none(), "name"_a = nb::none(), "read_value"_a = true,
           "A list of the parts' subtractions.")
      .def("__iter__",
           [](const PartitionedVariableRef& self) {
             return nb::iter(wrap(self.variable.variables()));
           })
      .def("__len__", [](const PartitionedVariableRef& self) { return self.variable.size(); })
      .def("__repr__", [](const PartitionedVariableRef& self) {
        return "<tf.PartitionedVariable '" + self.variable.name() +
               "' shape=" + self.variable.shape().to_string() +
               " dtype=" + name_of(self.variable.dtype()) + ">";
      });
  add_operators(partitioned);
  nb::delattr(partitioned, "__getitem__");
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

void bind_variables(nb::module_& m) {
  bind_variable_class(m);
  bind_assigned_class(m);
  bind_partitioned_class(m);
  bind_collections(m);
  bind_state_functions(m);
  bind_updated(m);
}

}  // namespace tensorkeep::python
