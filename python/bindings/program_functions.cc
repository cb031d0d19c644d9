#include <nanobind/nanobind.h>

#include "arrays.h"
#include "bindings.h"
#include "convert.h"
#include "gradient_arguments.h"
#include "python_objects.h"
#include "scope.h"
#include "tensorkeep/program_gradients.h"
#include "tensorkeep/py_func.h"

// Functions of the program that the library calls: gradients, and those in a graph.
namespace tensorkeep::python {
namespace {

using namespace literals;

errors::Code code_of(const nb::python_error& error) {
  if (error.matches(python_object("_ops.script_ops", "UnsupportedObject"))) {
    return errors::Code::kInternal;
  }
  const std::pair<PyObject*, errors::Code> codes[] = {
      {PyExc_StopIteration, errors::Code::kOutOfRange},
      {PyExc_MemoryError, errors::Code::kResourceExhausted},
      {PyExc_NotImplementedError, errors::Code::kUnimplemented},
      {PyExc_ValueError, errors::Code::kInvalidArgument},
      {PyExc_TypeError, errors::Code::kInvalidArgument}};
  for (const auto& [error_class, code] : codes) {
    if (error.matches(error_class)) return code;
  }
  return errors::Code::kUnknown;
}

std::vector<Tensor> call_function(const std::string& token, const std::vector<Tensor>& inputs) {
  const nb::gil_scoped_acquire gil;
  try {
    nb::list arguments;
    for (const Tensor& input : inputs) arguments.append(array_of(input));
    std::vector<Tensor> results;
    const nb::object returned = python_object("_ops.script_ops", "call_function")(token, arguments);
    for (const nb::handle result : returned) {
      results.push_back(tensor_of_object(result, std::nullopt));
    }
    return results;
  } catch (nb::python_error& error) {
    const errors::Code code = code_of(error);
    std::string text;
    try {
      text = nb::cast<std::string>(python_object("_ops.script_ops", "description")(error.value()));
    } catch (nb::python_error&) {
      text = "an error without a description";
    }
    errors::raise(code, text);
  }
}

Gradients call_gradient(nb::handle function, Operation& op, const Gradients& grads) {
  nb::list arguments;
  for (const Gradient& grad : grads) arguments.append(wrap(grad));
  const nb::object returned = function(wrap(&op), *nb::tuple(arguments));
  Gradients result;
  if (PyList_Check(returned.ptr()) || PyTuple_Check(returned.ptr())) {
    for (const nb::handle each : returned) result.push_back(to_gradient(each));
  } else {
    result.push_back(to_gradient(returned));
  }
  return result;
}

Scope gradient_overrides(Graph& graph, nb::handle names) {
  std::map<std::string, std::string> map;
  for (const auto& [type, name] : nb::cast<nb::dict>(names)) {
    map[nb::cast<std::string>(type)] = nb::cast<std::string>(name);
  }
  return Scope([graph = graph.shared_from_this(), map] {
    return Scope::Opened{std::make_shared<GradientOverrideScope>(*graph, map), nb::none()};
  });
}

}  // namespace

void bind_program_functions(nb::module_& m) {
  m.def(
      "_register_gradient",
      [](const std::string& op_type, nb::handle function) {
        register_gradient(op_type, [held = SharedObject(nb::borrow(function))](
                                       Operation& op, const Gradients& grads) {
          return call_gradient(held.get(), op, grads);
        });
      },
      "op_type"_a, "function"_a);
  m.def("_register_not_differentiable", &register_not_differentiable, "op_type"_a);
  m.def("_gradient_overrides", &gradient_overrides, "graph"_a, "names"_a);
  m.def("_set_py_func_caller", [] { set_py_func_caller(&call_function); });
}

}  // namespace tensorkeep::python
