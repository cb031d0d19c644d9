#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "python_objects.h"

namespace tensorkeep::python {

using namespace literals;

void bind_random(nb::module_& m) {
  m.def("set_random_seed", &set_random_seed, "seed"_a,
        "The default graph's seed: random operations made from now on draw TensorFlow's bits.");
  m.def(
      "get_seed",
      [](const OptionalInt& op_seed) {
        if (!op_seed.value && !get_default_graph().seed()) {
          return nb::make_tuple(nb::none(), nb::none());
        }
        const auto [graph_seed, seed] = get_seed(op_seed.value);
        return nb::make_tuple(graph_seed, seed);
      },
      "op_seed"_a,
      "The pair of seeds that an operation gets, from the graph's and its own; (None, None) "
      "without any.");
  m.def(
      "random_uniform",
      [](const Input& shape, const Input& minval, const OptionalInput& maxval, nb::handle dtype,
         const OptionalInt& seed, const Text& name) {
        return random_uniform(shape, {.minval = minval,
                                      .maxval = maxval.value,
                                      .dtype = dtype_of_object(dtype),
                                      .seed = seed.value,
                                      .name = name.value});
      },
      "shape"_a, "minval"_a = 0, "maxval"_a = nb::none(), "dtype"_a = "float32",
      "seed"_a = nb::none(), "name"_a = nb::none(),
      "A tensor of random numbers from `minval` up to `maxval` (1 for floats), which is left out. "
      "Raises ValueError for integers without `maxval`.");
  const auto normal = [&](const char* name,
                          Output (*function)(const Input&, const RandomNormalOptions&)) {
    m.def(
        name,
        [function](const Input& shape, const Input& mean, const Input& stddev, nb::handle dtype,
                   const OptionalInt& seed, const Text& op_name) {
          return function(shape, {.mean = mean,
                                  .stddev = stddev,
                                  .dtype = dtype_of_object(dtype),
                                  .seed = seed.value,
                                  .name = op_name.value});
        },
        "shape"_a, "mean"_a = 0.0, "stddev"_a = 1.0, "dtype"_a = "float32", "seed"_a = nb::none(),
        "name"_a = nb::none(), docstring(name));
  };
  normal("random_normal", &random_normal);
  normal("truncated_normal", &truncated_normal);
  m.def(
      "random_shuffle",
      [](const Input& value, const OptionalInt& seed, const Text& name) {
        return random_shuffle(value, {.seed = seed.value, .name = name.value});
      },
      "value"_a, "seed"_a = nb::none(), "name"_a = nb::none(),
      "The tensor's rows in a random order.");
}

}  // namespace tensorkeep::python
