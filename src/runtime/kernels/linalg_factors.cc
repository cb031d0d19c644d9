#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include "runtime/kernels/families.h"
#include "runtime/kernels/matrices.h"

// Eigenvalues of self-adjoint matrices, and QR factors.
namespace tensorkeep::runtime {
namespace {

template <typename T>
void self_adjoint_eig(KernelContext& c, bool with_vectors) {
  const Batch batch = squares_of(c, 0);
  Tensor& values = c.allocate_output(0, batch.outer.concatenate(Shape{batch.rows}));
  Tensor& vectors = c.allocate_output(1, with_vectors ? batch.shape() : Shape{0});
  const Batch columns = {batch.outer, batch.count, batch.rows, 1};
  for (std::int64_t i = 0; i < batch.count && batch.rows > 0; ++i) {
    const Eigen::SelfAdjointEigenSolver<WideMatrix<T>> found(
        wide_matrix_at<T>(c.input(0), batch, i),
        with_vectors ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
    if (found.info() != Eigen::Success) {
      c.fail("Self-adjoint eigen decomposition was not successful. The input might not be valid.");
    }
    mutable_matrix_at<T>(values, columns, i) = found.eigenvalues().template cast<T>();
    if (!with_vectors) continue;
    mutable_matrix_at<T>(vectors, batch, i) = found.eigenvectors().template cast<T>();
  }
}

template <typename T>
void qr(KernelContext& c, bool full) {
  const Batch batch = batch_of(c, 0);
  const std::int64_t inner = full ? batch.rows : std::min(batch.rows, batch.columns);
  const Batch of_q = {batch.outer, batch.count, batch.rows, inner};
  const Batch of_r = {batch.outer, batch.count, inner, batch.columns};
  Tensor& q = c.allocate_output(0, of_q.shape());
  Tensor& r = c.allocate_output(1, of_r.shape());
  for (std::int64_t i = 0; i < batch.count; ++i) {
    auto to_q = mutable_matrix_at<T>(q, of_q, i);
    to_q.setIdentity();
    if (batch.rows == 0 || batch.columns == 0) continue;
    const Eigen::HouseholderQR<WideMatrix<T>> factors(wide_matrix_at<T>(c.input(0), batch, i));
    WideMatrix<T> wide_q = WideMatrix<T>::Identity(batch.rows, inner);
    wide_q.applyOnTheLeft(factors.householderQ());
    to_q = wide_q.template cast<T>();
    const WideMatrix<T> wide_r =
        factors.matrixQR().topRows(inner).template triangularView<Eigen::Upper>();
    mutable_matrix_at<T>(r, of_r, i) = wide_r.template cast<T>();
  }
}

}  // namespace

void register_linalg_factors_kernels(KernelRegistry& registry) {
  registry.add("SelfAdjointEigV2", [](const Operation& op) {
    return for_matrices(op, [&]<typename T>(T) -> Kernel {
      return [vectors = op.attr_bool("compute_v")](KernelContext& c) {
        self_adjoint_eig<T>(c, vectors);
      };
    });
  });
  registry.add("Qr", [](const Operation& op) {
    return for_matrices(op, [&]<typename T>(T) -> Kernel {
      return [full = op.attr_bool("full_matrices")](KernelContext& c) { qr<T>(c, full); };
    });
  });
}

}  // namespace tensorkeep::runtime
