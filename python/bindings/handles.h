#pragma once

#include <nanobind/nanobind.h>
// Here for all: a file that converts a string without them compiles, and fails when it runs.
#include <nanobind/stl/map.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <vector>

#include "shared_object.h"
#include "tensorkeep/tensorkeep.h"

// Python's handles into a graph. Each holds the graph's Python object, and with it the graph, and
// as long as one exists there is only one for the same thing, so that `op.outputs[0] is
// op.outputs[0]`.
namespace tensorkeep::python {

namespace nb = nanobind;

struct OperationRef {
  nb::object graph;
  Operation* op;

  OperationRef(nb::object graph, Operation* op) : graph(std::move(graph)), op(op) {}
  OperationRef(OperationRef&&) = default;
  ~OperationRef();
};

struct TensorRef {
  nb::object graph;
  Output output;

  TensorRef(nb::object graph, Output output) : graph(std::move(graph)), output(output) {}
  TensorRef(TensorRef&&) = default;
  ~TensorRef();
};

struct VariableRef {
  nb::object graph;
  Variable variable;

  VariableRef(nb::object graph, Variable variable)
      : graph(std::move(graph)), variable(std::move(variable)) {}
  VariableRef(VariableRef&&) = default;
  ~VariableRef();
};

struct PartitionedVariableRef {
  nb::object graph;
  PartitionedVariable variable;

  PartitionedVariableRef(nb::object graph, PartitionedVariable variable)
      : graph(std::move(graph)), variable(std::move(variable)) {}
  PartitionedVariableRef(PartitionedVariableRef&&) = default;
  ~PartitionedVariableRef();
};

// What assigning to a resource variable gives: the assignment, and reads after it.
struct AssignedRef {
  nb::object graph;
  Assigned assigned;
  Variable variable;
};

// What lies in a collection and is nothing else here: a control flow context, a loss that is made
// anew whenever it is used.
struct CollectionObjectRef {
  nb::object graph;
  std::shared_ptr<CollectionObject> object;

  CollectionObjectRef(nb::object graph, std::shared_ptr<CollectionObject> object)
      : graph(std::move(graph)), object(std::move(object)) {}
  CollectionObjectRef(CollectionObjectRef&&) = default;
  ~CollectionObjectRef();
};

nb::object wrap(Graph& graph);
nb::object wrap(Operation* op);  // None for null
nb::object wrap(const Output& output);
nb::object wrap(const Variable& variable);
nb::object wrap(Graph& graph, const std::shared_ptr<CollectionObject>& object);
nb::object wrap(const PartitionedVariable& variable);
nb::object wrap(const AnyVariable& variable);
nb::object wrap(const Assigned& assigned, const Variable& variable);
nb::object wrap(const Gradient& gradient);  // a tensor, IndexedSlices or None

template <typename T>
nb::list wrap(const std::vector<T>& items) {
  nb::list list;
  for (const T& item : items) list.append(wrap(item));
  return list;
}

// Makes `self`, a Variable that Python has just made, the one handle of its variable.
void remember(nb::handle self, const Variable& variable);

}  // namespace tensorkeep::python
