#include "runtime/simd/isa.h"
// Functions that Eigen has for whole registers. The rest of an array goes through the same code in
// a padded register, so that a value depends neither on its position nor on its alignment.
#include <Eigen/Core>
#include <cmath>
#include <type_traits>

namespace tensorkeep::runtime::simd::TENSORKEEP_ISA {
namespace {

namespace packet = ::Eigen::internal;

template <typename T>
using PacketOf = typename packet::packet_traits<T>::type;
template <typename T>
inline constexpr int kWidth = packet::packet_traits<T>::size;

template <typename F, typename T>
void packet_loop(const T* x, T* y, Size n) {
  using P = PacketOf<T>;
  constexpr int width = kWidth<T>;
  Size i = 0;
  for (; i + width <= n; i += width) packet::pstoreu(y + i, F::apply(packet::ploadu<P>(x + i)));
  if (i == n) return;
  T rest[width] = {};
  for (Size j = i; j < n; ++j) rest[j - i] = x[j];
  packet::pstoreu(rest, F::apply(packet::ploadu<P>(rest)));
  for (Size j = i; j < n; ++j) y[j] = rest[j - i];
}

template <typename P>
P splat(double value) {
  using T = typename packet::unpacket_traits<P>::type;
  return packet::pset1<P>(static_cast<T>(value));
}
template <typename P>
P select(P mask, P yes, P no) {
  return packet::pselect(mask, yes, no);
}

struct Exp {
  template <typename P>
  static P apply(P x) {
    return select(packet::pcmp_eq(x, x), packet::pexp(x), x);
  }
};
struct Log {
  template <typename P>
  static P apply(P x) {
    return packet::plog(x);
  }
};
struct Log1p {
  template <typename P>
  static P apply(P x) {
    return packet::generic_plog1p(x);
  }
};
struct Expm1 {
  template <typename P>
  static P apply(P x) {
    return select(packet::pcmp_eq(x, x), packet::generic_expm1(x), x);
  }
};
struct Sigmoid {
  template <typename P>
  static P apply(P x) {
    const P one = splat<P>(1);
    // exp(-|x|) cannot overflow.
    const P e = Exp::apply(packet::pnegate(packet::pabs(x)));
    const P denominator = packet::padd(one, e);
    return packet::pdiv(select(packet::pcmp_lt(x, splat<P>(0)), e, one), denominator);
  }
};
struct Elu {
  template <typename P>
  static P apply(P x) {
    return select(packet::pcmp_lt(x, splat<P>(0)), Expm1::apply(x), x);
  }
};
struct Selu {
  template <typename P>
  static P apply(P x) {
    const P scale = splat<P>(1.0507009873554804934193349852946);
    const P scale_alpha = splat<P>(1.7580993408473768599402175208123);
    return select(packet::pcmp_lt(x, splat<P>(0)), packet::pmul(scale_alpha, Expm1::apply(x)),
                  packet::pmul(scale, x));
  }
};
// log(1 + e^x) = max(x, 0) + log1p(e^-|x|).
struct Softplus {
  template <typename P>
  static P apply(P x) {
    const P zero = splat<P>(0);
    const P e = Exp::apply(packet::pnegate(packet::pabs(x)));
    return packet::padd(select(packet::pcmp_lt(x, zero), zero, x), Log1p::apply(e));
  }
};
struct Sin {
  static PacketOf<float> apply(PacketOf<float> x) { return packet::psin(x); }
};
struct Cos {
  static PacketOf<float> apply(PacketOf<float> x) { return packet::pcos(x); }
};
struct Tanh {
  static PacketOf<float> apply(PacketOf<float> x) {
    return select(packet::pcmp_eq(x, x), packet::ptanh(x), x);
  }
};

template <double (*kFunction)(double)>
void library_loop(const double* x, double* y, Size n) {
  for (Size i = 0; i < n; ++i) y[i] = kFunction(x[i]);
}

template <typename T>
void fill(Loops<T>& loops) {
#define TENSORKEEP_PACKET(Name) loops.unary[Unary::k##Name] = packet_loop<Name, T>;
  TENSORKEEP_PACKET(Exp)
  TENSORKEEP_PACKET(Log)
  TENSORKEEP_PACKET(Log1p)
  TENSORKEEP_PACKET(Expm1) TENSORKEEP_PACKET(Sigmoid) TENSORKEEP_PACKET(Elu) TENSORKEEP_PACKET(Selu)
      TENSORKEEP_PACKET(Softplus) if constexpr (std::is_same_v<T, float>) {
    TENSORKEEP_PACKET(Sin) TENSORKEEP_PACKET(Cos) TENSORKEEP_PACKET(Tanh)
  }
  else {
    loops.unary[Unary::kSin] = library_loop<::sin>;
    loops.unary[Unary::kCos] = library_loop<::cos>;
    loops.unary[Unary::kTanh] = library_loop<::tanh>;
  }
#undef TENSORKEEP_PACKET
}

// Rows are exponentiated relative to their maximum; `sums` are taken as the reductions take them.
template <typename T>
T shift_by_maximum(const T* x, T* y, Size columns) {
  T maximum = x[0];
  for (Size i = 1; i < columns; ++i) maximum = maximum < x[i] ? x[i] : maximum;
  TENSORKEEP_INDEPENDENT
  for (Size i = 0; i < columns; ++i) y[i] = x[i] - maximum;
  return maximum;
}

template <typename T>
T sum_of_exponentials(const T* x, Size columns) {
  using P = PacketOf<T>;
  constexpr int width = kWidth<T>;
  P sums = splat<P>(0);
  Size i = 0;
  for (; i + width <= columns; i += width) {
    sums = packet::padd(sums, Exp::apply(packet::ploadu<P>(x + i)));
  }
  T sum = packet::predux(sums);
  if (i < columns) {
    T rest[width] = {};
    for (Size j = i; j < columns; ++j) rest[j - i] = x[j];
    packet::pstoreu(rest, Exp::apply(packet::ploadu<P>(rest)));
    for (Size j = i; j < columns; ++j) sum += rest[j - i];
  }
  return sum;
}

template <typename T>
T sum_of(const T* x, Size columns) {
  using P = PacketOf<T>;
  constexpr int width = kWidth<T>;
  P sums = splat<P>(0);
  Size i = 0;
  for (; i + width <= columns; i += width) sums = packet::padd(sums, packet::ploadu<P>(x + i));
  T sum = packet::predux(sums);
  for (; i < columns; ++i) sum += x[i];
  return sum;
}

template <typename T>
void softmax(const T* x, T* y, Size rows, Size columns) {
  if (columns == 0) return;
  // One pass of exp over all rows: short rows would leave most of a register empty.
  for (Size r = 0; r < rows; ++r) shift_by_maximum(x + r * columns, y + r * columns, columns);
  packet_loop<Exp>(y, y, rows * columns);
  for (Size r = 0; r < rows; ++r) {
    T* row = y + r * columns;
    const T scale = T(1) / sum_of(row, columns);
    TENSORKEEP_INDEPENDENT
    for (Size i = 0; i < columns; ++i) row[i] *= scale;
  }
}

template <typename T>
void log_softmax(const T* x, T* y, Size rows, Size columns) {
  if (columns == 0) return;
  for (Size r = 0; r < rows; ++r) {
    T* row = y + r * columns;
    shift_by_maximum(x + r * columns, row, columns);
    T log_sum = sum_of_exponentials(row, columns);
    packet_loop<Log>(&log_sum, &log_sum, 1);
    TENSORKEEP_INDEPENDENT
    for (Size i = 0; i < columns; ++i) row[i] -= log_sum;
  }
}

void half_to_float(const std::uint16_t* x, float* y, Size n) {
  for (Size i = 0; i < n; ++i) {
    y[i] = ::Eigen::half_impl::half_to_float(::Eigen::half_impl::raw_uint16_to_half(x[i]));
  }
}

void float_to_half(const float* x, std::uint16_t* y, Size n) {
  for (Size i = 0; i < n; ++i) {
    const auto raw = ::Eigen::half_impl::float_to_half_rtne(x[i]);
    y[i] = static_cast<std::uint16_t>(raw.x);
  }
}

void bfloat16_to_float(const std::uint16_t* x, float* y, Size n) {
  for (Size i = 0; i < n; ++i) {
    y[i] = __builtin_bit_cast(float, static_cast<std::uint32_t>(x[i]) << 16);
  }
}

void float_to_bfloat16(const float* x, std::uint16_t* y, Size n) {
  for (Size i = 0; i < n; ++i) {
    const auto bits = __builtin_bit_cast(std::uint32_t, x[i]);
    const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
    y[i] = static_cast<std::uint16_t>(x[i] != x[i] ? 0x7fc0U | ((bits >> 16) & 0x8000U) : rounded);
  }
}

}  // namespace

void fill_transcendental(LoopTable& table) {
  fill(table.f32);
  fill(table.f64);
  table.f32.softmax = softmax<float>;
  table.f64.softmax = softmax<double>;
  table.f32.log_softmax = log_softmax<float>;
  table.f64.log_softmax = log_softmax<double>;
  table.half_to_float = half_to_float;
  table.float_to_half = float_to_half;
  table.bfloat16_to_float = bfloat16_to_float;
  table.float_to_bfloat16 = float_to_bfloat16;
}

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
