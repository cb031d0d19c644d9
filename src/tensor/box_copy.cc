#include "tensor/box_copy.h"

#include <algorithm>
#include <cstring>

namespace tensorkeep {
namespace {

// Calls run(from offset, to offset, length), in elements, for every contiguous stretch of the box.
template <typename F>
void for_each_run(const TensorSlice& from, const TensorSlice& to, const TensorSlice& box, F run) {
  const std::size_t rank = box.extents().size();
  // Trailing dimensions that the box takes wholly on both sides join the run.
  std::size_t outer = rank;  // dimensions [outer, rank) are in the run
  std::int64_t length = 1;
  while (outer > 0) {
    --outer;
    length *= box.extents()[outer].length;
    if (box.extents()[outer] != from.extents()[outer] ||
        box.extents()[outer] != to.extents()[outer]) {
      break;
    }
  }
  std::vector<std::int64_t> position(outer, 0);
  const auto offset_in = [&](const TensorSlice& part) {
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < rank; ++i) {
      const std::int64_t at = box.extents()[i].start + (i < outer ? position[i] : 0);
      offset = offset * part.extents()[i].length + (at - part.extents()[i].start);
    }
    return offset;
  };
  for (;;) {
    run(offset_in(from), offset_in(to), length);
    std::size_t i = outer;
    while (i > 0 && ++position[i - 1] == box.extents()[i - 1].length) position[--i] = 0;
    if (i == 0) return;
  }
}

}  // namespace

std::int64_t box_elements(const TensorSlice& box) {
  std::int64_t count = 1;
  for (const TensorSlice::Extent& extent : box.extents()) count *= extent.length;
  return count;
}

void copy_box(const Tensor& from, const TensorSlice& from_slice, Tensor& to,
              const TensorSlice& to_slice, const TensorSlice& box) {
  if (box_elements(box) == 0) return;
  if (from.dtype() == DType::kString) {
    const auto source = from.data<std::string>();
    const auto target = to.mutable_data<std::string>();
    for_each_run(from_slice, to_slice, box, [&](auto at, auto put, auto count) {
      std::copy_n(source.begin() + at, count, target.begin() + put);
    });
    return;
  }
  const auto width = static_cast<std::int64_t>(size_of(from.dtype()));
  const auto* source = static_cast<const std::byte*>(from.raw_data());
  auto* target = static_cast<std::byte*>(to.mutable_raw_data());
  for_each_run(from_slice, to_slice, box, [&](auto at, auto put, auto count) {
    std::memcpy(target + put * width, source + at * width, static_cast<std::size_t>(count * width));
  });
}

}  // namespace tensorkeep
