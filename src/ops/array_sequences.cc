#include <fmt/format.h>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/op_builder.h"

// Sequences of different lengths.
namespace tensorkeep::ops {
namespace {

void reverse_sequence_shape(ShapeContext& c) {
  const Shape lengths = c.input_with_rank(1, 1);
  const Shape& input = c.input(0);
  if (!input.rank_known()) return c.set_output(0, input);
  const std::int64_t batch_dim = c.op().attr_int("batch_dim");
  const std::int64_t seq_dim = c.op().attr_int("seq_dim");
  if (batch_dim >= input.rank()) {
    c.fail(fmt::format("batch_dim must be < input rank: {} vs. {}", batch_dim, input.rank()));
  }
  if (seq_dim >= input.rank()) {
    c.fail(fmt::format("seq_dim must be < input rank: {} vs. {}", seq_dim, input.rank()));
  }
  if (batch_dim < 0) return c.set_output(0, input);  // the run refuses it
  std::vector<std::int64_t> dims = input.dims();
  std::int64_t& batch = dims[static_cast<std::size_t>(batch_dim)];
  batch = c.merge_dims(batch, lengths.dim(0));
  c.set_output(0, Shape(std::move(dims)));
}

Gradients reverse_sequence_gradient(Operation& op, const std::vector<Output>& grads) {
  return {OpBuilder("ReverseSequence")
              .input(grads[0])
              .input(op.input(1))
              .attr("seq_dim", op.attr("seq_dim"))
              .attr("batch_dim", op.attr("batch_dim"))
              .output(),
          {}};
}

}  // namespace

void register_array_sequence(OpRegistry& registry) {
  registry.add("ReverseSequence",
               {.shape = reverse_sequence_shape, .gradient = reverse_sequence_gradient});
}

}  // namespace tensorkeep::ops
