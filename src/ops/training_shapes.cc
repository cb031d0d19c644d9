#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/proto/op_def.pb.h"

// Shapes of the optimizers' updates.
namespace tensorkeep::ops {
namespace {

const Shape variable_shape(ShapeContext& c, int index) {
  if (c.op().input(index).dtype() != resource) return c.input(index);
  return c.input_handle(index).value_or(HandleData()).shape;
}

// A variable and its slots are of one shape, which is the gradient's too; with `indices` the
// gradient has a row for each of them. What else there is are scalars.
void update(ShapeContext& c) {
  const proto::OpDef& def = c.op().op_def();
  Shape shape = Shape::unknown();
  for (int i = 0; i < def.input_arg_size(); ++i) {
    const auto& arg = def.input_arg(i);
    if (arg.is_ref() || arg.type() == proto::DT_RESOURCE) {
      shape = c.merge_shapes(shape, variable_shape(c, i));
    }
  }
  int gradient = -1;
  int indices = -1;
  for (int i = 0; i < def.input_arg_size(); ++i) {
    const auto& arg = def.input_arg(i);
    if (arg.is_ref() || arg.type() == proto::DT_RESOURCE) continue;
    if (arg.name() == "grad" || arg.name() == "delta") {
      gradient = i;
    } else if (arg.name() == "indices") {
      indices = i;
    } else {
      (void)c.input_with_rank(i, 0);
    }
  }
  if (indices < 0) {
    shape = c.merge_shapes(shape, c.input(gradient));
  } else {
    const std::int64_t rows = c.input_with_rank(indices, 1).dim(0);
    if (shape.rank_known() && shape.rank() > 0) {
      std::vector<std::int64_t> dims = shape.dims();
      dims[0] = rows;
      (void)c.merge_shapes(Shape(std::move(dims)), c.input(gradient));
    }
  }
  if (c.op().num_outputs() > 0) c.set_output(0, shape);
}

struct Row {
  const char* name;
  bool sparse_too;
};
constexpr Row kRows[] = {
    {"ApplyGradientDescent", false},
    {"ApplyMomentum", true},
    {"ApplyAdam", false},
    {"ApplyRMSProp", true},
    {"ApplyCenteredRMSProp", true},
    {"ApplyAdagrad", true},
    {"ApplyAdadelta", true},
    {"ApplyFtrl", true},
    {"ApplyFtrlV2", true},
    {"ApplyProximalGradientDescent", true},
    {"ApplyProximalAdagrad", true},
    {"ApplyAdagradDA", true},
};

}  // namespace

void register_training(OpRegistry& registry) {
  for (const Row& row : kRows) {
    for (const std::string prefix : {"", "Resource"}) {
      registry.add(prefix + row.name, {.shape = update});
      if (row.sparse_too) registry.add(prefix + "Sparse" + row.name, {.shape = update});
    }
  }
}

}  // namespace tensorkeep::ops
