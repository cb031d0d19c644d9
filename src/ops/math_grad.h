#pragma once

#include "graph/op_registry.h"
#include "tensorkeep/input.h"

// The gradient rules of the math families, one for an operation. Each adds the nodes that
// TensorFlow 2.21's rule adds, in the same order (math_grad.py; the formulas are in the rules).
namespace tensorkeep::ops::grad {

// No input of the operation has a gradient.
Gradients none(Operation& op, const std::vector<Output>& grads);

// `input_shape`, a tensor that holds a shape, with 1 in place of every dimension among `axes`:
// numbers if both are known, else computed in the graph.
Input reduced_shape(const Output& input_shape, const Output& axes);

#define TENSORKEEP_GRADIENT_RULES(X)                                                               \
  /* one input, element by element */                                                              \
  X(abs)                                                                                           \
  X(acos)                                                                                          \
  X(acosh)                                                                                         \
  X(asin)                                                                                          \
  X(asinh)                                                                                         \
  X(atan)                                                                                          \
  X(atanh)                                                                                         \
  X(conj)                                                                                          \
  X(cos)                                                                                           \
  X(cosh) X(digamma) X(erf) X(erfc) X(exp) X(expm1) X(lgamma) X(log) X(log1p) X(neg) X(reciprocal) \
      X(reciprocal_grad) X(rsqrt) X(rsqrt_grad) X(sigmoid) X(sigmoid_grad) X(sign) X(sin) X(sinh)  \
          X(sqrt) X(sqrt_grad) X(square) X(tan) X(tanh) X(tanh_grad) /* two inputs, broadcast */   \
      X(add) X(atan2) X(complex) X(div) X(div_no_nan) X(floor_mod) X(maximum) X(minimum) X(mul)    \
          X(mul_no_nan) X(polygamma) X(pow) X(real_div) X(squared_difference)                      \
              X(sub) /* the rest */                                                                \
      X(add_n) X(batch_mat_mul) X(batch_mat_mul_v2) X(cast) X(cumprod) X(cumsum) X(mat_mul)        \
          X(euclidean_norm) X(mean) X(min_or_max) X(prod) X(segment_mean) X(segment_min_or_max)    \
              X(segment_prod) X(segment_sum) X(select) X(select_v2) X(sum)                         \
                  X(unsorted_segment_min_or_max) X(unsorted_segment_prod) X(unsorted_segment_sum)

#define TENSORKEEP_DECLARE_RULE(rule) \
  Gradients rule(Operation& op, const std::vector<Output>& grads);
TENSORKEEP_GRADIENT_RULES(TENSORKEEP_DECLARE_RULE)
#undef TENSORKEEP_DECLARE_RULE

}  // namespace tensorkeep::ops::grad
