#pragma once

#include "runtime/kernel.h"

// 16-bit floats are computed in float32 and rounded once, as TensorFlow's CPU kernels do for each
// operation.
namespace tensorkeep::runtime {

inline bool is_narrow_float(DType dtype) {
  return dtype == DType::kFloat16 || dtype == DType::kBFloat16;
}

// The float32 values of a float16 or bfloat16 tensor; any other tensor itself.
Tensor widen(const Tensor& tensor);
// Rounds float32 values into `out`, a float16 or bfloat16 tensor of the same size.
void narrow_into(const Tensor& values, Tensor& out);

// Runs compute(inputs..., out) directly, or on float32 copies if `out` is a narrow float.
template <typename Compute, typename... Inputs>
void compute_wide(Compute&& compute, Tensor& out, const Inputs&... inputs) {
  if (!is_narrow_float(out.dtype())) {
    compute(inputs..., out);
    return;
  }
  Tensor wide(DType::kFloat32, out.shape());
  compute(widen(inputs)..., wide);
  narrow_into(wide, out);
}

}  // namespace tensorkeep::runtime
