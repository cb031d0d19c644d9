#include <fmt/format.h>

#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Elements chosen by index or by condition: gather, scatter, one_hot, where, partitions.
namespace tensorkeep {
namespace {

bool given(const Input& input) {
  return !input.is_tensor() || input.dtype();
}

// The value of on_value or off_value: as given, or `default_value` in `dtype`.
Output hot_value(const Input& value, int default_value, DType dtype, const char* name) {
  if (!given(value)) {
    const Literal number = dtype == boolean ? Literal(default_value != 0) : Literal(default_value);
    return constant(number, {.dtype = dtype, .name = name});
  }
  return value.to_tensor("Const", std::nullopt, dtype);
}

// Whether an axis is known to be the first.
bool is_zero(const Input& axis) {
  if (axis.is_literal())
    return ops::integers_of(axis.literal().to_tensor()) == std::vector<std::int64_t>{0};
  return axis.is_tensor() &&
         ops::integers_of(constant_value(axis.to_tensor(""))) == std::vector<std::int64_t>{0};
}

}  // namespace

Output gather(const Input& params, const Input& indices, const GatherOptions& options) {
  const Input axis = given(options.axis) ? options.axis : Input(options.batch_dims);
  if (const Output handle = params.resource_handle(); handle && is_zero(axis)) {
    return OpBuilder("ResourceGather", options.name.empty() ? "Gather" : options.name)
        .input(handle)
        .input(indices)
        .attr("dtype", *params.dtype())
        .output();
  }
  return OpBuilder("GatherV2", options.name)
      .input(params)
      .input(indices)
      .input(axis)
      .attr("batch_dims", options.batch_dims)
      .output();
}

Output gather_nd(const Input& params, const Input& indices, const Name& name) {
  if (const Output handle = params.resource_handle()) {
    const Output value = OpBuilder("ResourceGatherNd", name.name.empty() ? "GatherNd" : name.name)
                             .input(handle)
                             .input(indices)
                             .attr("dtype", *params.dtype())
                             .output();
    return identity(value);
  }
  return OpBuilder("GatherNd", name.name).input(params).input(indices).output();
}

Output scatter_nd(const Input& indices, const Input& updates, const Input& shape,
                  const Name& name) {
  return OpBuilder("ScatterNd", name.name).input(indices).input(updates).input(shape).output();
}

Output one_hot(const Input& indices, const Input& depth, const OneHotOptions& options) {
  Graph& graph = graph_of({indices, depth, options.on_value, options.off_value});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "one_hot");
  // A given value has its own type; what is not given takes that of the other, or of `dtype`.
  Output on;
  Output off;
  std::optional<DType> dtype = options.dtype;
  const auto convert = [&](const Input& value, const char* name) {
    const Output tensor = value.to_tensor("Const", std::nullopt, options.dtype);
    const DType own = base_dtype(tensor.dtype());
    if (options.dtype && own != *options.dtype) {
      errors::raise_type_error(fmt::format("dtype {} of {} does not match dtype parameter {}",
                                           name_of(own), name, name_of(*options.dtype)));
    }
    if (!dtype) dtype = own;
    return tensor;
  };
  if (given(options.on_value)) on = convert(options.on_value, "on_value");
  if (given(options.off_value)) off = convert(options.off_value, "off_value");
  const DType type = dtype.value_or(float32);
  if (!on) on = hot_value({}, 1, type, "on_value");
  if (!off) off = hot_value({}, 0, type, "off_value");
  if (base_dtype(on.dtype()) != base_dtype(off.dtype())) {
    errors::raise_type_error(
        fmt::format("dtype {} of on_value does not match dtype {} of off_value",
                    name_of(on.dtype()), name_of(off.dtype())));
  }
  return OpBuilder("OneHot", scope.name())
      .input(indices)
      .input(depth)
      .input(on)
      .input(off)
      .attr("axis", options.axis)
      .output();
}

Output where(const Input& condition, const Name& name) {
  Graph& graph = graph_of({condition});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name.name, "Where");
  const Output tensor = condition.to_tensor("condition", std::nullopt, boolean);
  return OpBuilder("Where", scope.name()).input(tensor).output();
}

