#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/op_builder.h"

// Normalising by the mean and variance of a batch, or of what was seen in training.
namespace tensorkeep {
namespace nn {

Output batch_normalization(const Input& x, const Input& mean, const Input& variance,
                           const Input& offset, const Input& scale, const Input& variance_epsilon,
                           const Name& name) {
  const ops::OpScope scope({x, mean, variance, scale, offset}, name.name, "batchnorm");
  Output inverse = rsqrt(variance + variance_epsilon);
  if (!scale.is_none()) inverse = inverse * scale;
  const Output factor = cast(inverse, *x.dtype());
  const Output scaled = x * factor;
  const Output shift = offset.is_none() ? -mean * inverse : offset - mean * inverse;
  return scaled + cast(shift, *x.dtype());
}

FusedBatchNorm fused_batch_norm(const Input& x, const Input& scale, const Input& offset,
                                const FusedBatchNormOptions& options) {
  const bool given = !options.mean.is_none() && !options.variance.is_none();
  if (!options.is_training && !given) {
    errors::raise_value_error(
        "Both `mean` and `variance` must be a 1D tensor when `is_training` is False or "
        "`exponential_avg_factor` != 1.0.");
  }
  const auto as_default = graph_of({x, scale, offset, options.mean, options.variance}).as_default();
  const Output input = x.to_tensor("input");
  const Output scales = scale.to_tensor("scale");
  const Output offsets = offset.to_tensor("offset");
  const auto or_empty = [](const Input& moment) {
    return moment.is_none() ? Input(constant(Tensor(float32, {0}))) : moment;
  };
  const Input mean = or_empty(options.mean);
  const Input variance = or_empty(options.variance);
  Operation* const op = OpBuilder("FusedBatchNormV3", options.name)
                            .input(input)
                            .input(scales)
                            .input(offsets)
                            .input(mean)
                            .input(variance)
                            .attr("epsilon", options.epsilon)
                            .attr("data_format", options.data_format)
                            .attr("is_training", options.is_training)
                            .build();
  return {op->output(0), op->output(1), op->output(2)};
}

}  // namespace nn

namespace ops {
namespace {

using Grads = const std::vector<Output>&;

int channel_axis(const Operation& op) {
  return op.attr_string("data_format").starts_with("NC") ? 1 : -1;
}

Shape image(ShapeContext& c, int index) {
  const bool volumes = c.op().attr_string("data_format").size() == 5;
  return c.input_with_rank(index, volumes ? 5 : 4);
}

// `shape` with a known number of channels, and that number.
Shape with_channels(const ShapeContext& c, const Shape& shape, std::int64_t channels) {
  if (!shape.rank_known()) return shape;
  std::vector<std::int64_t> dims = shape.dims();
  dims[channel_axis(c.op()) == 1 ? 1 : dims.size() - 1] = channels;
  return Shape(std::move(dims));
}

std::int64_t merged_channels(ShapeContext& c, const Shape& shape, int first, int last) {
  std::int64_t channels = shape.rank_known() ? shape.dim(channel_axis(c.op())) : None;
  for (int i = first; i <= last; ++i) {
    channels = c.merge_dims(channels, c.input_with_rank(i, 1).dim(0));
  }
  return channels;
}

// Outputs: y, mean, variance, and what the gradient keeps.
void fused_batch_norm(ShapeContext& c) {
  const Shape x = image(c, 0);
  // In training mean and variance may be empty.
  const std::int64_t channels = merged_channels(c, x, 1, c.op().attr_bool("is_training") ? 2 : 4);
  c.set_output(0, with_channels(c, x, channels));
  for (int i = 1; i <= 4; ++i) c.set_output(i, Shape{channels});
  if (c.op().num_outputs() > 5) c.set_output(5, Shape::unknown());
}

// Inputs: y_backprop, x, scale, and what was kept.
void fused_batch_norm_grad(ShapeContext& c) {
  const Shape x = c.merge_shapes(image(c, 0), image(c, 1));
  const std::int64_t channels = merged_channels(c, x, 2, 4);
  c.set_output(0, with_channels(c, x, channels));
  c.set_output(1, Shape{channels});
  c.set_output(2, Shape{channels});
  c.set_output(3, Shape{0});
  c.set_output(4, Shape{0});
}

// Outside training TensorFlow has the gradient in NHWC alone.
Gradients fused_batch_norm_gradient(Operation& op, Grads grads) {
  const bool training = op.attr_bool("is_training");
  const bool turned = !training && op.attr_string("data_format") == "NCHW";
  Output x = op.input(0);
  Output grad = grads[0];
  if (turned) {
    x = transpose(x, {0, 2, 3, 1});
    grad = transpose(grad, {0, 2, 3, 1});
  }
  const std::string version = op.type().substr(std::string("FusedBatchNorm").size());
  OpBuilder builder("FusedBatchNormGrad" + version);
  builder.input(grad).input(x).input(op.input(1));
  builder.input(training ? op.output(3) : op.input(3));
  builder.input(training ? op.output(4) : op.input(4));
  if (version == "V3") builder.input(op.output(5));
  const std::vector<Output> outputs =
      builder.attr("epsilon", op.attr("epsilon"))
          .attr("data_format", turned ? std::string("NHWC") : op.attr_string("data_format"))
          .attr("is_training", training)
          .outputs();
  const Output dx = turned ? transpose(outputs[0], {0, 3, 1, 2}) : outputs[0];
  return {dx, outputs[1], outputs[2], Gradient(), Gradient()};
}

}  // namespace

void register_nn_batch_norm(OpRegistry& registry) {
  for (const std::string version : {"", "V2", "V3"}) {
    registry.add("FusedBatchNorm" + version,
                 {.shape = fused_batch_norm, .gradient = fused_batch_norm_gradient});
    registry.add("FusedBatchNormGrad" + version, {.shape = fused_batch_norm_grad});
  }
}

}  // namespace ops
}  // namespace tensorkeep
