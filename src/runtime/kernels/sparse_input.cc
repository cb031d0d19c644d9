#include "runtime/kernels/sparse_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/kernels/elements.h"

namespace tensorkeep::runtime {

void Places::add(const std::int64_t* row) {
  coordinates.insert(coordinates.end(), row, row + rank);
  ++count;
}

Tensor Places::to_tensor() const {
  return integer_tensor(int64, coordinates, {count, rank});
}

int compare(const std::int64_t* a, const std::int64_t* b, std::int64_t rank) {
  for (std::int64_t i = 0; i < rank; ++i) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

std::string SparseInput::shown(std::int64_t place) const {
  const std::int64_t* row = places.row(place);
  return fmt::format("[{}]", fmt::join(row, row + places.rank, ","));
}

Places places_in(const KernelContext& c, int index) {
  const Shape& shape = c.input_shape(index);
  if (shape.rank() != 2) {
    c.fail("Input indices should be a matrix but received shape " + shape.debug_string());
  }
  return {shape.dim(0), shape.dim(1), integers(c, index)};
}

std::vector<std::int64_t> dims_in(const KernelContext& c, int index) {
  const Shape& shape = c.input_shape(index);
  if (shape.rank() != 1) {
    c.fail("Input shape should be a vector but received shape " + shape.debug_string());
  }
  std::vector<std::int64_t> dims = integers(c, index);
  for (const std::int64_t dim : dims) {
    if (dim < 0) c.fail(fmt::format("Dimension {} must be >= 0", dim));
  }
  return dims;
}

SparseInput sparse_input(const KernelContext& c, int indices, int values, int shape) {
  SparseInput input = {places_in(c, indices), dims_in(c, shape), c.input(values)};
  const Shape& found = input.values.shape();
  if (found.rank() != 1) {
    c.fail("Input values should be a vector but received shape " + found.debug_string());
  }
  if (found.dim(0) != input.places.count) {
    c.fail(fmt::format("Expected {} non-empty input values, got {}", input.places.count,
                       found.dim(0)));
  }
  if (static_cast<std::int64_t>(input.dims.size()) != input.places.rank) {
    c.fail(fmt::format("Input indices have {} coordinates, but the shape has {} dimensions",
                       input.places.rank, input.dims.size()));
  }
  return input;
}

std::int64_t element_count(const KernelContext& c, const std::vector<std::int64_t>& dims) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    if (__builtin_mul_overflow(count, dim, &count)) {
      c.fail(
          fmt::format("Shape [{}] would have more than 2**63 - 1 elements", fmt::join(dims, ",")));
    }
  }
  return count;
}

void check_bounds(const KernelContext& c, const SparseInput& input) {
  for (std::int64_t place = 0; place < input.places.count; ++place) {
    for (std::int64_t axis = 0; axis < input.places.rank; ++axis) {
      const std::int64_t at = input.places.at(place, axis);
      if (at >= 0 && at < input.dims[static_cast<std::size_t>(axis)]) continue;
      c.fail(fmt::format("indices[{}] = {} is out of bounds: need 0 <= index < [{}]", place,
                         input.shown(place), fmt::join(input.dims, ",")));
    }
  }
}

void check_order(const KernelContext& c, const SparseInput& input) {
  for (std::int64_t place = 1; place < input.places.count; ++place) {
    const int order =
        compare(input.places.row(place - 1), input.places.row(place), input.places.rank);
    if (order < 0) continue;
    c.fail(fmt::format("indices[{}] = {} is {}", place, input.shown(place),
                       order == 0
                           ? "repeated"
                           : "out of order. Many sparse ops require sorted indices.\n    Use "
                             "`tf.sparse.reorder` to create a correctly ordered copy."));
  }
}

std::vector<std::int64_t> sorted_places(const Places& places) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(places.count));
  std::iota(order.begin(), order.end(), 0);
  const auto before = [&](std::int64_t a, std::int64_t b) {
    return compare(places.row(a), places.row(b), places.rank) < 0;
  };
  if (!std::is_sorted(order.begin(), order.end(), before)) {
    std::stable_sort(order.begin(), order.end(), before);
  }
  return order;
}

void output_rows(KernelContext& c, int index, const Tensor& values,
                 const std::vector<std::int64_t>& which) {
  Tensor& out = c.allocate_output(index, {static_cast<std::int64_t>(which.size())});
  by_width(c, out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* from = elements<T>(values);
    T* to = mutable_elements<T>(out);
    for (const std::int64_t row : which) *to++ = from[row];
  });
}

void output_places(KernelContext& c, int index, const Places& places,
                   const std::vector<std::int64_t>& which) {
  Tensor& out = c.allocate_output(index, {static_cast<std::int64_t>(which.size()), places.rank});
  std::int64_t* to = out.mutable_data<std::int64_t>().data();
  for (const std::int64_t row : which) to = std::copy_n(places.row(row), places.rank, to);
}

}  // namespace tensorkeep::runtime
