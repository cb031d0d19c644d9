#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "exceptions.h"
#include "graph_object.h"
#include "operators.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

std::string represented(const Output& tensor) {
  return "<tf.Tensor '" + tensor.name() + "' shape=" + tensor.shape().to_string() +
         " dtype=" + name_of(tensor.dtype()) + ">";
}

}  // namespace

void bind_tensor(nb::module_& m) {
  nb::class_<TensorRef> tensor(m, "Tensor", nb::type_slots(graph_holder_slots<TensorRef>()),
                               nb::dynamic_attr(), nb::is_weak_referenceable(),
                               "One output of an operation: a symbolic value, of which `eval` or a "
                               "session gives arrays.");
  tensor
      .def_prop_ro(
          "op", [](const TensorRef& self) { return wrap(&self.output.op()); },
          "The operation that makes it.")
      .def_prop_ro(
          "graph", [](const TensorRef& self) { return self.graph; }, "The graph it is in.")
      .def_prop_ro(
          "name", [](const TensorRef& self) { return self.output.name(); },
          "\"operation:output\", \"add:0\".")
      .def_prop_ro(
          "dtype", [](const TensorRef& self) { return wrap(self.output.dtype()); },
          "The type of its elements.")
      .def_prop_ro(
          "shape", [](const TensorRef& self) { return wrap(self.output.shape()); },
          "What is known of its shape, a TensorShape.")
      .def(
          "get_shape", [](const TensorRef& self) { return wrap(self.output.shape()); },
          "What is known of its shape, a TensorShape.")
      .def(
          "set_shape",
          [](const TensorRef& self, nb::handle shape) {
            self.output.set_shape(shape_of_object(shape));
          },
          "shape"_a, "Merges what is known of the shape. Raises ValueError if it contradicts.")
      .def_prop_ro(
          "value_index", [](const TensorRef& self) { return self.output.index(); },
          "Which output of its operation it is.")
      .def_prop_ro(
          "device", [](const TensorRef& self) { return self.output.device(); },
          "The device of its operation.")
      .def(
          "consumers", [](const TensorRef& self) { return self.output.consumers(); },
          "A list of the operations that take it.")
      .def("_as_graph_element", [](nb::handle self) { return nb::borrow(self); })
      .def(
          "eval",
          [](nb::handle self, nb::handle feed_dict, nb::handle session) {
            return python_object("_client.session", "evaluate")(self, feed_dict, session);
          },
          "feed_dict"_a = nb::none(), "session"_a = nb::none(),
          "The value as an array, in `session` or the default session. Raises ValueError if there "
          "is none, and what Session.run raises.")
      .def("__repr__", [](const TensorRef& self) { return represented(self.output); })
      .def("__str__", [](const TensorRef& self) { return self.output.to_string(); })
      .def("__bool__",
           [](const TensorRef&) -> bool {
             raise_not_allowed(
                 "Using a `tf.Tensor` as a Python `bool` is not allowed. Use `if t is not None:` "
                 "instead of `if t:` to test if a tensor is defined, and use TensorFlow ops such "
                 "as tf.cond to execute subgraphs conditioned on the value of a tensor.");
           })
      .def("__len__",
           [](const TensorRef& self) -> int {
             errors::raise_type_error("len is not well defined for a symbolic Tensor (" +
                                      self.output.name() +
                                      "). Please call `x.shape` rather than `len(x)` for shape "
                                      "information.");
           })
      .def("__array__",
           [](const TensorRef& self, nb::args, nb::kwargs) -> nb::object {
             // numpy's own conversions rely on this class.
             raise_python(PyExc_NotImplementedError,
                          "Cannot convert a symbolic tf.Tensor (" + self.output.name() +
                              ") to a numpy array. Evaluate it in a session.");
           })
      .def("__iter__", [](const TensorRef&) -> nb::object {
        raise_not_allowed(
            "Iterating over a symbolic `tf.Tensor` is not allowed. Use tf.unstack for a list of "
            "its parts, or tf.map_fn.");
      });
  tensor.attr("__array_priority__") = 100;
  add_operators(tensor);
  m.def(
      "constant_value", [](nb::handle tensor) { return constant_of(tensor); }, "tensor"_a);
  m.def(
      "constant_value_as_shape",
      [](nb::handle tensor) { return wrap(constant_value_as_shape(to_output(tensor))); },
      "tensor"_a, "The TensorShape that a vector holds, as far as the graph determines it.");
}

}  // namespace tensorkeep::python
