#include "graph_object.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "handles.h"
#include "shared_object.h"

namespace tensorkeep::python {

// What a graph's Python object keeps.
struct GraphOwner {
  std::shared_ptr<Graph> graph;
  PyObject* object;  // not owned: it owns this
  std::shared_ptr<HeldObjects> held;
  long seen_owners = 1;

  // A graph changes hands only under the GIL, so that one collection gets one answer.
  bool is_alone() const { return graph.use_count() <= seen_owners; }
};

namespace {

// Guarded by the GIL; never destroyed, for handles may outlive static objects.
auto& owners() {
  static auto* const all = new std::unordered_map<const Graph*, GraphOwner*>();
  return *all;
}
GraphOwner* last_owner = nullptr;  // the one that was found last

GraphOwner* find_owner(const Graph& graph) {
  if (last_owner != nullptr && last_owner->graph.get() == &graph) return last_owner;
  const auto found = owners().find(&graph);
  if (found == owners().end()) return nullptr;
  return last_owner = found->second;
}

void add_owner(GraphOwner* owner) {
  last_owner = owners()[owner->graph.get()] = owner;
}

void remove_owner(const GraphOwner* owner) {
  if (last_owner == owner) last_owner = nullptr;
  const auto found = owners().find(owner->graph.get());
  if (found != owners().end() && found->second == owner) owners().erase(found);
}

GraphOwner* owner_of(PyObject* self) {
  if (!nb::inst_ready(self)) return nullptr;
  GraphOwner* owner = find_owner(*nb::inst_ptr<Graph>(self));
  return owner != nullptr && owner->object == self ? owner : nullptr;
}

int visit_graph(PyObject* self, visitproc visit, void* arg) {
  const GraphOwner* owner = owner_of(self);
  if (owner != nullptr && owner->is_alone()) {
    for (const HeldObject* held : owner->held->all) Py_VISIT(held->object);
  }
  return visit_attributes(self, visit, arg);
}

int clear_graph(PyObject* self) {
  const GraphOwner* owner = owner_of(self);
  if (owner != nullptr && owner->is_alone()) {
    std::vector<nb::object> given_up;  // whose end may run anything
    for (HeldObject* held : owner->held->all) {
      given_up.push_back(nb::steal(std::exchange(held->object, nullptr)));
    }
  }
  return clear_attributes(self);
}

}  // namespace

nb::object make_graph_object(nb::handle type, std::shared_ptr<Graph> graph) {
  auto held = objects_held_by(*graph);
  nb::object object = nb::inst_reference(type, graph.get());
  auto* owner = new GraphOwner{std::move(graph), object.ptr(), std::move(held)};
  nb::keep_alive_cb(object, owner, [](void* dying) noexcept {
    auto* const own = static_cast<GraphOwner*>(dying);
    remove_owner(own);
    delete own;
  });
  add_owner(owner);
  return object;
}

nb::object wrap(Graph& graph) {
  const GraphOwner* owner = find_owner(graph);
  // One that is being destroyed at the moment is no longer to be handed out.
  if (owner != nullptr && Py_REFCNT(owner->object) != 0) return nb::borrow(owner->object);
  return make_graph_object(nb::type<Graph>(), graph.shared_from_this());
}

const PyType_Slot* graph_slots() {
  static const PyType_Slot slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(&visit_graph)},
                                      {Py_tp_clear, reinterpret_cast<void*>(&clear_graph)},
                                      {0, nullptr}};
  return slots;
}

SeenOwner::SeenOwner(nb::handle graph) : owner_(owner_of(graph.ptr())) {
  if (owner_ != nullptr) ++owner_->seen_owners;
}

SeenOwner::~SeenOwner() {
  if (owner_ != nullptr) --owner_->seen_owners;
}

void keep_graph(nb::handle object, Graph& graph) {
  const nb::object kept = nb::getattr(object, "_graphs", nb::none());
  const nb::object own = wrap(graph);
  if (kept.is_none()) {
    nb::list graphs;
    graphs.append(own);
    nb::setattr(object, "_graphs", graphs);
  } else if (PySequence_Contains(kept.ptr(), own.ptr()) != 1) {
    kept.attr("append")(own);
  }
}

int visit_attributes(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  PyObject** attributes = _PyObject_GetDictPtr(self);
  if (attributes != nullptr) Py_VISIT(*attributes);
  return 0;
}

int clear_attributes(PyObject* self) {
  PyObject** attributes = _PyObject_GetDictPtr(self);
  if (attributes != nullptr) Py_CLEAR(*attributes);
  return 0;
}

}  // namespace tensorkeep::python