Output boolean_mask(const Input& given_tensor, const Input& given_mask,
                    const BooleanMaskOptions& options) {
  Graph& graph = graph_of({given_tensor, given_mask});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, options.name, "boolean_mask");
  const int axis = options.axis;
  if (axis < 0) errors::raise_value_error("boolean_mask needs an axis counted from the front");
  const Output tensor = given_tensor.to_tensor("tensor");
  const Output mask = given_mask.to_tensor("mask");
  if (!mask.shape().rank_known()) {
    errors::raise_value_error(
        "Number of mask dimensions must be specified, even if some dimensions are None.  E.g. "
        "shape=[None] is ok, but shape=None is not.");
  }
  const int rank = mask.shape().rank();
  if (rank == 0) errors::raise_value_error("mask cannot be scalar.");
  const Shape& whole = tensor.shape();
  Shape known = Shape::unknown();
  if (whole.rank_known()) {
    const int begin = std::min(axis, whole.rank());
    const int end =
        static_cast<int>(std::min<std::int64_t>(std::int64_t{begin} + rank, whole.rank()));
    const Shape masked = ops::part(whole, begin, end);
    if (!masked.compatible_with(mask.shape())) {
      errors::raise_value_error(fmt::format("Shapes {} and {} are incompatible", masked.to_string(),
                                            mask.shape().to_string()));
    }
    known = ops::part(whole, 0, begin)
                .concatenate(Shape({ops::known_elements(masked)}))
                .concatenate(ops::part(whole, end, whole.rank()));
  }
  const Output leading = OpBuilder("Prod")
                             .input(getitem(shape(tensor), {Span{axis, axis + rank}}))
                             .input({0})
                             .attr("keep_dims", false)
                             .output();
  const Output head = getitem(shape(tensor), {Span{{}, axis}});
  const Output rest = getitem(shape(tensor), {Span{axis + rank, {}}});
  const Output flat_shape =
      concat({head, ops::packed({leading}, "concat/values_1"), rest}, 0, {"concat"});
  const Output flat = reshape(tensor, flat_shape);
  flat.set_shape(known);
  const Output flat_mask = reshape(mask, Literal{-1});
  return gather(flat, squeeze(where(flat_mask), {1}), {.axis = axis});
}

std::vector<Output> dynamic_partition(const Input& data, const Input& partitions,
                                      int num_partitions, const Name& name) {
  return OpBuilder("DynamicPartition", name.name)
      .input(data)
      .input(partitions)
      .attr("num_partitions", num_partitions)
      .outputs();
}

Output dynamic_stitch(const std::vector<Input>& indices, const std::vector<Input>& data,
                      const Name& name) {
  return OpBuilder("DynamicStitch", name.name).inputs(indices).inputs(data).output();
}

std::pair<Output, Output> unique(const Input& x, const UniqueOptions& options) {
  Operation* const op =
      OpBuilder("Unique", options.name).input(x).attr("out_idx", options.out_idx).build();
  return {op->output(0), op->output(1)};
}

