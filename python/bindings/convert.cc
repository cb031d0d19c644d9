#include "convert.h"

#include <algorithm>

#include "arrays.h"
#include "list_packing.h"
#include "python_objects.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::python {
namespace {

bool is_sequence(nb::handle object) {
  return PyList_Check(object.ptr()) || PyTuple_Check(object.ptr());
}

// What a list holds somewhere that decides how the list is converted.
enum class Holds { kPlain, kNumpy, kSymbolic };

Holds what_is_in(nb::handle object) {
  if (is_sequence(object)) {
    Holds holds = Holds::kPlain;
    for (const nb::handle item : object) {
      holds = std::max(holds, what_is_in(item));
      if (holds == Holds::kSymbolic) break;
    }
    return holds;
  }
  if (PyFloat_CheckExact(object.ptr()) || PyLong_Check(object.ptr()) ||
      PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) {
    return Holds::kPlain;
  }
  if (is_symbolic(object)) return Holds::kSymbolic;
  return is_array(object) || is_numpy_scalar(object) || nb::hasattr(object, "__array__") ||
                 PyComplex_Check(object.ptr())
             ? Holds::kNumpy
             : Holds::kPlain;
}

// The type of a list's array that Python's default would have been: float32 and, where the values
// fit, int32.
Tensor with_default_type(Tensor tensor) {
  if (tensor.dtype() == float64) {
    Tensor narrow(float32, tensor.shape());
    std::transform(tensor.data<double>().begin(), tensor.data<double>().end(),
                   narrow.mutable_data<float>().begin(),
                   [](double value) { return static_cast<float>(value); });
    return narrow;
  }
  if (tensor.dtype() == int64) {
    Tensor narrow(int32, tensor.shape());
    auto out = narrow.mutable_data<std::int32_t>().begin();
    for (const std::int64_t value : tensor.data<std::int64_t>()) {
      if (value != static_cast<std::int32_t>(value)) return tensor;
      *out++ = static_cast<std::int32_t>(value);
    }
    return narrow;
  }
  return tensor;
}

Literal literal_of_integer(nb::handle object) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (value == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
  if (overflow == 0) return static_cast<std::int64_t>(value);
  return tensor_of_object(object, std::nullopt);  // uint64, or numpy's error
}

Input input_of_collection_object(nb::handle object) {
  const auto& held = nb::inst_ptr<CollectionObjectRef>(object)->object;
  if (const auto convertible = std::dynamic_pointer_cast<const TensorConvertible>(held)) {
    return convertible;
  }
  errors::raise_type_error("Failed to convert " + shown(object) + " to Tensor.");
}

}  // namespace

std::string to_text(nb::handle object) {
  if (object.is_none()) return {};
  if (PyBytes_Check(object.ptr())) {
    return std::string(PyBytes_AS_STRING(object.ptr()),
                       static_cast<std::size_t>(PyBytes_GET_SIZE(object.ptr())));
  }
  if (PyUnicode_Check(object.ptr())) return nb::cast<std::string>(object);
  if (nb::hasattr(object, "__fspath__")) return to_text(object.attr("__fspath__")());
  errors::raise_type_error("Expected a string, got " + shown(object));
}

std::vector<std::string> to_texts(nb::handle sequence) {
  std::vector<std::string> texts;
  for (const nb::handle item : sequence) texts.push_back(to_text(item));
  return texts;
}

std::string shown(nb::handle object) {
  return nb::cast<std::string>(nb::repr(object));
}

Literal to_literal(nb::handle object) {
  if (PyFloat_CheckExact(object.ptr())) return PyFloat_AS_DOUBLE(object.ptr());
  if (PyBool_Check(object.ptr())) return object.is(Py_True);
  if (PyLong_Check(object.ptr())) return literal_of_integer(object);
  if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) return to_text(object);
  if (is_array(object) || is_numpy_scalar(object) || PyComplex_Check(object.ptr())) {
    return tensor_of_object(object, std::nullopt);
  }
  if (is_sequence(object)) {
    if (what_is_in(object) == Holds::kNumpy) {
      return with_default_type(tensor_of_object(object, std::nullopt));
    }
    std::vector<Literal> items;
    for (const nb::handle item : object) {
      if (item.is_none()) errors::raise_type_error("Expected a number or a string, but got None.");
      items.push_back(to_literal(item));
    }
    return items;
  }
  if (object.is_none()) errors::raise_value_error("None values not supported.");
  if (is_tensor_shape(object)) {
    if (nb::hasattr(object, "as_list")) {
      if (!nb::cast<bool>(object.attr("is_fully_defined")())) {
        errors::raise_value_error("Cannot convert a partially known TensorShape " +
                                  nb::cast<std::string>(nb::str(object)) + " to a Tensor.");
      }
      return to_literal(object.attr("as_list")());
    }
    return to_literal(object.attr("value"));
  }
  if (PyFloat_Check(object.ptr())) return PyFloat_AS_DOUBLE(object.ptr());
  if (nb::hasattr(object, "_type_enum")) return static_cast<std::int64_t>(dtype_of_object(object));
  if (nb::hasattr(object, "__array__") || nb::hasattr(object, "__array_interface__") ||
      PyObject_CheckBuffer(object.ptr()) != 0) {
    return tensor_of_object(object, std::nullopt);
  }
  if (nb::hasattr(object, "__index__")) {
    return literal_of_integer(nb::steal(PyNumber_Index(object.ptr())));
  }
  errors::raise_type_error("Failed to convert " + shown(object) + " to Tensor. Consider casting " +
                           "elements to a supported type.");
}

