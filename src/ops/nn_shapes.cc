#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"

// Shapes of activations, biases and losses.
namespace tensorkeep::ops {
namespace {

void at_least_vector(ShapeContext& c) {
  c.set_output(0, c.input_with_rank_at_least(0, 1));
}

bool channels_first(const Operation& op) {
  return op.attr_string("data_format") == "NCHW";
}

void bias_add(ShapeContext& c) {
  Shape value = c.input_with_rank_at_least(0, 2);
  const std::int64_t bias = c.input_with_rank(1, 1).dim(0);
  if (!value.rank_known()) return c.set_output(0, value);
  std::vector<std::int64_t> dims = value.dims();
  const bool first = channels_first(c.op()) && value.rank() >= 3;
  std::int64_t& channels = first ? dims[1] : dims.back();
  channels = c.merge_dims(channels, bias);
  c.set_output(0, Shape(std::move(dims)));
}

void bias_add_grad(ShapeContext& c) {
  const Shape value = c.input_with_rank_at_least(0, 2);
  if (!value.rank_known()) return c.set_output(0, Shape{None});
  const bool first = channels_first(c.op()) && value.rank() >= 3;
  c.set_output(0, Shape{value.dim(first ? 1 : -1)});
}

// Inputs: features and labels, which may broadcast.
void softmax_cross_entropy(ShapeContext& c) {
  const auto shape = broadcast_shapes(c.input(0), c.input(1));
  if (!shape) c.fail("Shapes of features and labels are not compatible");
  if (shape->rank_known() && shape->rank() != 2) {
    c.fail(fmt::format("Shape must be rank 2 but is rank {}", shape->rank()));
  }
  const Shape both = shape->rank_known() ? *shape : Shape{None, None};
  c.set_output(0, Shape{both.dim(0)});
  c.set_output(1, both);
}

void sparse_softmax_cross_entropy(ShapeContext& c) {
  const Shape features = c.input_with_rank(0, 2);
  const std::int64_t batch = c.merge_dims(features.dim(0), c.input_with_rank(1, 1).dim(0));
  c.set_output(0, Shape{batch});
  c.set_output(1, Shape{batch, features.dim(1)});
}

void in_top_k(ShapeContext& c) {
  const Shape predictions = c.input_with_rank(0, 2);
  c.set_output(0, Shape{c.merge_dims(predictions.dim(0), c.input_with_rank(1, 1).dim(0))});
}

constexpr ShapeRow kRows[] = {
    {"BiasAdd", bias_add},
    {"BiasAddGrad", bias_add_grad},
    {"Elu", shape_fn::unchanged},
    {"EluGrad", shape_fn::merged_inputs},
    {"InTopK", in_top_k},
    {"InTopKV2", in_top_k},
    {"L2Loss", shape_fn::scalar},
    {"LeakyRelu", shape_fn::unchanged},
    {"LeakyReluGrad", shape_fn::merged_inputs},
    {"LogSoftmax", at_least_vector},
    {"Relu", shape_fn::unchanged},
    {"Relu6", shape_fn::unchanged},
    {"Relu6Grad", shape_fn::merged_inputs},
    {"ReluGrad", shape_fn::merged_inputs},
    {"Selu", shape_fn::unchanged},
    {"SeluGrad", shape_fn::merged_inputs},
    {"Softmax", at_least_vector},
    {"SoftmaxCrossEntropyWithLogits", softmax_cross_entropy},
    {"Softplus", shape_fn::unchanged},
    {"SoftplusGrad", shape_fn::merged_inputs},
    {"Softsign", shape_fn::unchanged},
    {"SoftsignGrad", shape_fn::merged_inputs},
    {"SparseSoftmaxCrossEntropyWithLogits", sparse_softmax_cross_entropy},
};

}  // namespace

void register_nn(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
