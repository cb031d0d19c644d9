#include "graph/strided_slice.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

using Numbers = std::vector<std::int64_t>;

[[noreturn]] void fail(const std::string& message) {
  throw errors::InvalidArgumentError(message);
}

bool has(std::int64_t mask, std::size_t bit) {
  return bit < 63 && ((mask >> bit) & 1) != 0;
}

// One entry of the sparse lists, as it applies to one dimension of the input.
struct Entry {
  std::optional<std::int64_t> begin;
  std::optional<std::int64_t> end;
  std::int64_t stride = 1;
  bool begin_masked = true;
  bool end_masked = true;
  bool shrink = false;
};

// How the dimensions of the output come about, in order.
enum class Gather { kDimension, kNewAxis };

struct Dense {
  std::vector<Entry> entries;
  std::vector<Gather> order;
};

Dense spread(int rank, const std::optional<Numbers>& begin, const std::optional<Numbers>& end,
             const Numbers& strides, const SliceMasks& masks) {
  Dense dense;
  bool ellipsis_seen = false;
  std::size_t new_axes_after = 0;
  const auto add_rest = [&](std::size_t i, bool implicit) {
    // As many whole dimensions as the other entries leave.
    const auto following = static_cast<std::int64_t>(implicit ? 0 : strides.size() - i - 1) -
                           static_cast<std::int64_t>(new_axes_after);
    while (static_cast<std::int64_t>(dense.entries.size()) < rank - following) {
      dense.entries.emplace_back();
      dense.order.push_back(Gather::kDimension);
    }
  };
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (has(masks.ellipsis, i)) {
      if (ellipsis_seen) fail("Multiple ellipses in slice spec not allowed");
      ellipsis_seen = true;
      new_axes_after = 0;
      for (std::size_t j = i + 1; j < strides.size(); ++j) {
        if (has(masks.new_axis, j) && !has(masks.ellipsis, j)) ++new_axes_after;
      }
      add_rest(i, false);
    } else if (has(masks.new_axis, i)) {
      dense.order.push_back(Gather::kNewAxis);
    } else {
      if (static_cast<int>(dense.entries.size()) == rank) {
        fail(fmt::format("Index out of range using input dim {}; input has only {} dims",
                         dense.entries.size(), rank));
      }
      Entry entry;
      if (begin) entry.begin = (*begin)[i];
      if (end) entry.end = (*end)[i];
      entry.stride = strides[i];
      entry.begin_masked = has(masks.begin, i);
      entry.end_masked = has(masks.end, i);
      entry.shrink = has(masks.shrink_axis, i);
      dense.entries.push_back(entry);
      dense.order.push_back(Gather::kDimension);
    }
  }
  new_axes_after = 0;
  if (!ellipsis_seen) add_rest(strides.size(), true);
  return dense;
}

std::int64_t clamped(std::int64_t index, std::int64_t dim, std::int64_t stride) {
  if (index < 0) index += dim;
  const std::int64_t low = stride > 0 ? 0 : -1;
  return std::clamp(index, low, stride > 0 ? dim : dim - 1);
}

void add_dimension(DenseSlice& out, const Entry& entry, std::int64_t dim, std::size_t index) {
  if (entry.stride == 0) fail(fmt::format("strides[{}] must be non-zero", index));
  const bool forward = entry.stride > 0;
  if (entry.shrink) {
    if (!forward) fail("only stride 1 allowed on non-range indexing.");
    std::int64_t at = entry.begin.value_or(0);
    if (dim >= 0) {
      if (at < 0) at += dim;
      if (entry.begin && (at < 0 || at >= dim)) {
        fail(fmt::format("slice index {} of dimension {} out of bounds.", at, index));
      }
    }
    out.begin.push_back(at);
    out.stride.push_back(1);
    out.size.push_back(1);
    return;
  }
  out.stride.push_back(entry.stride);
  const bool whole = entry.begin_masked && entry.end_masked;
  if (dim < 0 || !(whole || (entry.begin && entry.end))) {
    out.begin.push_back(0);
    out.size.push_back(None);
    return;
  }
  const std::int64_t first =
      entry.begin_masked ? (forward ? 0 : dim - 1) : clamped(*entry.begin, dim, entry.stride);
  const std::int64_t last =
      entry.end_masked ? (forward ? dim : -1) : clamped(*entry.end, dim, entry.stride);
  const std::int64_t length = last - first;
  std::int64_t size = 0;
  if (length != 0 && (length < 0) == (entry.stride < 0)) {
    size = length / entry.stride + (length % entry.stride != 0 ? 1 : 0);
  }
  out.begin.push_back(first);
  out.size.push_back(size);
}

}  // namespace

SliceMasks slice_masks_of(const Operation& op) {
  return {op.attr_int("begin_mask"), op.attr_int("end_mask"), op.attr_int("ellipsis_mask"),
          op.attr_int("new_axis_mask"), op.attr_int("shrink_axis_mask")};
}

DenseSlice dense_slice(const Shape& input, const std::optional<Numbers>& begin,
                       const std::optional<Numbers>& end, const Numbers& strides,
                       const SliceMasks& masks) {
  if ((begin && begin->size() != strides.size()) || (end && end->size() != strides.size())) {
    fail(
        fmt::format("Expected begin, end, and strides to be 1D equal size tensors, but got {}, {} "
                    "and {} entries",
                    begin ? begin->size() : strides.size(), end ? end->size() : strides.size(),
                    strides.size()));
  }
  const Dense dense = spread(input.rank(), begin, end, strides, masks);
  DenseSlice out;
  std::vector<std::int64_t> final_dims;
  std::size_t next = 0;
  for (const Gather step : dense.order) {
    if (step == Gather::kNewAxis) {
      final_dims.push_back(1);
      continue;
    }
    add_dimension(out, dense.entries[next], input.dim(static_cast<int>(next)), next);
    if (!dense.entries[next].shrink) final_dims.push_back(out.size.back());
    ++next;
  }
  out.processing_shape = Shape(out.size);
  out.final_shape = Shape(std::move(final_dims));
  return out;
}

}  // namespace tensorkeep
