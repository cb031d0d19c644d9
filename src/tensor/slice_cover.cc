#include "tensor/slice_cover.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "tensor/box_copy.h"

namespace tensorkeep {
namespace {

std::int64_t end_of(const TensorSlice::Extent& extent) {
  return extent.full() ? std::numeric_limits<std::int64_t>::max() : extent.start + extent.length;
}

// The dimension along which the slices are told apart best.
std::size_t widest_dimension(std::span<const TensorSlice> slices) {
  std::size_t best = 0;
  std::size_t most = 0;
  for (std::size_t dim = 0; dim < slices[0].extents().size(); ++dim) {
    std::set<std::int64_t> starts;
    for (const TensorSlice& slice : slices) {
      if (dim < slice.extents().size()) starts.insert(slice.extents()[dim].start);
    }
    if (starts.size() > most) {
      best = dim;
      most = starts.size();
    }
  }
  return best;
}

}  // namespace

Cover cover(const TensorSlice& wanted, std::span<const TensorSlice> parts, const Shape& shape) {
  const TensorSlice target = wanted.resolved(shape);
  Cover result;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TensorSlice part = parts[i].resolved(shape);
    if (part == target) return {{{i, target}}, box_elements(target), true};
    auto box = part.intersect(target);
    if (!box) continue;
    result.elements += box_elements(*box);
    result.pieces.push_back({i, std::move(*box)});
  }
  return result;
}

std::optional<std::pair<std::size_t, std::size_t>> find_overlap(
    std::span<const TensorSlice> slices) {
  if (slices.size() < 2) return std::nullopt;
  if (slices[0].rank() == 0) return std::pair<std::size_t, std::size_t>(0, 1);
  // Sorted along one dimension, only neighbours can meet.
  const std::size_t dim = widest_dimension(slices);
  std::vector<std::size_t> order(slices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto extent = [&](std::size_t i) { return slices[i].extents()[dim]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return extent(a).start < extent(b).start; });
  for (std::size_t a = 0; a < order.size(); ++a) {
    for (std::size_t b = a + 1;
         b < order.size() && extent(order[b]).start < end_of(extent(order[a])); ++b) {
      if (slices[order[a]].intersect(slices[order[b]])) {
        return std::minmax(order[a], order[b]);
      }
    }
  }
  return std::nullopt;
}

}  // namespace tensorkeep
