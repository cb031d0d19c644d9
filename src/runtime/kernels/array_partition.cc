#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Rows dealt out to several tensors, put together again, and lists without some elements.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

Dims behind(const Shape& shape, int axes) {
  return {shape.dims().begin() + axes, shape.dims().end()};
}

bool starts_with(const Shape& shape, const Shape& prefix) {
  return prefix.rank() <= shape.rank() &&
         std::equal(prefix.dims().begin(), prefix.dims().end(), shape.dims().begin());
}

// "[1,2]" for a flat index; nothing for a scalar.
std::string place_in(const Shape& shape, std::size_t flat) {
  auto rest = static_cast<std::int64_t>(flat);
  Dims at;
  for (const std::int64_t stride : strides_of(shape.dims())) {
    at.push_back(rest / stride);
    rest %= stride;
  }
  return at.empty() ? "" : fmt::format("[{}]", fmt::join(at, ","));
}

Kernel make_dynamic_partition(const Operation& op) {
  return [count = op.attr_int("num_partitions")](KernelContext& c) {
    const Tensor& data = c.input(0);
    const Shape& shape = c.input_shape(1);
    if (!starts_with(data.shape(), shape)) {
      c.fail(
          fmt::format("data.shape must start with partitions.shape, got data.shape = {}, "
                      "partitions.shape = {}",
                      data.shape().debug_string(), shape.debug_string()));
    }
    const Dims partitions = integers(c, 1);
    Dims sizes(static_cast<std::size_t>(count), 0);
    for (std::size_t i = 0; i < partitions.size(); ++i) {
      if (partitions[i] < 0 || partitions[i] >= count) {
        c.fail(fmt::format("partitions{} = {} is not in [0, {})", place_in(shape, i), partitions[i],
                           count));
      }
      ++sizes[static_cast<std::size_t>(partitions[i])];
    }
    const Shape row(behind(data.shape(), shape.rank()));
    std::vector<Tensor> parts;
    for (const std::int64_t size : sizes) {
      parts.emplace_back(data.dtype(), Shape({size}).concatenate(row));
    }
    const std::int64_t width = row.num_elements();
    by_width(c, data.dtype(), [&](auto zero) {
      using T = decltype(zero);
      std::vector<T*> to;
      for (Tensor& part : parts) to.push_back(mutable_elements<T>(part));
      const T* from = elements<T>(data);
      for (const std::int64_t partition : partitions) {
        T*& target = to[static_cast<std::size_t>(partition)];
        std::copy_n(from, width, target);
        from += width;
        target += width;
      }
    });
    for (std::size_t i = 0; i < parts.size(); ++i) {
      c.set_output(static_cast<int>(i), std::move(parts[i]));
    }
  };
}

// What the inputs agree on: the shape of a row.
Shape stitched_row(const KernelContext& c, int count) {
  const Dims row = behind(c.input_shape(count), c.input_shape(0).rank());
  for (int i = 0; i < count; ++i) {
    const Shape& indices = c.input_shape(i);
    const Shape& data = c.input_shape(count + i);
    if (!starts_with(data, indices)) {
      c.fail(fmt::format("data[{}].shape = {} does not start with indices[{}].shape = {}", i,
                         data.debug_string(), i, indices.debug_string()));
    }
    if (behind(data, indices.rank()) != row) {
      c.fail(fmt::format(
          "Need data[0].shape[{}:] = data[{}].shape[{}:], got data[0].shape = {}, "
          "data[{}].shape = {}, indices[0].shape = {}, indices[{}].shape = {}",
          c.input_shape(0).rank(), i, indices.rank(), c.input_shape(count).debug_string(), i,
          data.debug_string(), c.input_shape(0).debug_string(), i, indices.debug_string()));
    }
  }
  return Shape(row);
}

