#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "tensor/slice.h"

namespace tensorkeep {

// How a box of a tensor comes out of stored parts of it.
struct Cover {
  struct Piece {
    std::size_t part;  // position in the stored parts
    TensorSlice box;   // what it has of the wanted box
  };
  std::vector<Piece> pieces;
  std::int64_t elements = 0;  // of all pieces together
  bool exact = false;         // the one piece is a whole part
};

// `wanted` and the parts are of a tensor of `shape`; the boxes have explicit extents. The parts
// should not overlap.
Cover cover(const TensorSlice& wanted, std::span<const TensorSlice> parts, const Shape& shape);

// The positions of two slices that have an element in common, the smaller first; nullopt if no two
// have.
std::optional<std::pair<std::size_t, std::size_t>> find_overlap(
    std::span<const TensorSlice> slices);

}  // namespace tensorkeep
