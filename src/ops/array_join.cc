#include <fmt/format.h>

#include <algorithm>

#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Joining tensors and taking them apart: concat, split, stack, unstack.
namespace tensorkeep {
namespace {

const char* name_or(const std::string& name, const char* default_name) {
  return name.empty() ? default_name : name.c_str();
}

void check_axis(int axis, int rank) {
  if (axis < -rank || axis >= rank) {
    errors::raise_value_error(
        fmt::format("Argument `axis` = {} not in range [{}, {})", axis, -rank, rank));
  }
}

}  // namespace

namespace ops {

Output packed(const std::vector<Input>& values, const std::string& name) {
  const bool all_literals =
      std::all_of(values.begin(), values.end(), [](const Input& v) { return v.is_literal(); });
  if (all_literals) {
    std::vector<Literal> literals;
    for (const Input& value : values) literals.push_back(value.literal());
    return constant(Literal(literals), {.name = name});
  }
  Graph& graph = graph_of(values);
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name);
  DType dtype = DType::kInvalid;
  for (const Input& value : values) {
    if (dtype == DType::kInvalid && value.dtype()) dtype = *value.dtype();
  }
  std::vector<Input> tensors = values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_literal()) continue;
    const ConstantOptions options{.dtype = dtype, .name = fmt::format("{}", i)};
    tensors[i] = constant(values[i].literal(), options);
  }
  return OpBuilder("Pack", scope.name()).inputs(std::move(tensors)).attr("axis", 0).output();
}

}  // namespace ops

Output concat(const std::vector<Input>& values, const Input& axis, const Name& name) {
  const std::string own = name_or(name.name, "concat");
  if (values.size() != 1) return OpBuilder("ConcatV2", own).inputs(values).input(axis).output();
  Graph& graph = graph_of({values[0], axis});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, own);
  const Output dim = axis.to_tensor("concat_dim", int32);
  if (dim.shape().rank_known() && dim.shape().rank() != 0) {
    errors::raise_value_error(fmt::format("Shape {} must have rank 0", dim.shape().to_string()));
  }
  return identity(values[0], {own});
}

std::vector<Output> split(const Input& value, int num_splits, const Input& axis, const Name& name) {
  return OpBuilder("Split", name_or(name.name, "split"))
      .input(axis)
      .input(value)
      .attr("num_split", num_splits)
      .outputs();
}

std::vector<Output> split(const Input& value, const std::vector<int>& size_splits,
                          const Input& axis, const Name& name) {
  Graph& graph = graph_of({value, axis});
  const auto as_default = graph.as_default();
  const Output sizes = constant(Literal(size_splits), {.dtype = int32});
  return OpBuilder("SplitV", name_or(name.name, "split"))
      .input(value)
      .input(sizes)
      .input(axis)
      .attr("num_split", static_cast<std::int64_t>(size_splits.size()))
      .outputs();
}

Output stack(const std::vector<Input>& values, const AxisOptions& options) {
  const std::string name = name_or(options.name, "stack");
  if (values.empty()) errors::raise_value_error("stack needs at least one tensor");
  if (options.axis == 0) return ops::packed(values, name);
  Graph& graph = graph_of(values);
  const auto as_default = graph.as_default();
  const Shape& first = values[0].to_tensor(name).shape();
  if (first.rank_known()) check_axis(options.axis, first.rank() + 1);
  return OpBuilder("Pack", name).inputs(values).attr("axis", options.axis).output();
}

std::vector<Output> unstack(const Input& value, const UnstackOptions& options) {
  const std::string name = name_or(options.name, "unstack");
  Graph& graph = graph_of({value});
  const auto as_default = graph.as_default();
  if (options.num) {
    return OpBuilder("Unpack", name)
        .input(value)
        .attr("num", *options.num)
        .attr("axis", options.axis)
        .outputs();
  }
  const Output tensor = value.to_tensor("");
  const Shape& shape = tensor.shape();
  std::int64_t count = None;
  if (shape.rank_known()) {
    check_axis(options.axis, shape.rank());
    count = shape.dim(options.axis < 0 ? options.axis + shape.rank() : options.axis);
  }
  if (count < 0) {
    errors::raise_value_error(
        fmt::format("Cannot infer argument `num` from shape {}", shape.to_string()));
  }
  return OpBuilder("Unpack", name)
      .input(tensor)
      .attr("num", count)
      .attr("axis", options.axis)
      .outputs();
}

