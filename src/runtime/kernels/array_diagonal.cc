#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Diagonals and bands around them.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

void diag(KernelContext& c) {
  const Tensor& input = c.input(0);
  if (input.shape().rank() < 1) c.fail("Input must be at least rank 1, got 0");
  Tensor out = Tensor::zeros(input.dtype(), input.shape().concatenate(input.shape()));
  const std::int64_t size = input.num_elements();
  if (size > 0) copy(c, input, 0, out, 0, {{size, 1, size + 1}});
  c.set_output(0, std::move(out));
}

void diag_part(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims& dims = input.shape().dims();
  const std::size_t half = dims.size() / 2;
  if (dims.size() % 2 != 0) {
    c.fail(fmt::format("The rank of the tensor should be even and positive, got shape {}",
                       input.shape().debug_string()));
  }
  for (std::size_t i = 0; i < half; ++i) {
    if (dims[i] != dims[i + half]) {
      c.fail(fmt::format("Invalid shape {}: dimensions {} and {} do not match.",
                         input.shape().debug_string(), i, i + half));
    }
  }
  Tensor& out =
      c.allocate_output(0, Shape(Dims(dims.begin(), dims.begin() + static_cast<int>(half))));
  const std::int64_t size = out.num_elements();
  if (size > 0) copy(c, input, 0, out, 0, {{size, size + 1, 1}});
}

// A band's width from an input: negative means all.
std::int64_t band_width(const KernelContext& c, int input, const char* name, const char* what,
                        std::int64_t limit) {
  if (c.input_shape(input).rank() != 0) {
    c.fail(
        fmt::format("{} must be scalar, got shape {}", name, c.input_shape(input).debug_string()));
  }
  const std::int64_t width = integer(c, input);
  if (width > limit) {
    c.fail(fmt::format("{} must be negative or less or equal to number of {} ({}) got: {}", name,
                       what, limit, width));
  }
  return width < 0 ? limit : width;
}

void matrix_band_part(KernelContext& c) {
  const Tensor& input = c.input(0);
  const int rank = input.shape().rank();
  if (rank < 2) {
    c.fail(fmt::format("input must be at least 2-dim, received shape: {}",
                       input.shape().debug_string()));
  }
  const std::int64_t rows = input.shape().dim(rank - 2);
  const std::int64_t columns = input.shape().dim(rank - 1);
  const std::int64_t lower = band_width(c, 1, "num_lower", "rows", rows);
  const std::int64_t upper = band_width(c, 2, "num_upper", "columns", columns);
  Tensor out = Tensor::zeros(input.dtype(), input.shape());
  const std::int64_t lines = columns == 0 ? 0 : input.num_elements() / columns;
  by_width(c, input.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t line = 0; line < lines; ++line) {
      const std::int64_t row = line % rows;
      const std::int64_t first = std::clamp<std::int64_t>(row - lower, 0, columns);
      const std::int64_t last = std::clamp<std::int64_t>(row + upper + 1, first, columns);
      std::copy_n(elements<T>(input) + line * columns + first, last - first,
                  mutable_elements<T>(out) + line * columns + first);
    }
  });
  c.set_output(0, std::move(out));
}

// The diagonals of the matrices in the last two dimensions, as a copy's axes with the diagonals'
// strides first.
std::vector<CopyAxis> diagonal_axes(std::int64_t matrices, std::int64_t rows,
                                    std::int64_t columns) {
  const std::int64_t size = std::min(rows, columns);
  return {{matrices, size, rows * columns}, {size, 1, columns + 1}};
}

std::int64_t matrices_in(const Dims& dims) {
  return product(dims, 0, dims.size() - 2);
}

void matrix_diag(KernelContext& c) {
  const Tensor& input = c.input(0);
  if (input.shape().rank() < 1) {
    c.fail("diagonal must be at least 1-dim, received shape: " + input.shape().debug_string());
  }
  const std::int64_t size = input.shape().dim(-1);
  Dims dims = input.shape().dims();
  dims.push_back(size);
  const std::int64_t matrices = matrices_in(dims);
  Tensor out = Tensor::zeros(input.dtype(), Shape(std::move(dims)));
  if (out.num_elements() > 0) copy(c, input, 0, out, 0, diagonal_axes(matrices, size, size));
  c.set_output(0, std::move(out));
}

void matrix_diag_part(KernelContext& c) {
  const Tensor& input = c.input(0);
  Dims dims = input.shape().dims();
  if (dims.size() < 2) {
    c.fail("input must be at least 2-dim, received shape: " + input.shape().debug_string());
  }
  const std::int64_t matrices = matrices_in(dims);
  std::vector<CopyAxis> axes = diagonal_axes(matrices, dims[dims.size() - 2], dims.back());
  dims.pop_back();
  dims.back() = axes.back().size;
  Tensor& out = c.allocate_output(0, Shape(std::move(dims)));
  for (CopyAxis& axis : axes) std::swap(axis.from, axis.to);
  if (out.num_elements() > 0) copy(c, input, 0, out, 0, axes);
}

void matrix_set_diag(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims& dims = input.shape().dims();
  if (dims.size() < 2) {
    c.fail("input must be at least 2-dim, received shape: " + input.shape().debug_string());
  }
  const auto axes = diagonal_axes(matrices_in(dims), dims[dims.size() - 2], dims.back());
  Dims wanted(dims.begin(), dims.end() - 1);
  wanted.back() = axes.back().size;
  if (c.input_shape(1) != Shape(wanted)) {
    c.fail(
        "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] "
        "is not equal to the longests diagonal in range [lower_diag_index:upper_diag_index].");
  }
  const Tensor diagonal = c.input(1);
  Tensor& out = c.allocate_output(0, input.shape());
  if (out.num_elements() == 0) return;
  copy(c, input, 0, out, 0, {{input.num_elements(), 1, 1}});
  copy(c, diagonal, 0, out, 0, axes);
}

}  // namespace

void register_array_diagonal_kernels(KernelRegistry& registry) {
  registry.add_function("Diag", diag);
  registry.add_function("DiagPart", diag_part);
  registry.add_function("MatrixBandPart", matrix_band_part);
  registry.add_function("MatrixDiag", matrix_diag);
  registry.add_function("MatrixDiagPart", matrix_diag_part);
  registry.add_function("MatrixSetDiag", matrix_set_diag);
}

}  // namespace tensorkeep::runtime
