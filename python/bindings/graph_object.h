#pragma once

#include <nanobind/nanobind.h>

#include <memory>

#include "tensorkeep/graph.h"

// A graph's one Python object, and what Python's collector of cycles sees of a graph. Handles,
// sessions and scopes hold the object and show it to the collector; the object shows what the
// graph's parts own of Python's (shared_object.h), but only if nobody owns the graph in a way that
// the collector does not see: else it would free what is in use.
namespace tensorkeep::python {

namespace nb = nanobind;

struct GraphOwner;

// The object of a graph that has none yet: an instance of `type`, Python's Graph or a class derived
// from it.
nb::object make_graph_object(nb::handle type, std::shared_ptr<Graph> graph);

// The slots of the class Graph.
const PyType_Slot* graph_slots();

// Says that what is declared before it, beside the graph's object, owns the graph.
class SeenOwner {
 public:
  explicit SeenOwner(nb::handle graph);
  ~SeenOwner();
  SeenOwner(const SeenOwner&) = delete;
  SeenOwner& operator=(const SeenOwner&) = delete;

 private:
  GraphOwner* owner_;
};

// Makes an object with attributes, which knows nodes of the graph, hold it.
void keep_graph(nb::handle object, Graph& graph);
// The same of the default graph, in the __init__ of the object.
template <typename T>
void keep_default_graph(const T* object) {
  keep_graph(nb::find(object), get_default_graph());
}

// The type and the attributes of an instance, for the collector.
int visit_attributes(PyObject* self, visitproc visit, void* arg);
int clear_attributes(PyObject* self);

template <typename T>
int visit_holder(PyObject* self, visitproc visit, void* arg) {
  if (nb::inst_ready(self)) Py_VISIT(nb::inst_ptr<T>(self)->graph.ptr());
  return visit_attributes(self, visit, arg);
}

// The slots of a class with a member `graph`, the graph's object. It is never cleared: every cycle
// through it passes through attributes, or through what the graph gives up.
template <typename T>
const PyType_Slot* graph_holder_slots() {
  static const PyType_Slot slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(&visit_holder<T>)},
                                      {Py_tp_clear, reinterpret_cast<void*>(&clear_attributes)},
                                      {0, nullptr}};
  return slots;
}

}  // namespace tensorkeep::python
