#include <fmt/format.h>

#include "graph/strided_slice.h"
#include "ops/array_util.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Parts of tensors: slice, strided_slice, Python's brackets.
namespace tensorkeep {
namespace {

// The lists that brackets turn into, entry by entry.
struct SliceSpec {
  std::vector<Input> begin;
  std::vector<Input> end;
  std::vector<Input> strides;
  StridedSliceOptions masks;

  int next_bit() const { return 1 << begin.size(); }
  void add(Input b, Input e, Input s) {
    begin.push_back(std::move(b));
    end.push_back(std::move(e));
    strides.push_back(std::move(s));
  }
};

bool given(const Input& input) {
  return !input.is_tensor() || input.dtype();
}

void check_index(const Input& index) {
  if (index.is_literal()) return;
  const auto dtype = index.dtype();
  if (dtype == int16 || dtype == int32 || dtype == int64) return;
  errors::raise_type_error(
      fmt::format("Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
                  "tf.int32/tf.int64 tensors are valid indices, got {}",
                  dtype ? name_of(*dtype) : "none"));
}

void add_span(SliceSpec& spec, const Span& span) {
  std::optional<DType> dtype;  // the widest of the tensors among the three
  for (const Input* input : {&span.begin, &span.end, &span.step}) {
    if (!given(*input)) continue;
    check_index(*input);
    if (input->is_literal()) continue;
    if (!dtype || size_of(*input->dtype()) > size_of(*dtype)) dtype = input->dtype();
  }
  const auto default_to = [&](int value) {
    return dtype ? Input(constant(value, {.dtype = dtype})) : Input(value);
  };
  const int bit = spec.next_bit();
  if (!given(span.begin)) spec.masks.begin_mask |= bit;
  if (!given(span.end)) spec.masks.end_mask |= bit;
  Input begin = given(span.begin) ? span.begin : default_to(0);
  Input end = given(span.end) ? span.end : default_to(0);
  Input step = given(span.step) ? span.step : default_to(1);
  spec.add(std::move(begin), std::move(end), std::move(step));
}

void add_index(SliceSpec& spec, const Input& index) {
  check_index(index);
  spec.masks.shrink_axis_mask |= spec.next_bit();
  if (index.is_literal()) {
    const auto value = ops::integers_of(index.literal().to_tensor(int64));
    return spec.add(index, Input(value->front() + 1), 1);
  }
  const Output after = OpBuilder("Add", "add").input(index).input(1).output();
  const bool wide = index.dtype() != int32;
  spec.add(index, after, wide ? Input(constant(1, {.dtype = index.dtype()})) : Input(1));
}

}  // namespace

Output slice(const Input& input, const Input& begin, const Input& size, const Name& name) {
  return OpBuilder("Slice", name.name)
      .input(input)
      .input(ops::list_or_empty(begin))
      .input(ops::list_or_empty(size))
      .output();
}

Output strided_slice(const Input& input, const Input& begin, const Input& end,
                     const StridedSliceOptions& options) {
  Graph& graph = graph_of({input, begin, end});
  const auto as_default = graph.as_default();
  return strided_slice(input, begin, end, ones_like(begin), options);
}

Output strided_slice(const Input& input, const Input& begin, const Input& end, const Input& strides,
                     const StridedSliceOptions& options) {
  return OpBuilder("StridedSlice", options.name)
      .input(input)
      .input(begin)
      .input(end)
      .input(strides)
      .attr("begin_mask", options.begin_mask)
      .attr("end_mask", options.end_mask)
      .attr("ellipsis_mask", options.ellipsis_mask)
      .attr("new_axis_mask", options.new_axis_mask)
      .attr("shrink_axis_mask", options.shrink_axis_mask)
      .output();
}

Output getitem(const Input& input, const std::vector<Subscript>& subscripts) {
  Graph& graph = graph_of({input});
  const auto as_default = graph.as_default();
  const Output tensor = input.to_tensor("");
  if (subscripts.size() > 30) errors::raise_value_error("too many subscripts");
  SliceSpec spec;
  for (const Subscript& subscript : subscripts) {
    if (const auto* span = std::get_if<Span>(&subscript.value())) {
      add_span(spec, *span);
    } else if (const auto* index = std::get_if<Input>(&subscript.value())) {
      add_index(spec, *index);
    } else if (std::holds_alternative<NewAxis>(subscript.value())) {
      spec.masks.new_axis_mask |= spec.next_bit();
      spec.add(0, 0, 1);
    } else {
      spec.masks.ellipsis_mask |= spec.next_bit();
      spec.add(0, 0, 1);
    }
  }
  const NameScope scope(graph, "strided_slice");
  spec.masks.name = scope.name();
  if (subscripts.empty()) {
    const Output none = constant(Literal(std::vector<Literal>()), {.dtype = int32});
    return strided_slice(tensor, none, none, none, spec.masks);
  }
  Output begin = ops::packed(spec.begin, "stack");
  Output end = ops::packed(spec.end, "stack");
  Output strides = ops::packed(spec.strides, "stack");
  if (begin.dtype() == int64 || end.dtype() == int64 || strides.dtype() == int64) {
    for (Output* part : {&begin, &end, &strides}) {
      if (part->dtype() == int64) continue;
      *part = OpBuilder("Cast").input(*part).attr("DstT", int64).output();
    }
  }
  return strided_slice(tensor, begin, end, strides, spec.masks);
}

namespace ops {
namespace {

void slice_shape(ShapeContext& c) {
  const std::int64_t count =
      c.merge_dims(c.input_with_rank(1, 1).dim(0), c.input_with_rank(2, 1).dim(0));
  const Shape input = count < 0 ? c.input(0) : c.input_with_rank(0, static_cast<int>(count));
  const Shape begin = c.input_as_shape(1);
  const auto sizes = integers_of(c.input_constant(2));
  if (!sizes) {
    const Shape known = c.input_as_shape(2);
    if (known.rank_known()) return c.set_output(0, known);
    return c.set_output(
        0, input.rank_known() ? Shape::unknown_of_rank(input.rank()) : Shape::unknown());
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < static_cast<int>(sizes->size()); ++i) {
    std::int64_t size = (*sizes)[static_cast<std::size_t>(i)];
    if (size == -1) {
      const std::int64_t whole = input.rank_known() ? input.dim(i) : None;
      const std::int64_t from = begin.rank_known() ? begin.dim(i) : None;
      if (whole >= 0 && from > whole) {
        c.fail(
            fmt::format("Negative dimension size caused by subtracting {} from {}", from, whole));
      }
      size = whole < 0 || from < 0 ? None : whole - from;
    } else if (size < 0) {
      c.fail(fmt::format("Invalid size {} of dimension {} in a slice", size, i));
    }
    dims.push_back(size);
  }
  c.set_output(0, Shape(std::move(dims)));
}

void strided_slice_shape(ShapeContext& c) {
  const std::int64_t sparse =
      c.merge_dims(c.merge_dims(c.input_with_rank(1, 1).dim(0), c.input_with_rank(2, 1).dim(0)),
                   c.input_with_rank(3, 1).dim(0));
  const auto strides = integers_of(c.input_constant(3));
  if (!c.input(0).rank_known() || sparse < 0 || !strides) {
    return c.set_output(0, Shape::unknown());
  }
  const SliceMasks masks = slice_masks_of(c.op());
  try {
    const DenseSlice dense = dense_slice(c.input(0), integers_of(c.input_constant(1)),
                                         integers_of(c.input_constant(2)), *strides, masks);
    c.set_output(0, dense.final_shape);
  } catch (const errors::InvalidArgumentError& error) {
    c.fail(error.message());
  }
}

void strided_slice_grad_shape(ShapeContext& c) {
  c.set_output(0, c.input_as_shape(0));
}

constexpr ShapeRow kRows[] = {
    {"Slice", slice_shape},
    {"StridedSlice", strided_slice_shape},
    {"StridedSliceGrad", strided_slice_grad_shape},
};

}  // namespace

void register_array_slice(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace ops
}  // namespace tensorkeep
