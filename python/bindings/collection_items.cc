#include "collection_items.h"

#include "convert.h"
#include "saveables.h"
#include "saver_ref.h"

namespace tensorkeep::python {
namespace {

// An object that only Python knows. It has no name, so that exports leave it out.
class PythonObject final : public CollectionObject {
 public:
  PythonObject(nb::object object, Graph& graph) : object_(std::move(object), &graph) {}
  std::string name() const override { return {}; }
  std::string to_proto_bytes(const std::string&) const override { return {}; }
  nb::object get() const { return object_.get(); }

 private:
  SharedObject object_;
};

CollectionItem item_from_python(Graph& graph, nb::handle object) {
  if (nb::isinstance<TensorRef>(object)) return nb::inst_ptr<TensorRef>(object)->output;
  if (nb::isinstance<OperationRef>(object)) return nb::inst_ptr<OperationRef>(object)->op;
  if (nb::isinstance<CollectionObjectRef>(object)) {
    return nb::inst_ptr<CollectionObjectRef>(object)->object;
  }
  if (is_saveable(object)) return std::shared_ptr<CollectionObject>(saveable_of(object, graph));
  if (const auto saver = saver_from_python(object)) return CollectionItem(*saver);
  if (PyBool_Check(object.ptr()) == 0 && PyLong_Check(object.ptr()) != 0) {
    return nb::cast<std::int64_t>(object);
  }
  if (PyFloat_CheckExact(object.ptr())) return PyFloat_AS_DOUBLE(object.ptr());
  if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) return to_text(object);
  return std::static_pointer_cast<CollectionObject>(
      std::make_shared<PythonObject>(nb::borrow(object), graph));
}

}  // namespace

nb::object item_to_python(Graph& graph, const CollectionItem& item) {
  if (const auto* op = std::get_if<Operation*>(&item)) return wrap(*op);
  if (const auto* tensor = std::get_if<Output>(&item)) return wrap(*tensor);
  if (const auto* text = std::get_if<std::string>(&item)) {
    const nb::bytes bytes(text->data(), text->size());
    PyObject* decoded =
        PyUnicode_DecodeUTF8(text->data(), static_cast<Py_ssize_t>(text->size()), nullptr);
    if (decoded != nullptr) return nb::steal(decoded);
    PyErr_Clear();
    return bytes;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&item)) return nb::int_(*integer);
  if (const auto* number = std::get_if<double>(&item)) return nb::float_(*number);
  if (const Variable variable = Variable::from_collection_item(item)) return wrap(variable);
  if (auto saver = train::Saver::from_collection_item(item)) return saver_to_python(*saver);
  const auto& object = std::get<std::shared_ptr<CollectionObject>>(item);
  if (const auto* own = dynamic_cast<const PythonObject*>(object.get())) return own->get();
  if (const auto* saveable = dynamic_cast<const train::SaveableObject*>(object.get())) {
    nb::object python = saveable_to_python(*saveable);
    if (!python.is_none()) return python;
  }
  return wrap(graph, object);
}

void add_to_collection(Graph& graph, const std::string& key, nb::handle object) {
  if (nb::isinstance<VariableRef>(object)) {
    const auto as_default = graph.as_default();
    tensorkeep::add_to_collection(key, nb::inst_ptr<VariableRef>(object)->variable);
  } else {
    graph.add_to_collection(key, item_from_python(graph, object));
  }
}

}  // namespace tensorkeep::python
