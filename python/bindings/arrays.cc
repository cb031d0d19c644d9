#include "arrays.h"

#define NPY_NO_DEPRECATED_API NPY_1_7_API_VERSION
#include <numpy/arrayobject.h>

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "handles.h"
#include "python_objects.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::python {
namespace {

constexpr std::pair<DType, int> kNumpyTypes[] = {
    {DType::kFloat32, NPY_FLOAT},      {DType::kFloat64, NPY_DOUBLE},
    {DType::kInt8, NPY_INT8},          {DType::kInt16, NPY_INT16},
    {DType::kInt32, NPY_INT32},        {DType::kInt64, NPY_INT64},
    {DType::kUInt8, NPY_UINT8},        {DType::kUInt16, NPY_UINT16},
    {DType::kUInt32, NPY_UINT32},      {DType::kUInt64, NPY_UINT64},
    {DType::kBool, NPY_BOOL},          {DType::kComplex64, NPY_CFLOAT},
    {DType::kComplex128, NPY_CDOUBLE}, {DType::kFloat16, NPY_HALF},
    {DType::kString, NPY_OBJECT},
};
constexpr std::size_t kDTypes = 64;

// A new reference; numpy's own types are found without Python, those of ml_dtypes once by its
// names.
PyArray_Descr* descr_of(DType dtype) {
  static std::array<PyArray_Descr*, kDTypes> known{};
  const auto number = static_cast<std::size_t>(dtype);
  if (number >= kDTypes) errors::raise_type_error("No numpy type for dtype " + name_of(dtype));
  if (known[number] == nullptr) {
    for (const auto& [type, numpy_type] : kNumpyTypes) {
      if (type == dtype) known[number] = PyArray_DescrFromType(numpy_type);
    }
  }
  if (known[number] == nullptr) {
    const nb::object numpy_type = wrap(dtype).attr("as_numpy_dtype");
    PyArray_Descr* descr = nullptr;
    if (PyArray_DescrConverter(numpy_type.ptr(), &descr) == NPY_FAIL) throw nb::python_error();
    known[number] = descr;
  }
  Py_INCREF(known[number]);
  return known[number];
}

DType dtype_of_array(PyArrayObject* array) {
  const int numpy_type = PyArray_TYPE(array);
  for (const auto& [type, known] : kNumpyTypes) {
    if (known == numpy_type) return type;
  }
  switch (numpy_type) {  // C has more names than widths
    case NPY_LONGLONG:
      return DType::kInt64;
    case NPY_ULONGLONG:
      return DType::kUInt64;
    case NPY_STRING:
    case NPY_UNICODE:
      return DType::kString;
    default:
      return dtype_of_object(nb::handle(reinterpret_cast<PyObject*>(PyArray_DESCR(array))));
  }
}

std::vector<npy_intp> dims_of(const Shape& shape) {
  return std::vector<npy_intp>(shape.dims().begin(), shape.dims().end());
}

nb::object new_array(DType dtype, const Shape& shape, void* data, int flags) {
  std::vector<npy_intp> dims = dims_of(shape);
  PyObject* array =
      PyArray_NewFromDescr(&PyArray_Type, descr_of(dtype), static_cast<int>(dims.size()),
                           dims.data(), nullptr, data, flags, nullptr);
  if (array == nullptr) throw nb::python_error();
  return nb::steal(array);
}

nb::object bytes_of(const std::string& text) {
  return nb::bytes(text.data(), text.size());
}

nb::object array_of_strings(const Tensor& tensor) {
  const auto strings = tensor.data<std::string>();
  if (tensor.shape().rank() == 0) return bytes_of(strings[0]);
  nb::object array = new_array(DType::kString, tensor.shape(), nullptr, 0);
  auto* items =
      static_cast<PyObject**>(PyArray_DATA(reinterpret_cast<PyArrayObject*>(array.ptr())));
  for (std::size_t i = 0; i < strings.size(); ++i) {
    Py_XSETREF(items[i], bytes_of(strings[i]).release().ptr());
  }
  return array;
}

nb::object as_numpy_scalar(nb::object array) {
  return nb::steal(PyArray_Return(reinterpret_cast<PyArrayObject*>(array.release().ptr())));
}

std::string string_of_item(nb::handle item) {
  if (PyBytes_Check(item.ptr())) {
    return std::string(PyBytes_AS_STRING(item.ptr()),
                       static_cast<std::size_t>(PyBytes_GET_SIZE(item.ptr())));
  }
  if (PyUnicode_Check(item.ptr())) return nb::cast<std::string>(item);
  errors::raise_type_error("Expected binary or unicode string, got " +
                           nb::cast<std::string>(nb::repr(item)));
}

nb::object array_from(nb::handle object, PyArray_Descr* descr, int flags) {
  PyObject* array = PyArray_FromAny(object.ptr(), descr, 0, 0, flags, nullptr);
  if (array == nullptr) throw nb::python_error();
  return nb::steal(array);
}

Shape shape_of_array(PyArrayObject* array) {
  const npy_intp* dims = PyArray_DIMS(array);
  return Shape(std::vector<std::int64_t>(dims, dims + PyArray_NDIM(array)));
}

Tensor strings_of_array(nb::handle object) {
  const nb::object array =
      array_from(object, descr_of(DType::kString), NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_FORCECAST);
  auto* numpy = reinterpret_cast<PyArrayObject*>(array.ptr());
  Tensor tensor(DType::kString, shape_of_array(numpy));
  auto strings = tensor.mutable_data<std::string>();
  auto* items = static_cast<PyObject**>(PyArray_DATA(numpy));
  for (std::size_t i = 0; i < strings.size(); ++i) strings[i] = string_of_item(items[i]);
  return tensor;
}

}  // namespace

