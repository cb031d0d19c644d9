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

}  // namespace

void register_array_diagonal_kernels(KernelRegistry& registry) {
  registry.add_function("Diag", diag);
  registry.add_function("DiagPart", diag_part);
  registry.add_function("MatrixBandPart", matrix_band_part);
}

}  // namespace tensorkeep::runtime
