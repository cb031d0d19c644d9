#include <cmath>
#include <limits>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"

namespace tensorkeep::runtime {
namespace {

// Floats that do not fit into an integer (C++ leaves them undefined) become what x86-64 makes of
// them: the type's lowest value for 32 and 64 bits, the low bits of that for narrower types.
template <typename To>
To float_to_integer(double value) {
  if constexpr (sizeof(To) == 8 && std::is_unsigned_v<To>) {
    if (value >= 9223372036854775808.0 && value < 18446744073709551616.0) {
      return static_cast<To>(value);
    }
    const bool fits = value > -9223372036854775809.0 && value < 9223372036854775808.0;
    return fits ? static_cast<To>(static_cast<std::int64_t>(value)) : To(1) << 63;
  } else if constexpr (sizeof(To) == 8 || (sizeof(To) == 4 && std::is_unsigned_v<To>)) {
    const bool fits = value >= -9223372036854775808.0 && value < 9223372036854775808.0;
    return static_cast<To>(fits ? static_cast<std::int64_t>(value)
                                : std::numeric_limits<std::int64_t>::min());
  } else {
    const bool fits = value > -2147483649.0 && value < 2147483648.0;
    return static_cast<To>(fits ? static_cast<std::int32_t>(value)
                                : std::numeric_limits<std::int32_t>::min());
  }
}

template <typename To, typename From>
To convert(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (scalar::is_complex<From>) {
    if constexpr (scalar::is_complex<To>) {
      return To(static_cast<typename To::value_type>(value.real()),
                static_cast<typename To::value_type>(value.imag()));
    } else if constexpr (std::is_same_v<To, bool>) {
      return value != From(0);
    } else {
      return convert<To>(value.real());
    }
  } else if constexpr (scalar::is_complex<To>) {
    return To(static_cast<typename To::value_type>(value));
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return float_to_integer<To>(static_cast<double>(value));
  } else {
    return static_cast<To>(value);
  }
}

template <typename To, typename From>
void convert_all(const Tensor& input, Tensor& output) {
  const auto x = input.data<From>();
  const auto y = output.mutable_data<To>();
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = convert<To>(x[i]);
}

template <typename From>
void (*find_conversion(const Operation& op, DType to))(const Tensor&, Tensor&) {
  using Function = void (*)(const Tensor&, Tensor&);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool,
                  std::complex<float>, std::complex<double>>(
      op, to, [](auto zero) -> Function { return convert_all<decltype(zero), From>; });
}

bool is_small_float(DType dtype) {
  return is_floating(dtype) && dtype != DType::kFloat32 && dtype != DType::kFloat64;
}

// Every float narrower than float32, by way of it.
Tensor widen_small(const Tensor& tensor) {
  if (is_narrow_float(tensor.dtype()) || !is_small_float(tensor.dtype())) return widen(tensor);
  Tensor result(DType::kFloat32, tensor.shape());
  const auto y = result.mutable_data<float>();
  visit_dtype(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (requires { T::kLayout; }) {
      const auto x = tensor.data<T>();
      for (std::size_t i = 0; i < x.size(); ++i) y[i] = static_cast<float>(x[i]);
    }
  });
  return result;
}

void narrow_small(const Tensor& values, Tensor& out) {
  if (is_narrow_float(out.dtype())) return narrow_into(values, out);
  const auto x = values.data<float>();
  visit_dtype(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (requires { T::kLayout; }) {
      const auto y = out.mutable_data<T>();
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = T(x[i]);
    }
  });
}

Kernel make_cast(const Operation& op) {
  const DType from = op.attr_dtype("SrcT");
  const DType to = op.attr_dtype("DstT");
  if (from == to) {
    return [](KernelContext& c) { c.set_output(0, c.input(0)); };
  }
  const DType wide_from = is_small_float(from) ? DType::kFloat32 : from;
  const DType wide_to = is_small_float(to) ? DType::kFloat32 : to;
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool,
                  std::complex<float>, std::complex<double>>(
      op, wide_from, [&](auto zero) -> Kernel {
        const auto conversion = find_conversion<decltype(zero)>(op, wide_to);
        return [conversion, to](KernelContext& c) {
          const Tensor input = widen_small(c.input(0));
          Tensor& output = c.allocate_output(0, input.shape());
          if (!is_small_float(to)) {
            conversion(input, output);
            return;
          }
          Tensor wide(DType::kFloat32, input.shape());
          conversion(input, wide);
          narrow_small(wide, output);
        };
      });
}

}  // namespace

void register_cast_kernels(KernelRegistry& registry) {
  registry.add("Cast", make_cast);
}

}  // namespace tensorkeep::runtime
