#include <Eigen/SVD>
#include <limits>

#include "runtime/kernels/families.h"
#include "runtime/kernels/matrices.h"

// Singular values and their vectors.
namespace tensorkeep::runtime {
namespace {

struct SvdOptions {
  bool with_vectors;
  bool full;
};

template <typename T>
void svd(KernelContext& c, SvdOptions options) {
  const Batch batch = batch_of(c, 0);
  const std::int64_t smaller = std::min(batch.rows, batch.columns);
  const Batch columns = {batch.outer, batch.count, smaller, 1};
  const auto vectors_of = [&](std::int64_t size) {
    return Batch{batch.outer, batch.count, size, options.full ? size : smaller};
  };
  const Batch left = vectors_of(batch.rows);
  const Batch right = vectors_of(batch.columns);
  Tensor& values = c.allocate_output(0, batch.outer.concatenate(Shape{smaller}));
  Tensor& u = c.allocate_output(1, options.with_vectors ? left.shape() : Shape{0});
  Tensor& v = c.allocate_output(2, options.with_vectors ? right.shape() : Shape{0});
  const unsigned wanted = !options.with_vectors ? 0
                          : options.full        ? Eigen::ComputeFullU | Eigen::ComputeFullV
                                                : Eigen::ComputeThinU | Eigen::ComputeThinV;
  for (std::int64_t i = 0; i < batch.count; ++i) {
    if (smaller == 0) {
      if (!options.with_vectors) continue;
      mutable_matrix_at<T>(u, left, i).setIdentity();
      mutable_matrix_at<T>(v, right, i).setIdentity();
      continue;
    }
    const Eigen::BDCSVD<WideMatrix<T>> found(wide_matrix_at<T>(c.input(0), batch, i), wanted);
    auto s = mutable_matrix_at<T>(values, columns, i);
    if (found.info() == Eigen::Success) {
      s = found.singularValues().template cast<T>();
      if (!options.with_vectors) continue;
      mutable_matrix_at<T>(u, left, i) = found.matrixU().template cast<T>();
      mutable_matrix_at<T>(v, right, i) = found.matrixV().template cast<T>();
    } else {
      const T nan(std::numeric_limits<typename Eigen::NumTraits<T>::Real>::quiet_NaN());
      s.fill(nan);
      if (!options.with_vectors) continue;
      mutable_matrix_at<T>(u, left, i).fill(nan);
      mutable_matrix_at<T>(v, right, i).fill(nan);
    }
  }
}

}  // namespace

void register_linalg_svd_kernels(KernelRegistry& registry) {
  registry.add("Svd", [](const Operation& op) {
    return for_matrices(op, [&]<typename T>(T) -> Kernel {
      const SvdOptions options = {op.attr_bool("compute_uv"), op.attr_bool("full_matrices")};
      return [options](KernelContext& c) { svd<T>(c, options); };
    });
  });
}

}  // namespace tensorkeep::runtime
