#include "tensorkeep/constant_op.h"

#include <fmt/format.h>

#include "ops/array_util.h"
#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

std::string as_tuple(const Shape& shape) {
  return shape.to_string();
}

// The message of a value that is spread over `shape`: as TensorFlow, the typed list alone, whose
// last element fills the rest, unless the sizes agree.
proto::TensorProto spread(const Tensor& value, const Shape& shape) {
  const std::int64_t wanted = shape.num_elements();
  if (value.num_elements() == wanted) return tensor_to_proto(value.reshaped(shape));
  if (wanted == 0) return tensor_to_proto(Tensor(value.dtype(), shape));
  if (value.num_elements() > wanted) {
    errors::raise_value_error(fmt::format(
        "Too many elements provided. Takes at most {}, but got {}.", wanted, value.num_elements()));
  }
  if (value.num_elements() == 0) {
    errors::raise_value_error(fmt::format(
        "Too few elements provided: a constant of shape {} needs at least one", as_tuple(shape)));
  }
  proto::TensorProto message;
  const Tensor flat = value.reshaped({value.num_elements()});
  for (std::int64_t i = 0; i < flat.num_elements(); ++i) {
    message.MergeFrom(tensor_to_proto(flat.rows(i, i + 1).reshaped({})));
  }
  *message.mutable_tensor_shape() = shape_to_proto(shape);
  return message;
}

}  // namespace

Output constant(const Literal& literal, const ConstantOptions& options) {
  const Tensor value = literal.to_tensor(options.dtype);
  const Shape& shape = options.shape;
  if (shape.rank_known() && options.verify_shape && shape != value.shape()) {
    errors::raise_type_error(fmt::format("Expected Tensor's shape: {}, but got {}.",
                                         as_tuple(shape), as_tuple(value.shape())));
  }
  proto::AttrValue attr;
  *attr.mutable_tensor() = shape.rank_known() ? spread(value, shape) : tensor_to_proto(value);
  return get_default_graph()
      .add_operation({.type = "Const",
                      .name = options.name.empty() ? "Const" : options.name,
                      .attrs = {{"value", attr}, {"dtype", Attr(value.dtype()).value()}}})
      ->output(0);
}

namespace ops {
namespace {

void const_shape(ShapeContext& c) {
  c.set_output(0, shape_from_proto(c.op().attr("value").tensor().tensor_shape()));
}

constexpr ShapeRow kRows[] = {{"Const", const_shape}};

}  // namespace

void register_constant(OpRegistry& registry) {
  add_rows(registry, kRows);
  registry.add_not_differentiable("Const");
}

}  // namespace ops
}  // namespace tensorkeep
