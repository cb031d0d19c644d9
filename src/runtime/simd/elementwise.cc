#include "runtime/simd/isa.h"
// Loops the compiler vectorises by itself, and those that call the C library for each element.
#include <cmath>

namespace tensorkeep::runtime::simd::TENSORKEEP_ISA {
namespace {

#define TENSORKEEP_FUNCTION(Name, ...)    \
  struct Name {                           \
    template <typename T>                 \
    static inline T apply(T x) {          \
      return static_cast<T>(__VA_ARGS__); \
    }                                     \
  };
TENSORKEEP_FUNCTION(Neg, -x)
TENSORKEEP_FUNCTION(Abs, std::fabs(x))
TENSORKEEP_FUNCTION(Sign, x != x ? x : T(x > 0) - T(x < 0))
TENSORKEEP_FUNCTION(Square, x* x)
TENSORKEEP_FUNCTION(Sqrt, std::sqrt(x))
TENSORKEEP_FUNCTION(Rsqrt, T(1) / std::sqrt(x))
TENSORKEEP_FUNCTION(Reciprocal, T(1) / x)
TENSORKEEP_FUNCTION(Floor, std::floor(x))
TENSORKEEP_FUNCTION(Ceil, std::ceil(x))
TENSORKEEP_FUNCTION(Rint, std::rint(x))
TENSORKEEP_FUNCTION(Relu, x < 0 ? T(0) : x)
TENSORKEEP_FUNCTION(Relu6, x < 0 ? T(0) : (x > 6 ? T(6) : x))
TENSORKEEP_FUNCTION(Softsign, x / (T(1) + std::fabs(x)))
TENSORKEEP_FUNCTION(Tan, std::tan(x))
TENSORKEEP_FUNCTION(Asin, std::asin(x))
TENSORKEEP_FUNCTION(Acos, std::acos(x))
TENSORKEEP_FUNCTION(Atan, std::atan(x))
TENSORKEEP_FUNCTION(Sinh, std::sinh(x))
TENSORKEEP_FUNCTION(Cosh, std::cosh(x))
TENSORKEEP_FUNCTION(Asinh, std::asinh(x))
TENSORKEEP_FUNCTION(Acosh, std::acosh(x))
TENSORKEEP_FUNCTION(Atanh, std::atanh(x))
TENSORKEEP_FUNCTION(Erf, std::erf(x))
TENSORKEEP_FUNCTION(Erfc, std::erfc(x))
#undef TENSORKEEP_FUNCTION

// std::lgamma writes the global signgam, a race between threads.
struct Lgamma {
  static float apply(float x) {
    int sign;
    return ::lgammaf_r(x, &sign);
  }
  static double apply(double x) {
    int sign;
    return ::lgamma_r(x, &sign);
  }
};

#define TENSORKEEP_FUNCTION(Name, ...)    \
  struct Name {                           \
    template <typename T>                 \
    static inline T apply(T a, T b) {     \
      return static_cast<T>(__VA_ARGS__); \
    }                                     \
  };
TENSORKEEP_FUNCTION(Add, a + b)
TENSORKEEP_FUNCTION(Sub, a - b)
TENSORKEEP_FUNCTION(Mul, a* b)
TENSORKEEP_FUNCTION(Div, a / b)
TENSORKEEP_FUNCTION(Maximum, a != a ? a : (a < b || b != b ? b : a))
TENSORKEEP_FUNCTION(Minimum, a != a ? a : (b < a || b != b ? b : a))
TENSORKEEP_FUNCTION(SquaredDifference, (a - b) * (a - b))
TENSORKEEP_FUNCTION(DivNoNan, b == 0 ? T(0) : a / b)
TENSORKEEP_FUNCTION(MulNoNan, b == 0 ? T(0) : a * b)
TENSORKEEP_FUNCTION(SigmoidGrad, b* a*(T(1) - a))
TENSORKEEP_FUNCTION(TanhGrad, b*(T(1) - a * a))
TENSORKEEP_FUNCTION(SqrtGrad, T(0.5) * b / a)
TENSORKEEP_FUNCTION(RsqrtGrad, T(-0.5) * (b * a) * (a * a))
TENSORKEEP_FUNCTION(ReciprocalGrad, -b*(a* a))
TENSORKEEP_FUNCTION(ReluGrad, b > 0 ? a : T(0))
TENSORKEEP_FUNCTION(Relu6Grad, b > 0 && b < 6 ? a : T(0))
TENSORKEEP_FUNCTION(EluGrad, b < 0 ? (b + T(1)) * a : a)
TENSORKEEP_FUNCTION(SeluGrad, b < 0 ? a * (b + T(1.7580993408473768599402175208123))
                                    : a * T(1.0507009873554804934193349852946))
TENSORKEEP_FUNCTION(SoftplusGrad, a / (std::exp(-b) + T(1)))
TENSORKEEP_FUNCTION(SoftsignGrad, a / ((T(1) + std::fabs(b)) * (T(1) + std::fabs(b))))
TENSORKEEP_FUNCTION(Pow, std::pow(a, b))
TENSORKEEP_FUNCTION(Atan2, std::atan2(a, b))
TENSORKEEP_FUNCTION(FloorDiv, std::floor(a / b))
TENSORKEEP_FUNCTION(TruncateMod, std::fmod(a, b))
TENSORKEEP_FUNCTION(Xlogy, a == 0 ? T(0) : a * std::log(b))
TENSORKEEP_FUNCTION(Xlog1py, a == 0 ? T(0) : a * std::log1p(b))
TENSORKEEP_FUNCTION(Xdivy, a == 0 ? T(0) : a / b)
#undef TENSORKEEP_FUNCTION

struct FloorMod {
  template <typename T>
  static inline T apply(T a, T b) {
    const T remainder = std::fmod(a, b);
    return (remainder != 0 && (a < 0) != (b < 0)) ? remainder + b : remainder;
  }
};

template <typename F, typename T>
void unary_loop(const T* x, T* y, Size n) {
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = F::apply(x[i]);
}

template <typename F, typename T>
void both_vary(const T* a, const T* b, T* y, Size n) {
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = F::apply(a[i], b[i]);
}

template <typename F, typename T>
void right_fixed(const T* a, const T* b, T* y, Size n) {
  const T fixed = *b;
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = F::apply(a[i], fixed);
}

template <typename F, typename T>
void left_fixed(const T* a, const T* b, T* y, Size n) {
  const T fixed = *a;
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < n; ++i) y[i] = F::apply(fixed, b[i]);
}

template <typename T>
void fill(Loops<T>& loops) {
#define TENSORKEEP_UNARY(Name) loops.unary[Unary::k##Name] = unary_loop<Name, T>;
  // fill_transcendental has the others.
  TENSORKEEP_UNARY(Neg)
  TENSORKEEP_UNARY(Abs)
  TENSORKEEP_UNARY(Sign)
  TENSORKEEP_UNARY(Square) TENSORKEEP_UNARY(Sqrt) TENSORKEEP_UNARY(Rsqrt)
      TENSORKEEP_UNARY(Reciprocal) TENSORKEEP_UNARY(Floor) TENSORKEEP_UNARY(Ceil)
          TENSORKEEP_UNARY(Rint) TENSORKEEP_UNARY(Relu) TENSORKEEP_UNARY(Relu6)
              TENSORKEEP_UNARY(Softsign) TENSORKEEP_UNARY(Tan) TENSORKEEP_UNARY(Asin)
                  TENSORKEEP_UNARY(Acos) TENSORKEEP_UNARY(Atan) TENSORKEEP_UNARY(Sinh)
                      TENSORKEEP_UNARY(Cosh) TENSORKEEP_UNARY(Asinh) TENSORKEEP_UNARY(Acosh)
                          TENSORKEEP_UNARY(Atanh) TENSORKEEP_UNARY(Erf) TENSORKEEP_UNARY(Erfc)
                              TENSORKEEP_UNARY(Lgamma)
#undef TENSORKEEP_UNARY
#define TENSORKEEP_BINARY(Name) \
  loops.binary[Binary::k##Name] = {{both_vary<Name, T>, right_fixed<Name, T>, left_fixed<Name, T>}};
                                  TENSORKEEP_BINARY_LOOPS(TENSORKEEP_BINARY)
#undef TENSORKEEP_BINARY
}

}  // namespace

void fill_elementwise(LoopTable& table) {
  fill(table.f32);
  fill(table.f64);
}

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
