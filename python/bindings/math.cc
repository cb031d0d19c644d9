#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

using Unary = Output (*)(const Input&, const Name&);
using Binary = Output (*)(const Input&, const Input&, const Name&);

struct UnaryFunction {
  const char* name;
  Unary function;
  const char* argument = "x";
};
struct BinaryFunction {
  const char* name;
  Binary function;
};

const UnaryFunction kUnary[] = {
    {"abs", &abs},
    {"acos", &acos},
    {"acosh", &acosh},
    {"asin", &asin},
    {"asinh", &asinh},
    {"atan", &atan},
    {"atanh", &atanh},
    {"ceil", &ceil},
    {"conj", &conj},
    {"cos", &cos},
    {"cosh", &cosh},
    {"digamma", &digamma},
    {"erf", &erf},
    {"erfc", &erfc},
    {"exp", &exp},
    {"expm1", &expm1},
    {"floor", &floor},
    {"inv", &inv},
    {"is_finite", &is_finite},
    {"is_inf", &is_inf},
    {"is_nan", &is_nan},
    {"lgamma", &lgamma},
    {"log", &log},
    {"log1p", &log1p},
    {"logical_not", &logical_not},
    {"negative", &negative},
    {"reciprocal", &reciprocal},
    {"rint", &rint},
    {"round", &round},
    {"rsqrt", &rsqrt},
    {"sigmoid", &sigmoid},
    {"sign", &sign},
    {"sin", &sin},
    {"sinh", &sinh},
    {"sqrt", &sqrt},
    {"square", &square},
    {"tan", &tan},
    {"tanh", &tanh},
    {"real", &real, "input"},
    {"imag", &imag, "input"},
    {"angle", &angle, "input"},
};

const BinaryFunction kBinary[] = {
    {"add", &add},
    {"maximum", &maximum},
    {"minimum", &minimum},
    {"multiply", &multiply},
    {"pow", &pow},
    {"squared_difference", &squared_difference},
    {"subtract", &subtract},
    {"divide", &divide},
    {"truediv", &truediv},
    {"div", &div},
    {"div_no_nan", &div_no_nan},
    {"floordiv", &floordiv},
    {"floor_div", &floor_div},
    {"floormod", &floormod},
    {"mod", &mod},
    {"realdiv", &realdiv},
    {"truncatediv", &truncatediv},
    {"truncatemod", &truncatemod},
    {"equal", &equal},
    {"not_equal", &not_equal},
    {"less", &less},
    {"less_equal", &less_equal},
    {"greater", &greater},
    {"greater_equal", &greater_equal},
    {"logical_and", &logical_and},
    {"logical_or", &logical_or},
    {"logical_xor", &logical_xor},
};

void bind_element_wise(nb::module_& m) {
  for (const auto& [name, function, argument] : kUnary) {
    m.def(
        name,
        [function = function](const Input& x, const Text& op_name) {
          return function(x, {op_name.value});
        },
        nb::arg(argument).none(), "name"_a = nb::none(), docstring(name));
  }
  for (const auto& [name, function] : kBinary) {
    m.def(
        name,
        [function = function](const Input& x, const Input& y, const Text& op_name) {
          return function(x, y, {op_name.value});
        },
        "x"_a, "y"_a, "name"_a = nb::none(), docstring(name));
  }
  m.def(
      "atan2",
      [](const Input& y, const Input& x, const Text& name) { return atan2(y, x, {name.value}); },
      "y"_a, "x"_a, "name"_a = nb::none(), "The angle of the point (x, y), by elements.");
  m.def(
      "complex",
      [](const Input& real, const Input& imag, const Text& name) {
        return complex(real, imag, {name.value});
      },
      "real"_a, "imag"_a, "name"_a = nb::none(),
      "Complex numbers of a real and an imaginary part, both float32 or both float64.");
  m.def(
      "scalar_mul",
      [](const Input& scalar, const Input& x, const Text& name) {
        return scalar_mul(scalar, x, {name.value});
      },
      "scalar"_a, "x"_a, "name"_a = nb::none(),
      "`x` times a scalar. Raises ValueError if `scalar` is not one.");
  nb::module_ bitwise = m.def_submodule("bitwise", "Operations on the bits of integers.");
  bitwise.def(
      "invert",
      [](const Input& x, const Text& name) { return tensorkeep::bitwise::invert(x, {name.value}); },
      "x"_a, "name"_a = nb::none(), "Every bit flipped, of integers.");
}