// Where several inputs have a row, the last of them wins; rows that none has are zeros.
void dynamic_stitch(KernelContext& c) {
  const int count = c.num_inputs() / 2;
  if (!starts_with(c.input_shape(count), c.input_shape(0))) {
    c.fail(fmt::format("data[0].shape = {} does not start with indices[0].shape = {}",
                       c.input_shape(count).debug_string(), c.input_shape(0).debug_string()));
  }
  const Shape row = stitched_row(c, count);
  std::vector<Dims> indices;
  std::int64_t rows = 0;
  for (int i = 0; i < count; ++i) {
    indices.push_back(integers(c, i));
    const Dims& list = indices.back();
    for (std::size_t j = 0; j < list.size(); ++j) {
      if (list[j] < 0) c.fail(fmt::format("indices[{}] is out of range", j));
      rows = std::max(rows, list[j] + 1);
    }
  }
  const std::int64_t width = row.num_elements();
  Tensor out = Tensor::zeros(c.input(count).dtype(), Shape({rows}).concatenate(row));
  by_width(c, out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* const to = mutable_elements<T>(out);
    for (int i = 0; i < count; ++i) {
      const T* from = elements<T>(c.input(count + i));
      for (const std::int64_t index : indices[static_cast<std::size_t>(i)]) {
        std::copy_n(from, width, to + index * width);
        from += width;
      }
    }
  });
  c.set_output(0, std::move(out));
}

template <typename T>
void list_diff(KernelContext& c) {
  if (c.input_shape(0).rank() != 1) c.fail("x should be a 1D vector.");
  if (c.input_shape(1).rank() != 1) c.fail("y should be a 1D vector.");
  const auto x = c.input(0).data<T>();
  const auto y = c.input(1).data<T>();
  const std::unordered_set<T> excluded(y.begin(), y.end());
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!excluded.contains(x[i])) kept.push_back(static_cast<std::int64_t>(i));
  }
  Tensor& out = c.allocate_output(0, {static_cast<std::int64_t>(kept.size())});
  const auto to = out.mutable_data<T>();
  for (std::size_t i = 0; i < kept.size(); ++i) to[i] = x[static_cast<std::size_t>(kept[i])];
  c.set_output(1, integer_vector(c.op().output_dtype(1), kept));
}

Kernel make_list_diff(const Operation& op) {
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::string>(
      op, op.attr_dtype("T"), []<typename T>(T) -> Kernel { return list_diff<T>; });
}

// The distinct elements in the order of their first appearance, for each element which one it is,
// and how often each comes.
template <typename T>
void unique(KernelContext& c) {
  if (c.input_shape(0).rank() != 1) c.fail("unique expects a 1D vector.");
  const auto x = c.input(0).data<T>();
  std::unordered_map<T, std::int64_t> numbers;
  std::vector<std::size_t> first;
  std::vector<std::int64_t> which;
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto [found, is_new] = numbers.emplace(x[i], std::ssize(first));
    if (is_new) {
      first.push_back(i);
      counts.push_back(0);
    }
    which.push_back(found->second);
    ++counts[static_cast<std::size_t>(found->second)];
  }
  const auto to = c.allocate_output(0, {std::ssize(first)}).mutable_data<T>();
  for (std::size_t i = 0; i < first.size(); ++i) to[i] = x[first[i]];
  c.set_output(1, integer_vector(c.op().output_dtype(1), which));
  if (c.num_outputs() > 2) c.set_output(2, integer_vector(c.op().output_dtype(2), counts));
}

Kernel make_unique(const Operation& op) {
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool, std::string>(
      op, op.attr_dtype("T"), []<typename T>(T) -> Kernel { return unique<T>; });
}

}  // namespace

void register_array_partition_kernels(KernelRegistry& registry) {
  registry.add("DynamicPartition", make_dynamic_partition);
  registry.add_function("DynamicStitch", dynamic_stitch);
  registry.add_function("ParallelDynamicStitch", dynamic_stitch);
  registry.add("ListDiff", make_list_diff);
  registry.add("Unique", make_unique);
  registry.add("UniqueWithCounts", make_unique);
}

}  // namespace tensorkeep::runtime
