#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "python_objects.h"
#include "variable_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

using Reduction = Output (*)(const Input&, const ReduceOptions&);

// An argument under its newer or its older name.
nb::handle either(nb::handle value, const char* name, nb::handle older, const char* older_name) {
  if (older.is_none()) return value;
  if (!value.is_none()) {
    errors::raise_value_error(std::string("Cannot specify both '") + name + "' and '" + older_name +
                              "'.");
  }
  return older;
}

void bind_reduction(nb::module_& m, const char* name, Reduction function, const char* doc) {
  m.def(
      name,
      [function](const Input& tensor, nb::handle axis, nb::handle keepdims, const Text& op_name,
                 nb::handle reduction_indices, nb::handle keep_dims) {
        const nb::handle axes = either(axis, "axis", reduction_indices, "reduction_indices");
        const nb::handle keep = either(keepdims, "keepdims", keep_dims, "keep_dims");
        return function(tensor, {.axis = to_optional_input(axes).value,
                                 .keepdims = to_optional_bool(keep).value_or(false),
                                 .name = op_name.value});
      },
      "input_tensor"_a, "axis"_a = nb::none(), "keepdims"_a = nb::none(), "name"_a = nb::none(),
      "reduction_indices"_a = nb::none(), "keep_dims"_a = nb::none(), doc);
}

using Arg = Output (*)(const Input&, const Input&, const ArgOptions&);

void bind_arg(nb::module_& m, const char* name, Arg function) {
  m.def(
      name,
      [function](const Input& input, nb::handle axis, const Text& op_name, nb::handle dimension,
                 nb::handle output_type) {
        const nb::handle along = either(axis, "axis", dimension, "dimension");
        return function(input, along.is_none() ? Input(0) : to_input(along),
                        {.output_type = dtype_of_object(output_type), .name = op_name.value});
      },
      "input"_a, "axis"_a = nb::none(), "name"_a = nb::none(), "dimension"_a = nb::none(),
      "output_type"_a = "int64", docstring(name));
}

void bind_older_arg(nb::module_& m, const char* name, Arg function) {
  m.def(
      name,
      [function](const Input& input, const Input& dimension, nb::handle output_type,
                 const Text& op_name) {
        return function(input, dimension,
                        {.output_type = dtype_of_object(output_type), .name = op_name.value});
      },
      "input"_a, "dimension"_a, "output_type"_a = "int64", "name"_a = nb::none(), docstring(name));
}

}  // namespace

void bind_reductions(nb::module_& m) {
  bind_reduction(m, "reduce_sum", &reduce_sum, "The sum along axes; along all without `axis`.");
  bind_reduction(m, "reduce_mean", &reduce_mean, "The mean along axes.");
  bind_reduction(m, "reduce_prod", &reduce_prod, "The product along axes.");
  bind_reduction(m, "reduce_max", &reduce_max, "The largest element along axes.");
  bind_reduction(m, "reduce_min", &reduce_min, "The smallest element along axes.");
  bind_reduction(m, "reduce_any", &reduce_any, "Whether any element along axes is true.");
  bind_reduction(m, "reduce_all", &reduce_all, "Whether all elements along axes are true.");
  bind_reduction(m, "reduce_logsumexp", &reduce_logsumexp, "log(sum(exp(x))) along axes.");
  bind_arg(m, "argmax", &argmax);
  bind_arg(m, "argmin", &argmin);
  bind_older_arg(m, "arg_max", &arg_max);
  bind_older_arg(m, "arg_min", &arg_min);
}

}  // namespace tensorkeep::python