bool is_symbolic(nb::handle object) {
  return nb::isinstance<TensorRef>(object) || nb::isinstance<VariableRef>(object) ||
         nb::isinstance<AssignedRef>(object) || nb::isinstance<PartitionedVariableRef>(object) ||
         nb::isinstance<CollectionObjectRef>(object) || nb::hasattr(object, "_to_tensor");
}

Input to_input(nb::handle object) {
  if (nb::isinstance<TensorRef>(object)) return nb::inst_ptr<TensorRef>(object)->output;
  if (nb::isinstance<VariableRef>(object)) return nb::inst_ptr<VariableRef>(object)->variable;
  if (nb::isinstance<AssignedRef>(object)) return nb::inst_ptr<AssignedRef>(object)->assigned;
  if (nb::isinstance<PartitionedVariableRef>(object)) {
    return nb::inst_ptr<PartitionedVariableRef>(object)->variable;
  }
  if (nb::isinstance<CollectionObjectRef>(object)) return input_of_collection_object(object);
  if (is_sequence(object) && what_is_in(object) == Holds::kSymbolic) return packed_list(object);
  if (nb::isinstance<OperationRef>(object)) {
    errors::raise_type_error("Can't convert Operation '" +
                             nb::inst_ptr<OperationRef>(object)->op->name() + "' to Tensor");
  }
  // IndexedSlices and other composed values know how they become one tensor.
  if (!PyFloat_CheckExact(object.ptr()) && !PyLong_Check(object.ptr()) && !is_array(object) &&
      nb::hasattr(object, "_to_tensor")) {
    return to_input(object.attr("_to_tensor")());
  }
  return to_literal(object);
}

std::vector<Input> to_inputs(nb::handle object) {
  std::vector<Input> inputs;
  if (is_sequence(object) || is_array(object) || PyGen_Check(object.ptr())) {
    for (const nb::handle item : object) inputs.push_back(to_input(item));
  } else {
    inputs.push_back(to_input(object));
  }
  return inputs;
}

Output to_output(nb::handle object) {
  if (object.is_none()) return Output();
  return to_input(object).to_tensor("");
}

Variable to_variable(nb::handle object) {
  if (nb::isinstance<VariableRef>(object)) return nb::inst_ptr<VariableRef>(object)->variable;
  if (nb::isinstance<AssignedRef>(object)) return nb::inst_ptr<AssignedRef>(object)->variable;
  errors::raise_type_error("Expected a Variable, got " + shown(object));
}

Operation* to_operation(nb::handle object) {
  if (nb::isinstance<OperationRef>(object)) return nb::inst_ptr<OperationRef>(object)->op;
  if (nb::isinstance<TensorRef>(object)) return &nb::inst_ptr<TensorRef>(object)->output.op();
  if (nb::isinstance<VariableRef>(object)) return &nb::inst_ptr<VariableRef>(object)->variable.op();
  if (nb::isinstance<AssignedRef>(object)) return nb::inst_ptr<AssignedRef>(object)->assigned.op();
  if (nb::hasattr(object, "op")) return to_operation(object.attr("op"));
  errors::raise_type_error("Can not convert a " +
                           nb::cast<std::string>(object.type().attr("__name__")) +
                           " into a Operation.");
}

OptionalInput to_optional_input(nb::handle object) {
  return {object.is_none() ? Input() : to_input(object)};
}

OptionalDType to_optional_dtype(nb::handle object) {
  if (object.is_none()) return {};
  return {dtype_of_object(object)};
}

OptionalShape to_optional_shape(nb::handle object) {
  if (object.is_none()) return {};
  return {shape_of_object(object)};
}

namespace {

std::int64_t integer_of(nb::handle object) {
  const nb::object index = nb::steal(PyNumber_Index(object.ptr()));
  if (!index.is_valid()) throw nb::python_error();
  return nb::cast<std::int64_t>(index);
}

}  // namespace

OptionalInt to_optional_int(nb::handle object) {
  if (object.is_none()) return {};
  return {integer_of(object)};
}

Ints to_ints(nb::handle object) {
  if (object.is_none()) return {};
  Ints ints;
  if (nb::hasattr(object, "__iter__")) {
    for (const nb::handle item : nb::borrow(object)) ints.value.push_back(integer_of(item));
  } else {
    ints.value.push_back(integer_of(object));
  }
  return ints;
}

Dependencies to_dependencies(nb::handle object) {
  Dependencies dependencies;
  if (object.is_none()) return dependencies;
  if (!nb::hasattr(object, "__iter__") || is_symbolic(object)) {
    dependencies.value.push_back(to_operation(object));
    return dependencies;
  }
  for (const nb::handle item : nb::borrow(object)) {
    dependencies.value.push_back(to_operation(item));
  }
  return dependencies;
}

}  // namespace tensorkeep::python
