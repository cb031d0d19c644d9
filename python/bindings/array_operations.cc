#include <nanobind/nanobind.h>

#include "arrays.h"
#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

void bind_shapes(nb::module_& m) {
  const auto of_shape = [&](const char* name,
                            Output (*function)(const Input&, const ShapeOptions&)) {
    m.def(
        name,
        [name, function](nb::handle input, const Text& op_name, nb::handle out_type,
                         bool optimize) -> nb::object {
          // A sparse tensor knows how it is counted.
          const std::string own = std::string("_") + name + "_tensor";
          if (nb::hasattr(input, own.c_str())) {
            return input.attr(own.c_str())(op_name.value, out_type);
          }
          return wrap(function(to_input(input), {.name = op_name.value,
                                                 .out_type = dtype_of_object(out_type),
                                                 .optimize = optimize}));
        },
        "input"_a, "name"_a = nb::none(), "out_type"_a = "int32", "optimize"_a = true,
        docstring(name));
  };
  of_shape("shape", &shape);
  of_shape("size", &size);
  m.def(
      "rank",
      [](nb::handle input, const Text& name) -> nb::object {
        if (nb::hasattr(input, "_rank_tensor")) return input.attr("_rank_tensor")(name.value);
        return wrap(rank(to_input(input), {name.value}));
      },
      "input"_a, "name"_a = nb::none(), "The number of dimensions, a scalar int32.");
  m.def(
      "shape_n",
      [](const std::vector<Input>& input, nb::handle out_type, const Text& name) {
        return shape_n(input, {.name = name.value, .out_type = dtype_of_object(out_type)});
      },
      "input"_a, "out_type"_a = "int32", "name"_a = nb::none(),
      "A list of the shapes of several tensors, vectors of `out_type`.");
  m.def(
      "reshape",
      [](const Input& tensor, const Input& shape, const Text& name) {
        return reshape(tensor, shape, {name.value});
      },
      "tensor"_a, "shape"_a, "name"_a = nb::none(),
      "The same elements in another shape, of which one dimension may be -1. Raises ValueError if "
      "the numbers of elements are known and differ.");
  m.def(
      "expand_dims",
      [](const Input& input, nb::handle axis, const Text& name, nb::handle dim) {
        return expand_dims(input, to_input(axis.is_none() ? dim : axis), {name.value});
      },
      "input"_a, "axis"_a = nb::none(), "name"_a = nb::none(), "dim"_a = nb::none(),
      "The tensor with a dimension of 1 put in at `axis`; -1 puts it at the end. Raises ValueError "
      "if the axis is out of range.");
  m.def(
      "squeeze",
      [](const Input& input, nb::handle axis, const Text& name, nb::handle squeeze_dims) {
        const Ints axes = to_ints(axis.is_none() ? squeeze_dims : axis);
        return squeeze(input, std::vector<int>(axes.value.begin(), axes.value.end()), {name.value});
      },
      "input"_a, "axis"_a = nb::none(), "name"_a = nb::none(), "squeeze_dims"_a = nb::none(),
      "The tensor without its dimensions of 1, or without those at `axis` only. Raises ValueError "
      "if one of them is not 1.");
  m.def(
      "transpose",
      [](const Input& a, const OptionalInput& perm, const Text& name, bool conjugate) {
        const Output transposed = transpose(a, perm.value, {name.value});
        return conjugate ? conj(transposed) : transposed;
      },
      "a"_a, "perm"_a = nb::none(), "name"_a = "transpose", "conjugate"_a = false,
      "The tensor with its dimensions in the order `perm`; reversed if None. With `conjugate`, "
      "conjugated too.");
  m.def(
      "broadcast_to",
      [](const Input& input, const Input& shape, const Text& name) {
        return broadcast_to(input, shape, {name.value});
      },
      "input"_a, "shape"_a, "name"_a = nb::none(),
      "The tensor repeated along dimensions of 1, and new ones in front, until it has `shape`.");
  m.def(
      "bitcast",
      [](const Input& input, nb::handle type, const Text& name) {
        return bitcast(input, dtype_of_object(type), {name.value});
      },
      "input"_a, "type"_a, "name"_a = nb::none(),
      "The same bytes as elements of `type`. Between sizes the last dimension goes or comes.");
}

