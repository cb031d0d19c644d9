#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>
#include <cmath>
#include <limits>

#include "runtime/kernels/broadcast.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/matrices.h"

// Systems of linear equations, determinants and Cholesky factors.
namespace tensorkeep::runtime {
namespace {

// A matrix that is not positive definite has no factor: NaN.
template <typename T>
void cholesky(KernelContext& c) {
  const Batch batch = squares_of(c, 0);
  Tensor& out = c.allocate_output(0, batch.shape());
  for (std::int64_t i = 0; i < batch.count && batch.rows > 0; ++i) {
    const Eigen::LLT<WideMatrix<T>> factors(wide_matrix_at<T>(c.input(0), batch, i));
    MatrixView<T> to = mutable_matrix_at<T>(out, batch, i);
    if (factors.info() == Eigen::Success) {
      to = WideMatrix<T>(factors.matrixL()).template cast<T>();
    } else {
      to.setZero();
      to.template triangularView<Eigen::Lower>().fill(
          std::numeric_limits<typename Eigen::NumTraits<T>::Real>::quiet_NaN());
    }
  }
}

// The sign (for complex numbers, the phase) and the logarithm of the absolute value.
template <typename T>
std::pair<T, T> sign_and_log(const Matrix<T>& matrix) {
  if (matrix.rows() == 0) return {T(1), T(0)};
  const Eigen::PartialPivLU<Matrix<T>> factors(matrix);
  T sign(static_cast<typename Eigen::NumTraits<T>::Real>(factors.permutationP().determinant()));
  T log(0);
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    const T pivot = factors.matrixLU()(i, i);
    const auto size = std::abs(pivot);
    log += std::log(size);
    if (std::isinf(size)) {
      sign *= std::real(pivot) < 0 ? T(-1) : T(1);
    } else {
      sign *= size == 0 ? T(0) : pivot / size;
    }
  }
  return {sign, log};
}

template <typename T>
void determinant(KernelContext& c) {
  const Batch batch = squares_of(c, 0);
  Tensor& out = c.allocate_output(0, batch.outer);
  for (std::int64_t i = 0; i < batch.count; ++i) {
    const WideMatrix<T> matrix = wide_matrix_at<T>(c.input(0), batch, i);
    out.mutable_data<T>()[static_cast<std::size_t>(i)] =
        batch.rows == 0 ? T(1)
                        : static_cast<T>(Eigen::PartialPivLU<WideMatrix<T>>(matrix).determinant());
  }
}

template <typename T>
void log_determinant(KernelContext& c) {
  const Batch batch = squares_of(c, 0);
  Tensor& signs = c.allocate_output(0, batch.outer);
  Tensor& logs = c.allocate_output(1, batch.outer);
  for (std::int64_t i = 0; i < batch.count; ++i) {
    const auto [sign, log] = sign_and_log(wide_matrix_at<T>(c.input(0), batch, i));
    signs.mutable_data<T>()[static_cast<std::size_t>(i)] = static_cast<T>(sign);
    logs.mutable_data<T>()[static_cast<std::size_t>(i)] = static_cast<T>(log);
  }
}

// The right sides of equations with equal batches; fails where they do not fit.
Batch right_sides(const KernelContext& c, const Batch& batch) {
  if (c.input_shape(1).rank() != c.input_shape(0).rank()) {
    c.fail("All input tensors must have the same rank.");
  }
  Batch rhs = batch_of(c, 1);
  if (rhs.outer != batch.outer) c.fail("All input tensors must have the same outer dimensions.");
  if (rhs.rows != batch.rows) c.fail("Input matrix and rhs are incompatible.");
  return rhs;
}

template <typename T>
void solve(KernelContext& c, bool adjoint) {
  const Batch batch = batch_of(c, 0);
  const Batch rhs = right_sides(c, batch);
  if (batch.rows != batch.columns) c.fail("First input (lhs) must be a square matrix.");
  Tensor& out = c.allocate_output(0, rhs.shape());
  if (out.num_elements() == 0) return;
  for (std::int64_t i = 0; i < batch.count; ++i) {
    const WideMatrix<T> matrix = wide_matrix_at<T>(c.input(0), batch, i);
    Eigen::PartialPivLU<WideMatrix<T>> factors(batch.rows);
    if (adjoint) {
      factors.compute(matrix.adjoint());
    } else {
      factors.compute(matrix);
    }
    const auto smallest = factors.matrixLU().diagonal().cwiseAbs().minCoeff();
    if (!(smallest > 0)) c.fail("Input matrix is not invertible.");
    const WideMatrix<T> x = factors.solve(wide_matrix_at<T>(c.input(1), rhs, i));
    mutable_matrix_at<T>(out, rhs, i) = x.template cast<T>();
  }
}

template <typename T>
void solve_one_triangle(const Matrix<T>& matrix, bool lower, bool adjoint, Matrix<T>& x) {
  if (lower && adjoint) {
    matrix.adjoint().template triangularView<Eigen::Upper>().solveInPlace(x);
  } else if (lower) {
    matrix.template triangularView<Eigen::Lower>().solveInPlace(x);
  } else if (adjoint) {
    matrix.adjoint().template triangularView<Eigen::Lower>().solveInPlace(x);
  } else {
    matrix.template triangularView<Eigen::Upper>().solveInPlace(x);
  }
}

template <typename T>
void solve_triangle(KernelContext& c, bool lower, bool adjoint) {
  const Batch batch = batch_of(c, 0);
  const Batch rhs = batch_of(c, 1);
  const auto wrong = [&](const char* what) {
    c.fail(fmt::format("In[0] and In[1] {}: {} vs. {}", what, c.input_shape(0).debug_string(),
                       c.input_shape(1).debug_string()));
  };
  if (batch.rows != batch.columns)
    c.fail("In[0] matrices in the last two dimensions must be square");
  if (batch.rows != rhs.rows) wrong("mismatch");
  const auto batches = Broadcast::of(batch.outer, rhs.outer);
  if (!batches) wrong("must have compatible batch dimensions");
  const Batch result = {batches->shape(), batches->shape().num_elements(), rhs.rows, rhs.columns};
  Tensor& out = c.allocate_output(0, result.shape());
  if (out.num_elements() == 0) return;
  const std::int64_t step = batches->operands() == simd::Operands::kLeftFixed ? 0 : 1;
  const std::int64_t rhs_step = batches->operands() == simd::Operands::kRightFixed ? 0 : 1;
  batches->for_each_row([&](std::int64_t at, std::int64_t at_rhs, std::int64_t at_out) {
    for (std::int64_t i = 0; i < batches->row_size(); ++i) {
      WideMatrix<T> x = wide_matrix_at<T>(c.input(1), rhs, at_rhs + i * rhs_step);
      solve_one_triangle(wide_matrix_at<T>(c.input(0), batch, at + i * step), lower, adjoint, x);
      mutable_matrix_at<T>(out, result, at_out + i) = x.template cast<T>();
    }
  });
}

// The normal equations' matrix: A'A where there are at least as many rows as columns, else AA'.
template <typename T>
Eigen::LLT<Matrix<T>> normal_factors(const KernelContext& c, const Matrix<T>& matrix,
                                     double l2_regularizer) {
  const bool tall = matrix.rows() >= matrix.cols();
  const Eigen::Index size = tall ? matrix.cols() : matrix.rows();
  Matrix<T> gramian = Matrix<T>::Zero(size, size);
  if (tall) {
    gramian.template selfadjointView<Eigen::Lower>().rankUpdate(matrix.adjoint());
  } else {
    gramian.template selfadjointView<Eigen::Lower>().rankUpdate(matrix);
  }
  gramian.diagonal().array() += T(static_cast<typename Eigen::NumTraits<T>::Real>(l2_regularizer));
  Eigen::LLT<Matrix<T>> factors(gramian);
  if (factors.info() != Eigen::Success) {
    c.fail(
        "Input matrix was rank deficient or ill-conditioned. Try setting fast=False or provide a "
        "larger l2_regularizer > 0.");
  }
  return factors;
}

template <typename T>
void solve_least_squares(KernelContext& c, bool fast) {
  const Batch batch = batch_of(c, 0);
  const Batch rhs = right_sides(c, batch);
  if (c.input_shape(2).rank() != 0) {
    c.fail("l2_regularizer must be scalar, got shape " + c.input_shape(2).debug_string());
  }
  const double l2_regularizer = c.input(2).value<double>();
  if (!(l2_regularizer >= 0)) c.fail("l2_regularizer must be >= 0.");
  Batch result = rhs;
  result.rows = batch.columns;
  Tensor& out = c.allocate_output(0, result.shape());
  for (std::int64_t i = 0; i < batch.count && out.num_elements() > 0; ++i) {
    const WideMatrix<T> matrix = wide_matrix_at<T>(c.input(0), batch, i);
    const WideMatrix<T> right = wide_matrix_at<T>(c.input(1), rhs, i);
    WideMatrix<T> x = WideMatrix<T>::Zero(batch.columns, rhs.columns);
    if (batch.rows > 0 && !fast) {
      x = Eigen::CompleteOrthogonalDecomposition<WideMatrix<T>>(matrix).solve(right);
    } else if (batch.rows > 0 && batch.rows >= batch.columns) {
      x = normal_factors(c, matrix, l2_regularizer).solve(matrix.adjoint() * right);
    } else if (batch.rows > 0) {
      x = matrix.adjoint() * normal_factors(c, matrix, l2_regularizer).solve(right);
    }
    mutable_matrix_at<T>(out, result, i) = x.template cast<T>();
  }
}

}  // namespace

