#include "handles.h"

#include <functional>
#include <unordered_map>

#include "python_objects.h"

namespace tensorkeep::python {
namespace {

struct OutputHash {
  std::size_t operator()(const Output& output) const {
    return std::hash<const void*>()(output.op_or_null()) * 31 +
           static_cast<std::size_t>(output.index());
  }
};

// Handles by what they stand for, not owned: a handle leaves when it dies. Guarded by the GIL.
template <typename Key, typename Hash = std::hash<Key>>
class Handles {
 public:
  nb::object find(const Key& key) const {
    const auto found = by_key_.find(key);
    // One that is being destroyed at the moment is no longer to be handed out.
    if (found == by_key_.end() || Py_REFCNT(found->second) == 0) return nb::object();
    return nb::borrow(found->second);
  }
  void add(const Key& key, nb::handle handle) { by_key_[key] = handle.ptr(); }
  // Called by one that is being destroyed, whose place another may have taken by now.
  void remove(const Key& key) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end() && Py_REFCNT(found->second) == 0) by_key_.erase(found);
  }

 private:
  std::unordered_map<Key, PyObject*, Hash> by_key_;
};

// Never destroyed: handles may outlive static objects.
auto& operations() {
  static auto* handles = new Handles<const Operation*>();
  return *handles;
}
auto& tensors() {
  static auto* handles = new Handles<Output, OutputHash>();
  return *handles;
}
auto& variables() {
  static auto* handles = new Handles<const VariableImpl*>();
  return *handles;
}
auto& partitioned_variables() {
  static auto* handles = new Handles<const std::vector<Variable>*>();
  return *handles;
}
auto& collection_objects() {
  static auto* handles = new Handles<const CollectionObject*>();
  return *handles;
}

template <typename Ref, typename Table, typename Key, typename Value>
nb::object handle_of(Table& table, const Key& key, Graph& graph, const Value& value) {
  nb::object handle = table.find(key);
  if (!handle.is_valid()) {
    handle = nb::cast(Ref(wrap(graph), value), nb::rv_policy::move);
    table.add(key, handle);
  }
  return handle;
}

}  // namespace

OperationRef::~OperationRef() {
  if (graph.is_valid()) operations().remove(op);
}
TensorRef::~TensorRef() {
  if (graph.is_valid()) tensors().remove(output);
}
VariableRef::~VariableRef() {
  if (graph.is_valid()) variables().remove(variable.impl().get());
}
PartitionedVariableRef::~PartitionedVariableRef() {
  if (graph.is_valid()) partitioned_variables().remove(&variable.variables());
}
CollectionObjectRef::~CollectionObjectRef() {
  if (object) collection_objects().remove(object.get());
}

nb::object wrap(Operation* op) {
  if (op == nullptr) return nb::none();
  return handle_of<OperationRef>(operations(), static_cast<const Operation*>(op), op->graph(), op);
}

nb::object wrap(const Output& output) {
  if (!output) return nb::none();
  return handle_of<TensorRef>(tensors(), output, output.graph(), output);
}

nb::object wrap(const Variable& variable) {
  if (!variable) return nb::none();
  return handle_of<VariableRef>(variables(),
                                static_cast<const VariableImpl*>(variable.impl().get()),
                                variable.graph(), variable);
}

void remember(nb::handle self, const Variable& variable) {
  variables().add(variable.impl().get(), self);
}

nb::object wrap(Graph& graph, const std::shared_ptr<CollectionObject>& object) {
  return handle_of<CollectionObjectRef>(
      collection_objects(), static_cast<const CollectionObject*>(object.get()), graph, object);
}

nb::object wrap(const PartitionedVariable& variable) {
  if (!variable) return nb::none();
  const std::vector<Variable>& parts = variable.variables();
  return handle_of<PartitionedVariableRef>(partitioned_variables(), &parts, parts.front().graph(),
                                           variable);
}

nb::object wrap(const AnyVariable& variable) {
  return variable.is_partitioned() ? wrap(variable.partitioned()) : wrap(variable.variable());
}

nb::object wrap(const Assigned& assigned, const Variable& variable) {
  if (!variable || !variable.is_resource()) return wrap(Output(assigned));
  return nb::cast(AssignedRef{wrap(variable.graph()), assigned, variable});
}

nb::object wrap(const Gradient& gradient) {
  if (!gradient.is_slices()) return wrap(gradient.tensor());
  const IndexedSlices& slices = gradient.slices();
  return indexed_slices_class()(wrap(slices.values), wrap(slices.indices),
                                wrap(slices.dense_shape));
}

}  // namespace tensorkeep::python