void bind_joins(nb::module_& m) {
  m.def(
      "concat",
      [](const std::vector<Input>& values, const Input& axis, const Text& name) {
        return concat(values, axis, {name.value});
      },
      "values"_a, "axis"_a, "name"_a = "concat",
      "Tensors one after the other along `axis`; their other dimensions must agree.");
  m.def(
      "split",
      [](const Input& value, nb::handle num_or_size_splits, const Input& axis, nb::handle,
         const Text& name) -> std::vector<Output> {
        const bool is_count = PyLong_Check(num_or_size_splits.ptr()) != 0 ||
                              is_numpy_scalar(num_or_size_splits) ||
                              is_tensor_shape(num_or_size_splits);
        const Ints sizes = to_ints(num_or_size_splits);
        if (is_count) return split(value, static_cast<int>(sizes.value[0]), axis, {name.value});
        return split(value, std::vector<int>(sizes.value.begin(), sizes.value.end()), axis,
                     {name.value});
      },
      "value"_a, "num_or_size_splits"_a, "axis"_a = 0, "num"_a = nb::none(), "name"_a = "split",
      "A list of parts along `axis`: `num_or_size_splits` equal ones, or parts of these sizes. "
      "Raises ValueError if an int does not divide the dimension.");
  const auto stacked = [](nb::handle values, int axis, const Text& name) {
    if (axis == 0) return to_input(values).to_tensor(name.value.empty() ? "stack" : name.value);
    return stack(nb::cast<std::vector<Input>>(values), {.axis = axis, .name = name.value});
  };
  m.def("stack", stacked, "values"_a, "axis"_a = 0, "name"_a = "stack",
        "Tensors of one shape side by side along a new dimension at `axis`: N of [a, b] make [N, "
        "a, b].");
  m.def(
      "unstack",
      [](const Input& value, const OptionalInt& num, int axis, const Text& name) {
        UnstackOptions options{.axis = axis, .name = name.value};
        if (num.value) options.num = static_cast<int>(*num.value);
        return unstack(value, options);
      },
      "value"_a, "num"_a = nb::none(), "axis"_a = 0, "name"_a = "unstack",
      "A list of the tensor's slices along `axis`, which they lose. Raises ValueError if their "
      "number is not known and not given as `num`.");
}

