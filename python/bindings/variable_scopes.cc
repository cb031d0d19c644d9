#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "initializer_arguments.h"
#include "python_objects.h"
#include "scope.h"
#include "variable_arguments.h"
#include "variable_scope_arguments.h"

namespace tensorkeep::python {

using namespace literals;

namespace {

// tf.AUTO_REUSE.
struct AutoReuseMark {};

}  // namespace

Reuse to_reuse(nb::handle object) {
  if (object.is_none()) return {};
  if (nb::isinstance<AutoReuseMark>(object)) return AUTO_REUSE;
  if (!PyBool_Check(object.ptr())) {
    errors::raise_value_error("The reuse parameter must be True or False or None.");
  }
  return object.is(Py_True);
}

nb::object reuse_to_python(const Reuse& reuse) {
  switch (reuse.mode()) {
    case Reuse::Mode::kYes:
      return nb::bool_(true);
    case Reuse::Mode::kAuto:
      return python_object("_core", "AUTO_REUSE");
    case Reuse::Mode::kNo:
      return nb::bool_(false);
    default:
      return nb::none();
  }
}

nb::object custom_getter_of(const VariableScope& scope) {
  if (scope.custom_getter() == nullptr) return nb::none();
  return nb::borrow(static_cast<PyObject*>(const_cast<void*>(scope.custom_getter().get())));
}

namespace {

std::shared_ptr<const void> to_custom_getter(nb::handle object) {
  if (object.is_none()) return nullptr;
  return SharedObject(nb::borrow(object)).owner();
}

// Within `outer` a getter gets its variables through that one's.
std::shared_ptr<const void> nested_getter(const std::shared_ptr<const void>& getter,
                                          const VariableScope& outer) {
  if (getter == nullptr || outer.custom_getter() == nullptr) return getter;
  const nb::handle own(static_cast<PyObject*>(const_cast<void*>(getter.get())));
  return to_custom_getter(
      python_object("_ops.custom_getters", "nested")(own, custom_getter_of(outer)));
}

Scope variable_scope_of(nb::handle name_or_scope, nb::handle default_name, nb::handle values,
                        nb::handle initializer, nb::handle regularizer, const Text& caching_device,
                        nb::handle partitioner, nb::handle custom_getter, nb::handle reuse,
                        const OptionalDType& dtype, nb::handle use_resource, nb::handle constraint,
                        bool auxiliary_name_scope) {
  VariableScopeOptions options{.initializer = to_variable_initializer(initializer),
                               .regularizer = to_regularizer(regularizer),
                               .caching_device = caching_device.value,
                               .partitioner = to_partitioner(partitioner),
                               .reuse = to_reuse(reuse),
                               .dtype = dtype.value,
                               .use_resource = to_optional_bool(use_resource),
                               .constraint = to_constraint(constraint),
                               .custom_getter = to_custom_getter(custom_getter),
                               .auxiliary_name_scope = auxiliary_name_scope};
  if (default_name.is_none() && name_or_scope.is_none()) {
    errors::raise_type_error("If default_name is None then name_or_scope is required");
  }
  if (!default_name.is_none()) options.default_name = nb::cast<std::string>(default_name);
  Graph* graph = nullptr;
  if (!values.is_none()) {
    for (const nb::handle value : values) {
      if (nb::isinstance<TensorRef>(value)) graph = &nb::inst_ptr<TensorRef>(value)->output.graph();
      if (graph != nullptr) break;
    }
  }
  std::optional<VariableScope> again;
  std::string name;
  if (nb::isinstance<VariableScope>(name_or_scope)) {
    again = nb::cast<VariableScope>(name_or_scope);
  } else if (!name_or_scope.is_none()) {
    if (!PyUnicode_Check(name_or_scope.ptr())) {
      errors::raise_type_error("VariableScope: name_or_scope must be a string or VariableScope.");
    }
    name = nb::cast<std::string>(name_or_scope);
  }
  const bool by_default_name = name_or_scope.is_none();
  return Scope(
      [=]() -> Scope::Opened {
        struct InGraph {
          std::optional<Graph::AsDefault> as_default;
          std::optional<OpenVariableScope> scope;
          ~InGraph() {
            scope.reset();
            as_default.reset();
          }
        };
        auto open = std::make_shared<InGraph>();
        Graph& in = graph != nullptr ? *graph : get_default_graph();
        open->as_default.emplace(in);
        VariableScopeOptions nested = options;
        nested.custom_getter =
            nested_getter(options.custom_getter, again ? *again : get_variable_scope());
        if (again) {
          open->scope.emplace(*again, nested);
        } else if (by_default_name) {
          open->scope.emplace(nested);
        } else {
          open->scope.emplace(name, nested);
        }
        return {open, nb::cast(static_cast<const VariableScope&>(*open->scope)), wrap(in)};
      },
      graph != nullptr ? wrap(*graph) : nb::none());
}

void bind_scope_class(nb::module_& m) {
  nb::class_<VariableScope>(m, "VariableScope", nb::dynamic_attr(),
                            "A scope's name and the defaults of get_variable in it.")
      .def_prop_ro(
          "name", [](const VariableScope& self) { return self.name(); },
          "The scope's name, without a slash at the end.")
      .def_prop_ro(
          "original_name_scope",
          [](const VariableScope& self) { return self.original_name_scope(); },
          "The name scope that came with it, with its slash.")
      .def_prop_ro(
          "reuse", [](const VariableScope& self) { return reuse_to_python(self.reuse()); },
          "True, False, or AUTO_REUSE.")
      .def_prop_ro(
          "initializer",
          [](const VariableScope& self) { return initializer_to_python(self.initializer()); },
          "The default initializer of its variables.")
      .def_prop_ro(
          "regularizer",
          [](const VariableScope& self) { return regularizer_to_python(self.regularizer()); },
          "The default regularizer of its variables.")
      .def_prop_ro(
          "caching_device",
          [](const VariableScope& self) -> nb::object {
            return self.caching_device().empty() ? nb::none() : nb::cast(self.caching_device());
          },
          "The default caching device; kept, not used.")
      .def_prop_ro(
          "partitioner",
          [](const VariableScope& self) { return partitioner_to_python(self.partitioner()); },
          "The default partitioner of its variables.")
      .def_prop_ro(
          "dtype", [](const VariableScope& self) { return wrap(self.dtype()); },
          "The default type of its variables.")
      .def_prop_ro(
          "use_resource",
          [](const VariableScope& self) -> nb::object {
            if (!self.use_resource()) return nb::none();
            return nb::bool_(*self.use_resource());
          },
          "Whether its variables are resource variables; None leaves it open.")
      .def_prop_ro("custom_getter", &custom_getter_of,
                   "The function that get_variable is called through; None if there is none.")
      .def(
          "set_custom_getter",
          [](VariableScope& self, nb::handle value) {
            self.set_custom_getter(to_custom_getter(value));
          },
          "custom_getter"_a, "Sets the function that get_variable is called through.")
      .def("reuse_variables", &VariableScope::reuse_variables,
           "From now on variables of this scope are reused.")
      .def(
          "set_initializer",
          [](VariableScope& self, nb::handle value) {
            self.set_initializer(to_variable_initializer(value));
          },
          "initializer"_a, "Sets the default initializer.")
      .def(
          "set_regularizer",
          [](VariableScope& self, nb::handle value) {
            self.set_regularizer(to_regularizer(value));
          },
          "regularizer"_a, "Sets the default regularizer.")
      .def(
          "set_caching_device",
          [](VariableScope& self, const Text& value) { self.set_caching_device(value.value); },
          "caching_device"_a, "Sets the default caching device.")
      .def(
          "set_partitioner",
          [](VariableScope& self, nb::handle value) {
            self.set_partitioner(to_partitioner(value));
          },
          "partitioner"_a, "Sets the default partitioner.")
      .def(
          "set_dtype",
          [](VariableScope& self, nb::handle value) { self.set_dtype(dtype_of_object(value)); },
          "Sets the default type.")
      .def(
          "set_use_resource",
          [](VariableScope& self, nb::handle value) {
            self.set_use_resource(to_optional_bool(value));
          },
          "use_resource"_a, "Sets whether variables are resource variables.")
      .def("global_variables", &VariableScope::global_variables,
           "A list of the scope's global variables.")
      .def("local_variables", &VariableScope::local_variables,
           "A list of the scope's local variables.")
      .def("trainable_variables", &VariableScope::trainable_variables,
           "A list of the scope's trainable variables.")
      .def(
          "get_collection",
          [](const VariableScope& self, const std::string& name) {
            const std::string scope = self.name().empty() ? "" : self.name() + "/";
            return wrap(get_default_graph()).attr("get_collection")(name, scope);
          },
          "A list of what in a collection has a name in this scope.")
      .def("__eq__", [](const VariableScope& self, nb::handle other) {
        return nb::isinstance<VariableScope>(other) && self == nb::cast<VariableScope>(other);
      });
}

}  // namespace

void bind_variable_scopes(nb::module_& m) {
  nb::class_<AutoReuseMark>(m, "_ReuseMode").def("__repr__", [](const AutoReuseMark&) {
    return "_ReuseMode.AUTO_REUSE";
  });
  m.attr("AUTO_REUSE") = nb::cast(AutoReuseMark());
  bind_scope_class(m);
  m.def("variable_scope", &variable_scope_of, "name_or_scope"_a, "default_name"_a = nb::none(),
        "values"_a = nb::none(), "initializer"_a = nb::none(), "regularizer"_a = nb::none(),
        "caching_device"_a = nb::none(), "partitioner"_a = nb::none(),
        "custom_getter"_a = nb::none(), "reuse"_a = nb::none(), "dtype"_a = nb::none(),
        "use_resource"_a = nb::none(), "constraint"_a = nb::none(), "auxiliary_name_scope"_a = true,
        "A scope of variables' names and defaults, and a name scope with it. Raises TypeError "
        "without a name, ValueError for one that cannot be in a graph.");
  m.def("get_variable_scope", &get_variable_scope, "The variable scope of the moment.");
  bind_get_variable(m);
  m.def(
      "create_partitioned_variables",
      [](nb::handle shape, const Ints& slicing, nb::handle initializer, nb::handle dtype,
         nb::handle trainable, nb::handle collections, const Text& name, nb::handle reuse) {
        return create_partitioned_variables(
            shape_of_object(shape), std::vector<int>(slicing.value.begin(), slicing.value.end()),
            to_variable_initializer(initializer),
            {.dtype = dtype_of_object(dtype),
             .trainable = to_optional_bool(trainable).value_or(true),
             .collections = to_optional_texts(collections),
             .name = name.value,
             .reuse = to_reuse(reuse)});
      },
      "shape"_a, "slicing"_a, "initializer"_a, "dtype"_a = "float32", "trainable"_a = true,
      "collections"_a = nb::none(), "name"_a = nb::none(), "reuse"_a = nb::none(),
      "A list of the parts of a variable of `shape`, cut into `slicing` parts along its "
      "dimensions. Raises ValueError if more than one is cut.");
}

}  // namespace tensorkeep::python
