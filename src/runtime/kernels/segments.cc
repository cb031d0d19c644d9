#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"

// Rows gathered by the number of their segment: sums, products, largest and smallest elements.
namespace tensorkeep::runtime {
namespace {

// What a segment without rows holds; of sorted segments TensorFlow has no largest elements but 0.
template <typename F, typename T>
T empty_value(bool sorted) {
  if constexpr (std::is_same_v<F, scalar::Mul>) return T(1);
  if constexpr (std::is_same_v<F, scalar::Maximum>) {
    if (!sorted) return std::numeric_limits<T>::lowest();
  }
  if constexpr (std::is_same_v<F, scalar::Minimum>) {
    if (!sorted) return std::numeric_limits<T>::max();
  }
  return T(0);
}

// Combines row i of the data with row ids[i] of the output; negative ids drop their rows.
template <typename F, typename T>
void combine_rows(const Tensor& data, const std::vector<std::int64_t>& ids, bool sorted,
                  Tensor& output) {
  const auto y = output.mutable_data<T>();
  std::fill(y.begin(), y.end(), empty_value<F, T>(sorted));
  if (ids.empty()) return;
  const std::int64_t row = data.num_elements() / static_cast<std::int64_t>(ids.size());
  const T* x = data.data<T>().data();
  std::vector<bool> begun(row == 0 ? 0 : y.size() / static_cast<std::size_t>(row), false);
  for (std::size_t i = 0; i < ids.size() && row > 0; ++i) {
    if (ids[i] < 0) continue;
    const T* from = x + static_cast<std::int64_t>(i) * row;
    T* to = y.data() + ids[i] * row;
    if (!begun[static_cast<std::size_t>(ids[i])]) {
      std::copy_n(from, row, to);
      begun[static_cast<std::size_t>(ids[i])] = true;
      continue;
    }
    for (std::int64_t j = 0; j < row; ++j) to[j] = F::apply(to[j], from[j]);
  }
}

Shape with_rows(std::int64_t rows, const Shape& data, int first_dim) {
  std::vector<std::int64_t> dims = {rows};
  dims.insert(dims.end(), data.dims().begin() + first_dim, data.dims().end());
  return Shape(std::move(dims));
}

// Sorted ids, and how many segments they name.
std::vector<std::int64_t> sorted_ids(KernelContext& c, const Shape& shape, std::int64_t& rows) {
  if (c.input_shape(1).rank() != 1) c.fail("segment_ids should be a vector.");
  if (shape.rank() < 1) c.fail("input must be at least rank 1");
  auto ids = integers_of(c.input(1));
  if (shape.dim(0) != static_cast<std::int64_t>(ids.size())) {
    c.fail("segment_ids should be the same size as dimension 0 of input.");
  }
  rows = ids.empty() ? 0 : ids.back() + 1;
  if (rows < 0) c.fail("segment ids must be >= 0");
  if (!ids.empty() && ids.front() >= 0 && !std::is_sorted(ids.begin(), ids.end())) {
    c.fail("segment ids are not increasing");
  }
  for (const std::int64_t id : ids) {
    if (id >= 0 && id < rows) continue;
    c.fail(
        fmt::format("Segment id {} out of range [0, {}), possibly because 'segment_ids' "
                    "input is not sorted.",
                    id, rows));
  }
  return ids;
}

// Ids in any order, which may have several dimensions; `segments` is input 2.
std::vector<std::int64_t> unsorted_ids(KernelContext& c, const Shape& shape,
                                       std::int64_t& segments) {
  if (c.input_shape(2).rank() != 0) {
    c.fail("num_segments should be a scalar, not shape " + c.input_shape(2).debug_string());
  }
  segments = integers_of(c.input(2)).front();
  if (segments < 0) {
    c.fail(fmt::format("Input num_segments == {} must not be negative.", segments));
  }
  const Shape& id_shape = c.input_shape(1);
  const bool starts_with =
      id_shape.rank() <= shape.rank() &&
      std::equal(id_shape.dims().begin(), id_shape.dims().end(), shape.dims().begin());
  if (!starts_with) {
    c.fail(fmt::format("data.shape = {} does not start with segment_ids.shape = {}",
                       shape.debug_string(), id_shape.debug_string()));
  }
  auto ids = integers_of(c.input(1));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < segments) continue;
    c.fail(fmt::format("segment_ids[{}] = {} is out of range [0, {})", i, ids[i], segments));
  }
  return ids;
}

