#include "runtime/kernels/narrow.h"

#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {

Tensor widen(const Tensor& tensor) {
  if (!is_narrow_float(tensor.dtype())) return tensor;
  const simd::LoopTable& loops = simd::loops();
  Tensor wide(DType::kFloat32, tensor.shape());
  const auto convert =
      tensor.dtype() == DType::kFloat16 ? loops.half_to_float : loops.bfloat16_to_float;
  convert(tensor.bit_data<std::uint16_t>().data(), wide.mutable_data<float>().data(),
          tensor.num_elements());
  return wide;
}

void narrow_into(const Tensor& values, Tensor& out) {
  const simd::LoopTable& loops = simd::loops();
  const auto convert =
      out.dtype() == DType::kFloat16 ? loops.float_to_half : loops.float_to_bfloat16;
  convert(values.data<float>().data(), out.mutable_bit_data<std::uint16_t>().data(),
          values.num_elements());
}

}  // namespace tensorkeep::runtime
