#include <fmt/format.h>

#include <algorithm>

#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Other arrangements of the same elements: transposed, repeated, padded, reversed, broadcast.
namespace tensorkeep {

Output expand_dims(const Input& input, const Input& axis, const Name& name) {
  return OpBuilder("ExpandDims", name.name).input(input).input(axis).output();
}

Output squeeze(const Input& input, const std::vector<int>& axis, const Name& name) {
  return OpBuilder("Squeeze", name.name).input(input).attr("squeeze_dims", axis).output();
}

Output transpose(const Input& a, const Input& given_perm, const Name& name) {
  Graph& graph = graph_of({a, given_perm});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name.name, "transpose");
  const Output tensor = a.to_tensor("a");
  Input perm = given_perm;
  if (perm.is_tensor() && !perm.dtype()) {
    if (tensor.shape().rank_known()) {
      std::vector<std::int32_t> reversed(static_cast<std::size_t>(tensor.shape().rank()));
      for (std::size_t i = 0; i < reversed.size(); ++i) {
        reversed[i] = static_cast<std::int32_t>(reversed.size() - 1 - i);
      }
      perm = Tensor::vector(reversed);
    } else {
      const Output last =
          OpBuilder("Sub", "sub").input(OpBuilder("Rank").input(tensor).output()).input(1).output();
      perm = OpBuilder("Range").input(last).input(-1).input(-1).output();
    }
  }
  return OpBuilder("Transpose", scope.name()).input(tensor).input(perm).output();
}

Output broadcast_to(const Input& input, const Input& shape, const Name& name) {
  return OpBuilder("BroadcastTo", name.name).input(input).input(ops::list_or_empty(shape)).output();
}

Output bitcast(const Input& input, DType type, const Name& name) {
  return OpBuilder("Bitcast", name.name).input(input).attr("type", type).output();
}

Output tile(const Input& input, const Input& multiples, const Name& name) {
  return OpBuilder("Tile", name.name).input(input).input(ops::list_or_empty(multiples)).output();
}