void register_linalg_solve_kernels(KernelRegistry& registry) {
  registry.add("Cholesky", [](const Operation& op) {
    return for_matrices(op, []<typename T>(T) -> Kernel { return cholesky<T>; });
  });
  registry.add("MatrixDeterminant", [](const Operation& op) {
    return for_matrices(op, []<typename T>(T) -> Kernel { return determinant<T>; });
  });
  registry.add("LogMatrixDeterminant", [](const Operation& op) {
    return for_matrices(op, []<typename T>(T) -> Kernel { return log_determinant<T>; });
  });
  registry.add("MatrixSolve", [](const Operation& op) {
    return for_matrices(op, [&]<typename T>(T) -> Kernel {
      return [adjoint = op.attr_bool("adjoint")](KernelContext& c) { solve<T>(c, adjoint); };
    });
  });
  registry.add("MatrixTriangularSolve", [](const Operation& op) {
    return for_matrices(op, [&]<typename T>(T) -> Kernel {
      return [lower = op.attr_bool("lower"), adjoint = op.attr_bool("adjoint")](KernelContext& c) {
        solve_triangle<T>(c, lower, adjoint);
      };
    });
  });
  registry.add("MatrixSolveLs", [](const Operation& op) {
    return for_matrices(op, [&]<typename T>(T) -> Kernel {
      return [fast = op.attr_bool("fast")](KernelContext& c) { solve_least_squares<T>(c, fast); };
    });
  });
}

}  // namespace tensorkeep::runtime
