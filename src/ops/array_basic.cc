#include <fmt/format.h>

#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Placeholders, filled tensors, and what only changes the shape.
namespace tensorkeep {
namespace {

// Larger constants would bloat the graph: TensorFlow fills them at run time.
constexpr std::int64_t kSmallConstant = 1000;

Literal number_literal(DType dtype, int value) {
  if (dtype == boolean) return Literal(value != 0);
  if (dtype == string) return Literal(std::string(value != 0 ? "1" : ""));
  return Literal(value);
}

// The shape as an operation's own node: with a constant named after what it is.
Output shape_of(Output tensor, bool optimize) {
  const NameScope scope(tensor.graph(), "Shape");
  if (optimize && tensor.shape().fully_defined()) {
    return constant(ops::shape_to_tensor(tensor.shape()), {.name = "shape_as_tensor"});
  }
  return OpBuilder("Shape", scope.name()).input(tensor).attr("out_type", int32).output();
}

Output filled(const Input& given, DType dtype, int value, const std::string& name,
              const char* default_name) {
  dtype = base_dtype(dtype);
  const Input shape = ops::list_or_empty(given);
  Graph& graph = graph_of({shape});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name, default_name);
  const Literal number = number_literal(dtype, value);
  Output dims;
  if (shape.is_literal()) {
    const Tensor given_sizes = shape.literal().to_tensor();
    const auto sizes = ops::integers_of(given_sizes);
    if (!sizes && given_sizes.num_elements() > 0) {
      errors::raise_type_error(
          fmt::format("Expected int32, but got a shape of {}.", name_of(given_sizes.dtype())));
    }
    const Shape wanted(sizes.value_or(std::vector<std::int64_t>()));
    const auto count = wanted.checked_num_elements();
    if (count && *count < kSmallConstant) {
      return constant(number, {.dtype = dtype, .shape = wanted, .name = scope.name()});
    }
    dims = constant(ops::shape_to_tensor(wanted), {.name = "shape_as_tensor"});
  } else {
    dims = shape.to_tensor("");  // converted as it stands, under its own name
    if (dims.shape() == Shape()) dims = reshape(dims, Literal{-1});
  }
  return fill(dims, constant(number, {.dtype = dtype}), {scope.name()});
}

}  // namespace

Output placeholder(DType dtype, const Shape& shape, const Name& name) {
  return OpBuilder("Placeholder", name.name).attr("dtype", dtype).attr("shape", shape).output();
}

Output placeholder_with_default(const Input& input, const Shape& shape, const Name& name) {
  return OpBuilder("PlaceholderWithDefault", name.name).input(input).attr("shape", shape).output();
}

Output identity(const Input& input, const Name& name) {
  return OpBuilder("Identity", name.name).input(input).output();
}

Output stop_gradient(const Input& input, const Name& name) {
  return OpBuilder("StopGradient", name.name).input(input).output();
}

std::vector<Output> identity_n(const std::vector<Input>& inputs, const Name& name) {
  return OpBuilder("IdentityN", name.name).inputs(inputs).outputs();
}

Output zeros(const Input& shape, DType dtype, const Name& name) {
  return filled(shape, dtype, 0, name.name, "zeros");
}

Output ones(const Input& shape, DType dtype, const Name& name) {
  return filled(shape, dtype, 1, name.name, "ones");
}

Output fill(const Input& dims, const Input& value, const Name& name) {
  return OpBuilder("Fill", name.name).input(ops::list_or_empty(dims)).input(value).output();
}

Output reshape(const Input& tensor, const Input& shape, const Name& name) {
  return OpBuilder("Reshape", name.name).input(tensor).input(ops::list_or_empty(shape)).output();
}

Output zeros_like(const Input& input, const LikeOptions& options) {
  Graph& graph = graph_of({input});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "zeros_like");
  const Output tensor = input.to_tensor("tensor");
  const DType own = base_dtype(tensor.dtype());
  const DType dtype = options.dtype.value_or(own);
  if (options.optimize && tensor.shape().fully_defined() && own != DType::kVariant) {
    return zeros(tensor.shape(), dtype, {scope.name()});
  }
  if (dtype != own && dtype != DType::kVariant) {
    return zeros(shape_of(tensor, options.optimize), dtype, {scope.name()});
  }
  return OpBuilder("ZerosLike", scope.name()).input(tensor).output();
}

Output ones_like(const Input& input, const LikeOptions& options) {
  Graph& graph = graph_of({input});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "ones_like");
  const Output tensor = input.to_tensor("tensor");
  const DType dtype = options.dtype.value_or(base_dtype(tensor.dtype()));
  const Output result = ones(shape_of(tensor, options.optimize), dtype, {scope.name()});
  result.set_shape(tensor.shape());
  return result;
}

Output shape(const Input& input, const ShapeOptions& options) {
  Graph& graph = graph_of({input});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "Shape");
  const Output tensor = input.to_tensor("");
  if (options.optimize && tensor.shape().fully_defined()) {
    const Tensor dims = Tensor::vector(tensor.shape().dims());
    return constant(dims, {.dtype = options.out_type, .name = scope.name()});
  }
  return OpBuilder("Shape", scope.name()).input(tensor).attr("out_type", options.out_type).output();
}

