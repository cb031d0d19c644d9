#include <fmt/format.h>

#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"

// Where numbers lie: in sorted rows, among intervals, in a tensor.
namespace tensorkeep::ops {
namespace {

void bounds_shape(ShapeContext& c) {
  (void)c.input_with_rank(0, 2);
  (void)c.input_with_rank(1, 2);
  c.set_output(0, c.input(1));
}

void unravel_shape(ShapeContext& c) {
  const Shape& indices = c.input(0);
  const Shape dims = c.input_with_rank(1, 1);
  const std::int64_t rank = dims.rank_known() ? dims.dim(0) : None;
  if (!indices.rank_known()) return c.set_output(0, Shape::unknown());
  if (indices.rank() == 0) return c.set_output(0, {rank});
  c.set_output(0, {rank, known_elements(indices)});
}

void histogram_shape(ShapeContext& c) {
  const Shape range = c.input_with_rank(1, 1);
  if (range.rank_known() && range.dim(0) >= 0 && range.dim(0) != 2) {
    c.fail(fmt::format("Dimension must be 2 but is {}", range.dim(0)));
  }
  (void)c.input_with_rank(2, 0);
  const auto bins = integers_of(c.input_constant(2));
  if (bins && bins->front() <= 0) c.fail("Requires nbins to be positive.");
  c.set_output(0, {bins ? bins->front() : None});
}

}  // namespace

void register_array_search(OpRegistry& registry) {
  const OpRow rows[] = {
      {"HistogramFixedWidth", {histogram_shape}},
      {"LowerBound", {bounds_shape}},
      {"UnravelIndex", {unravel_shape}},
      {"UpperBound", {bounds_shape}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
