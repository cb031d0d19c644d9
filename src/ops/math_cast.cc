// Changes of type, choices between tensors, and what gradients need to know about broadcasts.
#include <fmt/format.h>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/math_grad.h"
#include "ops/op_scope.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

namespace tensorkeep {
namespace {

// Select: the condition is a scalar, chooses rows, or has the shape of the choices.
void select_shape(ShapeContext& c) {
  Shape data = c.merge_shapes(c.input(1), c.input(2));
  const Shape& condition = c.input(0);
  if (condition.rank_known() && data.rank_known() && condition.rank() > 0) {
    if (condition.rank() == 1 && data.rank() > 0) {
      c.merge_dims(data.dim(0), condition.dim(0));  // only checked, as in TensorFlow
    } else {
      data = c.merge_shapes(data, condition);
    }
  }
  c.set_output(0, data);
}

void select_v2_shape(ShapeContext& c) {
  const auto choices = broadcast_shapes(c.input(1), c.input(2));
  const auto all = choices ? broadcast_shapes(c.input(0), *choices) : std::nullopt;
  if (!all) c.fail("Incompatible shapes");
  c.set_output(0, *all);
}

void broadcast_gradient_args_shape(ShapeContext& c) {
  c.input_with_rank(0, 1);
  c.input_with_rank(1, 1);
  c.set_output(0, {None});
  c.set_output(1, {None});
}

bool is_float_or_complex(DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
    case DType::kBFloat16:
    case DType::kFloat32:
    case DType::kFloat64:
    case DType::kComplex64:
    case DType::kComplex128:
      return true;
    default:
      return false;
  }
}

}  // namespace

Output cast(const Input& x, DType dtype, const Name& options) {
  const DType wanted = base_dtype(dtype);
  // A reference is not yet a value of the type.
  if (x.is_tensor() && x.to_tensor("").dtype() == wanted) return x.to_tensor("");
  const ops::OpScope scope({x}, options.name, "Cast");
  const Output value = x.to_tensor("x");
  if (value.dtype() == wanted) return value;
  return OpBuilder("Cast", scope.name()).input(value).attr("DstT", wanted).output();
}

Output cast(const Input& x, std::string_view dtype, const Name& options) {
  const DType wanted = dtype_from_name(dtype);
  if (wanted == DType::kInvalid) {
    errors::raise_type_error(
        fmt::format("Cannot convert value '{}' to a TensorFlow DType.", dtype));
  }
  return cast(x, wanted, options);
}

Output to_float(const Input& x, const Name& options) {
  return cast(x, float32, options);
}
Output to_double(const Input& x, const Name& options) {
  return cast(x, float64, options);
}
Output to_int32(const Input& x, const Name& options) {
  return cast(x, int32, options);
}
Output to_int64(const Input& x, const Name& options) {
  return cast(x, int64, options);
}
Output to_bfloat16(const Input& x, const Name& options) {
  return cast(x, bfloat16, options);
}

Output where(const Input& condition, const Input& x, const Input& y, const Name& options) {
  return OpBuilder("Select", options.name).input(condition).input(x).input(y).output();
}

Output where_v2(const Input& condition, const Input& x, const Input& y, const Name& options) {
  return OpBuilder("SelectV2", options.name).input(condition).input(x).input(y).output();
}

namespace ops {

Gradients grad::cast(Operation& op, const std::vector<Output>& grads) {
  const DType from = base_dtype(op.input(0).dtype());
  if (!is_float_or_complex(from) || !is_float_or_complex(base_dtype(grads[0].dtype()))) {
    return {Gradient()};
  }
  return {tensorkeep::cast(grads[0], from)};
}

void register_math_cast(OpRegistry& registry) {
  const OpRow rows[] = {
      {"Cast", {shape_fn::unchanged, grad::cast}},
      {"Select", {select_shape, grad::select}},
      {"SelectV2", {select_v2_shape, grad::select_v2}},
      {"BroadcastGradientArgs", {broadcast_gradient_args_shape, nullptr, true}},
  };
  add_rows(registry, rows);
}

}  // namespace ops
}  // namespace tensorkeep
