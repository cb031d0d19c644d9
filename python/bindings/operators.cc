#include "operators.h"

#include "arrays.h"
#include "convert.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using Binary = Output (*)(const Input&, const Input&, const Name&);
using Unary = Output (*)(const Input&, const Name&);

void add_method(nb::handle python_class, const char* name, nb::object function) {
  nb::setattr(python_class, name, function);
}

// Whether the other side wants to do the operation itself.
bool takes_over(nb::handle other) {
  return nb::hasattr(other, "_takes_over_operators");
}

// Whose operator it is: a variable is read before the operation's scope opens.
Input operand(nb::handle self) {
  return to_input(self).to_tensor("");
}

void add_binary(nb::handle python_class, const char* name, const char* reflected,
                Output (*function)(const Input&, const Input&)) {
  add_method(
      python_class, name,
      nb::cpp_function(
          [function](nb::handle self, nb::handle other) -> nb::object {
            if (takes_over(other)) return nb::borrow(Py_NotImplemented);
            return wrap(function(operand(self), to_input(other)));
          },
          nb::name(name), nb::scope(python_class), nb::is_method(), nb::arg("other").none()));
  if (reflected == nullptr) return;
  add_method(
      python_class, reflected,
      nb::cpp_function(
          [function](nb::handle self, nb::handle other) {
            return wrap(function(to_input(other), operand(self)));
          },
          nb::name(reflected), nb::scope(python_class), nb::is_method(), nb::arg("other").none()));
}

template <Binary kFunction>
Output named(const Input& x, const Input& y) {
  return kFunction(x, y, {});
}

Output sum(const Input& x, const Input& y) {
  return x + y;
}
Output difference(const Input& x, const Input& y) {
  return x - y;
}
Output product(const Input& x, const Input& y) {
  return x * y;
}
Output quotient(const Input& x, const Input& y) {
  return x / y;
}
Output remainder(const Input& x, const Input& y) {
  return x % y;
}

Input part_of_slice(nb::handle part) {
  return part.is_none() ? Input() : to_input(part);
}

Subscript subscript_of(nb::handle object) {
  if (object.is_none()) return newaxis;
  if (object.is(Py_Ellipsis)) return ellipsis;
  if (PySlice_Check(object.ptr())) {
    return Span{.begin = part_of_slice(object.attr("start")),
                .end = part_of_slice(object.attr("stop")),
                .step = part_of_slice(object.attr("step"))};
  }
  if (is_symbolic(object)) return to_output(object);
  if (is_tensor_shape(object)) return nb::cast<int>(object.attr("value"));
  const nb::object index = nb::steal(PyNumber_Index(object.ptr()));
  if (!index.is_valid()) {
    PyErr_Clear();
    errors::raise_type_error(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and "
        "scalar tf.int32/tf.int64 tensors are valid indices, got " +
        shown(object));
  }
  return nb::cast<int>(index);
}

Output getitem_of(nb::handle self, nb::handle key) {
  const Input tensor = to_input(self);
  const bool is_mask = nb::isinstance<TensorRef>(key) &&
                       base_dtype(nb::inst_ptr<TensorRef>(key)->output.dtype()) == boolean;
  if (is_mask) return boolean_mask(tensor, nb::inst_ptr<TensorRef>(key)->output);
  if (is_array(key)) {
    const nb::object dtype = key.attr("dtype");
    if (nb::cast<std::string>(dtype.attr("kind")) == "b")
      return boolean_mask(tensor, to_input(key));
  }
  std::vector<Subscript> subscripts;
  if (PyTuple_Check(key.ptr()) || PyList_Check(key.ptr())) {
    for (const nb::handle item : key) subscripts.push_back(subscript_of(item));
  } else {
    subscripts.push_back(subscript_of(key));
  }
  return getitem(tensor, subscripts);
}

// A part of a variable can be assigned to: `v[0].assign(value)`.
nb::object part_of(nb::handle self, nb::handle key) {
  const Output part = getitem_of(self, key);
  const nb::object python = wrap(part);
  if (nb::isinstance<VariableRef>(self) && part.op().type() == "StridedSlice") {
    python.attr("assign") = nb::cpp_function(
        [variable = nb::inst_ptr<VariableRef>(self)->variable, slice = &part.op()](
            const Input& value, const Text& name) {
          return wrap(assign_slice(variable, *slice, value, {name.value}), variable);
        },
        nb::arg("value"), nb::arg("name") = nb::none());
  }
  return python;
}

void add_unary(nb::handle python_class, const char* name, Output (*function)(const Input&)) {
  add_method(python_class, name,
             nb::cpp_function([function](nb::handle self) { return wrap(function(operand(self))); },
                              nb::name(name), nb::scope(python_class), nb::is_method()));
}

bool is_boolean(const Input& x) {
  return x.dtype() == boolean;
}

}  // namespace

void add_operators(nb::handle c) {
  add_binary(c, "__add__", "__radd__", &sum);
  add_binary(c, "__sub__", "__rsub__", &difference);
  add_binary(c, "__mul__", "__rmul__", &product);
  add_binary(c, "__truediv__", "__rtruediv__", &quotient);
  add_binary(c, "__div__", "__rdiv__", &named<&div>);
  add_binary(c, "__floordiv__", "__rfloordiv__", &operators::floordiv);
  add_binary(c, "__mod__", "__rmod__", &remainder);
  add_binary(c, "__pow__", "__rpow__", &operators::pow);
  add_binary(c, "__matmul__", "__rmatmul__", &operators::matmul);
  add_binary(c, "__lt__", nullptr, &named<&less>);
  add_binary(c, "__le__", nullptr, &named<&less_equal>);
  add_binary(c, "__gt__", nullptr, &named<&greater>);
  add_binary(c, "__ge__", nullptr, &named<&greater_equal>);
  add_binary(c, "__and__", "__rand__", &operators::bitwise_and);
  add_binary(c, "__or__", "__ror__", &operators::bitwise_or);
  add_binary(c, "__xor__", "__rxor__", &operators::bitwise_xor);
  add_unary(c, "__neg__", [](const Input& x) { return negative(x); });
  add_unary(c, "__abs__", [](const Input& x) { return abs(x); });
  add_unary(c, "__invert__",
            [](const Input& x) { return is_boolean(x) ? logical_not(x) : bitwise::invert(x); });
  add_method(c, "__getitem__",
             nb::cpp_function(&part_of, nb::name("__getitem__"), nb::scope(c), nb::is_method(),
                              nb::arg("key").none()));
}

nb::object constant_of(nb::handle tensor) {
  const auto value = constant_value(to_output(tensor));
  return value ? array_of(*value) : nb::none();
}

}  // namespace tensorkeep::python
