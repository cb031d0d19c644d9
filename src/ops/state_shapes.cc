#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"

// Shapes of the operations on variables, and of the conditional that reads one safely.
namespace tensorkeep::ops {
namespace {

void variable_v2(ShapeContext& c) {
  c.set_output(0, c.op().attr_shape("shape"));
}

// The first version could not tell a scalar from an unknown shape.
void variable_v1(ShapeContext& c) {
  const Shape shape = c.op().attr_shape("shape");
  c.set_output(0, shape.rank_known() && shape.rank() == 0 ? Shape::unknown() : shape);
}

void assign(ShapeContext& c) {
  const bool same = c.op().attr_bool("validate_shape");
  c.set_output(0, same ? c.merge_shapes(c.input(0), c.input(1)) : c.input(1));
}

void var_handle(ShapeContext& c) {
  c.set_output(0, Shape());
  c.set_output_handle(0, {c.op().attr_dtype("dtype"), c.op().attr_shape("shape")});
}

HandleData handle_data(ShapeContext& c) {
  return c.input_handle(0).value_or(HandleData());
}

void check_handle_dtype(ShapeContext& c, const HandleData& data, const char* doing) {
  const DType wanted = c.op().attr_dtype("dtype");
  if (data.dtype == DType::kInvalid || data.dtype == wanted) return;
  c.fail(fmt::format("Trying to {} variable with wrong dtype. Expected {} got {}", doing,
                     op_name_of(data.dtype), op_name_of(wanted)));
}

void read_variable(ShapeContext& c) {
  const HandleData data = handle_data(c);
  check_handle_dtype(c, data, "read");
  c.set_output(0, data.shape);
}

void update_variable(ShapeContext& c) {
  const HandleData data = handle_data(c);
  check_handle_dtype(c, data, "initialize handle for");
  (void)c.merge_shapes(data.shape, c.input(1));
}

void variable_shape(ShapeContext& c) {
  const Shape shape = handle_data(c).shape;
  c.set_output(0, shape.rank_known() ? Shape{shape.rank()} : Shape{None});
}

// The rows that a scatter to `variable` takes.
void check_scatter(ShapeContext& c, const Shape& variable) {
  const Shape& updates = c.input(2);
  if (updates.rank_known() && updates.rank() == 0) return;  // one number for every element
  if (!variable.rank_known()) return;
  if (variable.rank() == 0) c.fail("Shape must be at least rank 1 but is rank 0");
  const Shape row(std::vector<std::int64_t>(variable.dims().begin() + 1, variable.dims().end()));
  (void)c.merge_shapes(updates, c.input(1).concatenate(row));
}

void scatter(ShapeContext& c) {
  check_scatter(c, c.input(0));
  c.set_output(0, c.input(0));
}

void resource_scatter(ShapeContext& c) {
  check_scatter(c, handle_data(c).shape);
}

void resource_gather(ShapeContext& c) {
  const HandleData data = handle_data(c);
  check_handle_dtype(c, data, "read");
  if (!data.shape.rank_known()) return c.set_output(0, Shape::unknown());
  if (data.shape.rank() == 0) c.fail("Shape must be at least rank 1 but is rank 0");
  const auto& dims = data.shape.dims();
  c.set_output(
      0, c.input(1).concatenate(Shape(std::vector<std::int64_t>(dims.begin() + 1, dims.end()))));
}

void counter(ShapeContext& c) {
  c.input_with_rank(0, 0);
  c.set_output(0, Shape());
}

void resource_counter(ShapeContext& c) {
  const HandleData data = handle_data(c);
  if (data.dtype != DType::kInvalid && data.dtype != c.op().attr_dtype("T")) {
    c.fail("Handle dtype must match the attribute T");
  }
  (void)c.merge_shapes(data.shape, Shape());
  c.set_output(0, Shape());
}

struct Row {
  const char* name;
  ShapeFn shape;
};

constexpr Row kRows[] = {
    {"Assign", assign},
    {"AssignAdd", shape_fn::merged_inputs},
    {"AssignAddVariableOp", update_variable},
    {"AssignSub", shape_fn::merged_inputs},
    {"AssignSubVariableOp", update_variable},
    {"AssignVariableOp", update_variable},
    {"CountUpTo", counter},
    {"DestroyResourceOp", shape_fn::none},
    {"IsVariableInitialized", shape_fn::scalar},
    {"ResourceCountUpTo", resource_counter},
    {"ResourceScatterAdd", resource_scatter},
    {"ResourceScatterDiv", resource_scatter},
    {"ResourceScatterMax", resource_scatter},
    {"ResourceScatterMin", resource_scatter},
    {"ResourceScatterMul", resource_scatter},
    {"ResourceScatterSub", resource_scatter},
    {"ResourceScatterUpdate", resource_scatter},
    {"ResourceStridedSliceAssign", shape_fn::none},
    {"ScatterAdd", scatter},
    {"ScatterDiv", scatter},
    {"ScatterMax", scatter},
    {"ScatterMin", scatter},
    {"ScatterMul", scatter},
    {"ScatterSub", scatter},
    {"ScatterUpdate", scatter},
    {"StridedSliceAssign", shape_fn::unchanged},
    {"VarHandleOp", var_handle},
    {"VarIsInitializedOp", shape_fn::scalar},
    {"Variable", variable_v1},
    {"VariableShape", variable_shape},
    {"VariableV2", variable_v2},
};

Gradients read_variable_grad(Operation&, const Gradients& grads) {
  return grads;
}

}  // namespace

void register_state(OpRegistry& registry) {
  for (const Row& row : kRows) {
    registry.add(row.name, {.shape = row.shape, .not_differentiable = true});
  }
  registry.add("ReadVariableOp", {.shape = read_variable, .slices_gradient = read_variable_grad});
  registry.add("ResourceGather", {.shape = resource_gather});
}

}  // namespace tensorkeep::ops
