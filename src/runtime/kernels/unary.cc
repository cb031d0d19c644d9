#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/parallel.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {
namespace {

constexpr std::int64_t kElementsPerPart = 1 << 16;

// Code for one element type that has no vector loops; null where the operation is not defined.
template <typename T>
using PlainLoop = void (*)(const T* x, T* y, std::int64_t n);

template <typename F, typename T>
void plain_loop(const T* x, T* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = F::apply(x[i]);
}

enum class Types { kFloat, kFloatAndComplex, kReal, kNumbers };

struct Row {
  const char* name;
  simd::Unary loop;
  Types types;
};

constexpr Row kRows[] = {
    {"Neg", simd::Unary::kNeg, Types::kNumbers},
    {"Abs", simd::Unary::kAbs, Types::kReal},
    {"Sign", simd::Unary::kSign, Types::kNumbers},
    {"Square", simd::Unary::kSquare, Types::kNumbers},
    {"Sqrt", simd::Unary::kSqrt, Types::kFloatAndComplex},
    {"Rsqrt", simd::Unary::kRsqrt, Types::kFloatAndComplex},
    {"Reciprocal", simd::Unary::kReciprocal, Types::kFloatAndComplex},
    {"Inv", simd::Unary::kReciprocal, Types::kFloatAndComplex},
    {"Floor", simd::Unary::kFloor, Types::kFloat},
    {"Ceil", simd::Unary::kCeil, Types::kFloat},
    {"Rint", simd::Unary::kRint, Types::kFloat},
    {"Round", simd::Unary::kRint, Types::kReal},
    {"Relu", simd::Unary::kRelu, Types::kReal},
    {"Relu6", simd::Unary::kRelu6, Types::kReal},
    {"Softsign", simd::Unary::kSoftsign, Types::kFloat},
    {"Exp", simd::Unary::kExp, Types::kFloatAndComplex},
    {"Expm1", simd::Unary::kExpm1, Types::kFloat},
    {"Log", simd::Unary::kLog, Types::kFloatAndComplex},
    {"Log1p", simd::Unary::kLog1p, Types::kFloat},
    {"Sin", simd::Unary::kSin, Types::kFloat},
    {"Cos", simd::Unary::kCos, Types::kFloat},
    {"Tanh", simd::Unary::kTanh, Types::kFloatAndComplex},
    {"Sigmoid", simd::Unary::kSigmoid, Types::kFloatAndComplex},
    {"Elu", simd::Unary::kElu, Types::kFloat},
    {"Selu", simd::Unary::kSelu, Types::kFloat},
    {"Softplus", simd::Unary::kSoftplus, Types::kFloat},
    {"Tan", simd::Unary::kTan, Types::kFloat},
    {"Asin", simd::Unary::kAsin, Types::kFloat},
    {"Acos", simd::Unary::kAcos, Types::kFloat},
    {"Atan", simd::Unary::kAtan, Types::kFloat},
    {"Sinh", simd::Unary::kSinh, Types::kFloat},
    {"Cosh", simd::Unary::kCosh, Types::kFloat},
    {"Asinh", simd::Unary::kAsinh, Types::kFloat},
    {"Acosh", simd::Unary::kAcosh, Types::kFloat},
    {"Atanh", simd::Unary::kAtanh, Types::kFloat},
    {"Erf", simd::Unary::kErf, Types::kFloat},
    {"Erfc", simd::Unary::kErfc, Types::kFloat},
    {"Lgamma", simd::Unary::kLgamma, Types::kFloat},
};

template <typename T>
PlainLoop<T> integer_loop(simd::Unary which) {
  switch (which) {
    case simd::Unary::kNeg:
      return plain_loop<scalar::Neg, T>;
    case simd::Unary::kAbs:
      return plain_loop<scalar::Abs, T>;
    case simd::Unary::kSign:
      return plain_loop<scalar::Sign, T>;
    case simd::Unary::kSquare:
      return plain_loop<scalar::Square, T>;
    case simd::Unary::kRint:
      return plain_loop<scalar::Identity, T>;
    case simd::Unary::kRelu:
      return plain_loop<scalar::Relu, T>;
    case simd::Unary::kRelu6:
      return plain_loop<scalar::Relu6, T>;
    default:
      return nullptr;
  }
}

template <typename T>
PlainLoop<T> complex_loop(simd::Unary which) {
  switch (which) {
    case simd::Unary::kNeg:
      return plain_loop<scalar::Neg, T>;
    case simd::Unary::kSign:
      return plain_loop<scalar::Sign, T>;
    case simd::Unary::kSquare:
      return plain_loop<scalar::Square, T>;
    case simd::Unary::kSqrt:
      return plain_loop<scalar::Sqrt, T>;
    case simd::Unary::kRsqrt:
      return plain_loop<scalar::Rsqrt, T>;
    case simd::Unary::kReciprocal:
      return plain_loop<scalar::Reciprocal, T>;
    case simd::Unary::kExp:
      return plain_loop<scalar::Exp, T>;
    case simd::Unary::kLog:
      return plain_loop<scalar::Log, T>;
    case simd::Unary::kTanh:
      return plain_loop<scalar::Tanh, T>;
    case simd::Unary::kSigmoid:
      return plain_loop<scalar::Sigmoid, T>;
    default:
      return nullptr;
  }
}

template <typename T>
PlainLoop<T> find_loop(const Row& row) {
  if constexpr (std::is_floating_point_v<T>) {
    return simd::loops_of<T>().unary[row.loop];
  } else if constexpr (scalar::is_complex<T>) {
    const bool has = row.types == Types::kNumbers || row.types == Types::kFloatAndComplex;
    return has ? complex_loop<T>(row.loop) : nullptr;
  } else {
    const bool has = row.types == Types::kNumbers || row.types == Types::kReal;
    return has ? integer_loop<T>(row.loop) : nullptr;
  }
}

template <typename T>
void apply(PlainLoop<T> loop, const Tensor& input, Tensor& output) {
  const T* x = input.data<T>().data();
  T* y = output.mutable_data<T>().data();
  parallel_for(input.num_elements(), kElementsPerPart, [=](std::int64_t begin, std::int64_t end) {
    loop(x + begin, y + begin, end - begin);
  });
}

Kernel make_unary(const Operation& op) {
  const Row& row = *std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& r) { return op.type() == r.name; });
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, std::complex<float>,
                  std::complex<double>>(op, computed, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    const PlainLoop<T> loop = find_loop<T>(row);
    if (loop == nullptr) {
      throw errors::UnimplementedError(
          "no kernel of operation '" + op.type() + "' for type " + name_of(dtype),
          {.node = op.name()});
    }
    return [loop](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      Tensor& output = c.forward_or_allocate({0}, 0, shape);
      compute_wide([loop](const Tensor& x, Tensor& y) { apply<T>(loop, x, y); }, output,
                   c.input(0));
    };
  });
}

