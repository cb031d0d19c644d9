// Functions over two inputs that convert literals in a way of their own, and the operators.
#include <fmt/format.h>

#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/operators.h"

namespace tensorkeep {
namespace {

using ops::OpScope;

bool is_variable(const Input& input) {
  return !input.is_tensor() && !input.is_literal();
}

DType dtype_of_tensor(const Output& tensor) {
  return base_dtype(tensor.dtype());
}

// An Add is what TensorFlow 1 makes and 2.21 reads; where 2.21 makes an AddV2, we make an Add.
Output add_tensors(const Input& x, const Input& y, const std::string& name) {
  const Output left = x.to_tensor("x");
  const Output right = y.to_tensor("y", std::nullopt, dtype_of_tensor(left));
  return OpBuilder("Add", name).input(left).input(right).output();
}

// The floating point type in which integers are divided; nullopt where there is nothing to convert.
std::optional<DType> quotient_type(DType dtype, const char* where) {
  switch (dtype) {
    case DType::kUInt8:
    case DType::kInt8:
    case DType::kUInt16:
    case DType::kInt16:
      return float32;
    case DType::kUInt32:
    case DType::kInt32:
    case DType::kUInt64:
    case DType::kInt64:
      return float64;
    case DType::kBFloat16:
    case DType::kFloat16:
    case DType::kFloat32:
    case DType::kFloat64:
    case DType::kComplex64:
    case DType::kComplex128:
      return std::nullopt;
    default:
      errors::raise_type_error(fmt::format(
          "Invalid dtype tf.{} in {}. Expected an integer, floating point or complex type.",
          name_of(dtype), where));
  }
}

void check_same_type(const Output& x, const Output& y) {
  if (dtype_of_tensor(x) == dtype_of_tensor(y)) return;
  errors::raise_type_error(fmt::format("`x` and `y` must have the same dtype, got tf.{} != tf.{}.",
                                       name_of(dtype_of_tensor(x)), name_of(dtype_of_tensor(y))));
}

Output divide_as_floats(const char* op, Output x, Output y, const char* where,
                        const std::string& name) {
  check_same_type(x, y);
  if (const auto dtype = quotient_type(dtype_of_tensor(x), where)) {
    x = cast(x, *dtype);
    y = cast(y, *dtype);
  }
  return OpBuilder(op, name).input(x).input(y).output();
}

// The sides of an operator, in the scope of its name: a variable whose operator it is is read
// before the scope opens, a literal on the left is converted first and to the type on the right.
template <typename F>
Output apply_operator(const char* name, Input x, Input y, F&& f) {
  const auto as_default = graph_of({x, y}).as_default();
  const bool reflected = x.is_literal() && !y.is_literal();
  if (Input& owner = reflected ? y : x; is_variable(owner)) owner = owner.to_tensor("");
  const NameScope scope(get_default_graph(), name);
  if (reflected) x = x.to_tensor("x", y.dtype());
  return f(x, y, Name{scope.name()});
}

}  // namespace

Output add(const Input& x, const Input& y, const Name& options) {
  const OpScope scope({x, y}, options.name, "Add");
  return add_tensors(x, y, scope.name());
}

Output pow(const Input& x, const Input& y, const Name& options) {
  const OpScope scope({x, y}, options.name, "Pow");
  // C++ has no operator for powers, so the function takes 2 ** x too.
  const Input base = x.is_literal() && !y.is_literal() ? Input(x.to_tensor("x", y.dtype())) : x;
  return OpBuilder("Pow", scope.name()).input(base).input(y).output();
}

Output scalar_mul(const Input& scalar, const Input& x, const Name& options) {
  const auto as_default = graph_of({scalar, x}).as_default();
  const Output factor = scalar.to_tensor("scalar", x.dtype());
  if (!factor.shape().rank_known() || factor.shape().rank() != 0) {
    errors::raise_value_error(fmt::format(
        "The input scalar must be a 0-D value. Received shape {}.", factor.shape().to_string()));
  }
  return multiply(factor, x, options);
}

Output truediv(const Input& x, const Input& y, const Name& options) {
  const OpScope scope({x, y}, options.name, "truediv");
  const Output left = x.to_tensor("x");
  const Output right = y.to_tensor("y", std::nullopt, dtype_of_tensor(left));
  return divide_as_floats("RealDiv", left, right, "__truediv__", scope.name());
}

Output divide(const Input& x, const Input& y, const Name& options) {
  if (!options.name.empty()) return truediv(x, y, options);
  if (!x.is_literal()) return x / y;
  const auto as_default = graph_of({x, y}).as_default();
  return Input(x.to_tensor("Const", y.dtype())) / y;
}

Output div(const Input& x, const Input& y, const Name& options) {
  const OpScope scope({x, y}, options.name, "div");
  const Output left = x.to_tensor("x");
  const DType dtype = dtype_of_tensor(left);
  const Output right = y.to_tensor("y", dtype);
  const bool real = is_floating(dtype) || is_complex(dtype);
  return OpBuilder(real ? "RealDiv" : "FloorDiv", scope.name()).input(left).input(right).output();
}

Output div_no_nan(const Input& x, const Input& y, const Name& options) {
  const OpScope scope({x, y}, options.name, "div_no_nan");
  const bool y_first = x.is_literal() && !y.is_literal();
  const Output right_first = y_first ? y.to_tensor("y") : Output();
  const Output left =
      x.to_tensor("x", y_first ? std::optional(dtype_of_tensor(right_first)) : std::nullopt);
  const Output right =
      y_first ? right_first : y.to_tensor("y", std::nullopt, dtype_of_tensor(left));
  return divide_as_floats("DivNoNan", left, right, "tf.math.divide_no_nan", scope.name());
}

Output floordiv(const Input& x, const Input& y, const Name& options) {
  const OpScope scope({x, y}, options.name, "floordiv");
  return floor_div(x, y, {scope.name()});
}

Output mod(const Input& x, const Input& y, const Name& options) {
  return floormod(x, y, options);
}

Output logical_xor(const Input& x, const Input& y, const Name& options) {
  const Output either = logical_or(x, y);
  const Output not_both = logical_not(logical_and(x, y));
  return logical_and(either, not_both, {options.name.empty() ? "LogicalXor" : options.name});
}

Output operator+(const Input& x, const Input& y) {
  return apply_operator("add", x, y, [](const Input& a, const Input& b, const Name& options) {
    return add_tensors(a, b, options.name);
  });
}

Output operator-(const Input& x, const Input& y) {
  return apply_operator("sub", x, y, subtract);
}

Output operator*(const Input& x, const Input& y) {
  return apply_operator("mul", x, y, [](const Input& a, const Input& b, const Name& options) {
    if (a.dtype() != boolean && b.dtype() != boolean) return multiply(a, b, options);
    // Truth values are multiplied as integers.
    const auto as_int = [](const Input& value) {
      return OpBuilder("Cast").input(value).attr("DstT", int32).output();
    };
    const Output left = as_int(a);
    const Output product = multiply(left, as_int(b), options);
    return OpBuilder("Cast").input(product).attr("DstT", boolean).output();
  });
}

Output operator/(const Input& x, const Input& y) {
  return apply_operator("truediv", x, y, truediv);
}

Output operator%(const Input& x, const Input& y) {
  return apply_operator("mod", x, y, [](const Input& a, const Input& b, const Name& options) {
    return mod(a, b, options);
  });
}

namespace {

// Logical on truth values, bitwise on integers.
template <auto kLogical>
Output apply_bitwise(const char* name, const char* op, const Input& x, const Input& y) {
  return apply_operator(name, x, y, [&](const Input& a, const Input& b, const Name& options) {
    const bool is_logical = a.dtype() == boolean || b.dtype() == boolean;
    return is_logical ? kLogical(a, b, options) : OpBuilder(op).input(a).input(b).output();
  });
}

}  // namespace

Output operators::floordiv(const Input& x, const Input& y) {
  return apply_operator("floordiv", x, y, tensorkeep::floordiv);
}

Output operators::pow(const Input& x, const Input& y) {
  return apply_operator("pow", x, y, tensorkeep::pow);
}

Output operators::matmul(const Input& x, const Input& y) {
  return apply_operator("matmul", x, y, [](const Input& a, const Input& b, const Name& options) {
    return tensorkeep::matmul(a, b, {.name = options.name});
  });
}

Output operators::bitwise_and(const Input& x, const Input& y) {
  return apply_bitwise<&logical_and>("and", "BitwiseAnd", x, y);
}

Output operators::bitwise_or(const Input& x, const Input& y) {
  return apply_bitwise<&logical_or>("or", "BitwiseOr", x, y);
}

Output operators::bitwise_xor(const Input& x, const Input& y) {
  return apply_bitwise<&logical_xor>("xor", "BitwiseXor", x, y);
}

Output operator-(const Input& x) {
  const auto as_default = graph_of({x}).as_default();
  return negative(is_variable(x) ? Input(x.to_tensor("")) : x);
}

Output add_n(const std::vector<Input>& inputs, const Name& options) {
  if (inputs.empty()) {
    errors::raise_value_error(
        "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and "
        "shape.");
  }
  const auto as_default = graph_of(inputs).as_default();
  std::vector<Input> tensors;
  for (const Input& input : inputs) tensors.emplace_back(input.to_tensor("Const"));
  if (tensors.size() > 1) return OpBuilder("AddN", options.name).inputs(tensors).output();
  if (options.name.empty()) return tensors[0].to_tensor("");
  return OpBuilder("Identity", options.name).input(tensors[0]).output();
}

Output accumulate_n(const std::vector<Input>& inputs, const Name& options) {
  return add_n(inputs, options);
}

Output clip_by_value(const Input& t, const Input& clip_value_min, const Input& clip_value_max,
                     const Name& options) {
  const OpScope scope({t, clip_value_min, clip_value_max}, options.name, "clip_by_value");
  const Output values = t.to_tensor("t");
  const auto check = [&](const Output& clipped) {
    if (values.shape().compatible_with(clipped.shape())) return;
    errors::raise_value_error(fmt::format("Shapes {} and {} are incompatible",
                                          values.shape().to_string(), clipped.shape().to_string()));
  };
  const Output below = minimum(values, clip_value_max);
  check(below);
  const Output clipped = maximum(below, clip_value_min, {scope.name()});
  check(clipped);
  return clipped;
}

Output clip_by_norm(const Input& t, const Input& clip_norm, const ClipByNormOptions& options) {
  const OpScope scope({t, clip_norm}, options.name, "clip_by_norm");
  const Output values = t.to_tensor("t");
  Input limit = clip_norm;
  if (!limit.is_literal()) {
    limit = cast(maximum(clip_norm, 0), base_dtype(values.dtype()));
  } else if (limit.literal().to_tensor(float64).value<double>() < 0) {
    limit = 0;
  }
  const Output squares = reduce_sum(values * values, {.axis = options.axes, .keepdims = true});
  // Two choices, so that the gradient of the root of zero is not in the way.
  const Output positive = greater(squares, 0);
  const Output rooted = where(positive, squares, ones_like(squares));
  const Output norm = where(positive, sqrt(rooted), squares);
  const Output scaled = values * limit;
  if (!values.shape().compatible_with(scaled.shape())) {
    errors::raise_value_error(fmt::format("Shapes {} and {} are incompatible",
                                          values.shape().to_string(), scaled.shape().to_string()));
  }
  const Output divisor = maximum(norm, limit);
  return identity(scaled / divisor, {scope.name()});
}

}  // namespace tensorkeep
