#include <fmt/format.h>

#include <complex>

#include "runtime/kernels/binary_rows.h"
#include "runtime/kernels/families.h"

// Complex numbers and their parts.
namespace tensorkeep::runtime {
namespace {

struct Real {
  template <typename T>
  static T apply(const std::complex<T>& z) {
    return z.real();
  }
};
struct Imag {
  template <typename T>
  static T apply(const std::complex<T>& z) {
    return z.imag();
  }
};
struct Angle {
  template <typename T>
  static T apply(const std::complex<T>& z) {
    return std::arg(z);
  }
};
struct ComplexAbs {
  template <typename T>
  static T apply(const std::complex<T>& z) {
    return std::abs(z);
  }
};
struct Conj {
  template <typename T>
  static std::complex<T> apply(const std::complex<T>& z) {
    return std::conj(z);
  }
};
struct Complex {
  template <typename T>
  static std::complex<T> apply(T real, T imag) {
    return {real, imag};
  }
};

// One result for each complex number.
template <typename F>
Kernel make_of_each(const Operation& op) {
  const DType dtype = base_dtype(op.input(0).dtype());
  return dispatch<std::complex<float>, std::complex<double>>(op, dtype, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    using Result = decltype(F::apply(zero));
    if (op.output_dtype(0) != dtype_of<Result>) {
      throw errors::UnimplementedError(
          fmt::format("no kernel of operation '{}' from {} to {}", op.type(), name_of(dtype),
                      name_of(op.output_dtype(0))),
          {.node = op.name()});
    }
    return [](KernelContext& c) {
      const auto z = c.input(0).data<T>();
      const auto y = c.allocate_output(0, c.input_shape(0)).template mutable_data<Result>();
      for (std::size_t i = 0; i < z.size(); ++i) y[i] = F::apply(z[i]);
    };
  });
}

Kernel make_complex(const Operation& op) {
  return dispatch<float, double>(op, base_dtype(op.input(0).dtype()), [&](auto zero) -> Kernel {
    using T = decltype(zero);
    using Result = std::complex<T>;
    if (op.output_dtype(0) != dtype_of<Result>) {
      throw errors::UnimplementedError(fmt::format("no kernel of operation 'Complex' that makes {}",
                                                   name_of(op.output_dtype(0))),
                                       {.node = op.name()});
    }
    return [](KernelContext& c) {
      const auto broadcast = Broadcast::of(c.input_shape(0), c.input_shape(1));
      if (!broadcast) {
        c.fail(fmt::format("Incompatible shapes: {} vs. {}", c.input_shape(0).debug_string(),
                           c.input_shape(1).debug_string()));
      }
      Tensor& output = c.allocate_output(0, broadcast->shape());
      apply_rows<T, Result>(*broadcast, plain_rows<Complex, T, Result>(), c.input(0), c.input(1),
                            output);
    };
  });
}

}  // namespace

void register_complex_kernels(KernelRegistry& registry) {
  registry.add("Real", make_of_each<Real>);
  registry.add("Imag", make_of_each<Imag>);
  registry.add("Angle", make_of_each<Angle>);
  registry.add("ComplexAbs", make_of_each<ComplexAbs>);
  registry.add("Conj", make_of_each<Conj>);
  registry.add("Complex", make_complex);
}

}  // namespace tensorkeep::runtime