template <typename Test>
Kernel make_test(const Operation& op) {
  const DType dtype = op.input(0).dtype();
  const DType computed = is_narrow_float(base_dtype(dtype)) ? DType::kFloat32 : base_dtype(dtype);
  return dispatch<float, double>(op, computed, [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      const Tensor input = widen(c.input(0));
      const auto x = input.data<T>();
      const auto y = c.allocate_output(0, input.shape()).template mutable_data<bool>();
      for (std::size_t i = 0; i < x.size(); ++i) y[i] = Test::apply(x[i]);
    };
  });
}

struct IsNan {
  static bool apply(double x) { return std::isnan(x); }
};
struct IsInf {
  static bool apply(double x) { return std::isinf(x); }
};
struct IsFinite {
  static bool apply(double x) { return std::isfinite(x); }
};

void logical_not(KernelContext& c) {
  const auto x = c.input(0).data<bool>();
  const auto y = c.allocate_output(0, c.input_shape(0)).mutable_data<bool>();
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = !x[i];
}

// The bits turned over.
void invert(KernelContext& c) {
  Tensor& out = c.forward_or_allocate({0}, 0, c.input_shape(0));
  by_width(c, out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_unsigned_v<T>) {
      const T* const x = elements<T>(c.input(0));
      T* const y = mutable_elements<T>(out);
      for (std::int64_t i = 0; i < out.num_elements(); ++i) y[i] = static_cast<T>(~x[i]);
    }
  });
}

// The tensor itself, if all of it is finite.
Kernel make_check_numerics(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, []<typename T>(T) -> Kernel {
        return [](KernelContext& c) {
          const Tensor input = widen(c.input(0));
          bool has_nan = false;
          bool has_inf = false;
          for (const T x : input.data<T>()) {
            has_nan |= std::isnan(x);
            has_inf |= std::isinf(x);
          }
          if (has_nan || has_inf) {
            c.fail(fmt::format("{} : Tensor had {} values", c.op().attr_string("message"),
                               has_nan && has_inf ? "Inf and NaN"
                               : has_nan          ? "NaN"
                                                  : "Inf"));
          }
          c.set_output(0, c.input(0));
        };
      });
}

}  // namespace

void register_unary_kernels(KernelRegistry& registry) {
  for (const Row& row : kRows) registry.add(row.name, make_unary);
  registry.add("IsNan", make_test<IsNan>);
  registry.add("IsInf", make_test<IsInf>);
  registry.add("IsFinite", make_test<IsFinite>);
  registry.add_function("LogicalNot", logical_not);
  registry.add_function("Invert", invert);
  registry.add("CheckNumerics", make_check_numerics);
}

}  // namespace tensorkeep::runtime
