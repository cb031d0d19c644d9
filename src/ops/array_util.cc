#include "ops/array_util.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/checked_math.h"

namespace tensorkeep::ops {

Tensor shape_to_tensor(const Shape& shape) {
  return Input(shape).literal().to_tensor();
}

std::optional<std::vector<std::int64_t>> integers_of(const Tensor& tensor) {
  std::vector<std::int64_t> values;
  if (tensor.dtype() == int32) {
    for (const std::int32_t value : tensor.data<std::int32_t>()) values.push_back(value);
  } else if (tensor.dtype() == int64) {
    for (const std::int64_t value : tensor.data<std::int64_t>()) values.push_back(value);
  } else {
    return std::nullopt;
  }
  return values;
}

std::optional<std::vector<std::int64_t>> integers_of(const std::optional<Tensor>& tensor) {
  return tensor ? integers_of(*tensor) : std::nullopt;
}

std::int64_t add_dims(std::int64_t a, std::int64_t b) {
  if (a < 0 || b < 0) return None;
  return checked_add(a, b).value_or(None);
}

std::int64_t multiply_dims(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return 0;
  if (a < 0 || b < 0) return None;
  return checked_mul(a, b).value_or(None);
}

std::int64_t divide_dims(const ShapeContext& c, std::int64_t a, std::int64_t b) {
  if (b == 1) return a;
  if (a < 0 || b <= 0) return None;
  if (a % b != 0) {
    c.fail(fmt::format("Dimension size must be evenly divisible by {} but is {}", b, a));
  }
  return a / b;
}

std::int64_t known_elements(const Shape& shape) {
  if (!shape.rank_known()) return None;
  const auto& dims = shape.dims();
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) return 0;
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count = multiply_dims(count, dim);
  return count;
}

Shape part(const Shape& shape, int begin, int end) {
  const auto& dims = shape.dims();
  return Shape(std::vector<std::int64_t>(dims.begin() + begin, dims.begin() + end));
}

void set_gathered_shape(ShapeContext& c, const Shape& params) {
  const Shape indices = c.input_with_rank_at_least(1, 1);
  if (!params.rank_known() || !indices.rank_known() || indices.dim(indices.rank() - 1) < 0) {
    return c.set_output(0, Shape::unknown());
  }
  const std::int64_t depth = indices.dim(indices.rank() - 1);
  if (depth > params.rank()) {
    c.fail(
        fmt::format("indices.shape[-1] must be <= params.rank, but saw indices shape: {} and "
                    "params shape: {}",
                    indices.debug_string(), params.debug_string()));
  }
  c.set_output(0, part(indices, 0, indices.rank() - 1)
                      .concatenate(part(params, static_cast<int>(depth), params.rank())));
}

}  // namespace tensorkeep::ops
