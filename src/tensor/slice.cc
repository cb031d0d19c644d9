#include "tensor/slice.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool parse_int(std::string_view text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

TensorSlice::TensorSlice(std::vector<Extent> extents) : extents_(std::move(extents)) {
  for (const Extent& extent : extents_) {
    if (extent.full() ? extent.start != 0 : (extent.start < 0 || extent.length <= 0)) {
      throw errors::InvalidArgumentError(
          fmt::format("Expected non-negative start and positive length but got start = {}, length "
                      "= {}",
                      extent.start, extent.length));
    }
  }
}

TensorSlice TensorSlice::full(int rank) {
  return TensorSlice(std::vector<Extent>(static_cast<std::size_t>(rank)));
}

TensorSlice TensorSlice::parse(std::string_view text) {
  std::vector<Extent> extents;
  if (text.empty()) return TensorSlice();
  for (const std::string_view part : split(text, ':')) {
    if (part == "-") {
      extents.push_back({});
      continue;
    }
    const auto numbers = split(part, ',');
    std::int64_t start = 0;
    std::int64_t length = 0;
    if (numbers.size() != 2 || !parse_int(numbers[0], start) || !parse_int(numbers[1], length)) {
      throw errors::InvalidArgumentError(
          fmt::format("Expected a pair of numbers or '-' but got '{}': string = {}", part, text));
    }
    if (start < 0 || length <= 0) {
      throw errors::InvalidArgumentError(
          fmt::format("Expected non-negative start and positive length but got start = {}, length "
                      "= {}: string = {}",
                      start, length, text));
    }
    extents.push_back({start, length});
  }
  return TensorSlice(std::move(extents));
}

bool TensorSlice::is_full() const {
  return std::all_of(extents_.begin(), extents_.end(), [](const Extent& e) { return e.full(); });
}

std::string TensorSlice::to_string() const {
  std::string text;
  for (const Extent& extent : extents_) {
    if (!text.empty()) text += ':';
    text += extent.full() ? "-" : fmt::format("{},{}", extent.start, extent.length);
  }
  return text;
}

bool TensorSlice::covers(const Shape& shape) const {
  if (shape.rank() != rank()) return false;
  for (int i = 0; i < rank(); ++i) {
    const Extent& extent = extents_[static_cast<std::size_t>(i)];
    if (!extent.full() && (extent.start != 0 || extent.length != shape.dim(i))) return false;
  }
  return true;
}

TensorSlice TensorSlice::resolved(const Shape& shape) const {
  if (shape.rank() != rank()) {
    throw errors::InternalError(fmt::format("Mismatching ranks: shape = {}, slice = {}",
                                            shape.debug_string(), to_string()));
  }
  TensorSlice result;
  for (int i = 0; i < rank(); ++i) {
    Extent extent = extents_[static_cast<std::size_t>(i)];
    const std::int64_t dim = shape.dim(i);
    if (extent.full()) extent = {0, dim};
    if (extent.length > dim || extent.start > dim - extent.length) {
      throw errors::InternalError(
          fmt::format("Extent in dimension {} out of bounds: shape = {}, slice = {}", i,
                      shape.debug_string(), to_string()));
    }
    result.extents_.push_back(extent);
  }
  return result;
}

Shape TensorSlice::slice_shape(const Shape& shape) const {
  std::vector<std::int64_t> dims;
  for (const Extent& extent : resolved(shape).extents_) dims.push_back(extent.length);
  return Shape(std::move(dims));
}

std::optional<TensorSlice> TensorSlice::intersect(const TensorSlice& other) const {
  if (rank() != other.rank()) return std::nullopt;
  TensorSlice result;
  for (std::size_t i = 0; i < extents_.size(); ++i) {
    const Extent& a = extents_[i];
    const Extent& b = other.extents_[i];
    if (a.full() || b.full()) {
      result.extents_.push_back(a.full() ? b : a);
      continue;
    }
    const std::int64_t start = std::max(a.start, b.start);
    // The nearer end as a length, so that nothing overflows.
    const std::int64_t room_a = a.length - (start - a.start);
    const std::int64_t room_b = b.length - (start - b.start);
    const std::int64_t length = std::min(room_a, room_b);
    if (length <= 0) return std::nullopt;
    result.extents_.push_back({start, length});
  }
  return result;
}

std::optional<ShapeAndSlice> parse_shape_and_slice(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto parts = split(text, ' ');
  if (parts.size() < 2) {
    throw errors::InvalidArgumentError(
        fmt::format("Need least two elements in shape_and_slice specification: {}", text));
  }
  const std::string_view slice = parts.back();
  parts.pop_back();
  std::vector<std::int64_t> dims;
  for (const std::string_view part : parts) {
    std::int64_t dim = 0;
    if (!parse_int(part, dim) || dim < 0) {
      throw errors::InvalidArgumentError(
          fmt::format("Non numerical dimension in shape_and_slice: {}", text));
    }
    dims.push_back(dim);
  }
  ShapeAndSlice result{Shape(std::move(dims)), TensorSlice::parse(slice)};
  result.slice.resolved(result.shape);
  return result;
}

std::string to_string(const ShapeAndSlice& value) {
  std::string text;
  for (const std::int64_t dim : value.shape.dims()) text += fmt::format("{} ", dim);
  return text + value.slice.to_string();
}

}  // namespace tensorkeep
