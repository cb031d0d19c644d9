#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tensorkeep/errors.h"
#include "tensorkeep/partitioned_variables.h"

// How many parts a variable should have.
namespace tensorkeep {
namespace {

double element_size(DType dtype, std::int64_t bytes_per_string) {
  return base_dtype(dtype) == string ? static_cast<double>(bytes_per_string)
                                     : static_cast<double>(size_of(dtype));
}

// The axis as a place among the dimensions; from the end if it is negative.
std::size_t place_of(int axis, const Shape& shape) {
  const int rank = shape.rank();
  if (axis >= rank || axis < -rank) {
    errors::raise_value_error(fmt::format(
        "Cannot partition variable along axis {} when shape is only {}", axis, shape.to_string()));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

// One part along every axis but `place`.
std::vector<int> cut(const Shape& shape, std::size_t place, double parts) {
  std::vector<int> partitions(shape.dims().size(), 1);
  constexpr double kMost = std::numeric_limits<int>::max();
  partitions[place] = static_cast<int>(std::clamp(parts, 0.0, kMost));
  return partitions;
}

}  // namespace

Partitioner fixed_size_partitioner(int num_shards, int axis) {
  return [=](const Shape& shape, DType) {
    const std::size_t place = place_of(axis, shape);
    return cut(shape, place,
               static_cast<double>(std::min<std::int64_t>(num_shards, shape.dims()[place])));
  };
}

Partitioner variable_axis_size_partitioner(std::int64_t max_shard_bytes,
                                           const VariableAxisSizeOptions& options) {
  if (max_shard_bytes < 1 || options.bytes_per_string_element < 1) {
    errors::raise_value_error(
        fmt::format("Both max_shard_bytes and bytes_per_string_element must be positive. "
                    "Currently, max_shard_bytes is {} andbytes_per_string_element is {}",
                    max_shard_bytes, options.bytes_per_string_element));
  }
  if (options.max_shards && *options.max_shards < 0) {
    errors::raise_value_error("max_shards must be positive.");
  }
  return [=](const Shape& shape, DType dtype) {
    if (!shape.fully_defined()) {
      errors::raise_value_error("shape is not fully defined: " + shape.to_string());
    }
    const std::size_t place = place_of(options.axis, shape);
    const auto rows = static_cast<double>(shape.dims()[place]);
    const double row_bytes = static_cast<double>(shape.num_elements()) / std::max(rows, 1.0) *
                             element_size(dtype, options.bytes_per_string_element);
    double parts = std::min(rows, 1.0);
    if (row_bytes > 0.0) {
      const double rows_per_part =
          std::max(1.0, std::floor(static_cast<double>(max_shard_bytes) / row_bytes));
      parts = std::ceil(rows / rows_per_part);
    }
    if (options.max_shards.value_or(0) != 0) {
      parts = std::min(parts, static_cast<double>(*options.max_shards));
    }
    return cut(shape, place, parts);
  };
}

Partitioner min_max_variable_partitioner(const MinMaxVariableOptions& options) {
  return [=](const Shape& shape, DType dtype) {
    const std::size_t place = place_of(options.axis, shape);
    const double bytes = static_cast<double>(shape.num_elements()) *
                         element_size(dtype, options.bytes_per_string_element);
    const double wanted = std::ceil(bytes / static_cast<double>(options.min_slice_size));
    const auto most =
        static_cast<double>(std::min<std::int64_t>(shape.dims()[place], options.max_partitions));
    return cut(shape, place, std::max(1.0, std::min(most, wanted)));
  };
}

}  // namespace tensorkeep
