#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "python_objects.h"

// Methods of a graph that are written in Python (_framework/graph.py).
namespace tensorkeep::python {
namespace {

using namespace literals;

nb::object function(const char* name) {
  return python_object("_framework.graph", name);
}

}  // namespace

void bind_graph_methods(nb::module_& m) {
  const nb::object graph = m.attr("Graph");
  const auto method = [&](const char* name, auto call, auto&&... extra) {
    nb::setattr(
        graph, name,
        nb::cpp_function(call, nb::name(name), nb::scope(graph), nb::is_method(), extra...));
  };
  method(
      "container",
      [](nb::handle self, nb::handle name) { return function("container_in")(self, name); },
      "container_name"_a,
      "Gives the attribute `container` to the variables and tables made inside.");
  method(
      "gradient_override_map",
      [](nb::handle self, nb::handle map) { return function("gradient_override_map")(self, map); },
      "op_type_map"_a,
      "Operations made inside, of the types that are keys, get the gradients registered under the "
      "values. Raises TypeError for what is not a dict of strings.");
  method(
      "add_to_collections",
      [](nb::handle self, nb::handle names, nb::handle value) {
        function("add_to_collections_of")(self, names, value);
      },
      "names"_a, "value"_a, "Adds a value to several collections, or to one by its name.");
  method(
      "get_collection_ref",
      [](nb::handle self, nb::handle name) { return function("collection_ref")(self, name); },
      "name"_a, "The collection itself: what is changed in the list is changed in the graph.");
  method(
      "switch_to_thread_local", [](nb::handle) {},
      "Nothing: scopes that are open belong to the graph.");
  method(
      "op_def_for_type",
      [](nb::handle, nb::handle type) { return function("op_def_for_type")(type); }, "type"_a,
      "The definition of an operation type as an OpDef message. Raises ValueError if "
      "there is none.");
  method(
      "num_operations", [](Graph& self) { return self.operations().size(); },
      "How many operations it has.");
}

}  // namespace tensorkeep::python