void bind_casts(nb::module_& m) {
  m.def(
      "cast",
      [](nb::handle x, nb::handle dtype, const Text& name) -> nb::object {
        if (nb::hasattr(x, "_cast_tensor")) return x.attr("_cast_tensor")(dtype, name.value);
        return wrap(cast(to_input(x), base_dtype(dtype_of_object(dtype)), {name.value}));
      },
      "x"_a, "dtype"_a, "name"_a = nb::none(),
      "The elements as another type; floats become integers by dropping what is after the point. "
      "Raises TypeError for what names no type.");
  const auto to = [&](const char* name, Unary function, const char* default_name) {
    m.def(
        name,
        [function](const Input& x, const Text& op_name) { return function(x, {op_name.value}); },
        "x"_a, "name"_a = default_name, docstring(name));
  };
  to("to_float", &to_float, "ToFloat");
  to("to_double", &to_double, "ToDouble");
  to("to_int32", &to_int32, "ToInt32");
  to("to_int64", &to_int64, "ToInt64");
  to("to_bfloat16", &to_bfloat16, "ToBFloat16");
}

std::optional<std::vector<Input>> of_several(nb::handle inputs) {
  if (!PyList_Check(inputs.ptr()) && !PyTuple_Check(inputs.ptr())) {
    errors::raise_value_error(
        "inputs must be an iterable of at least one Tensor/IndexedSlices with "
        "the same dtype and shape.");
  }
  return to_inputs(inputs);
}

// Of IndexedSlices the rows are clipped.
template <typename F>
nb::object clipped(nb::handle t, F&& clip) {
  if (!nb::isinstance(t, indexed_slices_class())) return wrap(clip(to_input(t)));
  return indexed_slices_class()(wrap(clip(to_input(t.attr("values")))), t.attr("indices"),
                                t.attr("dense_shape"));
}

void bind_sums(nb::module_& m) {
  m.def(
      "add_n",
      [](nb::handle inputs, const Text& name) {
        if (is_symbolic(inputs)) return add_n({to_input(inputs)}, {name.value});
        return add_n(*of_several(inputs), {name.value});
      },
      "inputs"_a, "name"_a = nb::none(),
      "The sum of tensors of one shape and type. Raises ValueError for an empty list, or shapes "
      "that differ.");
  m.def(
      "accumulate_n",
      [](nb::handle inputs, nb::handle, nb::handle, const Text& name) {
        return accumulate_n(*of_several(inputs), {name.value});
      },
      "inputs"_a, "shape"_a = nb::none(), "tensor_dtype"_a = nb::none(), "name"_a = nb::none(),
      "The sum of tensors of one shape. Raises ValueError if they differ in shape or type.");
  m.def(
      "clip_by_value",
      [](nb::handle t, const Input& low, const Input& high, const Text& name) {
        return clipped(
            t, [&](const Input& values) { return clip_by_value(values, low, high, {name.value}); });
      },
      "t"_a, "clip_value_min"_a, "clip_value_max"_a, "name"_a = nb::none(),
      "Every element below the lower bound set to it, every one above the upper to that.");
  m.def(
      "clip_by_norm",
      [](nb::handle t, const Input& clip_norm, const OptionalInput& axes, const Text& name) {
        return clipped(t, [&](const Input& values) {
          return clip_by_norm(values, clip_norm, {.axes = axes.value, .name = name.value});
        });
      },
      "t"_a, "clip_norm"_a, "axes"_a = nb::none(), "name"_a = nb::none(),
      "`t`, scaled down so that its L2 norm along `axes` (all if None) is at most `clip_norm`.");
  const auto cumulative = [&](const char* name, Output (*function)(const Input&, const Input&,
                                                                   const CumulativeOptions&)) {
    m.def(
        name,
        [function](const Input& x, const Input& axis, bool exclusive, bool reverse,
                   const Text& op_name) {
          return function(x, axis,
                          {.exclusive = exclusive, .reverse = reverse, .name = op_name.value});
        },
        "x"_a, "axis"_a = 0, "exclusive"_a = false, "reverse"_a = false, "name"_a = nb::none(),
        docstring(name));
  };
  cumulative("cumsum", &cumsum);
  cumulative("cumprod", &cumprod);
}

