#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "tensorkeep/input.h"

// What the array families share.
namespace tensorkeep::ops {

struct ShapeRow {
  const char* op;
  ShapeFn shape;
};
template <std::size_t kCount>
void add_rows(OpRegistry& registry, const ShapeRow (&rows)[kCount]) {
  for (const ShapeRow& row : rows) registry.add(row.op, {.shape = row.shape});
}

struct GradientRow {
  const char* op;
  GradientFn gradient;  // null: not differentiable
};
template <std::size_t kCount>
void add_rows(OpRegistry& registry, const GradientRow (&rows)[kCount]) {
  for (const GradientRow& row : rows) {
    if (row.gradient == nullptr) {
      registry.add_not_differentiable(row.op);
    } else {
      registry.add_gradient(row.op, row.gradient);
    }
  }
}

// `{}` as an argument is Python's empty list.
inline Input list_or_empty(const Input& input) {
  if (input.is_tensor() && !input.dtype()) return Literal(std::vector<Literal>());
  return input;
}

// One tensor of several: a Const of literals alone, else a Pack along a new first dimension, with a
// Const for each literal among them. What TensorFlow makes of a Python list.
Output packed(const std::vector<Input>& values, const std::string& name);

// A vector of dimensions: int32, or int64 if one of them needs it.
Tensor shape_to_tensor(const Shape& shape);

// The elements of an int32 or int64 tensor; nullopt for other types.
std::optional<std::vector<std::int64_t>> integers_of(const Tensor& tensor);
std::optional<std::vector<std::int64_t>> integers_of(const std::optional<Tensor>& tensor);

// Products, quotients and sums of dimensions, where an unknown one makes the result unknown.
std::int64_t add_dims(std::int64_t a, std::int64_t b);
std::int64_t multiply_dims(std::int64_t a, std::int64_t b);
// Fails where `a` is no multiple of `b`: "Dimension size must be evenly divisible by 4 but is 6".
std::int64_t divide_dims(const ShapeContext& c, std::int64_t a, std::int64_t b);

// The number of elements as far as it is known: 0 if any dimension is, None if it depends.
std::int64_t known_elements(const Shape& shape);
// The dimensions from `begin` up to `end`, of a shape of known rank.
Shape part(const Shape& shape, int begin, int end);

// Sets output 0 to the shape of the slices of `params` that the coordinates in input 1 name.
void set_gathered_shape(ShapeContext& c, const Shape& params);

}  // namespace tensorkeep::ops
