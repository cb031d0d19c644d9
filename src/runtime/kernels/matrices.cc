#include "runtime/kernels/matrices.h"

#include <fmt/format.h>

namespace tensorkeep::runtime {

Batch batch_of(const KernelContext& c, int index) {
  const Shape& shape = c.input_shape(index);
  const int rank = shape.rank();
  if (rank < 2) c.fail(fmt::format("Input tensor {} must have rank >= 2, got {}", index, rank));
  Batch batch;
  batch.outer = Shape(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end() - 2));
  batch.count = batch.outer.num_elements();
  batch.rows = shape.dim(-2);
  batch.columns = shape.dim(-1);
  return batch;
}

Batch squares_of(const KernelContext& c, int index) {
  Batch batch = batch_of(c, index);
  if (batch.rows != batch.columns) {
    c.fail(fmt::format("Input matrix must be square, got {} != {}", batch.rows, batch.columns));
  }
  return batch;
}

}  // namespace tensorkeep::runtime
