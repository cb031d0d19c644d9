#pragma once

#include <nanobind/nanobind.h>

#include "tensorkeep/graph.h"

namespace tensorkeep::python {

// What lies in a graph's collections, as Python puts it in and gets it out. Objects that C++ does
// not know stay as they are; export_meta_graph leaves them out, as TensorFlow does.
nanobind::object item_to_python(Graph& graph, const CollectionItem& item);
void add_to_collection(Graph& graph, const std::string& key, nanobind::handle object);

}  // namespace tensorkeep::python
