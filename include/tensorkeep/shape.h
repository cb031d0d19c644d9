#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace tensorkeep {

// A dimension that is not known until the graph runs, as Python's None.
inline constexpr std::int64_t None = -1;

// The shape of a tensor, or what is known of it: the rank may be unknown, and any dimension may be
// None. A tensor with values always has a fully defined shape. A value type; copies are cheap.
class Shape {
 public:
  Shape() = default;  // a scalar: rank 0
  Shape(std::initializer_list<std::int64_t> dims) : Shape(std::vector<std::int64_t>(dims)) {}
  // Throws InvalidArgumentError for a dimension below -1.
  explicit Shape(std::vector<std::int64_t> dims);
  static Shape unknown();                  // of any rank
  static Shape unknown_of_rank(int rank);  // that many Nones

  bool rank_known() const { return known_; }
  int rank() const;                   // throws ValueError-like InvalidArgumentError if unknown
  std::int64_t dim(int index) const;  // -1 if unknown; throws if out of range
  const std::vector<std::int64_t>& dims() const;  // throws if the rank is unknown
  bool fully_defined() const;

  // Number of elements; throws if not fully defined or beyond 2^63.
  std::int64_t num_elements() const;
  // The same without exceptions: nullopt if not fully defined or beyond 2^63.
  std::optional<std::int64_t> checked_num_elements() const;

  // Whether some full shape fits both.
  bool compatible_with(const Shape& other) const;
  // What both together tell. Throws InvalidArgumentError (ValueError) if they contradict.
  Shape merge_with(const Shape& other) const;
  Shape concatenate(const Shape& other) const;

  // Structural equality; unknown equals unknown.
  bool operator==(const Shape&) const = default;

  // "(2, ?)" with "<unknown>", as TensorFlow 1 prints; "[2,?]" as its C++ messages print.
  std::string to_string() const;
  std::string debug_string() const;

 private:
  bool known_ = true;
  std::vector<std::int64_t> dims_;
};

using TensorShape = Shape;

}  // namespace tensorkeep
