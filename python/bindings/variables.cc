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

AssignOptions to_assign_options(const Text& name, nb::handle use_locking) {
  return {.use_locking = to_optional_bool(use_locking), .name = name.value};
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

using Assign = Assigned (Variable::*)(Input, const AssignOptions&) const;

template <Assign kAssign>
nb::object assign_method(const VariableRef& self, const Input& value, nb::handle use_locking,
                         const Text& name, bool read_value) {
  AssignOptions options = to_assign_options(name, use_locking);
  options.read_value = read_value;
  const Assigned assigned = (self.variable.*kAssign)(value, options);
  return read_value ? wrap(assigned, self.variable) : wrap(assigned.op());
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

}  // namespace

void bind_variables(nb::module_& m) {
  bind_variable_class(m);
  bind_assigned_class(m);
  bind_updated(m);
}

}  // namespace tensorkeep::python
