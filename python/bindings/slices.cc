#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"

namespace tensorkeep::python {

using namespace literals;

void bind_slices(nb::module_& m) {
  m.def(
      "slice",
      [](const Input& input, const Input& begin, const Input& size, const Text& name) {
        return slice(input, begin, size, {name.value});
      },
      "input_"_a, "begin"_a, "size"_a, "name"_a = nb::none(),
      "The part that begins at `begin` and is of size `size`; -1 takes all that is left of a "
      "dimension.");
  m.def(
      "strided_slice",
      [](const Input& input, const Input& begin, const Input& end, nb::handle strides,
         int begin_mask, int end_mask, int ellipsis_mask, int new_axis_mask, int shrink_axis_mask,
         nb::handle, const Text& name) {
        const StridedSliceOptions options{.begin_mask = begin_mask,
                                          .end_mask = end_mask,
                                          .ellipsis_mask = ellipsis_mask,
                                          .new_axis_mask = new_axis_mask,
                                          .shrink_axis_mask = shrink_axis_mask,
                                          .name = name.value};
        if (strides.is_none()) return strided_slice(input, begin, end, options);
        return strided_slice(input, begin, end, to_input(strides), options);
      },
      "input_"_a, "begin"_a, "end"_a, "strides"_a = nb::none(), "begin_mask"_a = 0,
      "end_mask"_a = 0, "ellipsis_mask"_a = 0, "new_axis_mask"_a = 0, "shrink_axis_mask"_a = 0,
      "var"_a = nb::none(), "name"_a = nb::none(),
      "What `tensor[begin:end:strides]` is, with bit masks for open ends, ellipses, new and "
      "dropped dimensions.");
  m.def(
      "gather",
      [](const Input& params, const Input& indices, nb::handle, const Text& name,
         const OptionalInput& axis, int batch_dims) {
        return gather(params, indices,
                      {.axis = axis.value, .batch_dims = batch_dims, .name = name.value});
      },
      "params"_a, "indices"_a, "validate_indices"_a = nb::none(), "name"_a = nb::none(),
      "axis"_a = nb::none(), "batch_dims"_a = 0,
      "The slices of `params` along `axis` that `indices` names: [..., indices' shape, ...]. An "
      "index out of range is an InvalidArgumentError of the run.");
  m.def(
      "gather_nd",
      [](const Input& params, const Input& indices, const Text& name, int batch_dims) {
        if (batch_dims != 0) {
          throw errors::UnimplementedError("gather_nd with batch_dims is not implemented.");
        }
        return gather_nd(params, indices, {name.value});
      },
      "params"_a, "indices"_a, "name"_a = nb::none(), "batch_dims"_a = 0,
      "The elements or slices of `params` at the positions in the last dimension of `indices`.");
  m.def(
      "scatter_nd",
      [](const Input& indices, const Input& updates, const Input& shape, const Text& name) {
        return scatter_nd(indices, updates, shape, {name.value});
      },
      "indices"_a, "updates"_a, "shape"_a, "name"_a = nb::none(),
      "A tensor of zeros of shape `shape`, with `updates` added at `indices`.");
  m.def(
      "one_hot",
      [](const Input& indices, const Input& depth, const OptionalInput& on_value,
         const OptionalInput& off_value, nb::handle axis, const OptionalDType& dtype,
         const Text& name) {
        return one_hot(indices, depth,
                       {.on_value = on_value.value,
                        .off_value = off_value.value,
                        .axis = axis.is_none() ? -1 : nb::cast<int>(axis),
                        .dtype = dtype.value,
                        .name = name.value});
      },
      "indices"_a, "depth"_a, "on_value"_a = nb::none(), "off_value"_a = nb::none(),
      "axis"_a = nb::none(), "dtype"_a = nb::none(), "name"_a = nb::none(),
      "`on_value` where a new dimension of size `depth` at `axis` equals the index, `off_value` "
      "elsewhere: indices [N] make [N, depth].");
  m.def(
      "where",
      [](const Input& condition, nb::handle x, nb::handle y, const Text& name) {
        if (x.is_none() && y.is_none()) return where(condition, {name.value});
        if (x.is_none() || y.is_none()) {
          errors::raise_value_error("x and y must both be non-None or both be None.");
        }
        return where(condition, to_input(x), to_input(y), {name.value});
      },
      "condition"_a, "x"_a = nb::none(), "y"_a = nb::none(), "name"_a = nb::none(),
      "Elements of `x` where `condition` is true, of `y` elsewhere; without both, the positions of "
      "true, an int64 [count, rank]. Raises ValueError if only one is given.");
  m.def(
      "where_v2",
      [](const Input& condition, nb::handle x, nb::handle y, const Text& name) {
        if (x.is_none() && y.is_none()) return where(condition, {name.value});
        return where_v2(condition, to_input(x), to_input(y), {name.value});
      },
      "condition"_a, "x"_a = nb::none(), "y"_a = nb::none(), "name"_a = nb::none(),
      "Elements of `x` where `condition` is true, of `y` elsewhere, all three broadcast; without "
      "both, the positions of true.");
  m.def(
      "boolean_mask",
      [](const Input& tensor, const Input& mask, const Text& name, nb::handle axis) {
        return boolean_mask(tensor, mask,
                            {.axis = axis.is_none() ? 0 : nb::cast<int>(axis), .name = name.value});
      },
      "tensor"_a, "mask"_a, "name"_a = "boolean_mask", "axis"_a = nb::none(),
      "The slices of `tensor` along `axis` where `mask` is true. Raises ValueError if the mask's "
      "shape is not the tensor's there.");
}

}  // namespace tensorkeep::python
