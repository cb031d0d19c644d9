#pragma once

#include <nanobind/nanobind.h>

#include <string>

#include "tensorkeep/tensorkeep.h"

// Objects that are written in Python (types of elements, shapes, messages, errors), made from C++'s
// values and read back. The Python files are imported when they are first needed.
namespace tensorkeep::python {

namespace nb = nanobind;

// `attribute` of the package's module `module` ("_framework.dtypes"); found once.
nb::object python_object(const char* module, const char* attribute);

nb::object wrap(DType dtype);
nb::object wrap(const Shape& shape);
// A DType from whatever tf.as_dtype takes. Throws TypeError.
DType dtype_of_object(nb::handle object);
// A shape from None, a TensorShape, an int, a list with Nones, or a TensorShapeProto.
Shape shape_of_object(nb::handle object);
bool is_tensor_shape(nb::handle object);  // a TensorShape or a Dimension
nb::object indexed_slices_class();

// One of our protobuf messages in Python, of the class `name` ("GraphDef").
nb::object message_to_python(const google::protobuf::Message& message, const char* name);
// From our class, from TensorFlow's class of the same kind, or from bytes. Throws TypeError for
// anything else, DataLossError for bytes that are no such message.
void message_from_python(nb::handle object, google::protobuf::Message& message);
template <typename Message>
Message message_from_python(nb::handle object) {
  Message message;
  message_from_python(object, message);
  return message;
}

// The value of an attribute as Operation.get_attr gives it; and an attribute from a Python value:
// an AttrValue, a bool, an int, a float, a string, a DType, a shape, an array or a list of these.
nb::object attr_to_python(const AttrValue& value);
AttrValue attr_from_python(nb::handle object, const OpDef::AttrDef* definition);

}  // namespace tensorkeep::python
