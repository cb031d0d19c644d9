#include <nanobind/nanobind.h>

#include "arrays.h"
#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

bool holds_integers_alone(nb::handle value) {
  if (PyList_Check(value.ptr()) || PyTuple_Check(value.ptr())) {
    for (const nb::handle item : value) {
      if (!holds_integers_alone(item)) return false;
    }
    return true;
  }
  return PyLong_Check(value.ptr()) && !PyBool_Check(value.ptr());
}

// Integers that the type cannot hold wrap around, as they do in numpy's casts.
Literal literal_of_type(nb::handle value, const OptionalDType& dtype) {
  if (dtype.value && is_integer(*dtype.value) && holds_integers_alone(value)) {
    return tensor_of_object(value, dtype.value);
  }
  return to_literal(value);
}

}  // namespace

void bind_constants(nb::module_& m) {
  m.def(
      "constant",
      [](nb::handle value, const OptionalDType& dtype, nb::handle shape, const Text& name,
         bool verify_shape) {
        if (is_symbolic(value)) {
          errors::raise_type_error("List of Tensors when single Tensor expected");
        }
        ConstantOptions options{
            .dtype = dtype.value, .name = name.value, .verify_shape = verify_shape};
        if (!shape.is_none()) {
          options.shape = shape_of_object(shape);
          if (!options.shape.fully_defined()) {
            errors::raise_type_error("The shape of a constant must be known, but is " +
                                     options.shape.to_string());
          }
        }
        return constant(literal_of_type(value, dtype), options);
      },
      "value"_a, "dtype"_a = nb::none(), "shape"_a = nb::none(), "name"_a = "Const",
      "verify_shape"_a = false,
      "A constant of a number, an array or a nest of lists; fewer values than `shape` has elements "
      "are filled up with the last one. Raises ValueError for too many values or None, TypeError "
      "for values that are not of `dtype`.");
  m.def(
      "convert_to_tensor",
      [](nb::handle value, const OptionalDType& dtype, const Text& name,
         const OptionalDType& preferred_dtype, const OptionalDType& dtype_hint, nb::handle) {
        const bool is_unnamed_shape = name.value.empty() && is_tensor_shape(value);
        const Input input = to_input(value);
        if (PyList_Check(value.ptr()) && dtype.value && input.dtype() &&
            *input.dtype() != base_dtype(*dtype.value)) {
          errors::raise_type_error("Cannot convert a list containing a tensor of dtype " +
                                   name_of(*input.dtype()) + " to " + name_of(*dtype.value));
        }
        return input.to_tensor(is_unnamed_shape ? "shape_as_tensor" : name.value, dtype.value,
                               preferred_dtype.value ? preferred_dtype.value : dtype_hint.value);
      },
      "value"_a, "dtype"_a = nb::none(), "name"_a = nb::none(), "preferred_dtype"_a = nb::none(),
      "dtype_hint"_a = nb::none(), "as_ref"_a = nb::none(),
      "The tensor that a value stands for: a tensor itself, a constant of anything else. Raises "
      "ValueError for a tensor of another type, TypeError for what is no value.");
  m.def(
      "placeholder",
      [](nb::handle dtype, nb::handle shape, const Text& name) {
        return placeholder(dtype_of_object(dtype), shape_of_object(shape), {name.value});
      },
      "dtype"_a, "shape"_a = nb::none(), "name"_a = nb::none(),
      "A tensor that every run has to be fed; None in `shape` leaves a dimension open. A run "
      "without a value is an InvalidArgumentError, one of another shape a ValueError.");
  m.def(
      "placeholder_with_default",
      [](const Input& input, nb::handle shape, const Text& name) {
        return placeholder_with_default(input, shape_of_object(shape), {name.value});
      },
      "input"_a, "shape"_a, "name"_a = nb::none(),
      "`input`, unless a run feeds something else. `shape` may leave dimensions open that `input` "
      "has.");
  const auto filled = [&](const char* name, Output (*function)(const Input&, DType, const Name&)) {
    m.def(
        name,
        [function](const Input& shape, nb::handle dtype, const Text& op_name) {
          return function(shape, base_dtype(dtype_of_object(dtype)), {op_name.value});
        },
        "shape"_a, "dtype"_a = "float32", "name"_a = nb::none(), docstring(name));
  };
  filled("zeros", &zeros);
  filled("ones", &ones);
  m.def(
      "fill",
      [](const Input& dims, const Input& value, const Text& name) {
        return fill(dims, value, {name.value});
      },
      "dims"_a, "value"_a, "name"_a = nb::none(),
      "A tensor of shape `dims` (a vector of ints), filled with the scalar `value`.");
  const auto like = [&](const char* name, Output (*function)(const Input&, const LikeOptions&)) {
    m.def(
        name,
        [function](const Input& tensor, const OptionalDType& dtype, const Text& op_name,
                   bool optimize) {
          return function(tensor,
                          {.dtype = dtype.value, .name = op_name.value, .optimize = optimize});
        },
        "tensor"_a, "dtype"_a = nb::none(), "name"_a = nb::none(), "optimize"_a = true,
        docstring(name));
  };
  like("zeros_like", &zeros_like);
  like("ones_like", &ones_like);
}

}  // namespace tensorkeep::python