void init_numpy() {
  if (_import_array() < 0) throw nb::python_error();
}

nb::object array_of(Tensor tensor) {
  if (!tensor.valid()) return nb::none();
  if (tensor.dtype() == DType::kString) return array_of_strings(tensor);
  const bool is_ours = tensor.buffer() == nullptr || tensor.buffer()->writable();
  if (tensor.shape().rank() == 0 || !is_ours || tensor.num_elements() == 0) {
    nb::object array = new_array(tensor.dtype(), tensor.shape(), nullptr, 0);
    std::memcpy(PyArray_DATA(reinterpret_cast<PyArrayObject*>(array.ptr())), tensor.raw_data(),
                tensor.num_bytes());
    return tensor.shape().rank() == 0 ? as_numpy_scalar(std::move(array)) : array;
  }
  const int flags = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED |
                    (tensor.owns_buffer_alone() ? NPY_ARRAY_WRITEABLE : 0);
  nb::object array =
      new_array(tensor.dtype(), tensor.shape(), const_cast<void*>(tensor.raw_data()), flags);
  auto* held = new std::shared_ptr<Buffer>(tensor.buffer());
  const nb::capsule owner(
      held, [](void* p) noexcept { delete static_cast<std::shared_ptr<Buffer>*>(p); });
  if (PyArray_SetBaseObject(reinterpret_cast<PyArrayObject*>(array.ptr()), owner.inc_ref().ptr()) <
      0) {
    throw nb::python_error();
  }
  return array;
}

bool is_array(nb::handle object) {
  return PyArray_Check(object.ptr()) != 0;
}

bool is_numpy_scalar(nb::handle object) {
  return PyArray_IsScalar(object.ptr(), Generic) != 0;
}

nb::object array_of_object(nb::handle object, DType dtype) {
  return array_from(object, descr_of(dtype), NPY_ARRAY_FORCECAST);
}

Tensor tensor_of_object(nb::handle object, std::optional<DType> dtype) {
  nb::object array = nb::borrow(object);
  if (!is_array(array)) {
    // Numbers become what they are first: then a cast may lose what one conversion would refuse.
    const bool direct = dtype == DType::kString || dtype == DType::kBool;
    PyArray_Descr* descr = direct ? descr_of(*dtype) : nullptr;
    array = array_from(object, descr, NPY_ARRAY_FORCECAST);
  }
  const DType own = dtype_of_array(reinterpret_cast<PyArrayObject*>(array.ptr()));
  const DType wanted = dtype.value_or(own);
  if (wanted == DType::kString) return strings_of_array(array);
  array = array_from(
      array, descr_of(wanted),
      NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED | NPY_ARRAY_NOTSWAPPED | NPY_ARRAY_FORCECAST);
  auto* numpy = reinterpret_cast<PyArrayObject*>(array.ptr());
  const void* data = PyArray_DATA(numpy);
  const auto bytes = static_cast<std::size_t>(PyArray_NBYTES(numpy));
  Shape shape = shape_of_array(numpy);
  constexpr std::size_t kWorthSharing = 256;  // below, a copy is cheaper than keeping the array
  if (bytes < kWorthSharing) {
    Tensor tensor(wanted, std::move(shape));
    if (bytes > 0) std::memcpy(tensor.mutable_raw_data(), data, bytes);
    return tensor;
  }
  return Tensor(wanted, std::move(shape),
                Buffer::borrow(data, bytes, SharedObject(std::move(array)).owner()));
}

}  // namespace tensorkeep::python
