#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/binary_rows.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"

namespace tensorkeep::runtime {
namespace {

using simd::Binary;

// Which shapes the operands may have.
enum class Shapes { kBroadcast, kSameCount, kSame };
// What has to be looked at before integers are combined.
enum class Check { kNone, kDivisor, kExponent };

struct Row {
  const char* name;
  Binary loop;
  Shapes shapes = Shapes::kBroadcast;
  Check check = Check::kNone;
};

constexpr Row kRows[] = {
    {"Add", Binary::kAdd},
    {"AddV2", Binary::kAdd},
    {"Sub", Binary::kSub},
    {"Mul", Binary::kMul},
    {"Div", Binary::kDiv, Shapes::kBroadcast, Check::kDivisor},
    {"RealDiv", Binary::kDiv},
    {"TruncateDiv", Binary::kDiv, Shapes::kBroadcast, Check::kDivisor},
    {"FloorDiv", Binary::kFloorDiv, Shapes::kBroadcast, Check::kDivisor},
    {"FloorMod", Binary::kFloorMod, Shapes::kBroadcast, Check::kDivisor},
    {"Mod", Binary::kTruncateMod, Shapes::kBroadcast, Check::kDivisor},
    {"TruncateMod", Binary::kTruncateMod, Shapes::kBroadcast, Check::kDivisor},
    {"Pow", Binary::kPow, Shapes::kBroadcast, Check::kExponent},
    {"Maximum", Binary::kMaximum},
    {"Minimum", Binary::kMinimum},
    {"SquaredDifference", Binary::kSquaredDifference},
    {"DivNoNan", Binary::kDivNoNan},
    {"MulNoNan", Binary::kMulNoNan},
    {"Atan2", Binary::kAtan2},
    {"Xlogy", Binary::kXlogy},
    {"Xlog1py", Binary::kXlog1py},
    {"Xdivy", Binary::kXdivy},
    {"SigmoidGrad", Binary::kSigmoidGrad, Shapes::kSameCount},
    {"TanhGrad", Binary::kTanhGrad, Shapes::kSameCount},
    {"SqrtGrad", Binary::kSqrtGrad, Shapes::kSameCount},
    {"RsqrtGrad", Binary::kRsqrtGrad, Shapes::kSameCount},
    {"ReciprocalGrad", Binary::kReciprocalGrad, Shapes::kSameCount},
    {"InvGrad", Binary::kReciprocalGrad, Shapes::kSameCount},
    {"ReluGrad", Binary::kReluGrad, Shapes::kSame},
    {"Relu6Grad", Binary::kRelu6Grad, Shapes::kSame},
    {"EluGrad", Binary::kEluGrad, Shapes::kSame},
    {"SeluGrad", Binary::kSeluGrad, Shapes::kSame},
    {"SoftplusGrad", Binary::kSoftplusGrad, Shapes::kSame},
    {"SoftsignGrad", Binary::kSoftsignGrad, Shapes::kSame},
};

// What only integers have.
template <typename T>
RowLoops<T, T> integer_rows(Binary which) {
  switch (which) {
    case Binary::kFloorDiv:
      return plain_rows<scalar::FloorDiv, T, T>();
    case Binary::kFloorMod:
      return plain_rows<scalar::FloorMod, T, T>();
    case Binary::kTruncateMod:
      return plain_rows<scalar::TruncateMod, T, T>();
    case Binary::kMaximum:
      return plain_rows<scalar::Maximum, T, T>();
    case Binary::kMinimum:
      return plain_rows<scalar::Minimum, T, T>();
    case Binary::kReluGrad:
      return plain_rows<scalar::ReluGrad, T, T>();
    case Binary::kRelu6Grad:
      return plain_rows<scalar::Relu6Grad, T, T>();
    default:
      return {};
  }
}

// Loops of a type that has no vector loops; null where the operation is not defined.
template <typename T>
RowLoops<T, T> scalar_rows(Binary which) {
  switch (which) {
    case Binary::kAdd:
      return plain_rows<scalar::Add, T, T>();
    case Binary::kSub:
      return plain_rows<scalar::Sub, T, T>();
    case Binary::kMul:
      return plain_rows<scalar::Mul, T, T>();
    case Binary::kDiv:
      return plain_rows<scalar::TruncateDiv, T, T>();
    case Binary::kPow:
      return plain_rows<scalar::Pow, T, T>();
    case Binary::kSquaredDifference:
      return plain_rows<scalar::SquaredDifference, T, T>();
    default:
      break;
  }
  if constexpr (scalar::is_complex<T>) {
    return which == Binary::kDivNoNan ? plain_rows<scalar::DivNoNan, T, T>() : RowLoops<T, T>();
  } else {
    return integer_rows<T>(which);
  }
}

template <typename T>
void check_integers(KernelContext& c, Check check, const Tensor& right) {
  const auto values = right.data<T>();
  if (check == Check::kDivisor && std::find(values.begin(), values.end(), T(0)) != values.end()) {
    c.fail("Integer division by zero");
  }
  if constexpr (std::is_signed_v<T>) {
    if (check == Check::kExponent &&
        std::any_of(values.begin(), values.end(), [](T v) { return v < 0; })) {
      c.fail("Integers to negative integer powers are not allowed");
    }
  }
}

Broadcast broadcast_operands(KernelContext& c, Shapes shapes) {
  const Shape& a = c.input_shape(0);
  const Shape& b = c.input_shape(1);
  if (shapes == Shapes::kSame && a != b) {
    c.fail(
        fmt::format("Inputs to operation {} of type {} must have the same size and shape.  "
                    "Input 0: {} != input 1: {}",
                    c.op().name(), c.op().type(), a.debug_string(), b.debug_string()));
  }
  if (shapes == Shapes::kSameCount) {
    if (a.num_elements() != b.num_elements()) {
      c.fail(
          fmt::format("The two arguments to a cwise op must have same number of elements, got "
                      "{} and {}",
                      a.num_elements(), b.num_elements()));
    }
    return *Broadcast::of(a, a);
  }
  auto broadcast = Broadcast::of(a, b);
  if (!broadcast) {
    c.fail(fmt::format("Incompatible shapes: {} vs. {}", a.debug_string(), b.debug_string()));
  }
  return *std::move(broadcast);
}

template <typename T>
RowLoops<T, T> find_rows(const Row& row, const Operation& op) {
  RowLoops<T, T> loops = {};
  if constexpr (std::is_floating_point_v<T>) {
    loops = simd::loops_of<T>().binary[row.loop];
    // On floats TensorFlow's TruncateDiv does not exist.
    if (op.type() == "TruncateDiv") loops = {};
  } else if (scalar::is_complex<T> || row.name != std::string_view("RealDiv")) {
    loops = scalar_rows<T>(row.loop);
  }
  if (loops[simd::Operands::kBothVary] == nullptr) {
    throw errors::UnimplementedError(
        "no kernel of operation '" + op.type() + "' for type " + name_of(op.output_dtype(0)),
        {.node = op.name()});
  }
  return loops;
}

Kernel make_binary(const Operation& op) {
  const Row& row = *std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& r) { return op.type() == r.name; });
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, std::complex<float>,
                  std::complex<double>>(op, computed, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    const auto loops = find_rows<T>(row, op);
    return [loops, &row](KernelContext& c) {
      const Broadcast broadcast = broadcast_operands(c, row.shapes);
      if constexpr (std::is_integral_v<T>) {
        if (row.check != Check::kNone && broadcast.shape().num_elements() > 0) {
          check_integers<T>(c, row.check, c.input(1));
        }
      }
      Tensor& output = c.forward_or_allocate({0, 1}, 0, broadcast.shape());
      compute_wide([&](const Tensor& a, const Tensor& b,
                       Tensor& y) { apply_rows<T, T>(broadcast, loops, a, b, y); },
                   output, c.input(0), c.input(1));
    };
  });
}

template <typename F>
Kernel make_bitwise(const Operation& op) {
  return dispatch<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                  std::uint16_t, std::uint32_t, std::uint64_t>(
      op, op.output_dtype(0), [](auto zero) -> Kernel {
        using T = decltype(zero);
        return [](KernelContext& c) {
          const Broadcast broadcast = broadcast_operands(c, Shapes::kBroadcast);
          Tensor& output = c.forward_or_allocate({0, 1}, 0, broadcast.shape());
          apply_rows<T, T>(broadcast, plain_rows<F, T, T>(), c.input(0), c.input(1), output);
        };
      });
}

}  // namespace

void register_binary_kernels(KernelRegistry& registry) {
  for (const Row& row : kRows) registry.add(row.name, make_binary);
  registry.add("BitwiseAnd", make_bitwise<scalar::BitwiseAnd>);
  registry.add("BitwiseOr", make_bitwise<scalar::BitwiseOr>);
  registry.add("BitwiseXor", make_bitwise<scalar::BitwiseXor>);
  registry.add("LeftShift", make_bitwise<scalar::LeftShift>);
  registry.add("RightShift", make_bitwise<scalar::RightShift>);
}

}  // namespace tensorkeep::runtime
