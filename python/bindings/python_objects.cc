#include "python_objects.h"

#include <google/protobuf/message.h>

#include <map>
#include <vector>

#include "arrays.h"
#include "handles.h"

namespace tensorkeep::python {

nb::object python_object(const char* module, const char* attribute) {
  static auto* known = new std::map<std::pair<std::string, std::string>, PyObject*>();
  const auto [entry, is_new] = known->try_emplace({module, attribute}, nullptr);
  if (entry->second == nullptr) {
    const std::string name = std::string("tensorkeep.") + module;
    entry->second = nb::object(nb::module_::import_(name.c_str()).attr(attribute)).release().ptr();
  }
  return nb::borrow(entry->second);
}

nb::object wrap(DType dtype) {
  static PyObject* by_enum = nullptr;  // no guarded initialisation: importing may switch threads
  if (by_enum == nullptr) by_enum = python_object("_framework.dtypes", "by_enum").release().ptr();
  return nb::handle(by_enum)[nb::int_(static_cast<int>(dtype))];
}

DType dtype_of_object(nb::handle object) {
  static PyObject* const name = PyUnicode_InternFromString("_type_enum");
  PyObject* number = PyObject_GetAttr(object.ptr(), name);
  if (number == nullptr) {
    PyErr_Clear();
    static PyObject* as_dtype = nullptr;  // no guarded initialisation: importing may switch threads
    if (as_dtype == nullptr)
      as_dtype = python_object("_framework.dtypes", "as_dtype").release().ptr();
    const nb::object dtype = nb::handle(as_dtype)(object);
    number = PyObject_GetAttr(dtype.ptr(), name);
    if (number == nullptr) throw nb::python_error();
  }
  const auto value = nb::cast<int>(nb::steal(number));
  return static_cast<DType>(value);
}

nb::object wrap(const Shape& shape) {
  static PyObject* make = nullptr;  // no guarded initialisation: importing may switch threads
  if (make == nullptr)
    make = python_object("_framework.tensor_shape", "TensorShape").release().ptr();
  if (!shape.rank_known()) return nb::handle(make)(nb::none());
  nb::list dims;
  for (const std::int64_t dim : shape.dims()) {
    if (dim < 0) {
      dims.append(nb::none());
    } else {
      dims.append(dim);
    }
  }
  return nb::handle(make)(dims);
}

namespace {

nb::object tensor_shape_class() {
  return python_object("_framework.tensor_shape", "TensorShape");
}

std::int64_t dimension_of_object(nb::handle object) {
  if (object.is_none()) return None;
  if (nb::hasattr(object, "value") && !PyLong_Check(object.ptr())) {
    const nb::object value = object.attr("value");
    return value.is_none() ? None : nb::cast<std::int64_t>(value);
  }
  const nb::object index = nb::steal(PyNumber_Index(object.ptr()));
  if (!index.is_valid()) throw nb::python_error();
  const auto dim = nb::cast<std::int64_t>(index);
  if (dim < -1) errors::raise_value_error("Dimension " + std::to_string(dim) + " must be >= 0");
  return dim;
}

}  // namespace

bool is_tensor_shape(nb::handle object) {
  return nb::isinstance(object, tensor_shape_class()) ||
         nb::isinstance(object, python_object("_framework.tensor_shape", "Dimension"));
}

Shape shape_of_object(nb::handle object) {
  if (object.is_none()) return Shape::unknown();
  std::vector<std::int64_t> dims;
  if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr())) {
    for (const nb::handle dim : object) dims.push_back(dimension_of_object(dim));
    return Shape(std::move(dims));
  }
  if (PyLong_Check(object.ptr())) return Shape{dimension_of_object(object)};
  const nb::object shape = nb::isinstance(object, tensor_shape_class())
                               ? nb::borrow(object)
                               : tensor_shape_class()(object);
  const nb::object known = shape.attr("dims");
  if (known.is_none()) return Shape::unknown();
  for (const nb::handle dim : known) dims.push_back(dimension_of_object(dim));
  return Shape(std::move(dims));
}

nb::object indexed_slices_class() {
  return python_object("_framework.indexed_slices", "IndexedSlices");
}

nb::object message_to_python(const google::protobuf::Message& message, const char* name) {
  std::string bytes;
  if (!message.SerializeToString(&bytes)) {
    errors::raise_value_error("Protocol message " + message.GetTypeName() +
                              " cannot be larger than 2GB.");
  }
  return python_object("_framework.protos", name)
      .attr("FromString")(nb::bytes(bytes.data(), bytes.size()));
}

void message_from_python(nb::handle object, google::protobuf::Message& message) {
  nb::object bytes = nb::borrow(object);
  if (nb::hasattr(object, "SerializePartialToString")) {
    bytes = object.attr("SerializePartialToString")();
  }
  if (!PyBytes_Check(bytes.ptr())) {
    errors::raise_type_error("Expected a " + message.GetDescriptor()->name() +
                             " message or its bytes, but got " +
                             nb::cast<std::string>(nb::repr(object)));
  }
  const nb::bytes content = nb::cast<nb::bytes>(bytes);
  if (content.size() > (std::size_t{1} << 31) - 1 ||
      !message.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    throw errors::DataLossError("Cannot parse bytes as a " + message.GetDescriptor()->name() +
                                " message.");
  }
}

