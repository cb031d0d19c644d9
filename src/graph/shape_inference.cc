#include "graph/shape_inference.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

// "{{node MatMul}} = MatMul[T=DT_FLOAT](a, b)' with input shapes: [2,3], [4,5]" as TensorFlow ends
// such messages.
std::string describe(const Operation& op) {
  std::string inputs;
  std::string shapes;
  for (const Output& input : op.inputs()) {
    inputs +=
        (inputs.empty() ? "" : ", ") + (input.index() == 0 ? input.op().name() : input.name());
    shapes += (shapes.empty() ? "" : ", ") + input.shape().debug_string();
  }
  std::string name = op.name();
  if (name.ends_with('/')) name.pop_back();
  return fmt::format(" for '{{{{node {}}}}} = {}[]({})' with input shapes: {}.", name, op.type(),
                     inputs, shapes);
}

}  // namespace

void ShapeContext::fail(const std::string& message) const {
  std::string name = op_.name();
  if (name.ends_with('/')) name.pop_back();
  errors::raise_value_error(message + describe(op_), {.node = name});
}

Shape ShapeContext::input_with_rank(int index, int rank) const {
  const Shape& shape = input(index);
  if (!shape.rank_known()) return Shape::unknown_of_rank(rank);
  if (shape.rank() != rank) {
    fail(fmt::format("Shape must be rank {} but is rank {}", rank, shape.rank()));
  }
  return shape;
}

Shape ShapeContext::input_with_rank_at_least(int index, int rank) const {
  const Shape& shape = input(index);
  if (shape.rank_known() && shape.rank() < rank) {
    fail(fmt::format("Shape must be at least rank {} but is rank {}", rank, shape.rank()));
  }
  return shape;
}

std::optional<Tensor> ShapeContext::input_constant(int index) const {
  const Output tensor = op_.input(index);
  if (auto value = constant_value(tensor)) return value;
  return fold_constant(tensor);
}

namespace {

// The dimensions in a vector of integers; nothing if it is none.
std::optional<std::vector<std::int64_t>> dims_in(const std::optional<Tensor>& value) {
  if (!value || value->shape().rank() != 1) return std::nullopt;
  std::vector<std::int64_t> dims;
  if (value->dtype() == int32) {
    for (const std::int32_t dim : value->data<std::int32_t>()) dims.push_back(dim);
  } else if (value->dtype() == int64) {
    for (const std::int64_t dim : value->data<std::int64_t>()) dims.push_back(dim);
  } else {
    return std::nullopt;
  }
  return dims;
}

// A shape put together of parts, of which each may be known by running kernels.
Shape joined_shape(const Operation& concat) {
  Shape joined;
  for (int i = 0; i + 1 < concat.num_inputs(); ++i) {
    const Output part = concat.input(i);
    const auto dims = dims_in(fold_constant(part));
    joined = joined.concatenate(dims ? Shape(*dims) : constant_value_as_shape(part));
  }
  return joined;
}

// A shape of dimensions, of which each may be known by running kernels.
Shape packed_shape(const Operation& pack) {
  std::vector<std::int64_t> dims;
  for (const Output& input : pack.inputs()) {
    const auto value = fold_constant(input);
    const auto dim =
        value && value->shape().rank() == 0 ? dims_in(value->reshaped({1})) : std::nullopt;
    dims.push_back(dim ? std::max(None, (*dim)[0]) : None);
  }
  return Shape(std::move(dims));
}

}  // namespace

Shape ShapeContext::input_as_shape(int index) const {
  // What Python's constant_value_as_shape does not know, but TensorFlow's shape functions do.
  const Output tensor = op_.input(index);
  if (tensor.op().type() == "ShapeN") return tensor.op().input(tensor.index()).shape();
  if (tensor.op().type() == "VariableShape") {
    const Output handle = tensor.op().input(0);
    return handle.op().handle_data(handle.index()).value_or(HandleData()).shape;
  }
  if (const auto dims = dims_in(input_constant(index))) {
    for (const std::int64_t dim : *dims) {
      if (dim < -1) fail(fmt::format("Dimension size must be >= 0, but is {}", dim));
    }
    return Shape(*dims);
  }
  if (tensor.op().type() == "ConcatV2") return joined_shape(tensor.op());
  if (tensor.op().type() == "Pack" && tensor.shape().rank_known() && tensor.shape().rank() == 1)
    return packed_shape(tensor.op());
  return constant_value_as_shape(tensor);
}