namespace ops {
namespace {

// The axis counted from the front; fails if it is out of range.
int axis_of(const ShapeContext& c, std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    c.fail(fmt::format("Dimension index out of range: {} is not in [{}, {})", axis, -rank, rank));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

std::optional<std::int64_t> constant_axis(const ShapeContext& c, int index) {
  const auto values = integers_of(c.input_constant(index));
  if (!values || values->size() != 1) return std::nullopt;
  return values->front();
}

void concat_values(ShapeContext& c, int begin, int end, int axis_index) {
  const auto axis = constant_axis(c, axis_index);
  int rank = -1;
  for (int i = begin; i < end; ++i) {
    if (c.input(i).rank_known()) rank = c.input(i).rank();
  }
  if (rank < 0) return c.set_output(0, Shape::unknown());
  if (!axis) {
    for (int i = begin; i < end; ++i) c.input_with_rank(i, rank);
    return c.set_output(0, Shape::unknown_of_rank(rank));
  }
  const int along = axis_of(c, *axis, std::max(rank, 1));
  std::vector<std::int64_t> dims = c.input_with_rank(begin, rank).dims();
  for (int i = begin + 1; i < end; ++i) {
    const Shape next = c.input_with_rank(i, rank);
    for (int d = 0; d < rank; ++d) {
      std::int64_t& dim = dims[static_cast<std::size_t>(d)];
      if (d == along) {
        dim = add_dims(dim, next.dim(d));
      } else {
        if (dim >= 0 && next.dim(d) >= 0 && dim != next.dim(d)) {
          c.fail(
              fmt::format("Dimension {} in both shapes must be equal, but are {} and {}. Shapes "
                          "are {} and {}.",
                          d, dim, next.dim(d), Shape(dims).debug_string(), next.debug_string()));
        }
        dim = dim < 0 ? next.dim(d) : dim;
      }
    }
  }
  c.set_output(0, Shape(std::move(dims)));
}

void concat_shape(ShapeContext& c) {
  concat_values(c, 1, c.num_inputs(), 0);
}
void concat_v2_shape(ShapeContext& c) {
  concat_values(c, 0, c.num_inputs() - 1, c.num_inputs() - 1);
}

void concat_offset_shape(ShapeContext& c) {
  for (int i = 1; i < c.num_inputs(); ++i) c.set_output(i - 1, c.input_with_rank(i, 1));
}

Shape replace_dim(const Shape& shape, int index, std::int64_t value) {
  std::vector<std::int64_t> dims = shape.dims();
  dims[static_cast<std::size_t>(index)] = value;
  return Shape(std::move(dims));
}

void split_shape(ShapeContext& c) {
  const int count = c.op().num_outputs();
  const Shape& input = c.input(1);
  const auto axis = constant_axis(c, 0);
  Shape part = Shape::unknown();
  if (input.rank_known() && !axis) {
    part = Shape::unknown_of_rank(input.rank());
  } else if (input.rank_known()) {
    const int along = axis_of(c, *axis, input.rank());
    part = replace_dim(input, along, divide_dims(c, input.dim(along), count));
  }
  for (int i = 0; i < count; ++i) c.set_output(i, part);
}

void split_v_shape(ShapeContext& c) {
  const int count = c.op().num_outputs();
  const Shape& input = c.input(0);
  const auto axis = constant_axis(c, 2);
  const auto sizes = integers_of(c.input_constant(1));
  if (!input.rank_known() || !axis) {
    const Shape part = input.rank_known() ? Shape::unknown_of_rank(input.rank()) : Shape::unknown();
    for (int i = 0; i < count; ++i) c.set_output(i, part);
    return;
  }
  const int along = axis_of(c, *axis, input.rank());
  if (!sizes) {
    for (int i = 0; i < count; ++i) {
      c.set_output(i, count == 1 ? input : replace_dim(input, along, None));
    }
    return;
  }
  if (static_cast<int>(sizes->size()) != count) {
    c.fail("Length of size_splits should be equal to num_outputs");
  }
  std::int64_t total = 0;
  int unknown = -1;
  for (int i = 0; i < count; ++i) {
    const std::int64_t size = (*sizes)[static_cast<std::size_t>(i)];
    if (size >= 0) {
      total = add_dims(total, size);
    } else if (size == -1 && unknown < 0) {
      unknown = i;
    } else {
      c.fail(size == -1 ? "size_splits can only have one -1 specified."
                        : "size_splits must be >= -1");
    }
  }
  const std::int64_t whole = input.dim(along);
  if (whole >= 0 && (unknown < 0 ? total != whole : total > whole)) {
    c.fail(fmt::format("can't split axis of size {} into pieces of size [{}]", whole,
                       fmt::join(*sizes, ",")));
  }
  for (int i = 0; i < count; ++i) {
    const std::int64_t size =
        i == unknown ? (whole < 0 ? None : whole - total) : (*sizes)[static_cast<std::size_t>(i)];
    c.set_output(i, replace_dim(input, along, size));
  }
}

void pack_shape(ShapeContext& c) {
  Shape shape = c.input(0);
  for (int i = 1; i < c.num_inputs(); ++i) {
    const Shape& next = c.input(i);
    if (shape.rank_known() && next.rank_known() && !shape.compatible_with(next)) {
      c.merge_shapes(shape, next);
    }
    shape = shape.rank_known() ? (next.rank_known() ? shape.merge_with(next) : shape) : next;
  }
  if (!shape.rank_known()) return c.set_output(0, shape);
  const int axis = axis_of(c, c.op().attr_int("axis"), shape.rank() + 1);
  std::vector<std::int64_t> dims = shape.dims();
  dims.insert(dims.begin() + axis, c.num_inputs());
  c.set_output(0, Shape(std::move(dims)));
}

void unpack_shape(ShapeContext& c) {
  const Shape& shape = c.input(0);
  Shape part = Shape::unknown();
  if (shape.rank_known()) {
    if (shape.rank() == 0) c.fail("Shape must be at least rank 1 but is rank 0");
    const int axis = axis_of(c, c.op().attr_int("axis"), shape.rank());
    c.merge_dims(shape.dim(axis), c.op().attr_int("num"));
    std::vector<std::int64_t> dims = shape.dims();
    dims.erase(dims.begin() + axis);
    part = Shape(std::move(dims));
  }
  for (int i = 0; i < c.op().num_outputs(); ++i) c.set_output(i, part);
}

constexpr ShapeRow kRows[] = {
    {"Concat", concat_shape}, {"ConcatV2", concat_v2_shape}, {"ConcatOffset", concat_offset_shape},
    {"Split", split_shape},   {"SplitV", split_v_shape},     {"Pack", pack_shape},
    {"Unpack", unpack_shape},
};

}  // namespace

void register_array_join(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace ops
}  // namespace tensorkeep
