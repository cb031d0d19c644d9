#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "gradient_arguments.h"
#include "python_objects.h"

namespace tensorkeep::python {

using namespace literals;

AggregationMethod to_aggregation_method(nb::handle object) {
  if (object.is_none()) return AggregationMethod::DEFAULT;
  return static_cast<AggregationMethod>(nb::cast<int>(object));
}

Gradient to_gradient(nb::handle object) {
  if (object.is_none()) return {};
  if (nb::isinstance(object, indexed_slices_class())) {
    return IndexedSlices{.values = to_output(object.attr("values")),
                         .indices = to_output(object.attr("indices")),
                         .dense_shape = to_output(object.attr("dense_shape"))};
  }
  return to_output(object);
}

namespace {

std::vector<Input> one_or_more(nb::handle object) {
  if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr())) {
    std::vector<Input> inputs;
    for (const nb::handle item : object)
      inputs.push_back(item.is_none() ? Input() : to_input(item));
    return inputs;
  }
  return {to_input(object)};
}

nb::list gradients_of(nb::handle ys, nb::handle xs, nb::handle grad_ys, const Text& name,
                      bool colocate_gradients_with_ops, bool gate_gradients,
                      nb::handle aggregation_method, nb::handle stop_gradients,
                      nb::handle unconnected_gradients) {
  GradientsOptions options{.name = name.value,
                           .colocate_gradients_with_ops = colocate_gradients_with_ops,
                           .gate_gradients = gate_gradients,
                           .aggregation_method = to_aggregation_method(aggregation_method)};
  if (!grad_ys.is_none()) options.grad_ys = one_or_more(grad_ys);
  for (Operation* op : to_dependencies(stop_gradients).value) {
    options.stop_gradients.push_back(op->output(0));
  }
  nb::object unconnected = nb::borrow(unconnected_gradients);
  if (nb::hasattr(unconnected, "value")) unconnected = unconnected.attr("value");
  if (!unconnected.is_none() && nb::cast<std::string>(unconnected) == "zero") {
    options.unconnected_gradients = UnconnectedGradients::ZERO;
  } else if (!unconnected.is_none() && nb::cast<std::string>(unconnected) != "none") {
    errors::raise_value_error("Unknown value for unconnected_gradients: '" +
                              nb::cast<std::string>(unconnected) + "'");
  }
  return wrap(gradients(one_or_more(ys), one_or_more(xs), options));
}

}  // namespace

void bind_gradients(nb::module_& m) {
  m.def("gradients", &gradients_of, "ys"_a, "xs"_a, "grad_ys"_a = nb::none(),
        "name"_a = "gradients", "colocate_gradients_with_ops"_a = false, "gate_gradients"_a = false,
        "aggregation_method"_a = nb::none(), "stop_gradients"_a = nb::none(),
        "unconnected_gradients"_a = nb::none(),
        "The derivatives of the sum of `ys` with respect to each of `xs`: for each a tensor of its "
        "shape, IndexedSlices of it, or None. Raises LookupError for an operation that has none.");
  m.def(
      "to_dense",
      [](nb::handle values, nb::handle indices, nb::handle dense_shape, const Text& name) {
        return to_dense(
            Gradient(IndexedSlices{to_output(values), to_output(indices), to_output(dense_shape)}),
            name.value);
      },
      "values"_a, "indices"_a, "dense_shape"_a, "name"_a = nb::none(),
      "The whole tensor of some rows.");
}

}  // namespace tensorkeep::python
