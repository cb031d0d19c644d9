#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <vector>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// Square matrices: inverses.
namespace tensorkeep::runtime {
namespace {

template <typename T>
T conjugate(const T& x) {
  if constexpr (std::is_floating_point_v<T>) {
    return x;
  } else {
    return std::conj(x);
  }
}

// Gauss and Jordan's elimination with the largest pivot of each column. `matrix` is overwritten.
// False if the matrix is singular.
template <typename T>
bool invert(std::vector<T>& matrix, T* inverse, std::size_t n) {
  std::fill_n(inverse, n * n, T(0));
  for (std::size_t i = 0; i < n; ++i) inverse[i * n + i] = T(1);
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < n; ++row) {
      if (std::abs(matrix[row * n + column]) > std::abs(matrix[pivot * n + column])) pivot = row;
    }
    const T largest = matrix[pivot * n + column];
    if (!(std::abs(largest) > 0)) return false;
    for (std::size_t i = 0; i < n; ++i) {
      std::swap(matrix[pivot * n + i], matrix[column * n + i]);
      std::swap(inverse[pivot * n + i], inverse[column * n + i]);
      matrix[column * n + i] /= largest;
      inverse[column * n + i] /= largest;
    }
    for (std::size_t row = 0; row < n; ++row) {
      const T factor = matrix[row * n + column];
      if (row == column || factor == T(0)) continue;
      for (std::size_t i = 0; i < n; ++i) {
        matrix[row * n + i] -= factor * matrix[column * n + i];
        inverse[row * n + i] -= factor * inverse[column * n + i];
      }
    }
  }
  return true;
}

template <typename T>
void invert_all(KernelContext& c, bool adjoint, const Tensor& input, Tensor& output) {
  const auto n = static_cast<std::size_t>(input.shape().dim(input.shape().rank() - 1));
  const T* from = input.data<T>().data();
  T* to = output.mutable_data<T>().data();
  std::vector<T> matrix(n * n);
  const auto count = static_cast<std::size_t>(input.num_elements()) / (n * n);
  for (std::size_t i = 0; i < count; ++i, from += n * n, to += n * n) {
    for (std::size_t row = 0; row < n; ++row) {
      for (std::size_t column = 0; column < n; ++column) {
        matrix[row * n + column] =
            adjoint ? conjugate(from[column * n + row]) : from[row * n + column];
      }
    }
    if (!invert(matrix, to, n)) c.fail("Input is not invertible.");
  }
}

Kernel make_matrix_inverse(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::complex<float>, std::complex<double>>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [&]<typename T>(T) -> Kernel {
        return [adjoint = op.attr_bool("adjoint")](KernelContext& c) {
          const Shape shape = c.input_shape(0);
          const int rank = shape.rank();
          if (rank < 2) c.fail(fmt::format("Input tensor 0 must have rank >= 2, got {}", rank));
          if (shape.dim(rank - 1) != shape.dim(rank - 2)) {
            c.fail(fmt::format("Input matrices must be squares, got {} != {}", shape.dim(rank - 2),
                               shape.dim(rank - 1)));
          }
          Tensor& out = c.allocate_output(0, shape);
          if (out.num_elements() == 0) return;
          compute_wide([&](const Tensor& input,
                           Tensor& output) { invert_all<T>(c, adjoint, input, output); },
                       out, c.input(0));
        };
      });
}

}  // namespace

void register_linalg_kernels(KernelRegistry& registry) {
  registry.add("MatrixInverse", make_matrix_inverse);
}

}  // namespace tensorkeep::runtime