template <typename F, bool kSorted>
Kernel make_segments(const Operation& op) {
  const auto make = [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      std::int64_t rows = 0;
      const auto ids = kSorted ? sorted_ids(c, shape, rows) : unsorted_ids(c, shape, rows);
      const int first = kSorted ? 1 : c.input_shape(1).rank();
      Tensor& output = c.allocate_output(0, with_rows(rows, shape, first));
      compute_wide([&](const Tensor& x, Tensor& y) { combine_rows<F, T>(x, ids, kSorted, y); },
                   output, c.input(0));
    };
  };
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  if constexpr (std::is_same_v<F, scalar::Add> || std::is_same_v<F, scalar::Mul>) {
    return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                    std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, std::complex<float>,
                    std::complex<double>>(op, computed, make);
  } else {
    return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                    std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(op, computed, make);
  }
}

// How often each of [0, size) comes, or the sum of its weights; larger numbers do not count.
template <typename T>
void bincount(KernelContext& c) {
  if (c.input_shape(1).rank() != 0) {
    c.fail("Shape must be rank 0 but is rank " + std::to_string(c.input_shape(1).rank()));
  }
  const std::int32_t size = c.input(1).value<std::int32_t>();
  if (size < 0) c.fail(fmt::format("size ({}) must be non-negative", size));
  const auto numbers = c.input(0).data<std::int32_t>();
  const auto weights = c.input(2).data<T>();
  if (!weights.empty() && c.input_shape(2) != c.input_shape(0)) {
    c.fail("weights and arr must have the same shape");
  }
  for (const std::int32_t number : numbers) {
    if (number < 0) c.fail("Input arr must be non-negative!");
  }
  Tensor bins = Tensor::zeros(c.op().output_dtype(0), Shape{size});
  const auto y = bins.mutable_data<T>();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] >= size) continue;
    T& bin = y[static_cast<std::size_t>(numbers[i])];
    bin = scalar::Add::apply(bin, weights.empty() ? T(1) : weights[i]);
  }
  c.set_output(0, std::move(bins));
}

Kernel make_bincount(const Operation& op) {
  return dispatch<float, double, std::int32_t, std::int64_t>(
      op, op.attr_dtype("T"), []<typename T>(T) -> Kernel { return bincount<T>; });
}

// Divides the sums of segments by how many rows they have; ids are sorted.
template <typename T>
void divide_by_counts(const std::vector<std::int64_t>& ids, std::int64_t row, Tensor& sums) {
  using Wide =
      std::conditional_t<std::is_floating_point_v<T>, T,
                         std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
  T* const y = sums.mutable_data<T>().data();
  for (std::size_t begin = 0, end = 0; begin < ids.size() && row > 0; begin = end) {
    while (end < ids.size() && ids[end] == ids[begin]) ++end;
    T* const to = y + ids[begin] * row;
    for (std::int64_t i = 0; i < row; ++i) {
      to[i] = static_cast<T>(static_cast<Wide>(to[i]) / static_cast<Wide>(end - begin));
    }
  }
}

Kernel make_segment_mean(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, []<typename T>(T) -> Kernel {
        return [](KernelContext& c) {
          const Shape shape = c.input_shape(0);
          std::int64_t rows = 0;
          const auto ids = sorted_ids(c, shape, rows);
          Tensor& output = c.allocate_output(0, with_rows(rows, shape, 1));
          const std::int64_t row = rows == 0 ? 0 : output.num_elements() / rows;
          compute_wide(
              [&](const Tensor& x, Tensor& y) {
                combine_rows<scalar::Add, T>(x, ids, true, y);
                divide_by_counts<T>(ids, row, y);
              },
              output, c.input(0));
        };
      });
}

}  // namespace

void register_segment_kernels(KernelRegistry& registry) {
  registry.add("SegmentMean", make_segment_mean);
  registry.add("SegmentSum", make_segments<scalar::Add, true>);
  registry.add("SegmentProd", make_segments<scalar::Mul, true>);
  registry.add("SegmentMax", make_segments<scalar::Maximum, true>);
  registry.add("SegmentMin", make_segments<scalar::Minimum, true>);
  registry.add("UnsortedSegmentSum", make_segments<scalar::Add, false>);
  registry.add("UnsortedSegmentProd", make_segments<scalar::Mul, false>);
  registry.add("UnsortedSegmentMax", make_segments<scalar::Maximum, false>);
  registry.add("UnsortedSegmentMin", make_segments<scalar::Minimum, false>);
  registry.add("Bincount", make_bincount);
}

}  // namespace tensorkeep::runtime