Output pad(const Input& tensor, const Input& paddings, const PadOptions& options) {
  std::string mode = options.mode;
  std::transform(mode.begin(), mode.end(), mode.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (mode == "REFLECT" || mode == "SYMMETRIC") {
    return OpBuilder("MirrorPad", options.name)
        .input(tensor)
        .input(paddings)
        .attr("mode", mode)
        .output();
  }
  if (mode != "CONSTANT") {
    errors::raise_value_error(
        fmt::format("Value of argument `mode` expected to be one of \"CONSTANT\", \"REFLECT\", or "
                    "\"SYMMETRIC\". Received `mode` = {}",
                    mode));
  }
  const Input& fill = options.constant_values;
  const bool zero = fill.is_literal() && fill.literal().fits(float64) &&
                    fill.literal().to_tensor(float64).num_elements() == 1 &&
                    fill.literal().to_tensor(float64).value<double>() == 0.0;
  if (zero) return OpBuilder("Pad", options.name).input(tensor).input(paddings).output();
  return OpBuilder("PadV2", options.name).input(tensor).input(paddings).input(fill).output();
}

Output reverse(const Input& tensor, const Input& axis, const Name& name) {
  return OpBuilder("ReverseV2", name.name).input(tensor).input(axis).output();
}

Output invert_permutation(const Input& x, const Name& name) {
  return OpBuilder("InvertPermutation", name.name).input(x).output();
}

Output diag(const Input& diagonal, const Name& name) {
  return OpBuilder("Diag", name.name).input(diagonal).output();
}

Output diag_part(const Input& input, const Name& name) {
  return OpBuilder("DiagPart", name.name).input(input).output();
}

Output matrix_band_part(const Input& input, const Input& num_lower, const Input& num_upper,
                        const Name& name) {
  return OpBuilder("MatrixBandPart", name.name)
      .input(input)
      .input(num_lower)
      .input(num_upper)
      .output();
}

namespace ops {
namespace {

void expand_dims_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  const auto axis = integers_of(c.input_constant(1));
  if (!input.rank_known()) return c.set_output(0, Shape::unknown());
  const int rank = input.rank();
  if (!axis) return c.set_output(0, Shape::unknown_of_rank(rank + 1));
  if (axis->size() != 1) {
    c.fail(fmt::format("'dim' input must be a tensor with a single value, but got {} values",
                       axis->size()));
  }
  std::int64_t at = axis->front();
  if (at < -1 - rank || at > rank) {
    c.fail(fmt::format("dim {} not in the interval [{}, {}].", at, -1 - rank, rank));
  }
  if (at < 0) at += rank + 1;
  std::vector<std::int64_t> dims = input.dims();
  dims.insert(dims.begin() + at, 1);
  c.set_output(0, Shape(std::move(dims)));
}

void squeeze_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  if (!input.rank_known()) return c.set_output(0, Shape::unknown());
  std::vector<std::int64_t> axes = c.op().attr_ints("squeeze_dims");
  for (std::int64_t& axis : axes) {
    if (axis < -input.rank() || axis >= input.rank()) {
      c.fail(fmt::format("squeeze_dims[{}] not in [{},{}).", axis, -input.rank(), input.rank()));
    }
    if (axis < 0) axis += input.rank();
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    const std::int64_t dim = input.dim(i);
    const bool chosen = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (chosen && dim > 1) {
      c.fail(fmt::format("Can not squeeze dim[{}], expected a dimension of 1, got {}", i, dim));
    }
    // Whether an unknown dimension would be squeezed is unknown too, and so the rank.
    if (axes.empty() && dim < 0) return c.set_output(0, Shape::unknown());
    if (axes.empty() ? dim != 1 : !chosen) dims.push_back(dim);
  }
  c.set_output(0, Shape(std::move(dims)));
}

void transpose_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  const Shape& perm_shape = c.input(1);
  const auto perm = integers_of(c.input_constant(1));
  std::int64_t rank = input.rank_known() ? input.rank() : None;
  if (rank < 0 && perm_shape.rank_known() && perm_shape.rank() == 1) rank = perm_shape.dim(0);
  if (rank < 0 && perm) rank = static_cast<std::int64_t>(perm->size());
  if (rank < 0) return c.set_output(0, Shape::unknown());
  c.input_with_rank(0, static_cast<int>(rank));
  if (perm_shape.rank_known() &&
      (perm_shape.rank() != 1 || (perm_shape.dim(0) >= 0 && perm_shape.dim(0) != rank))) {
    c.fail(fmt::format("Dimension must be {} but is {}", rank,
                       perm_shape.rank() == 1 ? perm_shape.dim(0) : perm_shape.rank()));
  }
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank), None);
  if (perm) {
    for (std::size_t i = 0; i < dims.size(); ++i) {
      const std::int64_t from = (*perm)[i] < 0 ? (*perm)[i] + rank : (*perm)[i];
      if (from < 0 || from >= rank) {
        c.fail(fmt::format("perm dim {} is out of range of input rank {}", (*perm)[i], rank));
      }
      if (input.rank_known()) dims[i] = input.dim(static_cast<int>(from));
    }
  } else if (rank < 2 && input.rank_known()) {
    dims = input.dims();
  }
  c.set_output(0, Shape(std::move(dims)));
}

void broadcast_to_shape(ShapeContext& c) {
  if (c.input(1).rank_known()) c.input_with_rank(1, 1);
  const Shape out = c.input_as_shape(1);
  const Shape& input = c.input(0);
  if (out.rank_known() && input.rank_known()) {
    if (input.rank() > out.rank()) {
      c.fail(fmt::format("Shape must be at most rank {} but is rank {}", out.rank(), input.rank()));
    }
    const auto joined = broadcast_shapes(input, out);
    if (!joined || !joined->compatible_with(out)) {
      c.fail(
          fmt::format("Incompatible shapes: {} and {}", input.debug_string(), out.debug_string()));
    }
  }
  c.set_output(0, out);
}

void bitcast_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  const std::size_t from = size_of(c.op().attr_dtype("T"));
  const std::size_t to = size_of(c.op().attr_dtype("type"));
  if (!input.rank_known() || from == 0 || to == 0) return c.set_output(0, Shape::unknown());
  std::vector<std::int64_t> dims = input.dims();
  if (from < to) {
    const auto factor = static_cast<std::int64_t>(to / from);
    if (dims.empty() || (dims.back() >= 0 && dims.back() != factor)) {
      c.fail(fmt::format("Cannot bitcast due to shape. {} does not match {}",
                         dims.empty() ? 0 : dims.back(), factor));
    }
    dims.pop_back();
  } else if (from > to) {
    dims.push_back(static_cast<std::int64_t>(from / to));
  }
  c.set_output(0, Shape(std::move(dims)));
}

