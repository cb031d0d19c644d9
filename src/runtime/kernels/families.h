#pragma once

#include "runtime/kernel.h"

// The families of kernels, each one file that registers its own: a new family is one line here.
#define TENSORKEEP_KERNEL_FAMILIES(X) \
  X(array_basic)                      \
  X(array_shape)                      \
  X(array_join)                       \
  X(array_move)                       \
  X(array_index)                      \
  X(array_partition)                  \
  X(array_mirror)                     \
  X(array_diagonal)                   \
  X(reverse_sequence)                 \
  X(random)                           \
  X(random_stateless)                 \
  X(random_categorical)               \
  X(random_gamma)                     \
  X(candidate_sampling)               \
  X(io)                               \
  X(io_v1)                            \
  X(as_string)                        \
  X(string)                           \
  X(string_hash)                      \
  X(string_part)                      \
  X(string_regex)                     \
  X(unary)                            \
  X(binary)                           \
  X(polygamma)                        \
  X(complex)                          \
  X(assert)                           \
  X(comparison)                       \
  X(matmul)                           \
  X(reduction)                        \
  X(arg_reduction)                    \
  X(top_k)                            \
  X(softmax)                          \
  X(bias)                             \
  X(select)                           \
  X(cast)                             \
  X(sum)                              \
  X(segment)                          \
  X(space_batch)                      \
  X(image_color)                      \
  X(image_box)                        \
  X(non_max_suppression)              \
  X(resize)                           \
  X(resize_smooth)                    \
  X(fake_quant)                       \
  X(rnn_cell)                         \
  X(sequence)                         \
  X(nn)                               \
  X(conv)                             \
  X(batch_norm)                       \
  X(depthwise)                        \
  X(pool)                             \
  X(lrn)                              \
  X(linalg)                           \
  X(linalg_solve)                     \
  X(linalg_factors)                   \
  X(linalg_svd)                       \
  X(fft)                              \
  X(sparse)                           \
  X(sparse_layout)                    \
  X(sparse_join)                      \
  X(sparse_math)                      \
  X(sparse_reduce)                    \
  X(sparse_segment)                   \
  X(set)                              \
  X(edit_distance)                    \
  X(ctc)                              \
  X(control_flow)                     \
  X(stack)                            \
  X(tensor_array)                     \
  X(lookup)                           \
  X(variable)                         \
  X(scatter)                          \
  X(scatter_nd)                       \
  X(count_up_to)                      \
  X(py_func)                          \
  X(special)                          \
  X(search)                           \
  X(roll)                             \
  X(vector)                           \
  X(outside)                          \
  X(string_format)                    \
  X(gamma_integral)                   \
  X(patch)                            \
  X(dilation)                         \
  X(training)                         \
  X(summary)

namespace tensorkeep::runtime {
#define TENSORKEEP_DECLARE_KERNELS(family) \
  void register_##family##_kernels(KernelRegistry& registry);
TENSORKEEP_KERNEL_FAMILIES(TENSORKEEP_DECLARE_KERNELS)
#undef TENSORKEEP_DECLARE_KERNELS
}  // namespace tensorkeep::runtime
