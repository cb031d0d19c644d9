// Operations element by element: what they are called, their shapes and gradients.
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// function, operation, gradient rule (NoRule: TensorFlow has none and says so).
#define TENSORKEEP_UNARY_OPS(X)               \
  X(acos, Acos, grad::acos)                   \
  X(acosh, Acosh, grad::acosh)                \
  X(asin, Asin, grad::asin)                   \
  X(asinh, Asinh, grad::asinh)                \
  X(atan, Atan, grad::atan)                   \
  X(atanh, Atanh, grad::atanh)                \
  X(ceil, Ceil, grad::none)                   \
  X(cos, Cos, grad::cos)                      \
  X(cosh, Cosh, grad::cosh)                   \
  X(digamma, Digamma, grad::digamma)          \
  X(erf, Erf, grad::erf)                      \
  X(erfc, Erfc, grad::erfc)                   \
  X(exp, Exp, grad::exp)                      \
  X(expm1, Expm1, grad::expm1)                \
  X(floor, Floor, grad::none)                 \
  X(inv, Inv, grad::reciprocal)               \
  X(is_finite, IsFinite, nullptr)             \
  X(is_inf, IsInf, nullptr)                   \
  X(is_nan, IsNan, nullptr)                   \
  X(lgamma, Lgamma, grad::lgamma)             \
  X(log, Log, grad::log)                      \
  X(log1p, Log1p, grad::log1p)                \
  X(logical_not, LogicalNot, grad::none)      \
  X(negative, Neg, grad::neg)                 \
  X(reciprocal, Reciprocal, grad::reciprocal) \
  X(rint, Rint, grad::none)                   \
  X(rsqrt, Rsqrt, grad::rsqrt)                \
  X(sin, Sin, grad::sin)                      \
  X(sinh, Sinh, grad::sinh)                   \
  X(sqrt, Sqrt, grad::sqrt)                   \
  X(square, Square, grad::square)             \
  X(tan, Tan, grad::tan)                      \
  X(tanh, Tanh, grad::tanh)

#define TENSORKEEP_BINARY_OPS(X)                                     \
  X(atan2, Atan2, grad::atan2)                                       \
  X(equal, Equal, grad::none)                                        \
  X(floor_div, FloorDiv, grad::none)                                 \
  X(floormod, FloorMod, grad::floor_mod)                             \
  X(greater, Greater, grad::none)                                    \
  X(greater_equal, GreaterEqual, grad::none)                         \
  X(less, Less, grad::none)                                          \
  X(less_equal, LessEqual, grad::none)                               \
  X(logical_and, LogicalAnd, grad::none)                             \
  X(logical_or, LogicalOr, grad::none)                               \
  X(maximum, Maximum, grad::maximum)                                 \
  X(minimum, Minimum, grad::minimum)                                 \
  X(multiply, Mul, grad::mul)                                        \
  X(not_equal, NotEqual, grad::none)                                 \
  X(realdiv, RealDiv, grad::real_div)                                \
  X(squared_difference, SquaredDifference, grad::squared_difference) \
  X(subtract, Sub, grad::sub)                                        \
  X(truncatediv, TruncateDiv, grad::none)                            \
  X(truncatemod, TruncateMod, nullptr)

