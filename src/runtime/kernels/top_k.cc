#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// The largest elements of every row, and where they are.
namespace tensorkeep::runtime {
namespace {

// Among equals the first; what is no number comes last.
template <typename T>
struct Before {
  const T* row;
  bool operator()(std::int64_t i, std::int64_t j) const {
    const T a = row[i];
    const T b = row[j];
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a) || std::isnan(b)) {
        return std::isnan(a) == std::isnan(b) ? i < j : std::isnan(b);
      }
    }
    return a == b ? i < j : b < a;
  }
};

std::int64_t checked_k(const KernelContext& c) {
  if (c.input_shape(1).rank() != 0) {
    c.fail("k must be scalar, got shape " + c.input_shape(1).debug_string());
  }
  const std::int64_t k = integer(c, 1);
  if (k < 0) c.fail(fmt::format("Need k >= 0, got {}", k));
  const Shape& shape = c.input_shape(0);
  if (shape.rank() < 1) c.fail("input must be >= 1-D, got shape " + shape.debug_string());
  if (shape.dims().back() < k) {
    c.fail(fmt::format("input must have at least k columns. Had {}, needed {}", shape.dims().back(),
                       k));
  }
  return k;
}

template <typename T>
void top_k(KernelContext& c) {
  const std::int64_t k = checked_k(c);
  std::vector<std::int64_t> dims = c.input_shape(0).dims();
  const std::int64_t width = dims.back();
  dims.back() = k;
  Tensor& values = c.allocate_output(0, Shape(dims));
  std::vector<std::int64_t> indices;
  indices.reserve(static_cast<std::size_t>(values.num_elements()));
  const Tensor input = widen(c.input(0));
  const std::int64_t rows = k == 0 ? 0 : values.num_elements() / k;
  std::vector<std::int64_t> order(static_cast<std::size_t>(width));
  for (std::int64_t row = 0; row < rows; ++row) {
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + k, order.end(),
                      Before<T>{input.data<T>().data() + row * width});
    indices.insert(indices.end(), order.begin(), order.begin() + k);
  }
  by_width(c, values.dtype(), [&](auto zero) {
    using Element = decltype(zero);
    const Element* from = elements<Element>(c.input(0));
    Element* to = mutable_elements<Element>(values);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      to[i] = from[static_cast<std::int64_t>(i) / k * width + indices[i]];
    }
  });
  c.set_output(1, integer_tensor(c.op().output_dtype(1), indices, Shape(dims)));
}

Kernel make_top_k(const Operation& op) {
  const DType index_type = op.output_dtype(1);
  if (index_type != int32 && index_type != int64) {
    throw errors::UnimplementedError(
        "no kernel of operation 'TopKV2' for indices of type " + std::string(name_of(index_type)),
        {.node = op.name()});
  }
  const DType dtype = base_dtype(op.input(0).dtype());
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
      [](auto zero) -> Kernel { return top_k<decltype(zero)>; });
}

}  // namespace

void register_top_k_kernels(KernelRegistry& registry) {
  registry.add("TopKV2", make_top_k);
}

}  // namespace tensorkeep::runtime
