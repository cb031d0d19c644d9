#pragma once

#include <nanobind/nanobind.h>

#include <memory>

#include "tensorkeep/saver_builder.h"

namespace tensorkeep::python {

// Whether it is a SaveableObject of Python's (_training/saveable_object.py).
bool is_saveable(nanobind::handle object);
// The same to C++, one for each Python object; it calls the object's restore(). It is freed with
// the graph.
std::shared_ptr<train::SaveableObject> saveable_of(nanobind::handle object, Graph& graph);
// The Python object behind one that saveable_of made; None for others.
nanobind::object saveable_to_python(const train::SaveableObject& saveable);

// A hash table as what a Saver saves under `name`; null if the object is no table.
std::shared_ptr<train::SaveableObject> table_saveable(nanobind::handle object,
                                                      const std::string& name);

}  // namespace tensorkeep::python
