#include "shared_object.h"

#include "tensorkeep/graph.h"

namespace tensorkeep::python {
namespace {

struct OfGraph {
  std::shared_ptr<HeldObjects> objects = std::make_shared<HeldObjects>();
};

}  // namespace

HeldObject::HeldObject(nb::object held, std::shared_ptr<HeldObjects> objects)
    : object(held.release().ptr()), among(std::move(objects)) {
  if (among) among->all.insert(this);
}

HeldObject::~HeldObject() {
  if (!Py_IsInitialized()) return;
  const nb::gil_scoped_acquire gil;
  if (among) among->all.erase(this);
  Py_XDECREF(object);
}

std::shared_ptr<HeldObjects> objects_held_by(Graph& graph) {
  return graph.attachment<OfGraph>().objects;
}

}  // namespace tensorkeep::python
