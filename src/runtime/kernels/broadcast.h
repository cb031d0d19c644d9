#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/simd/loops.h"
#include "tensorkeep/shape.h"

namespace tensorkeep::runtime {

// How two operands of numpy's broadcasting are walked: rows along which each operand either
// advances with the output or stays, and the dimensions outside them, neighbours merged.
class Broadcast {
 public:
  // nullopt if the shapes do not fit.
  static std::optional<Broadcast> of(const Shape& a, const Shape& b);

  const Shape& shape() const { return shape_; }
  std::int64_t row_size() const { return row_size_; }
  simd::Operands operands() const { return operands_; }

  // Calls f(offset of a, offset of b, offset of the output) for each row.
  template <typename F>
  void for_each_row(F&& f) const {
    if (row_size_ == 0 || rows_ == 0) return;
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::vector<std::int64_t> index(outer_.size());
    for (std::int64_t row = 0; row < rows_; ++row) {
      f(a, b, row * row_size_);
      for (std::size_t d = outer_.size(); d-- > 0;) {
        a += outer_[d].stride_a;
        b += outer_[d].stride_b;
        if (++index[d] < outer_[d].size) break;
        a -= outer_[d].size * outer_[d].stride_a;
        b -= outer_[d].size * outer_[d].stride_b;
        index[d] = 0;
      }
    }
  }

 private:
  struct Dim {
    std::int64_t size;
    std::int64_t stride_a;  // 0 where a is repeated
    std::int64_t stride_b;
  };

  Shape shape_;
  std::vector<Dim> outer_;  // the outermost first
  std::int64_t rows_ = 1;
  std::int64_t row_size_ = 1;
  simd::Operands operands_ = simd::Operands::kBothVary;
};

}  // namespace tensorkeep::runtime
