#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"

// The operations that branches and loops are made of.
namespace tensorkeep::ops {
namespace {

void hand_on(ShapeContext& c, int output, const Shape& shape) {
  c.set_output(output, shape);
  if (const auto& handle = c.input_handle(0)) c.set_output_handle(output, *handle);
}

// Both branches carry the input.
void switch_shape(ShapeContext& c) {
  (void)c.input_with_rank(1, 0);
  for (int i = 0; i < 2; ++i) hand_on(c, i, c.input(0));
}

// Whichever input arrives first: what all of them agree on, and its number.
void merge_shape(ShapeContext& c) {
  Shape common = c.input(0);
  for (int i = 1; i < c.num_inputs() && common.rank_known(); ++i) {
    const Shape& other = c.input(i);
    if (!other.rank_known() || other.rank() != common.rank()) {
      common = Shape::unknown();
      break;
    }
    std::vector<std::int64_t> dims = common.dims();
    for (std::size_t d = 0; d < dims.size(); ++d) {
      if (dims[d] != other.dims()[d]) dims[d] = None;
    }
    common = Shape(std::move(dims));
  }
  c.set_output(0, common);
  c.set_output(1, Shape());
}

// A loop's variable may change its shape.
void enter_shape(ShapeContext& c) {
  hand_on(c, 0, c.op().attr_bool("is_constant") ? c.input(0) : Shape::unknown());
}

void loop_cond_shape(ShapeContext& c) {
  c.set_output(0, c.input_with_rank(0, 0));
}

void stack_shape(ShapeContext& c) {
  c.set_output(0, {2});  // what a reference to a stack was
}

void stack_push_shape(ShapeContext& c) {
  c.set_output(0, c.input(1));
}

constexpr ShapeRow kRows[] = {
    {"NoOp", shape_fn::none},
    {"ControlTrigger", shape_fn::none},
    {"Switch", switch_shape},
    {"RefSwitch", switch_shape},
    {"Merge", merge_shape},
    {"RefMerge", merge_shape},
    {"Enter", enter_shape},
    {"RefEnter", shape_fn::unchanged},
    {"Exit", shape_fn::unchanged},
    {"RefExit", shape_fn::unchanged},
    {"NextIteration", shape_fn::unchanged},
    {"RefNextIteration", shape_fn::unchanged},
    {"LoopCond", loop_cond_shape},
    {"StackV2", stack_shape},
    {"StackPushV2", stack_push_shape},
    {"StackPopV2", shape_fn::unknown},
    {"StackCloseV2", shape_fn::none},
};

}  // namespace

void register_control_flow(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