namespace ops {
namespace {

void gather_v1_shape(ShapeContext& c) {
  const Shape params = c.input_with_rank_at_least(0, 1);
  if (!params.rank_known()) return c.set_output(0, Shape::unknown());
  c.set_output(0, c.input(1).concatenate(part(params, 1, params.rank())));
}

void gather_v2_shape(ShapeContext& c) {
  const Shape params = c.input_with_rank_at_least(0, 1);
  const Shape& indices = c.input(1);
  c.input_with_rank(2, 0);
  const auto axis = integers_of(c.input_constant(2));
  std::int64_t batch = c.op().has_attr("batch_dims") ? c.op().attr_int("batch_dims") : 0;
  if (!params.rank_known() || !indices.rank_known()) {
    return c.set_output(0, Shape::unknown());
  }
  if (batch < -indices.rank() || batch > indices.rank()) {
    c.fail(fmt::format("Expected batch_dims in the range [{}, {}], but got {}", -indices.rank(),
                       indices.rank(), batch));
  }
  if (batch < 0) batch += indices.rank();
  const int rank = params.rank() + indices.rank() - 1 - static_cast<int>(batch);
  if (!axis) return c.set_output(0, Shape::unknown_of_rank(rank));
  std::int64_t at = axis->front();
  if (at < -params.rank() || at >= params.rank()) {
    c.fail(fmt::format("Shape must be at least rank {} but is rank {}", at < 0 ? -at : at + 1,
                       params.rank()));
  }
  if (at < 0) at += params.rank();
  if (batch > at) {
    c.fail(fmt::format("batch_dims ({}) must be less than or equal to axis ({})", batch, at));
  }
  const int cut = static_cast<int>(at);
  const int shared = static_cast<int>(batch);
  c.set_output(0, part(params, 0, cut)
                      .concatenate(part(indices, shared, indices.rank()))
                      .concatenate(part(params, cut + 1, params.rank())));
}

void gather_nd_shape(ShapeContext& c) {
  set_gathered_shape(c, c.input(0));
}

void scatter_nd_shape(ShapeContext& c) {
  c.input_with_rank_at_least(0, 1);
  c.set_output(0, c.input_as_shape(2));
}

void one_hot_shape(ShapeContext& c) {
  const std::int64_t axis = c.op().attr_int("axis");
  if (axis < -1) c.fail(fmt::format("axis must be >= -1"));
  const auto depth = integers_of(c.input_constant(1));
  if (depth && (depth->size() != 1 || depth->front() < 0)) {
    c.fail(fmt::format("Dimension size must be >= 0, but is {}",
                       depth->size() == 1 ? depth->front() : None));
  }
  const Shape& indices = c.input(0);
  if (!indices.rank_known()) return c.set_output(0, Shape::unknown());
  const std::int64_t at = axis == -1 ? indices.rank() : axis;
  if (at > indices.rank()) {
    c.fail(fmt::format("Shape must be at least rank {} but is rank {}", at, indices.rank()));
  }
  std::vector<std::int64_t> dims = indices.dims();
  dims.insert(dims.begin() + at, depth ? depth->front() : None);
  c.set_output(0, Shape(std::move(dims)));
}

void where_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  c.set_output(0, {None, input.rank_known() ? input.rank() : None});
}

// Outputs: distinct elements, for each element which one, how often each comes.
void unique_shape(ShapeContext& c) {
  c.set_output(0, {None});
  c.set_output(1, c.input_with_rank(0, 1));
  if (c.op().num_outputs() > 2) c.set_output(2, {None});
}

void dynamic_partition_shape(ShapeContext& c) {
  const Shape& data = c.input(0);
  const Shape& partitions = c.input(1);
  Shape row = Shape::unknown();
  if (data.rank_known() && partitions.rank_known()) {
    if (data.rank() < partitions.rank()) {
      c.fail(fmt::format("Shape must be at least rank {} but is rank {}", partitions.rank(),
                         data.rank()));
    }
    c.merge_shapes(part(data, 0, partitions.rank()), partitions);
    row = Shape({None}).concatenate(part(data, partitions.rank(), data.rank()));
  }
  for (int i = 0; i < c.op().num_outputs(); ++i) c.set_output(i, row);
}

void dynamic_stitch_shape(ShapeContext& c) {
  const int count = c.num_inputs() / 2;
  Shape row = Shape::unknown();
  std::int64_t highest = -1;
  bool all_known = true;
  for (int i = 0; i < count; ++i) {
    const auto indices = integers_of(c.input_constant(i));
    all_known = all_known && indices.has_value();
    if (indices) {
      for (const std::int64_t index : *indices) highest = std::max(highest, index);
    }
    const Shape& index = c.input(i);
    const Shape& data = c.input(i + count);
    if (!index.rank_known() || !data.rank_known()) continue;
    if (data.rank() < index.rank()) {
      c.fail(
          fmt::format("Shape must be at least rank {} but is rank {}", index.rank(), data.rank()));
    }
    c.merge_shapes(part(data, 0, index.rank()), index);
    row = c.merge_shapes(row, part(data, index.rank(), data.rank()));
  }
  c.set_output(0, Shape({all_known ? highest + 1 : None}).concatenate(row));
}

constexpr ShapeRow kRows[] = {
    {"Gather", gather_v1_shape},
    {"GatherV2", gather_v2_shape},
    {"GatherNd", gather_nd_shape},
    {"ScatterNd", scatter_nd_shape},
    {"OneHot", one_hot_shape},
    {"Where", where_shape},
    {"Unique", unique_shape},
    {"UniqueWithCounts", unique_shape},
    {"DynamicPartition", dynamic_partition_shape},
    {"DynamicStitch", dynamic_stitch_shape},
    {"ParallelDynamicStitch", dynamic_stitch_shape},
};

}  // namespace

void register_array_index(OpRegistry& registry) {
  add_rows(registry, kRows);
  registry.add_not_differentiable("Unique");
  registry.add_not_differentiable("UniqueWithCounts");
}

}  // namespace ops
}  // namespace tensorkeep
