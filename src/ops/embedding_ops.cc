#include <fmt/format.h>

#include <algorithm>

#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/op_builder.h"

// Rows of a table by their number, where the table may be in parts.
namespace tensorkeep::nn {
namespace {

// The rows, each of norm `max_norm` at most.
Output clipped(const Output& rows, const Output& ids, const std::optional<Input>& max_norm) {
  if (!max_norm) return rows;
  // A known rank, or a tensor that holds it.
  const auto rank_of = [](const Output& tensor) {
    const Shape& shape = tensor.shape();
    const bool known = shape.rank_known() && shape.rank() > 0;
    return known ? Input(shape.rank()) : Input(rank(tensor));
  };
  const Input from = rank_of(ids);
  const Input to = rank_of(rows);
  if (!from.is_literal() || !to.is_literal()) {
    return clip_by_norm(rows, *max_norm, {.axes = range(from, to)});
  }
  std::vector<Literal> axes;
  for (int i = ids.shape().rank(); i < rows.shape().rank(); ++i) axes.emplace_back(i);
  return clip_by_norm(rows, *max_norm, {.axes = Literal(axes)});
}

// The operation that a part of the table stands for.
Operation* op_of(const Input& part) {
  const Output handle = part.resource_handle();
  return handle ? &handle.op() : &part.to_tensor("").op();
}

// Which part each id is in, and its row there.
struct Assignment {
  Output parts;
  Output rows;
};

Assignment assign_in_turn(const Output& ids, int count) {
  const Output parts = ids % count;
  return {parts, floordiv(ids, count)};
}

// The number of rows of all parts, in the ids' type.
Output count_of_rows(const std::vector<Input>& params, DType dtype) {
  std::int64_t known = 0;
  for (const Input& part : params) {
    const Shape& shape = part.shape();
    known = ops::add_dims(known, shape.rank_known() && shape.rank() > 0 ? shape.dim(0) : None);
  }
  if (known > 0) return constant(known, {.dtype = dtype});
  std::vector<Input> sizes;
  for (const Input& part : params) {
    const Shape& whole = part.shape();
    if (whole.rank_known() && whole.rank() > 0 && whole.dim(0) != None) {
      sizes.emplace_back(whole.dim(0));
      continue;
    }
    const ColocationScope beside(*part.graph(), op_of(part));
    sizes.emplace_back(getitem(shape(part), {0}));
  }
  return reduce_sum(cast(stack(sizes), dtype));
}

// Parts of equal sizes, of which the first ones have one row more if there is a remainder.
Assignment assign_in_blocks(const Output& ids, const std::vector<Input>& params) {
  const int count = static_cast<int>(params.size());
  const Output total = count_of_rows(params, base_dtype(ids.dtype()));
  const Output size = floordiv(total, count);
  const Output larger = total % count;
  const Output in_larger = floordiv(ids, size + 1);
  const Output parts = maximum(in_larger, floordiv(ids - larger, size));
  const Output is_larger = less(parts, larger);
  const Output row_in_larger = ids % (size + 1);
  return {parts, where(is_larger, row_in_larger, (ids - larger) % size)};
}

Assignment assign(const Output& ids, const std::vector<Input>& params,
                  const std::string& strategy) {
  if (strategy == "mod") return assign_in_turn(ids, static_cast<int>(params.size()));
  if (strategy == "div") return assign_in_blocks(ids, params);
  errors::raise_value_error(fmt::format(
      "Unrecognized partition strategy: {}.Must be one of either `mod` or `div`.", strategy));
}

Shape row_shape(const std::vector<Input>& params) {
  Shape row = Shape::unknown();
  for (const Input& part : params) {
    const Shape& shape = part.shape();
    if (!shape.rank_known() || shape.rank() == 0) continue;
    const Shape own(std::vector<std::int64_t>(shape.dims().begin() + 1, shape.dims().end()));
    const auto merged = row.merge_with(own);
    row = merged;
  }
  return row;
}

Output lookup_in_parts(const std::vector<Input>& params, const Output& ids,
                       const EmbeddingLookupOptions& options, const std::string& name) {
  const int count = static_cast<int>(params.size());
  const Output flat = reshape(ids, {-1});
  const Output places = range(size(flat, {.out_type = int32}));
  const Assignment assignment = assign(flat, params, options.partition_strategy);
  const Output parts = cast(assignment.parts, int32);
  const std::vector<Output> rows = dynamic_partition(assignment.rows, parts, count);
  const std::vector<Output> indices = dynamic_partition(places, parts, count);
  std::vector<Input> found;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const ColocationScope beside(ids.graph(), op_of(params[i]));
    found.emplace_back(gather(params[i], rows[i]));
  }
  const Output stitched = OpBuilder("ParallelDynamicStitch", name)
                              .inputs({indices.begin(), indices.end()})
                              .inputs(found)
                              .output();
  const Shape row = row_shape(params);
  Input row_dims = {};
  if (row.fully_defined()) {
    row_dims = row;
  } else {
    Output whole;
    {
      const ColocationScope beside(ids.graph(), op_of(params[0]));
      whole = shape(params[0]);
    }
    row_dims = getitem(whole, {Span{1, {}}});
  }
  const Output result = reshape(stitched, concat({shape(ids), row_dims}, 0));
  result.set_shape(ids.shape().concatenate(row));
  return clipped(result, ids, options.max_norm);
}

}  // namespace

Output embedding_lookup(const std::vector<Input>& given, const Input& ids,
                        const EmbeddingLookupOptions& options) {
  if (given.empty()) {
    errors::raise_value_error("Length of params is currently 0. Need at least one param.");
  }
  std::vector<Input> inputs = given;
  inputs.push_back(ids);
  Graph& graph = graph_of(inputs);
  const ops::OpScope scope(graph, options.name, "embedding_lookup");
  // Reading a whole resource variable is what gathering avoids.
  std::vector<Input> params = given;
  const bool any_resource = std::any_of(given.begin(), given.end(), [](const Input& part) {
    return static_cast<bool>(part.resource_handle());
  });
  if (!any_resource) {
    for (std::size_t i = 0; i < params.size(); ++i) {
      params[i] = params[i].to_tensor(fmt::format("params_{}", i));
    }
  }
  const Output wanted = ids.to_tensor("ids");
  if (params.size() > 1) {
    return lookup_in_parts(params, wanted, options, scope.name());
  }
  Output rows;
  {
    const ColocationScope beside(graph, op_of(params[0]));
    rows = clipped(gather(params[0], wanted, {.name = scope.name()}), wanted, options.max_norm);
  }
  return identity(rows);
}

Output embedding_lookup(const Input& params, const Input& ids,
                        const EmbeddingLookupOptions& options) {
  return embedding_lookup(std::vector<Input>{params}, ids, options);
}

}  // namespace tensorkeep::nn