namespace tensorkeep {

#define TENSORKEEP_DEFINE_UNARY(function, Op, rule)        \
  Output function(const Input& x, const Name& options) {   \
    return OpBuilder(#Op, options.name).input(x).output(); \
  }
TENSORKEEP_UNARY_OPS(TENSORKEEP_DEFINE_UNARY)
#undef TENSORKEEP_DEFINE_UNARY

#define TENSORKEEP_DEFINE_BINARY(function, Op, rule)                     \
  Output function(const Input& x, const Input& y, const Name& options) { \
    return OpBuilder(#Op, options.name).input(x).input(y).output();      \
  }
TENSORKEEP_BINARY_OPS(TENSORKEEP_DEFINE_BINARY)
#undef TENSORKEEP_DEFINE_BINARY

Output bitwise::invert(const Input& x, const Name& options) {
  return OpBuilder("Invert", options.name).input(x).output();
}

Output round(const Input& x, const Name& options) {
  const auto as_default = graph_of({x}).as_default();
  const Output value = x.to_tensor("x");
  if (is_integer(base_dtype(value.dtype()))) return value;
  return OpBuilder("Round", options.name).input(value).output();
}

Output sigmoid(const Input& x, const Name& options) {
  const ops::OpScope scope({x}, options.name, "Sigmoid");
  return OpBuilder("Sigmoid", scope.name()).input(x.to_tensor("x")).output();
}

Output sign(const Input& x, const Name& options) {
  const auto as_default = graph_of({x}).as_default();
  return OpBuilder("Sign", options.name).input(x.to_tensor("Const")).output();
}

namespace ops {

void register_math_elementwise(OpRegistry& registry) {
  const auto traits = [](ShapeFn shape, GradientFn gradient) {
    const bool nothing = gradient == grad::none;
    return OpTraits{shape, nothing ? nullptr : gradient, nothing};
  };
#define TENSORKEEP_REGISTER_UNARY(function, Op, rule) \
  registry.add(#Op, traits(shape_fn::unchanged, rule));
  TENSORKEEP_UNARY_OPS(TENSORKEEP_REGISTER_UNARY)
#undef TENSORKEEP_REGISTER_UNARY
#define TENSORKEEP_REGISTER_BINARY(function, Op, rule) \
  registry.add(#Op, traits(shape_fn::broadcast_binary, rule));
  TENSORKEEP_BINARY_OPS(TENSORKEEP_REGISTER_BINARY)
#undef TENSORKEEP_REGISTER_BINARY

  const OpRow rows[] = {
      {"Round", {shape_fn::unchanged, nullptr, true}},
      {"Sigmoid", {shape_fn::unchanged, grad::sigmoid}},
      {"Sign", {shape_fn::unchanged, grad::sign}},
      {"BitwiseAnd", {shape_fn::broadcast_binary, nullptr, true}},
      {"BitwiseOr", {shape_fn::broadcast_binary, nullptr, true}},
      {"BitwiseXor", {shape_fn::broadcast_binary, nullptr, true}},
      {"Invert", {shape_fn::unchanged, nullptr, true}},
      {"InvGrad", {shape_fn::unchanged, grad::reciprocal_grad}},
      {"ReciprocalGrad", {shape_fn::unchanged, grad::reciprocal_grad}},
      {"RsqrtGrad", {shape_fn::unchanged, grad::rsqrt_grad}},
      {"SigmoidGrad", {shape_fn::unchanged, grad::sigmoid_grad}},
      {"SqrtGrad", {shape_fn::unchanged, grad::sqrt_grad}},
      {"TanhGrad", {shape_fn::unchanged, grad::tanh_grad}},
      {"Add", {shape_fn::broadcast_binary, grad::add}},
      {"AddV2", {shape_fn::broadcast_binary, grad::add}},
      {"Div", {shape_fn::broadcast_binary, grad::div}},
      {"DivNoNan", {shape_fn::broadcast_binary, grad::div_no_nan}},
      {"Mod", {shape_fn::broadcast_binary}},
      {"MulNoNan", {shape_fn::broadcast_binary, grad::mul_no_nan}},
      {"Polygamma", {shape_fn::broadcast_binary, grad::polygamma}},
      {"Pow", {shape_fn::broadcast_binary, grad::pow}},
      {"AddN", {shape_fn::merged_inputs, grad::add_n}},
      {"AccumulateNV2", {shape_fn::merged_inputs, grad::add_n}},
  };
  add_rows(registry, rows);
}

}  // namespace ops
}  // namespace tensorkeep