std::vector<Output> shape_n(const std::vector<Input>& inputs, const ShapeOptions& options) {
  return OpBuilder("ShapeN", options.name)
      .inputs(inputs)
      .attr("out_type", options.out_type)
      .outputs();
}

Output size(const Input& input, const ShapeOptions& options) {
  Graph& graph = graph_of({input});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "Size");
  const Output tensor = input.to_tensor("");
  const std::int64_t count = ops::known_elements(tensor.shape());
  if (options.optimize && count >= 0) {
    return constant(count, {.dtype = options.out_type, .name = scope.name()});
  }
  return OpBuilder("Size", scope.name()).input(tensor).attr("out_type", options.out_type).output();
}

Output rank(const Input& input, const Name& name) {
  Graph& graph = graph_of({input});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name.name, "Rank");
  const Output tensor = input.to_tensor("");
  if (tensor.shape().rank_known()) {
    return constant(tensor.shape().rank(), {.dtype = int32, .name = scope.name()});
  }
  return OpBuilder("Rank", scope.name()).input(tensor).output();
}

namespace ops {
namespace {

// Every output is like the input of the same index.
void unchanged_all(ShapeContext& c) {
  for (int i = 0; i < c.num_inputs(); ++i) {
    c.set_output(i, c.input(i));
    if (const auto& handle = c.input_handle(i)) c.set_output_handle(i, *handle);
  }
}

void placeholder_shape(ShapeContext& c) {
  // Before producer 22 a scalar stood for "unknown".
  const Shape shape = c.op().attr_shape("shape");
  const bool legacy = c.op().graph().versions().producer() <= 21;
  c.set_output(0, legacy && shape == Shape() ? Shape::unknown() : shape);
}

void placeholder_with_default_shape(ShapeContext& c) {
  const Shape shape = c.op().attr_shape("shape");
  c.merge_shapes(c.input(0), shape);  // the default must fit
  c.set_output(0, shape);
}

void fill_shape(ShapeContext& c) {
  if (c.input(0).rank_known()) c.input_with_rank(0, 1);
  c.input_with_rank(1, 0);
  c.set_output(0, c.input_as_shape(0));
}

void shape_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_inputs(); ++i) {
    const Shape& input = c.input(i);
    c.set_output(i, {input.rank_known() ? input.rank() : None});
  }
}

// The product of the known dimensions, and the one place that is unknown (-1: none, -2: several).
struct Count {
  std::int64_t known = 1;
  int unknown = -1;
};

Count count(const Shape& shape) {
  if (known_elements(shape) >= 0) return {known_elements(shape), -1};
  Count result;
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape.dim(i) >= 0) {
      result.known = multiply_dims(result.known, shape.dim(i));
    } else {
      result.unknown = result.unknown == -1 ? i : -2;
    }
  }
  return result;
}

Shape with_dim(const Shape& shape, int index, std::int64_t value) {
  std::vector<std::int64_t> dims = shape.dims();
  dims[static_cast<std::size_t>(index)] = value;
  return Shape(std::move(dims));
}

void reshape_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  Shape out = c.input_as_shape(1);
  if (in.rank_known() && out.rank_known()) {
    const Count from = count(in);
    const Count to = count(out);
    if (from.unknown == -1 && to.unknown == -1) {
      if (from.known != to.known) {
        c.fail(fmt::format("Cannot reshape a tensor with {} elements to shape {} ({} elements)",
                           from.known, out.debug_string(), to.known));
      }
    } else if (from.unknown == -1 && to.unknown >= 0 && to.known > 0) {
      out = with_dim(out, to.unknown, divide_dims(c, from.known, to.known));
    } else if (from.unknown >= 0 && to.unknown == -1 && from.known != 0) {
      divide_dims(c, to.known, from.known);
    }
  }
  c.set_output(0, out);
}

constexpr ShapeRow kRows[] = {
    {"Placeholder", placeholder_shape},
    {"PlaceholderV2", placeholder_shape},
    {"PlaceholderWithDefault", placeholder_with_default_shape},
    {"Identity", shape_fn::unchanged},
    {"IdentityN", unchanged_all},
    {"StopGradient", shape_fn::unchanged},
    {"PreventGradient", shape_fn::unchanged},
    {"Snapshot", shape_fn::unchanged},
    {"ZerosLike", shape_fn::unchanged},
    {"OnesLike", shape_fn::unchanged},
    {"Size", shape_fn::scalar},
    {"Rank", shape_fn::scalar},
    {"RefIdentity", shape_fn::unchanged},
    {"Fill", fill_shape},
    {"Shape", shape_shape},
    {"ShapeN", shape_shape},
    {"Reshape", reshape_shape},
};

}  // namespace

void register_array_basic(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace ops
}  // namespace tensorkeep
