#pragma once

#include <cstdint>
#include <vector>

#include "runtime/kernel.h"

// What the kernels of sparse tensors share: places (rows of coordinates), one value for each, and
// the dimensions of the whole.
namespace tensorkeep::runtime {

// Rows of coordinates, one row after the other.
struct Places {
  std::int64_t count = 0;
  std::int64_t rank = 0;
  std::vector<std::int64_t> coordinates;

  std::int64_t at(std::int64_t place, std::int64_t axis) const {
    return coordinates[static_cast<std::size_t>(place * rank + axis)];
  }
  // The first coordinate of a place.
  const std::int64_t* row(std::int64_t place) const { return coordinates.data() + place * rank; }
  void add(const std::int64_t* row);
  Tensor to_tensor() const;
};

// -1, 0 or 1: how the places compare, coordinate by coordinate.
int compare(const std::int64_t* a, const std::int64_t* b, std::int64_t rank);

struct SparseInput {
  Places places;
  std::vector<std::int64_t> dims;
  Tensor values;

  // A place's coordinates, as errors show them.
  std::string shown(std::int64_t place) const;
};

// The places in a [n, rank] input; fails for other shapes.
Places places_in(const KernelContext& c, int index);
// The dimensions in a vector; fails if it is none, and for negative ones.
std::vector<std::int64_t> dims_in(const KernelContext& c, int index);
// Three inputs that belong together; fails where their shapes contradict each other.
SparseInput sparse_input(const KernelContext& c, int indices, int values, int shape);
// The same for three inputs in a row.
inline SparseInput sparse_input(const KernelContext& c, int first) {
  return sparse_input(c, first, first + 1, first + 2);
}

// How many elements the whole has; fails if no 64 bits hold it.
std::int64_t element_count(const KernelContext& c, const std::vector<std::int64_t>& dims);
// Fails unless every place is within the dimensions.
void check_bounds(const KernelContext& c, const SparseInput& input);
// Fails where a place is named twice or before a smaller one.
void check_order(const KernelContext& c, const SparseInput& input);
// The numbers of the places in order; those that are equal stay as they come.
std::vector<std::int64_t> sorted_places(const Places& places);
// Output `index`: rows `which` of a vector.
void output_rows(KernelContext& c, int index, const Tensor& values,
                 const std::vector<std::int64_t>& which);
// Output `index`: rows `which` of the places.
void output_places(KernelContext& c, int index, const Places& places,
                   const std::vector<std::int64_t>& which);

}  // namespace tensorkeep::runtime
