#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "graph_object.h"
#include "operators.h"
#include "python_objects.h"
#include "variable_arguments.h"

namespace tensorkeep::python {

using namespace literals;

namespace {

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
  const AssignOptions options = to_assign_options(name, use_locking);
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

}  // namespace

void bind_partitioned_variables(nb::module_& m) {
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

}  // namespace tensorkeep::python
