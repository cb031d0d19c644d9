#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "initializer_arguments.h"
#include "python_objects.h"

namespace tensorkeep::python {

using namespace literals;

namespace {

struct PartitionerRef {
  Partitioner partitioner;
};

// Factories of initializers, which programs also pass uncalled, as TensorFlow's classes.
std::vector<PyObject*>& factories() {
  static auto* list = new std::vector<PyObject*>();
  return *list;
}

bool is_factory(nb::handle object) {
  return std::find(factories().begin(), factories().end(), object.ptr()) != factories().end();
}

nb::object partition_info_to_python(const PartitionInfo* part) {
  if (part == nullptr) return nb::none();
  return python_object("_ops.save_slice_info", "PartitionInfo")(
      wrap(part->full_shape).attr("as_list")(), part->var_offset);
}

Initializer initializer_of_function(nb::handle function, bool takes_partition_info) {
  return Initializer(
      float32,
      Initializer::MakePart([function = SharedObject(nb::borrow(function)), takes_partition_info](
                                const Shape& shape, DType dtype, const PartitionInfo* part) {
        const nb::object dims = wrap(shape).attr("as_list")();
        nb::dict arguments;
        arguments["dtype"] = wrap(dtype);
        if (takes_partition_info) arguments["partition_info"] = partition_info_to_python(part);
        const nb::object value = function.get()(dims, **arguments);
        return to_input(value).to_tensor("initial_value", dtype);
      }));
}

}  // namespace

VariableInitializer to_variable_initializer(nb::handle object) {
  if (object.is_none()) return {};
  nb::object initializer = nb::borrow(object);
  if (is_factory(initializer) || PyType_Check(initializer.ptr())) initializer = initializer();
  if (nb::isinstance<Initializer>(initializer)) return nb::cast<Initializer>(initializer);
  if (PyCallable_Check(initializer.ptr()) == 0 || is_symbolic(initializer)) {
    return to_input(initializer);
  }
  const auto kind =
      nb::cast<std::string>(python_object("_ops.callables", "kind_of_initializer")(initializer));
  if (kind == "value") {
    return VariableInitializer::Function(
        [function = SharedObject(initializer)] { return to_output(function.get()()); });
  }
  return initializer_of_function(initializer, kind == "partition_info");
}

nb::object initializer_to_python(const VariableInitializer& initializer) {
  if (const Initializer* made = initializer.initializer()) return nb::cast(*made);
  if (const auto* function = initializer.function()) {
    return nb::cpp_function([function = *function] { return function(); });
  }
  if (const Input* value = initializer.value()) {
    if (!value->is_literal()) return wrap(value->to_tensor(""));
  }
  return nb::none();
}

Regularizer to_regularizer(nb::handle object, Graph* graph) {
  if (object.is_none()) return {};
  if (nb::isinstance<Regularizer>(object)) return nb::cast<Regularizer>(object);
  return [function = SharedObject(nb::borrow(object), graph)](const Variable& variable) {
    return to_output(function.get()(wrap(variable)));
  };
}

nb::object regularizer_to_python(const Regularizer& regularizer) {
  return regularizer ? nb::cast(regularizer) : nb::none();
}

Partitioner to_partitioner(nb::handle object) {
  if (object.is_none()) return {};
  if (nb::isinstance<PartitionerRef>(object)) {
    return nb::inst_ptr<PartitionerRef>(object)->partitioner;
  }
  if (PyCallable_Check(object.ptr()) == 0) {
    errors::raise_value_error("Partitioner must be callable, but received: " + shown(object));
  }
  return [function = SharedObject(nb::borrow(object))](const Shape& shape, DType dtype) {
    const nb::object parts = function.get()("shape"_a = wrap(shape), "dtype"_a = wrap(dtype));
    const Ints ints = to_ints(parts);
    return std::vector<int>(ints.value.begin(), ints.value.end());
  };
}

nb::object partitioner_to_python(const Partitioner& partitioner) {
  if (!partitioner) return nb::none();
  return nb::cast(PartitionerRef{partitioner});
}

namespace {

void bind_partitioners(nb::module_& m) {
  nb::class_<PartitionerRef>(m, "Partitioner", "How many parts a variable has along each axis.")
      .def(
          "__call__",
          [](const PartitionerRef& self, nb::handle shape, nb::handle dtype) {
            return self.partitioner(shape_of_object(shape), dtype_of_object(dtype));
          },
          "shape"_a, "dtype"_a);
  m.def(
      "fixed_size_partitioner",
      [](int num_shards, int axis) {
        return PartitionerRef{fixed_size_partitioner(num_shards, axis)};
      },
      "num_shards"_a, "axis"_a = 0, "Cuts every variable into `num_shards` parts along `axis`.");
  m.def(
      "variable_axis_size_partitioner",
      [](std::int64_t max_shard_bytes, int axis, std::int64_t bytes_per_string_element,
         const OptionalInt& max_shards) {
        VariableAxisSizeOptions options{.axis = axis,
                                        .bytes_per_string_element = bytes_per_string_element};
        if (max_shards.value) options.max_shards = static_cast<int>(*max_shards.value);
        return PartitionerRef{variable_axis_size_partitioner(max_shard_bytes, options)};
      },
      "max_shard_bytes"_a, "axis"_a = 0, "bytes_per_string_element"_a = 16,
      "max_shards"_a = nb::none(),
      "Cuts variables along `axis` into parts of at most `max_shard_bytes` bytes.");
  m.def(
      "min_max_variable_partitioner",
      [](int max_partitions, int axis, std::int64_t min_slice_size,
         std::int64_t bytes_per_string_element) {
        return PartitionerRef{
            min_max_variable_partitioner({.max_partitions = max_partitions,
                                          .axis = axis,
                                          .min_slice_size = min_slice_size,
                                          .bytes_per_string_element = bytes_per_string_element})};
      },
      "max_partitions"_a = 1, "axis"_a = 0, "min_slice_size"_a = 256 << 10,
      "bytes_per_string_element"_a = 16,
      "Cuts variables into at most `max_partitions` parts of at least `min_slice_size` bytes.");
}

void bind_regularizers(nb::module_& m) {
  nb::class_<Regularizer>(m, "Regularizer", "A loss that keeps a variable's values small.")
      .def("__call__", [](const Regularizer& self, nb::handle variable) {
        return self(to_variable(variable));
      });
  m.def(
      "no_regularizer", [](nb::handle) { return nb::none(); },
      "None: for a scope whose variables have no regularizer.");
  nb::module_ layers = m.def_submodule("contrib").def_submodule("layers");
  layers.def(
      "l1_regularizer",
      [](double scale, const Text& scope) {
        return contrib::layers::l1_regularizer(scale, scope.value);
      },
      "scale"_a, "scope"_a = nb::none(),
      "A regularizer: `scale` times the sum of the absolute values. Raises ValueError for a "
      "negative scale.");
  layers.def(
      "l2_regularizer",
      [](double scale, const Text& scope) {
        return contrib::layers::l2_regularizer(scale, scope.value);
      },
      "scale"_a, "scope"_a = nb::none(),
      "A regularizer: `scale` times half the sum of the squares. Raises ValueError for a negative "
      "scale.");
  nb::module_ losses = m.def_submodule("losses");
  losses.def(
      "get_regularization_losses",
      [](const Text& scope) {
        return python_object("_core", "Graph")
            .attr("get_collection")(wrap(get_default_graph()),
                                    std::string(GraphKeys::REGULARIZATION_LOSSES),
                                    scope.value.empty() ? nb::none() : nb::cast(scope.value));
      },
      "scope"_a = nb::none(),
      "A list of the collection REGULARIZATION_LOSSES, or of what in it begins with `scope`.");
  losses.def(
      "get_regularization_loss",
      [](const Text& scope, const std::string& name) {
        return tensorkeep::losses::get_regularization_loss(scope.value, name);
      },
      "scope"_a = nb::none(), "name"_a = "total_regularization_loss",
      "The sum of the regularization losses, a scalar; 0 if there are none.");
}

// An initializer that tells what it was made of, as get_config does.
nb::object configured(const Initializer& initializer, nb::dict config) {
  config["dtype"] = wrap(initializer.dtype()).attr("name");
  nb::object made = nb::cast(initializer);
  made.attr("_config") = config;
  return made;
}

nb::dict config_of(std::initializer_list<std::pair<const char*, nb::handle>> arguments) {
  nb::dict config;
  for (const auto& [name, value] : arguments) config[name] = value;
  return config;
}

template <typename F, typename... Extra>
void factory(nb::module_& m, const char* name, F&& function, const Extra&... extra) {
  m.def(name, std::forward<F>(function), extra...);
  const nb::object made = m.attr(name);
  factories().push_back(made.ptr());
  made.inc_ref();
}

void bind_random_initializers(nb::module_& m) {
  factory(
      m, "random_uniform_initializer",
      [](nb::handle minval, nb::handle maxval, nb::handle seed, nb::handle dtype) {
        return configured(random_uniform_initializer({.minval = to_input(minval),
                                                      .maxval = to_optional_input(maxval).value,
                                                      .seed = to_optional_int(seed).value,
                                                      .dtype = dtype_of_object(dtype)}),
                          config_of({{"minval", minval}, {"maxval", maxval}, {"seed", seed}}));
      },
      "minval"_a = 0.0, "maxval"_a = nb::none(), "seed"_a = nb::none(), "dtype"_a = "float32",
      "Numbers between `minval` and `maxval` (1 for floats, to be given for integers), which is "
      "left out.");
  const auto normal = [&](const char* name,
                          Initializer (*make)(const RandomNormalInitializerOptions&)) {
    factory(
        m, name,
        [make](nb::handle mean, nb::handle stddev, nb::handle seed, nb::handle dtype) {
          return configured(make({.mean = to_input(mean),
                                  .stddev = to_input(stddev),
                                  .seed = to_optional_int(seed).value,
                                  .dtype = dtype_of_object(dtype)}),
                            config_of({{"mean", mean}, {"stddev", stddev}, {"seed", seed}}));
        },
        "mean"_a = 0.0, "stddev"_a = 1.0, "seed"_a = nb::none(), "dtype"_a = "float32",
        docstring(name));
  };
  normal("random_normal_initializer", &random_normal_initializer);
  normal("truncated_normal_initializer", &truncated_normal_initializer);
  factory(
      m, "variance_scaling_initializer",
      [](double scale, const std::string& mode, const std::string& distribution, nb::handle seed,
         nb::handle dtype) {
        return configured(variance_scaling_initializer({.scale = scale,
                                                        .mode = mode,
                                                        .distribution = distribution,
                                                        .seed = to_optional_int(seed).value,
                                                        .dtype = dtype_of_object(dtype)}),
                          config_of({{"scale", nb::cast(scale)},
                                     {"mode", nb::cast(mode)},
                                     {"distribution", nb::cast(distribution)},
                                     {"seed", seed}}));
      },
      "scale"_a = 1.0, "mode"_a = "fan_in", "distribution"_a = "truncated_normal",
      "seed"_a = nb::none(), "dtype"_a = "float32",
      "Random numbers of variance `scale` / n, where n is the number of inputs (fan_in), outputs "
      "(fan_out) or their mean (fan_avg). Raises ValueError for another `mode` or `distribution`.");
  const auto scaled = [&](const char* name, Initializer (*make)(const SeedOptions&)) {
    factory(
        m, name,
        [make](nb::handle seed, nb::handle dtype) {
          return configured(
              make({.seed = to_optional_int(seed).value, .dtype = dtype_of_object(dtype)}),
              config_of({{"seed", seed}}));
        },
        "seed"_a = nb::none(), "dtype"_a = "float32", docstring(name));
  };
  scaled("glorot_uniform_initializer", &glorot_uniform_initializer);
  scaled("glorot_normal_initializer", &glorot_normal_initializer);
  scaled("lecun_normal", &lecun_normal);
  scaled("lecun_uniform", &lecun_uniform);
  scaled("he_normal", &he_normal);
  scaled("he_uniform", &he_uniform);
  factory(
      m, "uniform_unit_scaling_initializer",
      [](double factor, nb::handle seed, nb::handle dtype) {
        return configured(uniform_unit_scaling_initializer({.factor = factor,
                                                            .seed = to_optional_int(seed).value,
                                                            .dtype = dtype_of_object(dtype)}),
                          config_of({{"factor", nb::cast(factor)}, {"seed", seed}}));
      },
      "factor"_a = 1.0, "seed"_a = nb::none(), "dtype"_a = "float32",
      "Uniform random numbers that keep the scale of what goes through the layer.");
}

}  // namespace

void bind_initializers(nb::module_& m) {
  nb::class_<Initializer>(m, "Initializer", nb::dynamic_attr(), "Makes a tensor of a given shape.")
      .def(
          "__call__",
          [](const Initializer& self, nb::handle shape, const OptionalDType& dtype, nb::handle) {
            return self(shape_of_object(shape), dtype.value);
          },
          "shape"_a, "dtype"_a = nb::none(), "partition_info"_a = nb::none())
      .def_prop_ro(
          "dtype", [](const Initializer& self) { return wrap(self.dtype()); },
          "The type of what it makes.")
      .def(
          "get_config", [](nb::handle self) { return nb::dict(self.attr("_config")); },
          "A dict of the arguments it was made with.");
  factory(
      m, "zeros_initializer",
      [](nb::handle dtype) {
        return configured(zeros_initializer(dtype_of_object(dtype)), nb::dict());
      },
      "dtype"_a = "float32", "Makes zeros.");
  factory(
      m, "ones_initializer",
      [](nb::handle dtype) {
        return configured(ones_initializer(dtype_of_object(dtype)), nb::dict());
      },
      "dtype"_a = "float32", "Makes ones.");
  factory(
      m, "constant_initializer",
      [](nb::handle value, nb::handle dtype, bool verify_shape) {
        return configured(constant_initializer(to_literal(value), {.dtype = dtype_of_object(dtype),
                                                                   .verify_shape = verify_shape}),
                          config_of({{"value", value}}));
      },
      "value"_a = 0, "dtype"_a = "float32", "verify_shape"_a = false,
      "Makes `value`: a scalar for every element, or a list of them, whose last one is repeated. "
      "Raises TypeError with `verify_shape` if the shape is another.");
  bind_random_initializers(m);
  bind_partitioners(m);
  bind_regularizers(m);
}

}  // namespace tensorkeep::python
