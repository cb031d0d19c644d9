#include <nanobind/nanobind.h>

#include <functional>
#include <memory>

#include "bindings.h"
#include "convert.h"
#include "python_objects.h"
#include "scope.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

template <typename T, typename... Arguments>
std::shared_ptr<void> hold(Arguments&&... arguments) {
  return std::make_shared<T>(std::forward<Arguments>(arguments)...);
}

// The graph of the values, or the default one.
Graph& graph_of_values(nb::handle values) {
  if (!values.is_none()) {
    for (const nb::handle value : values) {
      nb::object item = nb::borrow(value);
      if (nb::isinstance<TensorRef>(item)) return nb::inst_ptr<TensorRef>(item)->output.graph();
      if (nb::isinstance<OperationRef>(item)) return nb::inst_ptr<OperationRef>(item)->op->graph();
      if (nb::isinstance<VariableRef>(item))
        return nb::inst_ptr<VariableRef>(item)->variable.graph();
    }
  }
  return get_default_graph();
}

struct NameScopeInGraph {
  Graph::AsDefault as_default;
  NameScope scope;
  NameScopeInGraph(Graph& graph, const std::string& name) : as_default(graph), scope(graph, name) {}
};

Scope name_scope_of(const std::string& name, nb::handle values) {
  Graph& graph = graph_of_values(values);
  return Scope(
      [name, &graph] {
        auto scope = std::make_shared<NameScopeInGraph>(graph, name);
        return Scope::Opened{scope, nb::cast(scope->scope.name())};
      },
      wrap(graph));
}

Scope name_scope(nb::handle name, nb::handle default_name, nb::handle values) {
  const nb::handle chosen = name.is_none() ? default_name : name;
  if (chosen.is_none()) {  // the root
    if (!values.is_none()) {
      errors::raise_value_error(
          "At least one of name (None) and default_name (None) should be "
          "provided.");
    }
    return name_scope_of("", values);
  }
  if (!PyUnicode_Check(chosen.ptr())) {
    errors::raise_type_error("name for name_scope must be a string.");
  }
  return name_scope_of(nb::cast<std::string>(chosen), values);
}

// A graph's own name_scope: None and "" are the root.
Scope name_scope_in(Graph& graph, const Text& name) {
  return Scope(
      [&graph, name = name.value] {
        auto scope = std::make_shared<NameScope>(graph, name);
        return Scope::Opened{scope, nb::cast(scope->name())};
      },
      wrap(graph));
}

Scope as_default(Graph& graph) {
  return Scope(
      [&graph] {
        return Scope::Opened{hold<Graph::AsDefault>(graph), wrap(graph)};
      },
      wrap(graph));
}

Scope control_dependencies_in(Graph& graph, nb::handle inputs) {
  const bool clears = inputs.is_none();
  return Scope(
      [&graph, clears, ops = to_dependencies(inputs).value] {
        return Scope::Opened{hold<ControlDependencies>(graph, ops, clears), nb::none()};
      },
      wrap(graph));
}

// Of a name or a DeviceSpec.
std::string device_name_of(nb::handle device) {
  return nb::cast<std::string>(PyUnicode_Check(device.ptr()) ? nb::borrow(device)
                                                             : device.attr("to_string")());
}

Scope device_in(Graph& graph, nb::handle device) {
  if (PyCallable_Check(device.ptr()) != 0) {
    const DeviceFunction function = [function = SharedObject(nb::borrow(device))](Operation& op) {
      const nb::object name = function.get()(wrap(&op));
      return name.is_none() ? std::string() : device_name_of(name);
    };
    return Scope(
        [&graph, function] {
          return Scope::Opened{hold<DeviceScope>(graph, function), nb::none()};
        },
        wrap(graph));
  }
  const std::string name = device.is_none() ? "" : device_name_of(device);
  if (name.empty() && !device.is_none()) {  // says nothing
    return Scope([] { return Scope::Opened{nullptr, nb::none()}; });
  }
  return Scope(
      [&graph, name] {
        return Scope::Opened{hold<DeviceScope>(graph, name), nb::none()};
      },
      wrap(graph));
}

