#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"

// Strings: their parts, numbers of them, joins.
namespace tensorkeep::ops {
namespace {

void substr(ShapeContext& c) {
  const Shape& length = c.input(2);
  if (length.rank_known()) {
    const Shape position = c.input_with_rank(1, length.rank());
    for (int i = 0; i < length.rank(); ++i) {
      if (position.dim(i) != None && length.dim(i) != None && position.dim(i) != length.dim(i)) {
        c.fail(fmt::format("pos and len shapes must match: {} vs. {}", position.debug_string(),
                           length.debug_string()));
      }
    }
  }
  shape_fn::broadcast_binary(c);
}

// Sparse rows, one for each string.
void split(ShapeContext& c) {
  c.input_with_rank(0, 1);
  c.input_with_rank(1, 0);
  c.set_output(0, {None, 2});
  c.set_output(1, {None});
  c.set_output(2, {2});
}

void reduce_join(ShapeContext& c) {
  const Shape& input = c.input(0);
  const bool keep_dims = c.op().attr_bool("keep_dims");
  const auto axes = integers_of(c.input_constant(1));
  if (!axes || !input.rank_known()) {
    return c.set_output(0, keep_dims && input.rank_known() ? Shape::unknown_of_rank(input.rank())
                                                           : Shape::unknown());
  }
  std::vector<bool> joined(static_cast<std::size_t>(input.rank()), false);
  for (const std::int64_t axis : *axes) {
    if (axis < -input.rank() || axis >= input.rank()) {
      c.fail(fmt::format("Invalid reduction dimension {} for input with {} dimension(s)", axis,
                         input.rank()));
    }
    const auto d = static_cast<std::size_t>(axis < 0 ? axis + input.rank() : axis);
    if (joined[d]) c.fail(fmt::format("Duplicate reduction index {}", axis));
    joined[d] = true;
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < input.rank(); ++i) {
    if (!joined[static_cast<std::size_t>(i)]) {
      dims.push_back(input.dim(i));
    } else if (keep_dims) {
      dims.push_back(1);
    }
  }
  c.set_output(0, Shape(dims));
}

void segment_join(ShapeContext& c) {
  const Shape& texts = c.input(0);
  const Shape& ids = c.input(1);
  c.input_with_rank(2, 0);
  if (!texts.rank_known() || !ids.rank_known()) return c.set_output(0, Shape::unknown());
  if (texts.rank() < ids.rank()) {
    c.fail(fmt::format("Shape must be at least rank {} but is rank {}", ids.rank(), texts.rank()));
  }
  std::vector<std::int64_t> dims = {None};
  if (const auto known = integers_of(c.input_constant(2))) dims[0] = known->front();
  for (int i = 0; i < texts.rank(); ++i) {
    if (i < ids.rank()) {
      c.merge_dims(texts.dim(i), ids.dim(i));
    } else {
      dims.push_back(texts.dim(i));
    }
  }
  c.set_output(0, Shape(dims));
}

}  // namespace

void register_string(OpRegistry& registry) {
  for (const char* type :
       {"DecodeBase64", "EncodeBase64", "RegexReplace", "StaticRegexReplace", "StringLength",
        "StringLower", "StringStrip", "StringToHashBucket", "StringToHashBucketFast",
        "StringToHashBucketStrong", "StringToNumber", "StringUpper"}) {
    registry.add(type, {.shape = shape_fn::unchanged, .not_differentiable = true});
  }
  registry.add("ReduceJoin", {.shape = reduce_join, .not_differentiable = true});
  registry.add("RegexFullMatch", {.shape = shape_fn::unchanged, .not_differentiable = true});
  registry.add("StringFormat", {.shape = shape_fn::scalar, .not_differentiable = true});
  registry.add("StringSplit", {.shape = split, .not_differentiable = true});
  registry.add("StringSplitV2", {.shape = split, .not_differentiable = true});
  registry.add("Substr", {.shape = substr, .not_differentiable = true});
  registry.add("UnsortedSegmentJoin", {.shape = segment_join, .not_differentiable = true});
}

}  // namespace tensorkeep::ops
