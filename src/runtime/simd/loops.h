#pragma once

#include <cstdint>

// The hot loops, compiled once for each instruction set and chosen when first asked for. Everything
// works on plain arrays; outputs may be the same memory as an input (element for element), not
// overlap it otherwise. No function throws or allocates.
namespace tensorkeep::runtime::simd {

// y = f(x).
#define TENSORKEEP_UNARY_LOOPS(X)                                                                 \
  X(Neg)                                                                                          \
  X(Abs)                                                                                          \
  X(Sign)                                                                                         \
  X(Square)                                                                                       \
  X(Sqrt) X(Rsqrt) X(Reciprocal) X(Floor) X(Ceil) X(Rint) X(Relu) X(Relu6) X(Softsign) X(Exp)     \
      X(Expm1) X(Log) X(Log1p) X(Sin) X(Cos) X(Tanh) X(Sigmoid) X(Elu) X(Selu) X(Softplus) X(Tan) \
          X(Asin) X(Acos) X(Atan) X(Sinh) X(Cosh) X(Asinh) X(Acosh) X(Atanh) X(Erf) X(Erfc)       \
              X(Lgamma)

// y = f(a, b). In the gradients of activations `a` is what TensorFlow's operation takes first.
#define TENSORKEEP_BINARY_LOOPS(X)                                                               \
  X(Add)                                                                                         \
  X(Sub)                                                                                         \
  X(Mul)                                                                                         \
  X(Div)                                                                                         \
  X(Maximum) X(Minimum) X(SquaredDifference) X(DivNoNan) X(MulNoNan) X(SigmoidGrad) X(TanhGrad)  \
      X(SqrtGrad) X(RsqrtGrad) X(ReciprocalGrad) X(ReluGrad) X(Relu6Grad) X(EluGrad) X(SeluGrad) \
          X(SoftplusGrad) X(SoftsignGrad) X(Pow) X(Atan2) X(FloorDiv) X(FloorMod) X(TruncateMod) \
              X(Xlogy) X(Xlog1py) X(Xdivy)

#define TENSORKEEP_ENUMERATOR(Name) k##Name,
enum class Unary { TENSORKEEP_UNARY_LOOPS(TENSORKEEP_ENUMERATOR) kCount };
enum class Binary { TENSORKEEP_BINARY_LOOPS(TENSORKEEP_ENUMERATOR) kCount };
enum class Comparison { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kCount };
#undef TENSORKEEP_ENUMERATOR
enum class Reduction { kSum, kProd, kMax, kMin, kCount };
enum class Update {
  kGradientDescent,
  kMomentum,
  kNesterovMomentum,
  kAdam,
  kNesterovAdam,
  kRmsProp,
  kCenteredRmsProp,
  kAdagrad,
  kAdagradFrozenSlot,  // update_slots is false
  kAdadelta,
  kFtrl,
  kFtrlV2,
  kProximalGradientDescent,
  kProximalAdagrad,
  kAdagradDA,
  kCount
};
// Which operand of a binary loop is one number for all elements.
enum class Operands { kBothVary, kRightFixed, kLeftFixed, kCount };

template <typename Key, typename Value>
struct TableOf {
  Value entries[static_cast<int>(Key::kCount)];
  Value& operator[](Key key) { return entries[static_cast<int>(key)]; }
  const Value& operator[](Key key) const { return entries[static_cast<int>(key)]; }
};

// A row-major product: c[m, n] = op(a) op(b), or added to c. op(a) is [m, k], op(b) is [k, n]; a
// transposed operand is stored the other way round.
struct GemmShape {
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  bool transpose_a = false;
  bool transpose_b = false;
  bool accumulate = false;
  // Elements from one stored row to the next.
  std::int64_t stride_a = 0;
  std::int64_t stride_b = 0;
  std::int64_t stride_c = 0;
};

template <typename T>
struct Loops {
  using Size = std::int64_t;
  TableOf<Unary, void (*)(const T* x, T* y, Size n)> unary;
  TableOf<Binary, TableOf<Operands, void (*)(const T* a, const T* b, T* y, Size n)>> binary;
  TableOf<Comparison, TableOf<Operands, void (*)(const T* a, const T* b, bool* y, Size n)>> compare;
  // Of n > 0 contiguous elements; sums are pairwise, so that the error grows with log n.
  TableOf<Reduction, T (*)(const T* x, Size n)> reduce;
  void (*scale)(const T* x, T factor, T* y, Size n);           // y = x * factor
  void (*add_scaled)(const T* x, T factor, T* y, Size n);      // y += x * factor
  void (*softmax)(const T* x, T* y, Size rows, Size columns);  // of each row
  void (*log_softmax)(const T* x, T* y, Size rows, Size columns);
  // `workspace` holds gemm_workspace(shape) elements.
  Size (*gemm_workspace)(const GemmShape& shape);
  void (*gemm)(const GemmShape& shape, const T* a, const T* b, T* c, T* workspace);
  // An optimizer's update of n elements of a variable and its slots, which stand in the order of
  // TensorFlow's operation, as the scalars do.
  TableOf<Update, void (*)(T* const* variables, const T* scalars, const T* grad, Size n)> update;
};

struct LoopTable {
  const char* name;  // "baseline", "avx2"
  Loops<float> f32;
  Loops<double> f64;
  // Bits of 16-bit floats from and to float, rounding to nearest even.
  void (*half_to_float)(const std::uint16_t* x, float* y, std::int64_t n);
  void (*float_to_half)(const float* x, std::uint16_t* y, std::int64_t n);
  void (*bfloat16_to_float)(const std::uint16_t* x, float* y, std::int64_t n);
  void (*float_to_bfloat16)(const float* x, std::uint16_t* y, std::int64_t n);
};

// The best table this processor can run. The environment variable TENSORKEEP_CPU, read once, names
// a lower one.
const LoopTable& loops();
// Every table this processor can run, the baseline first; nullptr ends the list.
const LoopTable* const* all_loops();

template <typename T>
const Loops<T>& loops_of(const LoopTable& table = loops());
template <>
inline const Loops<float>& loops_of<float>(const LoopTable& table) {
  return table.f32;
}
template <>
inline const Loops<double>& loops_of<double>(const LoopTable& table) {
  return table.f64;
}

}  // namespace tensorkeep::runtime::simd
