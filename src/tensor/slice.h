#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/shape.h"

namespace tensorkeep {

// A box within a tensor: per dimension a start and a length, or the full dimension. A part of a
// partitioned variable. TensorFlow's text form is "-:10,20" (full dimension; start 10, length 20).
class TensorSlice {
 public:
  static constexpr std::int64_t kFull = -1;
  struct Extent {
    std::int64_t start = 0;
    std::int64_t length = kFull;
    bool full() const { return length == kFull; }
    bool operator==(const Extent&) const = default;
  };

  TensorSlice() = default;                            // of a scalar
  explicit TensorSlice(std::vector<Extent> extents);  // InvalidArgumentError if one is negative
  static TensorSlice full(int rank);
  // Throws InvalidArgumentError.
  static TensorSlice parse(std::string_view text);

  int rank() const { return static_cast<int>(extents_.size()); }
  const std::vector<Extent>& extents() const { return extents_; }
  bool is_full() const;  // every dimension; true for a scalar
  std::string to_string() const;

  // Whether it covers all of `shape`, also when said with explicit numbers.
  bool covers(const Shape& shape) const;
  // The shape of the part this slice takes from a tensor of `shape`. Throws InvalidArgumentError if
  // the ranks differ or the slice reaches beyond it.
  Shape slice_shape(const Shape& shape) const;
  // Explicit extents within `shape`; the same checks.
  TensorSlice resolved(const Shape& shape) const;
  // What both have, or nothing. Dimensions full in both stay full.
  std::optional<TensorSlice> intersect(const TensorSlice& other) const;

  bool operator==(const TensorSlice&) const = default;

 private:
  std::vector<Extent> extents_;
};

// The text in SaveV2's and RestoreV2's `shape_and_slices`: "6 2 0,2:0,2" is a slice of a [6,2]
// tensor; empty text means the whole tensor (nullopt).
struct ShapeAndSlice {
  Shape shape;
  TensorSlice slice;
};
std::optional<ShapeAndSlice> parse_shape_and_slice(std::string_view text);  // InvalidArgumentError
std::string to_string(const ShapeAndSlice& value);

}  // namespace tensorkeep
