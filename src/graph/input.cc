#include "tensorkeep/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

Tensor tensor_of_shape(const Shape& shape) {
  if (!shape.fully_defined()) {
    errors::raise_value_error(fmt::format(
        "Cannot convert a partially known TensorShape {} to a Tensor.", shape.to_string()));
  }
  const auto& dims = shape.dims();
  const bool wide = std::any_of(dims.begin(), dims.end(), [](std::int64_t dim) {
    return dim > std::numeric_limits<std::int32_t>::max();
  });
  if (wide) return Tensor::vector(dims);
  return Tensor::vector(std::vector<std::int32_t>(dims.begin(), dims.end()));
}

}  // namespace

Input::Input(const Shape& shape) : value_(Literal(tensor_of_shape(shape))) {}

std::optional<DType> Input::dtype() const {
  if (const auto* tensor = std::get_if<Output>(&value_)) {
    return *tensor ? std::optional(base_dtype(tensor->dtype())) : std::nullopt;
  }
  if (const auto* object = std::get_if<std::shared_ptr<const TensorConvertible>>(&value_)) {
    return (*object)->dtype();
  }
  return std::nullopt;
}

Shape Input::shape() const {
  if (const auto* tensor = std::get_if<Output>(&value_)) {
    return *tensor ? tensor->shape() : Shape::unknown();
  }
  if (const auto* object = std::get_if<std::shared_ptr<const TensorConvertible>>(&value_)) {
    return (*object)->shape();
  }
  return Shape::unknown();
}

Output Input::resource_handle() const {
  const auto* object = std::get_if<std::shared_ptr<const TensorConvertible>>(&value_);
  return object != nullptr ? (*object)->resource_handle() : Output();
}

Graph* Input::graph() const {
  if (const auto* tensor = std::get_if<Output>(&value_)) {
    return *tensor ? &tensor->graph() : nullptr;
  }
  if (const auto* object = std::get_if<std::shared_ptr<const TensorConvertible>>(&value_)) {
    return &(*object)->graph();
  }
  return nullptr;
}

Output Input::to_tensor(const std::string& name, std::optional<DType> dtype,
                        std::optional<DType> dtype_hint, bool as_ref) const {
  if (is_literal()) {
    std::optional<DType> chosen = dtype;
    if (!chosen && dtype_hint && literal().fits(*dtype_hint)) chosen = dtype_hint;
    const Tensor value = literal().to_tensor(chosen);
    Operation* op = get_default_graph().add_operation(
        {.type = "Const",
         .name = name.empty() ? "Const" : name,
         .attrs = {{"value", Attr(value).value()}, {"dtype", Attr(value.dtype()).value()}}});
    return op->output(0);
  }
  const auto* object = std::get_if<std::shared_ptr<const TensorConvertible>>(&value_);
  const DType have = object != nullptr ? (*object)->dtype() : *this->dtype();
  if (dtype && base_dtype(*dtype) != have) {
    const std::string shown =
        object != nullptr ? "a variable" : std::get<Output>(value_).to_string();
    errors::raise_value_error(
        fmt::format("Tensor conversion requested dtype {} for Tensor with dtype {}: {}",
                    name_of(base_dtype(*dtype)), name_of(have), shown));
  }
  return object != nullptr ? (*object)->as_tensor(name, as_ref) : std::get<Output>(value_);
}

Graph& graph_of(const std::vector<Input>& inputs) {
  Graph* graph = nullptr;
  for (const Input& input : inputs) {
    Graph* const own = input.graph();
    if (own == nullptr) continue;
    if (graph != nullptr && graph != own) {
      errors::raise_value_error(
          "Tensors are from different graphs: all inputs of an operation must "
          "be from the same graph.");
    }
    graph = own;
  }
  return graph != nullptr ? *graph : get_default_graph();
}

}  // namespace tensorkeep