Scope colocate_with_in(Graph& graph, nb::handle op, bool ignore_existing) {
  Operation* with = op.is_none() ? nullptr : to_operation(op);
  return Scope(
      [&graph, with, ignore_existing] {
        return Scope::Opened{hold<ColocationScope>(graph, with, ignore_existing), nb::none()};
      },
      wrap(graph));
}

Scope attr_scope_in(Graph& graph, nb::handle attrs) {
  std::vector<std::pair<std::string, Attr>> values;
  for (const auto& [name, value] : nb::cast<nb::dict>(attrs)) {
    values.emplace_back(nb::cast<std::string>(name), Attr(attr_from_python(value, nullptr)));
  }
  return Scope(
      [&graph, values] {
        struct Scopes {
          std::vector<std::unique_ptr<AttrScope>> open;
          ~Scopes() {
            while (!open.empty()) open.pop_back();
          }
        };
        auto scopes = std::make_shared<Scopes>();
        for (const auto& [name, value] : values) {
          scopes->open.push_back(std::make_unique<AttrScope>(graph, name, value));
        }
        return Scope::Opened{scopes, nb::none()};
      },
      wrap(graph));
}

int visit_scope(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  return nb::inst_ready(self) ? nb::inst_ptr<Scope>(self)->visit(visit, arg) : 0;
}

}  // namespace

void bind_scopes(nb::module_& m) {
  static const PyType_Slot slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(&visit_scope)},
                                      {0, nullptr}};
  nb::class_<Scope>(m, "Scope", nb::type_slots(slots), nb::is_final(),
                    "An open-and-close of a graph's scope, for `with`.")
      .def("__enter__", &Scope::enter)
      .def("__exit__", [](Scope& scope, nb::args) { scope.exit(); });
  m.def("name_scope", &name_scope, "name"_a, "default_name"_a = nb::none(), "values"_a = nb::none(),
        "Operations made inside are called `name`/...; gives the scope with its slash.");
  m.def(
      "control_dependencies",
      [](nb::handle inputs) { return control_dependencies_in(get_default_graph(), inputs); },
      "control_inputs"_a,
      "Operations made inside wait for these operations and tensors; None hides outer ones. Raises "
      "TypeError for anything else.");
  m.def(
      "device", [](nb::handle device) { return device_in(get_default_graph(), device); },
      "device_name_or_function"_a,
      "Operations made inside get this device: a name, a function of an operation, or None.");
  m.def(
      "colocate_with",
      [](nb::handle op, bool ignore_existing) {
        return colocate_with_in(op.is_none() ? get_default_graph() : to_operation(op)->graph(), op,
                                ignore_existing);
      },
      "op"_a, "ignore_existing"_a = false,
      "Operations made inside go where `op` is; `ignore_existing` forgets outer ones.");

  const nb::object graph = m.attr("Graph");
  const auto method = [&](const char* name, auto function, auto&&... extra) {
    nb::setattr(
        graph, name,
        nb::cpp_function(function, nb::name(name), nb::scope(graph), nb::is_method(), extra...));
  };
  method("as_default", &as_default, "Makes this the default graph inside a `with`.");
  method("name_scope", &name_scope_in, "name"_a,
         "Operations made inside are called `name`/...; gives the scope with its slash.");
  method("control_dependencies", &control_dependencies_in, "control_inputs"_a,
         "Operations made inside wait for these operations and tensors; None hides outer ones. "
         "Raises TypeError for anything else.");
  method("device", &device_in, "device_name_or_function"_a,
         "Operations made inside get this device: a name, a function of an operation, or None.");
  method("colocate_with", &colocate_with_in, "op"_a, "ignore_existing"_a = false,
         "Operations made inside go where `op` is; `ignore_existing` forgets outer ones.");
  method("_attr_scope", &attr_scope_in, "attr_map"_a);
}

}  // namespace tensorkeep::python
