#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// Discrete Fourier transforms, along the last one, two or three dimensions.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

template <int kRank>
void transformed_shape(ShapeContext& c) {
  c.set_output(0, c.input_with_rank_at_least(0, kRank));
}

std::string op_type(const char* name, int rank) {
  return rank == 1 ? name : name + std::to_string(rank) + "D";
}

// How many elements a transform is of.
Output size_of(const Output& grad, int rank) {
  return reduce_prod(getitem(shape(grad), {Span{.begin = -rank}}));
}

template <int kRank>
Gradients forward_gradient(Operation&, const Grads& grads) {
  const Output size = cast(size_of(grads[0], kRank), grads[0].dtype());
  return {OpBuilder(op_type("IFFT", kRank)).input(grads[0]).output() * size};
}

template <int kRank>
Gradients inverse_gradient(Operation&, const Grads& grads) {
  const DType dtype = grads[0].dtype();
  const Output size = cast(size_of(grads[0], kRank), dtype == complex128 ? float64 : float32);
  const Output share = cast(1.0 / size, dtype);
  return {OpBuilder(op_type("FFT", kRank)).input(grads[0]).output() * share};
}

template <int kRank>
void register_rank(OpRegistry& registry) {
  registry.add(op_type("FFT", kRank),
               {.shape = transformed_shape<kRank>, .gradient = forward_gradient<kRank>});
  registry.add(op_type("IFFT", kRank),
               {.shape = transformed_shape<kRank>, .gradient = inverse_gradient<kRank>});
}

}  // namespace

void register_fft(OpRegistry& registry) {
  register_rank<1>(registry);
  register_rank<2>(registry);
  register_rank<3>(registry);
}

}  // namespace tensorkeep::ops
