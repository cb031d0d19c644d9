#include "exceptions.h"

#include <nanobind/nanobind.h>

#include "bindings.h"
#include "handles.h"
#include "python_objects.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::python {
namespace {

PyObject* built_in_class(errors::PythonClass python_class) {
  switch (python_class) {
    case errors::PythonClass::kValueError:
      return PyExc_ValueError;
    case errors::PythonClass::kTypeError:
      return PyExc_TypeError;
    case errors::PythonClass::kKeyError:
      return PyExc_KeyError;
    case errors::PythonClass::kAssertionError:
      return PyExc_AssertionError;
    case errors::PythonClass::kRuntimeError:
      return PyExc_RuntimeError;
    case errors::PythonClass::kLookupError:
      return PyExc_LookupError;
    default:
      return nullptr;
  }
}

// A message or a name may hold a damaged file's bytes.
nb::object text_of(const std::string& bytes) {
  return nb::steal(
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace"));
}

}  // namespace

void set_python_error(const errors::Error& error, Graph* graph) {
  if (PyObject* built_in = built_in_class(error.python_class())) {
    PyErr_SetObject(built_in, text_of(error.message()).ptr());
    return;
  }
  const nb::object error_class =
      python_object("_framework.errors", errors::class_name(error.code()));
  Operation* op = graph != nullptr ? graph->find_operation(error.node()) : nullptr;
  const nb::object node_def =
      op != nullptr ? message_to_python(op->node_def(), "NodeDef") : nb::none();
  nb::object exception = error_class(node_def, wrap(op), text_of(error.message()));
  if (!error.tensor().empty()) exception.attr("tensor") = text_of(error.tensor());
  if (!error.file().empty()) exception.attr("file") = text_of(error.file());
  PyErr_SetObject(error_class.ptr(), exception.ptr());
}

void raise_python(nb::handle error_class, const std::string& message) {
  PyErr_SetObject(error_class.ptr(), text_of(message).ptr());
  throw nb::python_error();
}

void raise_not_allowed(const std::string& message) {
  raise_python(python_object("_framework.errors", "OperatorNotAllowedInGraphError"), message);
}

void bind_exceptions(nb::module_&) {
  nb::register_exception_translator([](const std::exception_ptr& thrown, void*) {
    try {
      std::rethrow_exception(thrown);
    } catch (const errors::Error& error) {
      try {
        set_python_error(error, nullptr);
      } catch (nb::python_error& while_making_it) {
        while_making_it.restore();
      }
    }
  });
}

}  // namespace tensorkeep::python