void bind_matmul(nb::module_& m) {
  m.def(
      "matmul",
      [](const Input& a, const Input& b, bool transpose_a, bool transpose_b, bool adjoint_a,
         bool adjoint_b, bool, bool, nb::handle, const Text& name) {
        return matmul(a, b,
                      {.transpose_a = transpose_a,
                       .transpose_b = transpose_b,
                       .adjoint_a = adjoint_a,
                       .adjoint_b = adjoint_b,
                       .name = name.value});
      },
      "a"_a, "b"_a, "transpose_a"_a = false, "transpose_b"_a = false, "adjoint_a"_a = false,
      "adjoint_b"_a = false, "a_is_sparse"_a = false, "b_is_sparse"_a = false,
      "output_type"_a = nb::none(), "name"_a = nb::none(),
      "The product of two matrices, or of batches of them: [..., n, k] and [..., k, m] make [..., "
      "n, m]. Raises ValueError for shapes that do not fit, TypeError for types that differ.");
}

void bind_sequences(nb::module_& m) {
  m.def(
      "range",
      [](nb::handle start, nb::handle limit, nb::handle delta, const OptionalDType& dtype,
         const Text& name) {
        const RangeOptions options{.dtype = dtype.value,
                                   .name = name.value.empty() ? "range" : name.value};
        if (limit.is_none()) return range(0, to_input(start), to_input(delta), options);
        return range(to_input(start), to_input(limit), to_input(delta), options);
      },
      "start"_a, "limit"_a = nb::none(), "delta"_a = 1, "dtype"_a = nb::none(), "name"_a = "range",
      "A vector of numbers from start up to limit, which is left out; with one number, from 0 up "
      "to that. Raises ValueError for a delta of 0.");
  const auto linear = [](const Input& start, const Input& stop, const Input& num, const Text& name,
                         int axis) {
    return linspace(start, stop, num, {.axis = axis, .name = name.value});
  };
  m.def("linspace", linear, "start"_a, "stop"_a, "num"_a, "name"_a = nb::none(), "axis"_a = 0,
        "A vector of `num` numbers from `start` to `stop` in equal steps.");
  m.def("lin_space", linear, "start"_a, "stop"_a, "num"_a, "name"_a = nb::none(), "axis"_a = 0,
        "A vector of `num` numbers from `start` to `stop` in equal steps.");
  m.def(
      "segment_sum",
      [](const Input& data, const Input& segment_ids, const Text& name) {
        return segment_sum(data, segment_ids, {name.value});
      },
      "data"_a, "segment_ids"_a, "name"_a = nb::none(),
      "The sums of rows of `data` with the same number in `segment_ids`, which must be sorted.");
  m.def(
      "unsorted_segment_sum",
      [](const Input& data, const Input& segment_ids, const Input& num_segments, const Text& name) {
        return unsorted_segment_sum(data, segment_ids, num_segments, {name.value});
      },
      "data"_a, "segment_ids"_a, "num_segments"_a, "name"_a = nb::none(),
      "The sums of slices of `data` with the same number in `segment_ids`: [num_segments, ...]. "
      "Negative numbers are left out.");
}

}  // namespace

void bind_math(nb::module_& m) {
  bind_element_wise(m);
  bind_casts(m);
  bind_sums(m);
  bind_matmul(m);
  bind_sequences(m);
}

}  // namespace tensorkeep::python
