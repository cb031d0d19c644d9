#pragma once

#include "graph/op_registry.h"

// The families of operations, each one file (or two: builders and shapes, gradients) that registers
// its own: register_array(registry) adds Reshape, Concat, ... A new family is one line here.
#define TENSORKEEP_OP_FAMILIES(X) \
  X(constant)                     \
  X(state)                        \
  X(scatter_nd)                   \
  X(array_roll)                   \
  X(array_search)                 \
  X(math_special)                 \
  X(math_vectors)                 \
  X(outside)                      \
  X(math_gamma)                   \
  X(array_basic)                  \
  X(array_join)                   \
  X(array_slice)                  \
  X(array_layout)                 \
  X(array_index)                  \
  X(array_blocks)                 \
  X(array_matrices)               \
  X(array_sequence)               \
  X(array_gradients)              \
  X(array_sum_gradients)          \
  X(random)                       \
  X(control_flow)                 \
  X(control_flow_gradients)       \
  X(check)                        \
  X(math_elementwise)             \
  X(math_reduce)                  \
  X(math_matmul)                  \
  X(math_cast)                    \
  X(math_complex)                 \
  X(math_sequence)                \
  X(math_linspace)                \
  X(math_no_nan)                  \
  X(math_clip)                    \
  X(io)                           \
  X(lookup)                       \
  X(training)                     \
  X(nn)                           \
  X(nn_conv)                      \
  X(nn_batch_norm)                \
  X(nn_gradients)                 \
  X(nn_conv_gradients)            \
  X(nn_volumes)                   \
  X(nn_lrn)                       \
  X(nn_top_k)                     \
  X(linalg)                       \
  X(linalg_gradients)             \
  X(linalg_factors)               \
  X(fft)                          \
  X(sparse)                       \
  X(sparse_shapes)                \
  X(sparse_gradients)             \
  X(sparse_segments)              \
  X(set)                          \
  X(string)                       \
  X(ctc)                          \
  X(image)                        \
  X(tensor_array)                 \
  X(summary)

namespace tensorkeep::ops {
#define TENSORKEEP_DECLARE_FAMILY(family) void register_##family(OpRegistry& registry);
TENSORKEEP_OP_FAMILIES(TENSORKEEP_DECLARE_FAMILY)
#undef TENSORKEEP_DECLARE_FAMILY
}  // namespace tensorkeep::ops
