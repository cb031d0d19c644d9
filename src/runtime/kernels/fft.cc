#include <fmt/format.h>

#include <complex>
#include <limits>
#include <unsupported/Eigen/FFT>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Discrete Fourier transforms of complex numbers, along the last one, two or three dimensions.
namespace tensorkeep::runtime {
namespace {

// All lines along one dimension, of which `stride` is the distance of neighbours.
template <typename T>
void transform_lines(std::complex<T>* values, std::int64_t count, std::int64_t size,
                     std::int64_t stride, bool inverse) {
  using Line = std::vector<std::complex<T>>;
  Eigen::FFT<T> fft;
  const auto length = static_cast<std::size_t>(size);
  Line line(length);
  Line transformed(length);
  for (std::int64_t i = 0; i < count / size; ++i) {
    std::complex<T>* first = values + i / stride * stride * size + i % stride;
    for (std::size_t j = 0; j < length; ++j) line[j] = first[static_cast<std::int64_t>(j) * stride];
    if (inverse) {
      fft.inv(transformed.data(), line.data(), size);
    } else {
      fft.fwd(transformed.data(), line.data(), size);
    }
    for (std::size_t j = 0; j < length; ++j) {
      first[static_cast<std::int64_t>(j) * stride] = transformed[j];
    }
  }
}

template <int kRank, bool kInverse>
void transform(KernelContext& c) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() < kRank) {
    c.fail(fmt::format("Input must have rank of at least {} but got: {}", kRank,
                       shape.debug_string()));
  }
  Tensor& out = c.allocate_output(0, shape);
  if (out.num_elements() == 0) return;
  dispatch<std::complex<float>, std::complex<double>>(c.op(), out.dtype(), [&](auto zero) {
    using Complex = decltype(zero);
    Complex* values = mutable_elements<Complex>(out);
    std::copy_n(elements<Complex>(c.input(0)), out.num_elements(), values);
    std::int64_t stride = 1;
    for (int axis = 1; axis <= kRank; ++axis) {
      const std::int64_t size = shape.dim(-axis);
      if (size > std::numeric_limits<int>::max()) {
        c.fail(fmt::format("Dimension {} is too large: {}", shape.rank() - axis, size));
      }
      if (size > 1) {
        transform_lines<typename Complex::value_type>(values, out.num_elements(), size, stride,
                                                      kInverse);
      }
      stride *= size;
    }
    return 0;
  });
}

}  // namespace

void register_fft_kernels(KernelRegistry& registry) {
  registry.add_function("FFT", transform<1, false>);
  registry.add_function("FFT2D", transform<2, false>);
  registry.add_function("FFT3D", transform<3, false>);
  registry.add_function("IFFT", transform<1, true>);
  registry.add_function("IFFT2D", transform<2, true>);
  registry.add_function("IFFT3D", transform<3, true>);
}

}  // namespace tensorkeep::runtime
