// Complex numbers: their parts and what is made of parts, with gradients.
#include <fmt/format.h>

#include <numbers>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep {
namespace {

bool has_parts(const Output& tensor) {
  return is_complex(base_dtype(tensor.dtype()));
}

// One real number of each complex one.
Output part(const char* type, const Output& input, const std::string& name) {
  const DType real = base_dtype(input.dtype()) == complex64 ? float32 : float64;
  return OpBuilder(type, name).input(input).attr("Tout", real).output();
}

}  // namespace

Output real(const Input& input, const Name& options) {
  const ops::OpScope scope({input}, options.name, "Real");
  const Output tensor = input.to_tensor("input");
  if (has_parts(tensor)) return part("Real", tensor, scope.name());
  const DType dtype = base_dtype(tensor.dtype());
  if (is_floating(dtype) || is_integer(dtype)) return tensor;
  errors::raise_type_error(fmt::format(
      "input must be a numeric tensor, but got tensor with dtype <dtype: '{}'>", name_of(dtype)));
}

Output imag(const Input& input, const Name& options) {
  const ops::OpScope scope({input}, options.name, "Imag");
  const Output tensor = input.to_tensor("input");
  return has_parts(tensor) ? part("Imag", tensor, scope.name()) : zeros_like(tensor);
}

Output angle(const Input& input, const Name& options) {
  const ops::OpScope scope({input}, options.name, "Angle");
  const Output tensor = input.to_tensor("input");
  if (has_parts(tensor)) return part("Angle", tensor, scope.name());
  const Output negative = less(tensor, 0);
  const Output half_turns = std::numbers::pi * ones_like(tensor);
  return where(negative, half_turns, zeros_like(tensor));
}

Output abs(const Input& x, const Name& options) {
  const ops::OpScope scope({x}, options.name, "Abs");
  const Output tensor = x.to_tensor("x");
  if (has_parts(tensor)) return part("ComplexAbs", tensor, scope.name());
  return OpBuilder("Abs", scope.name()).input(tensor).output();
}

Output conj(const Input& x, const Name& options) {
  if (x.is_tensor() && !is_complex(*x.dtype())) return x.to_tensor("x");
  const ops::OpScope scope({x}, options.name, "Conj");
  const Output tensor = x.to_tensor("x");
  return has_parts(tensor) ? OpBuilder("Conj", scope.name()).input(tensor).output() : tensor;
}

Output complex(const Input& real, const Input& imag, const Name& options) {
  const auto as_default = graph_of({real, imag}).as_default();
  const Output re = real.to_tensor("real");
  const Output im = imag.to_tensor("imag");
  const ops::OpScope scope({re, im}, options.name, "Complex");
  const DType dtype = base_dtype(re.dtype());
  if (dtype != base_dtype(im.dtype()) || (dtype != float32 && dtype != float64)) {
    errors::raise_type_error(fmt::format(
        "The `real` and `imag` components have incorrect types: {} {}. They must be consistent, "
        "and one of [tf.float32, tf.float64]",
        name_of(dtype), name_of(base_dtype(im.dtype()))));
  }
  return OpBuilder("Complex", scope.name())
      .input(re)
      .input(im)
      .attr("Tout", dtype == float32 ? complex64 : complex128)
      .output();
}

namespace ops {
namespace {

using Outputs = std::vector<Output>;

Gradients real_grad(Operation&, const Outputs& grads) {
  return {complex(grads[0], const_of(0, grads[0].dtype()))};
}

Gradients imag_grad(Operation&, const Outputs& grads) {
  return {complex(const_of(0, grads[0].dtype()), grads[0])};
}

Gradients complex_abs_grad(Operation& op, const Outputs& grads) {
  const Output towards = complex(grads[0], zeros_like(grads[0])) * op.input(0);
  return {div_no_nan(towards, complex(op.output(0), zeros_like(op.output(0))))};
}

Gradients angle_grad(Operation& op, const Outputs& grads) {
  const Output dy = grads[0];
  const ControlDependencies waiting(dy.graph(), {&dy.op()});
  const Output re = real(op.input(0));
  const Output im = imag(op.input(0));
  const Output z = reciprocal(complex(im, re));
  const Output complex_dy = complex(dy, const_of(0, dy.dtype()));
  return {-complex_dy * z};
}

}  // namespace

void register_math_complex(OpRegistry& registry) {
  const OpRow rows[] = {
      {"Abs", {shape_fn::unchanged, grad::abs}},
      {"Angle", {shape_fn::unchanged, angle_grad}},
      {"Complex", {shape_fn::broadcast_binary, grad::complex}},
      {"ComplexAbs", {shape_fn::unchanged, complex_abs_grad}},
      {"Conj", {shape_fn::unchanged, grad::conj}},
      {"Imag", {shape_fn::unchanged, imag_grad}},
      {"Real", {shape_fn::unchanged, real_grad}},
  };
  add_rows(registry, rows);
}

}  // namespace ops
}  // namespace tensorkeep
