#include <nanobind/nanobind.h>

#include "convert.h"
#include "initializer_arguments.h"
#include "python_objects.h"
#include "variable_arguments.h"
#include "variable_scope_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

// get_variable's arguments after the name, as Python gives them.
struct Arguments {
  nb::handle shape, dtype, initializer, regularizer, trainable, collections, caching_device,
      partitioner;
  bool validate_shape;
  nb::handle use_resource, constraint, synchronization, aggregation;
};

GetVariableOptions options_of(const Arguments& given) {
  return {.shape = to_optional_shape(given.shape).value,
          .dtype = to_optional_dtype(given.dtype).value,
          .initializer = to_variable_initializer(given.initializer),
          .regularizer = to_regularizer(given.regularizer, &get_default_graph()),
          .trainable = to_optional_bool(given.trainable),
          .collections = to_optional_texts(given.collections),
          .caching_device = to_text(given.caching_device),
          .partitioner = to_partitioner(given.partitioner),
          .validate_shape = given.validate_shape,
          .use_resource = to_optional_bool(given.use_resource),
          .constraint = to_constraint(given.constraint, &get_default_graph()),
          .synchronization = to_synchronization(given.synchronization),
          .aggregation = to_aggregation(given.aggregation)};
}

// What is given, or else the scope's.
template <typename F>
nb::object given_or(nb::handle given, F&& of_scope) {
  return given.is_none() ? of_scope() : nb::borrow(given);
}

// The variable, or whatever else the program's function makes of it.
nb::object through_getter(nb::handle getter, const std::string& name, const Arguments& given) {
  const VariableScope scope = get_variable_scope();
  const NameScope root("");
  const auto trainable = given_or(given.trainable, [&]() -> nb::object {
    const auto synchronization = to_synchronization(given.synchronization);
    return nb::bool_(synchronization != VariableSynchronization::kOnRead);
  });
  const auto text_or_none = [](const std::string& text) -> nb::object {
    return text.empty() ? nb::none() : nb::cast(text);
  };
  return python_object("_ops.custom_getters", "get_variable")(
      getter, "name"_a = scope.name().empty() ? name : scope.name() + "/" + name,
      "shape"_a = given.shape,
      "dtype"_a = given_or(given.dtype, [&] { return wrap(scope.dtype()); }),
      "initializer"_a =
          given_or(given.initializer, [&] { return initializer_to_python(scope.initializer()); }),
      "regularizer"_a =
          given_or(given.regularizer, [&] { return regularizer_to_python(scope.regularizer()); }),
      "reuse"_a = reuse_to_python(scope.reuse()), "trainable"_a = trainable,
      "collections"_a = given.collections,
      "caching_device"_a =
          given_or(given.caching_device, [&] { return text_or_none(scope.caching_device()); }),
      "partitioner"_a =
          given_or(given.partitioner, [&] { return partitioner_to_python(scope.partitioner()); }),
      "validate_shape"_a = given.validate_shape,
      "use_resource"_a = given_or(given.use_resource,
                                  [&] {
                                    const auto scopes = scope.use_resource();
                                    return scopes ? nb::object(nb::bool_(*scopes)) : nb::none();
                                  }),
      "constraint"_a = given.constraint, "synchronization"_a = given.synchronization,
      "aggregation"_a = given.aggregation);
}

nb::object get_variable_with(const std::string& name, const Arguments& given, nb::handle getter) {
  const nb::object chosen = given_or(getter, [] { return custom_getter_of(get_variable_scope()); });
  if (!chosen.is_none()) return through_getter(chosen, name, given);
  GetVariableOptions options = options_of(given);
  if (!options.use_resource && resource_variables_by_default() &&
      !get_variable_scope().use_resource()) {
    options.use_resource = true;
  }
  return wrap(get_variable(name, options));
}

