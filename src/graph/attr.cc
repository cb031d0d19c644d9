#include "proto/tensor_proto.h"
#include "tensorkeep/graph.h"

namespace tensorkeep {
namespace {
proto::DataType to_proto(DType dtype) {
  return static_cast<proto::DataType>(dtype);
}
}  // namespace

Attr::Attr(DType value) {
  value_.set_type(to_proto(value));
}
Attr::Attr(bool value) {
  value_.set_b(value);
}
Attr::Attr(std::int64_t value) {
  value_.set_i(value);
}
Attr::Attr(float value) {
  value_.set_f(value);
}
Attr::Attr(std::string value) {
  value_.set_s(std::move(value));
}
Attr::Attr(const Shape& value) {
  *value_.mutable_shape() = shape_to_proto(value);
}
Attr::Attr(const Tensor& value) {
  *value_.mutable_tensor() = tensor_to_proto(value);
}
Attr::Attr(const std::vector<std::int64_t>& value) {
  auto* list = value_.mutable_list();
  for (const std::int64_t v : value) list->add_i(v);
}
Attr::Attr(const std::vector<float>& value) {
  auto* list = value_.mutable_list();
  for (const float v : value) list->add_f(v);
}
Attr::Attr(const std::vector<std::string>& value) {
  auto* list = value_.mutable_list();
  for (const std::string& v : value) list->add_s(v);
}
Attr::Attr(const std::vector<DType>& value) {
  auto* list = value_.mutable_list();
  for (const DType v : value) list->add_type(to_proto(v));
}
Attr::Attr(const std::vector<Shape>& value) {
  auto* list = value_.mutable_list();
  for (const Shape& v : value) *list->add_shape() = shape_to_proto(v);
}

}  // namespace tensorkeep