namespace {

nb::object list_to_python(const AttrValue::ListValue& list) {
  nb::list items;
  for (const auto& item : list.s()) items.append(nb::bytes(item.data(), item.size()));
  for (const auto item : list.i()) items.append(item);
  for (const auto item : list.f()) items.append(item);
  for (const auto item : list.b()) items.append(nb::bool_(item));
  for (const auto item : list.type()) items.append(wrap(static_cast<DType>(item)));
  for (const auto& item : list.shape()) items.append(message_to_python(item, "TensorShapeProto"));
  for (const auto& item : list.tensor()) items.append(message_to_python(item, "TensorProto"));
  for (const auto& item : list.func()) items.append(message_to_python(item, "NameAttrList"));
  return items;
}

}  // namespace

nb::object attr_to_python(const AttrValue& value) {
  switch (value.value_case()) {
    case AttrValue::kS:
      return nb::bytes(value.s().data(), value.s().size());
    case AttrValue::kI:
      return nb::int_(value.i());
    case AttrValue::kF:
      return nb::float_(static_cast<double>(value.f()));
    case AttrValue::kB:
      return nb::bool_(value.b());
    case AttrValue::kType:
      return wrap(static_cast<DType>(value.type()));
    case AttrValue::kShape:
      return message_to_python(value.shape(), "TensorShapeProto");
    case AttrValue::kTensor:
      return message_to_python(value.tensor(), "TensorProto");
    case AttrValue::kList:
      return list_to_python(value.list());
    case AttrValue::kFunc:
      return message_to_python(value.func(), "NameAttrList");
    default:
      return nb::none();
  }
}

namespace {

std::string text_of(nb::handle object) {
  if (PyBytes_Check(object.ptr())) {
    const auto bytes = nb::cast<nb::bytes>(object);
    return std::string(static_cast<const char*>(bytes.data()), bytes.size());
  }
  return nb::cast<std::string>(object);
}

// By the definition's type ("int", "shape", ...), or else by what the object is.
std::string kind_of(nb::handle object) {
  if (PyBool_Check(object.ptr())) return "bool";
  if (PyLong_Check(object.ptr())) return "int";
  if (PyFloat_Check(object.ptr())) return "float";
  if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) return "string";
  if (nb::hasattr(object, "_type_enum")) return "type";
  if (is_tensor_shape(object)) return "shape";
  return "tensor";
}

AttrValue scalar_attr(nb::handle object, const std::string& kind) {
  if (kind == "bool") return Attr(nb::cast<bool>(object)).value();
  if (kind == "int") {
    const nb::object index = nb::steal(PyNumber_Index(object.ptr()));
    if (!index.is_valid()) throw nb::python_error();
    return Attr(nb::cast<std::int64_t>(index)).value();
  }
  if (kind == "float") {
    const double value = PyFloat_AsDouble(object.ptr());
    if (value == -1.0 && PyErr_Occurred() != nullptr) throw nb::python_error();
    return Attr(value).value();
  }
  if (kind == "string") return Attr(text_of(object)).value();
  if (kind == "type") return Attr(dtype_of_object(object)).value();
  if (kind == "shape") return Attr(shape_of_object(object)).value();
  if (kind == "tensor") {
    if (nb::hasattr(object, "SerializePartialToString")) {
      AttrValue value;
      message_from_python(object, *value.mutable_tensor());
      return value;
    }
    return Attr(tensor_of_object(object, std::nullopt)).value();
  }
  AttrValue value;
  if (PyUnicode_Check(object.ptr())) {
    value.mutable_func()->set_name(text_of(object));
  } else {
    message_from_python(object, *value.mutable_func());
  }
  return value;
}

void append_attr(AttrValue::ListValue& list, const AttrValue& item) {
  switch (item.value_case()) {
    case AttrValue::kS:
      list.add_s(item.s());
      break;
    case AttrValue::kI:
      list.add_i(item.i());
      break;
    case AttrValue::kF:
      list.add_f(item.f());
      break;
    case AttrValue::kB:
      list.add_b(item.b());
      break;
    case AttrValue::kType:
      list.add_type(item.type());
      break;
    case AttrValue::kShape:
      *list.add_shape() = item.shape();
      break;
    case AttrValue::kTensor:
      *list.add_tensor() = item.tensor();
      break;
    default:
      *list.add_func() = item.func();
  }
}

}  // namespace

AttrValue attr_from_python(nb::handle object, const OpDef::AttrDef* definition) {
  if (nb::hasattr(object, "WhichOneof") && nb::hasattr(object, "placeholder")) {
    return message_from_python<AttrValue>(object);
  }
  std::string kind = definition != nullptr ? definition->type() : "";
  const bool is_list = kind.rfind("list(", 0) == 0;
  if (is_list) kind = kind.substr(5, kind.size() - 6);
  const bool is_sequence = PyList_Check(object.ptr()) || PyTuple_Check(object.ptr());
  if (!is_list && (definition != nullptr || !is_sequence)) {
    return scalar_attr(object, kind.empty() ? kind_of(object) : kind);
  }
  AttrValue value;
  value.mutable_list();
  for (const nb::handle item : object) {
    append_attr(*value.mutable_list(), scalar_attr(item, kind.empty() ? kind_of(item) : kind));
  }
  return value;
}

}  // namespace tensorkeep::python
