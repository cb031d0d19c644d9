#include "tensorkeep/shape.h"

#include <fmt/format.h>

#include "base/checked_math.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {

Shape::Shape(std::vector<std::int64_t> dims) : dims_(std::move(dims)) {
  for (const std::int64_t dim : dims_) {
    if (dim < -1) errors::raise_value_error(fmt::format("Dimension {} must be >= 0", dim));
  }
}

Shape Shape::unknown() {
  Shape shape;
  shape.known_ = false;
  return shape;
}

Shape Shape::unknown_of_rank(int rank) {
  return Shape(std::vector<std::int64_t>(static_cast<std::size_t>(rank), None));
}

int Shape::rank() const {
  return static_cast<int>(dims().size());
}

std::int64_t Shape::dim(int index) const {
  const auto& all = dims();
  if (index < 0) index += static_cast<int>(all.size());
  if (index < 0 || index >= static_cast<int>(all.size())) {
    errors::raise_value_error(fmt::format("dimension {} of shape {}", index, to_string()));
  }
  return all[static_cast<std::size_t>(index)];
}

const std::vector<std::int64_t>& Shape::dims() const {
  if (!known_) errors::raise_value_error("Cannot take the length of shape with unknown rank.");
  return dims_;
}

bool Shape::fully_defined() const {
  if (!known_) return false;
  for (const std::int64_t dim : dims_) {
    if (dim < 0) return false;
  }
  return true;
}

std::int64_t Shape::num_elements() const {
  const auto count = checked_num_elements();
  if (!count) {
    errors::raise_value_error(fmt::format("Shape {} has no number of elements", to_string()));
  }
  return *count;
}

std::optional<std::int64_t> Shape::checked_num_elements() const {
  if (!fully_defined()) return std::nullopt;
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t dim : dims_) {
    if (dim == 0) {
      empty = true;
      continue;
    }
    const auto product = checked_mul(count, dim);
    if (!product) return std::nullopt;
    count = *product;
  }
  return empty ? 0 : count;
}

bool Shape::compatible_with(const Shape& other) const {
  if (!known_ || !other.known_) return true;
  if (dims_.size() != other.dims_.size()) return false;
  for (std::size_t i = 0; i < dims_.size(); ++i) {
    if (dims_[i] >= 0 && other.dims_[i] >= 0 && dims_[i] != other.dims_[i]) return false;
  }
  return true;
}

Shape Shape::merge_with(const Shape& other) const {
  if (!known_) return other;
  if (!other.known_) return *this;
  if (!compatible_with(other)) {
    errors::raise_value_error(
        fmt::format("Shapes {} and {} are not compatible", to_string(), other.to_string()));
  }
  Shape merged = *this;
  for (std::size_t i = 0; i < dims_.size(); ++i) {
    if (merged.dims_[i] < 0) merged.dims_[i] = other.dims_[i];
  }
  return merged;
}

Shape Shape::concatenate(const Shape& other) const {
  if (!known_ || !other.known_) return unknown();
  Shape joined = *this;
  joined.dims_.insert(joined.dims_.end(), other.dims_.begin(), other.dims_.end());
  return joined;
}

std::string Shape::to_string() const {
  if (!known_) return "<unknown>";
  std::string text = "(";
  for (std::size_t i = 0; i < dims_.size(); ++i) {
    if (i > 0) text += ", ";
    text += dims_[i] < 0 ? "?" : std::to_string(dims_[i]);
  }
  if (dims_.size() == 1) text += ",";
  return text + ")";
}

std::string Shape::debug_string() const {
  if (!known_) return "<unknown>";
  std::string text = "[";
  for (std::size_t i = 0; i < dims_.size(); ++i) {
    if (i > 0) text += ",";
    text += dims_[i] < 0 ? "?" : std::to_string(dims_[i]);
  }
  return text + "]";
}

}  // namespace tensorkeep
