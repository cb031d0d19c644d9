#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// Connectionist temporal classification: shapes and the gradient of the loss.
namespace tensorkeep::ops {
namespace {

void greedy_decoder(ShapeContext& c) {
  const Shape inputs = c.input_with_rank(0, 3);
  const Shape lengths = c.input_with_rank(1, 1);
  const std::int64_t batch = c.merge_dims(inputs.dim(1), lengths.dim(0));
  c.set_output(0, {None, 2});
  c.set_output(1, {None});
  c.set_output(2, {2});
  c.set_output(3, {batch, 1});
}

void loss(ShapeContext& c) {
  const Shape inputs = c.input_with_rank(0, 3);
  const Shape places = c.input_with_rank(1, 2);
  const Shape labels = c.input_with_rank(2, 1);
  const Shape lengths = c.input_with_rank(3, 1);
  c.merge_dims(places.dim(0), labels.dim(0));
  const std::int64_t batch = c.merge_dims(inputs.dim(1), lengths.dim(0));
  c.set_output(0, {batch});
  c.set_output(1, {inputs.dim(0), batch, inputs.dim(2)});
}

// Output 1 is the gradient already.
Gradients loss_gradient(Operation& op, const std::vector<Output>& grads) {
  const Output gradient =
      OpBuilder("PreventGradient")
          .input(op.output(1))
          .attr("message",
                "Currently there is no way to take the second  derivative of ctc_loss due to the "
                "fused implementation's interaction  with tf.gradients()")
          .output();
  return {expand_dims(grads[0], -1) * gradient, {}, {}, {}};
}

}  // namespace

void register_ctc(OpRegistry& registry) {
  registry.add("CTCGreedyDecoder", {.shape = greedy_decoder, .not_differentiable = true});
  registry.add("CTCLoss", {.shape = loss, .gradient = loss_gradient});
}

}  // namespace tensorkeep::ops
