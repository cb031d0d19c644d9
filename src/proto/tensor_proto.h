#pragma once

#include "tensorkeep/proto/tensor.pb.h"
#include "tensorkeep/proto/tensor_shape.pb.h"
#include "tensorkeep/shape.h"
#include "tensorkeep/tensor.h"

// Between values and their messages.
namespace tensorkeep {

proto::TensorShapeProto shape_to_proto(const Shape& shape);
// Throws InvalidArgumentError for dimensions below -1 or more than 254 of them.
Shape shape_from_proto(const proto::TensorShapeProto& message);

// As TensorFlow's make_tensor_proto writes it: tensor_content where there is more than one plain
// number, else the typed list; bool, uint16, complex and strings always in their lists.
proto::TensorProto tensor_to_proto(const Tensor& tensor);
// Reads every form TensorFlow reads: tensor_content; a typed list, whose last value fills the rest;
// no values at all, which are zeros. Throws InvalidArgumentError.
Tensor tensor_from_proto(const proto::TensorProto& message);

}  // namespace tensorkeep
