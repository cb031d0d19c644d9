#include "runtime/kernels/broadcast.h"

#include <algorithm>

namespace tensorkeep::runtime {

std::optional<Broadcast> Broadcast::of(const Shape& a, const Shape& b) {
  Broadcast result;
  if (a == b) {
    result.shape_ = a;
    result.row_size_ = a.num_elements();
    return result;
  }
  const std::size_t rank = std::max(a.dims().size(), b.dims().size());
  const auto dim = [rank](const Shape& shape, std::size_t i) -> std::int64_t {
    const std::size_t missing = rank - shape.dims().size();
    return i < missing ? 1 : shape.dims()[i - missing];
  };
  std::vector<std::int64_t> sizes(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t da = dim(a, i);
    const std::int64_t db = dim(b, i);
    if (da != db && da != 1 && db != 1) return std::nullopt;
    sizes[i] = da == 1 ? db : da;
  }
  result.shape_ = Shape(sizes);
  if (result.shape_.num_elements() == 0) {
    result.row_size_ = 0;
    return result;
  }
  // From the innermost dimension outwards; a dimension joins the one inside it if both operands
  // either run on or repeat through both.
  std::int64_t step_a = 1;
  std::int64_t step_b = 1;
  for (std::size_t i = rank; i-- > 0;) {
    if (sizes[i] == 1) continue;
    const bool a_varies = dim(a, i) != 1;
    const bool b_varies = dim(b, i) != 1;
    if (!result.outer_.empty() && (result.outer_.back().stride_a != 0) == a_varies &&
        (result.outer_.back().stride_b != 0) == b_varies) {
      result.outer_.back().size *= sizes[i];
    } else {
      result.outer_.push_back({sizes[i], a_varies ? step_a : 0, b_varies ? step_b : 0});
    }
    if (a_varies) step_a *= sizes[i];
    if (b_varies) step_b *= sizes[i];
  }
  if (!result.outer_.empty()) {
    const Dim row = result.outer_.front();
    result.outer_.erase(result.outer_.begin());
    std::reverse(result.outer_.begin(), result.outer_.end());
    result.row_size_ = row.size;
    result.operands_ = row.stride_a == 0   ? simd::Operands::kLeftFixed
                       : row.stride_b == 0 ? simd::Operands::kRightFixed
                                           : simd::Operands::kBothVary;
  }
  for (const Dim& outer : result.outer_) result.rows_ *= outer.size;
  return result;
}

}  // namespace tensorkeep::runtime