nb::object get_variable_of(const Text& name, nb::handle shape, nb::handle dtype,
                           nb::handle initializer, nb::handle regularizer, nb::handle trainable,
                           nb::handle collections, nb::handle caching_device,
                           nb::handle partitioner, bool validate_shape, nb::handle use_resource,
                           nb::handle custom_getter, nb::handle constraint,
                           nb::handle synchronization, nb::handle aggregation) {
  return get_variable_with(
      name.value,
      {shape, dtype, initializer, regularizer, trainable, collections, caching_device, partitioner,
       validate_shape, use_resource, constraint, synchronization, aggregation},
      custom_getter);
}

nb::object get_local_variable_of(const Text& name, nb::handle shape, nb::handle dtype,
                                 nb::handle initializer, nb::handle regularizer, nb::handle,
                                 nb::handle collections, nb::handle caching_device,
                                 nb::handle partitioner, bool validate_shape,
                                 nb::handle use_resource, nb::handle custom_getter,
                                 nb::handle constraint, nb::handle synchronization,
                                 nb::handle aggregation) {
  nb::list all = collections.is_none() ? nb::list() : nb::list(nb::borrow(collections));
  all.append(GraphKeys::LOCAL_VARIABLES);
  return get_variable_with(
      name.value,
      {shape, dtype, initializer, regularizer, nb::bool_(false), all, caching_device, partitioner,
       validate_shape, use_resource, constraint, synchronization, aggregation},
      custom_getter);
}

// What a custom getter calls in the end: no scope has a say any more.
nb::object get_variable_by_full_name(const Text& name, nb::handle shape, nb::handle dtype,
                                     nb::handle initializer, nb::handle regularizer,
                                     nb::handle reuse, nb::handle trainable, nb::handle collections,
                                     nb::handle caching_device, nb::handle partitioner,
                                     bool validate_shape, nb::handle use_resource,
                                     nb::handle constraint, nb::handle synchronization,
                                     nb::handle aggregation) {
  // A type that the scope gives need not be that of an initial value.
  const VariableScope::State state{.reuse = reuse.is_none() ? Reuse(false) : to_reuse(reuse),
                                   .dtype = dtype_of_object(dtype)};
  const auto root = variable_scope(VariableScope(state));
  return get_variable_with(
      name.value,
      {shape, nb::none(), initializer, regularizer, trainable, collections, caching_device,
       partitioner, validate_shape, use_resource, constraint, synchronization, aggregation},
      nb::none());
}

}  // namespace

void bind_get_variable(nb::module_& m) {
  const auto of_scope = [&](const char* name, auto function, const char* description) {
    m.def(name, function, "name"_a, "shape"_a = nb::none(), "dtype"_a = nb::none(),
          "initializer"_a = nb::none(), "regularizer"_a = nb::none(), "trainable"_a = nb::none(),
          "collections"_a = nb::none(), "caching_device"_a = nb::none(),
          "partitioner"_a = nb::none(), "validate_shape"_a = true, "use_resource"_a = nb::none(),
          "custom_getter"_a = nb::none(), "constraint"_a = nb::none(),
          "synchronization"_a = nb::none(), "aggregation"_a = nb::none(), description);
  };
  of_scope("get_variable", &get_variable_of,
           "The variable `name` in the scope of the moment, made or reused; with a partitioner, a "
           "PartitionedVariable. Raises ValueError if it is there and not to be reused, is to be "
           "reused and not there or of another shape, or has neither initializer nor shape.");
  of_scope("get_local_variable", &get_local_variable_of,
           "The same in the collection of local variables, and not trainable.");
  m.def("_get_variable_by_full_name", &get_variable_by_full_name, "name"_a, "shape"_a = nb::none(),
        "dtype"_a = "float32", "initializer"_a = nb::none(), "regularizer"_a = nb::none(),
        "reuse"_a = nb::none(), "trainable"_a = nb::none(), "collections"_a = nb::none(),
        "caching_device"_a = nb::none(), "partitioner"_a = nb::none(), "validate_shape"_a = true,
        "use_resource"_a = nb::none(), "constraint"_a = nb::none(),
        "synchronization"_a = nb::none(), "aggregation"_a = nb::none());
}

}  // namespace tensorkeep::python
