#pragma once

#include <nanobind/nanobind.h>

#include <memory>
#include <unordered_set>

namespace tensorkeep {
class Graph;
}

namespace tensorkeep::python {

namespace nb = nanobind;

struct HeldObject;

// The Python objects that parts of one graph own, for Python's collector. Guarded by the GIL.
struct HeldObjects {
  std::unordered_set<HeldObject*> all;
};

// One reference to a Python object. Null once the collector has taken the object away.
struct HeldObject {
  PyObject* object;
  std::shared_ptr<HeldObjects> among;  // null for what no graph owns

  HeldObject(nb::object object, std::shared_ptr<HeldObjects> among);
  HeldObject(const HeldObject&) = delete;
  HeldObject& operator=(const HeldObject&) = delete;
  ~HeldObject();
};

std::shared_ptr<HeldObjects> objects_held_by(Graph& graph);

// A Python object that C++ may copy and drop in any thread, also while Python shuts down. What is
// of use only as long as a graph lives names that graph, and may itself hold it: the collector then
// frees both together (graph_object.h).
class SharedObject {
 public:
  explicit SharedObject(nb::object object, Graph* graph = nullptr)
      : held_(std::make_shared<HeldObject>(std::move(object),
                                           graph != nullptr ? objects_held_by(*graph) : nullptr)) {}

  nb::object get() const {
    return held_->object != nullptr ? nb::borrow(held_->object) : nb::none();
  }
  std::shared_ptr<PyObject> owner() const { return {held_, held_->object}; }

 private:
  std::shared_ptr<HeldObject> held_;
};

}  // namespace tensorkeep::python
