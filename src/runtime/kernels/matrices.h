#pragma once

#include <Eigen/Core>
#include <complex>
#include <string>

#include "runtime/kernel.h"
#include "runtime/kernels/narrow.h"

// Batches of matrices, as Eigen sees them.
namespace tensorkeep::runtime {

template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
// What factors are computed in, also of matrices of 32 bits: Eigen's algorithms take long to
// compile, and this halves them.
template <typename T>
using Wide = std::conditional_t<Eigen::NumTraits<T>::IsComplex, std::complex<double>, double>;
template <typename T>
using WideMatrix = Matrix<Wide<T>>;
template <typename T>
using MatrixView = Eigen::Map<Matrix<T>>;
template <typename T>
using ConstMatrixView = Eigen::Map<const Matrix<T>>;

// The last two dimensions of a shape are a matrix, those before count them.
struct Batch {
  Shape outer;
  std::int64_t count = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;

  Shape shape() const { return outer.concatenate({rows, columns}); }
};

// Fails for less than two dimensions.
Batch batch_of(const KernelContext& c, int index);
// Fails for matrices that are not square, too.
Batch squares_of(const KernelContext& c, int index);

template <typename T>
ConstMatrixView<T> matrix_at(const Tensor& tensor, const Batch& batch, std::int64_t i) {
  return {tensor.data<T>().data() + i * batch.rows * batch.columns, batch.rows, batch.columns};
}
template <typename T>
WideMatrix<T> wide_matrix_at(const Tensor& tensor, const Batch& batch, std::int64_t i) {
  return matrix_at<T>(tensor, batch, i).template cast<Wide<T>>();
}
template <typename T>
MatrixView<T> mutable_matrix_at(Tensor& tensor, const Batch& batch, std::int64_t i) {
  return {tensor.mutable_data<T>().data() + i * batch.rows * batch.columns, batch.rows,
          batch.columns};
}

// Calls make(zero) for the four types that matrices have.
template <typename Make>
Kernel for_matrices(const Operation& op, Make&& make) {
  return dispatch<float, double, std::complex<float>, std::complex<double>>(
      op, base_dtype(op.output_dtype(0)), make);
}

}  // namespace tensorkeep::runtime