const std::optional<HandleData>& ShapeContext::input_handle(int index) const {
  const Output tensor = op_.input(index);
  return tensor.op().handle_data(tensor.index());
}

std::int64_t ShapeContext::merge_dims(std::int64_t a, std::int64_t b) const {
  if (a < 0) return b;
  if (b < 0 || a == b) return a;
  fail(fmt::format("Dimensions must be equal, but are {} and {}", a, b));
}

Shape ShapeContext::merge_shapes(const Shape& a, const Shape& b) const {
  if (!a.rank_known()) return b;
  if (!b.rank_known()) return a;
  if (a.rank() != b.rank()) {
    fail(fmt::format("Shapes must be equal rank, but are {} and {}", a.rank(), b.rank()));
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < a.rank(); ++i) {
    const std::int64_t x = a.dim(i);
    const std::int64_t y = b.dim(i);
    if (x >= 0 && y >= 0 && x != y) {
      fail(
          fmt::format("Dimension {} in both shapes must be equal, but are {} and {}. Shapes are {} "
                      "and {}.",
                      i, x, y, a.debug_string(), b.debug_string()));
    }
    dims.push_back(x < 0 ? y : x);
  }
  return Shape(std::move(dims));
}

std::optional<Shape> broadcast_shapes(const Shape& a, const Shape& b) {
  if (!a.rank_known() || !b.rank_known()) return Shape::unknown();
  const int rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank));
  for (int i = 0; i < rank; ++i) {
    const int ai = i - (rank - a.rank());
    const int bi = i - (rank - b.rank());
    const std::int64_t x = ai < 0 ? 1 : a.dim(ai);
    const std::int64_t y = bi < 0 ? 1 : b.dim(bi);
    std::int64_t& out = dims[static_cast<std::size_t>(i)];
    if (x == 1) {
      out = y;
    } else if (y == 1) {
      out = x;
    } else if (x < 0 || y < 0) {
      // An unknown size must equal a known one above 1 (or be 1), so the known one wins.
      out = x > 1 ? x : (y > 1 ? y : None);
    } else if (x == y) {
      out = x;
    } else {
      return std::nullopt;
    }
  }
  return Shape(std::move(dims));
}

namespace shape_fn {

void unchanged(ShapeContext& c) {
  c.set_output(0, c.input(0));
  if (const auto& handle = c.input_handle(0)) c.set_output_handle(0, *handle);
}

void scalar(ShapeContext& c) {
  for (int i = 0; i < c.op().num_outputs(); ++i) c.set_output(i, Shape());
}

void unknown(ShapeContext& c) {
  for (int i = 0; i < c.op().num_outputs(); ++i) c.set_output(i, Shape::unknown());
}

void merged_inputs(ShapeContext& c) {
  Shape shape = c.input(0);
  for (int i = 1; i < c.num_inputs(); ++i) shape = c.merge_shapes(shape, c.input(i));
  c.set_output(0, shape);
}

void broadcast_binary(ShapeContext& c) {
  const auto shape = broadcast_shapes(c.input(0), c.input(1));
  if (!shape) {
    const Shape& a = c.input(0);
    const Shape& b = c.input(1);
    for (int i = 1; i <= std::min(a.rank(), b.rank()); ++i) {
      const std::int64_t x = a.dim(-i);
      const std::int64_t y = b.dim(-i);
      if (x > 1 && y > 1 && x != y) {
        c.fail(fmt::format("Dimensions must be equal, but are {} and {}", x, y));
      }
    }
    c.fail("Incompatible shapes");
  }
  c.set_output(0, *shape);
}

void none(ShapeContext&) {}

}  // namespace shape_fn

}  // namespace tensorkeep