void bind_moves(nb::module_& m) {
  m.def(
      "tile",
      [](const Input& input, const Input& multiples, const Text& name) {
        return tile(input, multiples, {name.value});
      },
      "input"_a, "multiples"_a, "name"_a = nb::none(),
      "The tensor repeated `multiples[i]` times along each dimension i.");
  m.def(
      "pad",
      [](const Input& tensor, const Input& paddings, const std::string& mode, const Text& name,
         const Input& constant_values) {
        std::string upper = mode;
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return pad(tensor, paddings,
                   {.mode = upper, .constant_values = constant_values, .name = name.value});
      },
      "tensor"_a, "paddings"_a, "mode"_a = "CONSTANT", "name"_a = nb::none(),
      "constant_values"_a = 0,
      "The tensor with `paddings` [rank, 2] elements before and after each dimension. `mode`: "
      "CONSTANT, REFLECT or SYMMETRIC. Raises ValueError for another.");
  m.def(
      "reverse",
      [](const Input& tensor, const Input& axis, const Text& name) {
        return reverse(tensor, axis, {name.value});
      },
      "tensor"_a, "axis"_a, "name"_a = nb::none(),
      "The tensor with the dimensions in the vector `axis` backwards.");
  m.def(
      "invert_permutation",
      [](const Input& x, const Text& name) { return invert_permutation(x, {name.value}); }, "x"_a,
      "name"_a = nb::none(),
      "The permutation that undoes `x`, a vector of the numbers 0 to n - 1.");
  m.def(
      "diag", [](const Input& diagonal, const Text& name) { return diag(diagonal, {name.value}); },
      "diagonal"_a, "name"_a = nb::none(),
      "A tensor with `diagonal` on its diagonal and zeros elsewhere: [a] makes [a, a].");
  m.def(
      "diag_part",
      [](const Input& input, const Text& name) { return diag_part(input, {name.value}); },
      "input"_a, "name"_a = nb::none(), "The diagonal of a tensor: [a, a] gives [a].");
  m.def(
      "matrix_band_part",
      [](const Input& input, const Input& num_lower, const Input& num_upper, const Text& name) {
        return matrix_band_part(input, num_lower, num_upper, {name.value});
      },
      "input"_a, "num_lower"_a, "num_upper"_a, "name"_a = nb::none(),
      "Matrices with zeros outside a band of `num_lower` subdiagonals and `num_upper` "
      "superdiagonals; negative keeps all.");
  m.def(
      "dynamic_partition",
      [](const Input& data, const Input& partitions, int num_partitions, const Text& name) {
        return dynamic_partition(data, partitions, num_partitions, {name.value});
      },
      "data"_a, "partitions"_a, "num_partitions"_a, "name"_a = nb::none(),
      "A list of `num_partitions` tensors: slices of `data` by the number that `partitions` has "
      "for each.");
  m.def(
      "dynamic_stitch",
      [](const std::vector<Input>& indices, const std::vector<Input>& data, const Text& name) {
        return dynamic_stitch(indices, data, {name.value});
      },
      "indices"_a, "data"_a, "name"_a = nb::none(),
      "One tensor of the slices of all `data`, each at its place in `indices`. The last one wins.");
  m.def(
      "space_to_batch_nd",
      [](const Input& input, const Input& block_shape, const Input& paddings, const Text& name) {
        return space_to_batch_nd(input, block_shape, paddings, {name.value});
      },
      "input"_a, "block_shape"_a, "paddings"_a, "name"_a = nb::none(),
      "Blocks of space become rows of the batch, after padding with zeros.");
  m.def(
      "batch_to_space_nd",
      [](const Input& input, const Input& block_shape, const Input& crops, const Text& name) {
        return batch_to_space_nd(input, block_shape, crops, {name.value});
      },
      "input"_a, "block_shape"_a, "crops"_a, "name"_a = nb::none(),
      "Rows of the batch become blocks of space, and the crops are cut off: undoes "
      "space_to_batch_nd.");
}

void bind_identities(nb::module_& m) {
  m.def(
      "identity",
      [](nb::handle input, const Text& name) -> nb::object {
        // Rows of a tensor stay rows.
        if (nb::hasattr(input, "_identity")) return input.attr("_identity")(name.value);
        return wrap(identity(to_input(input), {name.value}));
      },
      "input"_a, "name"_a = nb::none(), "The same value, as a node of its own.");
  m.def(
      "stop_gradient",
      [](const Input& input, const Text& name) { return stop_gradient(input, {name.value}); },
      "input"_a, "name"_a = nb::none(), "The same value, through which no gradient goes back.");
  m.def(
      "identity_n",
      [](const std::vector<Input>& input, const Text& name) {
        return identity_n(input, {name.value});
      },
      "input"_a, "name"_a = nb::none(), "The same values, a list of as many tensors.");
  m.def(
      "unique",
      [](const Input& x, nb::handle out_idx, const Text& name) {
        const auto [y, index] =
            unique(x, {.out_idx = dtype_of_object(out_idx), .name = name.value});
        return python_object("_ops.results", "Unique")(wrap(y), wrap(index));
      },
      "x"_a, "out_idx"_a = "int32", "name"_a = nb::none(),
      "A pair (y, idx): each value of the vector once, in order of appearance, and for each "
      "element of `x` its index in y.");
}

}  // namespace

void bind_arrays(nb::module_& m) {
  bind_shapes(m);
  bind_joins(m);
  bind_moves(m);
  bind_identities(m);
}

}  // namespace tensorkeep::python