void tile_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  const Shape multiples = c.input_as_shape(1);
  if (!input.rank_known() && !multiples.rank_known()) return c.set_output(0, Shape::unknown());
  const int rank = input.rank_known() ? input.rank() : multiples.rank();
  const Shape in = c.input_with_rank(0, rank);
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank), None);
  if (multiples.rank_known()) {
    if (multiples.rank() != rank) {
      c.fail(fmt::format("Shape must be rank {} but is rank {}", rank, multiples.rank()));
    }
    for (int i = 0; i < rank; ++i) {
      dims[static_cast<std::size_t>(i)] = multiply_dims(in.dim(i), multiples.dim(i));
    }
  }
  c.set_output(0, Shape(std::move(dims)));
}

void padded(ShapeContext& c, int direction) {
  const Shape paddings = c.input_with_rank(1, 2);
  c.merge_dims(paddings.dim(1), 2);
  const auto values = integers_of(c.input_constant(1));
  const std::int64_t count = paddings.dim(0);
  if (!values) {
    const Shape& input = c.input(0);
    const std::int64_t rank =
        c.merge_dims(count, input.rank_known() ? input.rank() : std::int64_t{None});
    return c.set_output(
        0, rank < 0 ? Shape::unknown() : Shape::unknown_of_rank(static_cast<int>(rank)));
  }
  const Shape input = c.input_with_rank(0, static_cast<int>(count));
  std::vector<std::int64_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    const std::int64_t before = (*values)[2 * static_cast<std::size_t>(i)];
    const std::int64_t after = (*values)[2 * static_cast<std::size_t>(i) + 1];
    if (before < 0 || after < 0) c.fail("Paddings must be non-negative");
    const std::int64_t extra = add_dims(before, after);
    const std::int64_t dim = input.dim(i);
    if (dim < 0 || extra < 0) {
      dims.push_back(None);
    } else {
      if (direction < 0 && extra > dim) {
        c.fail(fmt::format("Negative dimension size caused by subtracting {} from {}", extra, dim));
      }
      dims.push_back(direction > 0 ? add_dims(dim, extra) : dim - extra);
    }
  }
  c.set_output(0, Shape(std::move(dims)));
}

void pad_shape(ShapeContext& c) {
  padded(c, 1);
}
void pad_grad_shape(ShapeContext& c) {
  padded(c, -1);
}

void invert_permutation_shape(ShapeContext& c) {
  c.set_output(0, c.input_with_rank(0, 1));
}

void diag_shape(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 1);
  c.set_output(0, input.concatenate(input));
}

// Two shapes make a third.
void broadcast_args_shape(ShapeContext& c) {
  const std::int64_t x = c.input_with_rank(0, 1).dim(0);
  const std::int64_t y = c.input_with_rank(1, 1).dim(0);
  c.set_output(0, {x < 0 || y < 0 ? None : std::max(x, y)});
}

void diag_part_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  if (!input.rank_known()) return c.set_output(0, Shape::unknown());
  if (input.rank() % 2 != 0 || input.rank() == 0) {
    c.fail(fmt::format("Input must have even and non-zero rank, input rank is {}", input.rank()));
  }
  const int half = input.rank() / 2;
  std::vector<std::int64_t> dims;
  for (int i = 0; i < half; ++i) dims.push_back(c.merge_dims(input.dim(i), input.dim(i + half)));
  c.set_output(0, Shape(std::move(dims)));
}

constexpr ShapeRow kRows[] = {
    {"ExpandDims", expand_dims_shape},
    {"Squeeze", squeeze_shape},
    {"Transpose", transpose_shape},
    {"ConjugateTranspose", transpose_shape},
    {"BroadcastArgs", broadcast_args_shape},
    {"BroadcastTo", broadcast_to_shape},
    {"Bitcast", bitcast_shape},
    {"Tile", tile_shape},
    {"Pad", pad_shape},
    {"PadV2", pad_shape},
    {"MirrorPad", pad_shape},
    {"MirrorPadGrad", pad_grad_shape},
    {"ReverseV2", shape_fn::unchanged},
    {"InvertPermutation", invert_permutation_shape},
    {"Diag", diag_shape},
    {"DiagPart", diag_part_shape},
    {"MatrixBandPart", shape_fn::unchanged},
};

}  // namespace

void register_array_layout(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace ops
}  // namespace tensorkeep
