#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"

// Rows of a tensor chosen by their numbers, and added up by the number of their segment.
namespace tensorkeep::runtime {
namespace {

using Ids = std::vector<std::int64_t>;

enum class Scale { kSum, kMean, kSqrtN };

// What a segment of `count` rows is divided by.
template <typename T>
T divisor(Scale scale, std::int64_t count) {
  if (scale == Scale::kMean) return static_cast<T>(count);
  return scale == Scale::kSqrtN ? static_cast<T>(std::sqrt(static_cast<double>(count))) : T(1);
}

Ids vector_in(const KernelContext& c, int index, const char* name) {
  if (c.input_shape(index).rank() != 1) c.fail(std::string(name) + " should be a vector.");
  return integers(c, index);
}

void check_lengths(const KernelContext& c, const Ids& indices, const Ids& ids) {
  if (indices.size() != ids.size()) c.fail("segment_ids and indices should have same size.");
}

void check_rows(const KernelContext& c, const Ids& indices, std::int64_t rows) {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] >= 0 && indices[i] < rows) continue;
    c.fail(fmt::format("indices[{}] == {} out of range [0, {})", i, indices[i], rows));
  }
}

Shape with_rows(std::int64_t rows, const Shape& rest) {
  std::vector<std::int64_t> dims = rest.dims();
  dims[0] = rows;
  return Shape(std::move(dims));
}

// Segments rise from 0 to `segments`; fails otherwise.
void check_segments(const KernelContext& c, const Ids& ids, std::int64_t segments) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0) c.fail("segment ids must be >= 0");
    if (i > 0 && ids[i] < ids[i - 1]) c.fail("segment ids are not increasing");
    if (ids[i] >= segments) {
      c.fail(
          fmt::format("Segment id {} out of range [0, {}), possibly because 'segment_ids' input "
                      "is not sorted.",
                      ids[i], segments));
    }
  }
}

template <typename T>
void add_scaled(const T* from, std::int64_t size, T by, T* to) {
  for (std::int64_t j = 0; j < size; ++j) {
    to[j] = scalar::Add::apply(to[j], by == T(1) ? from[j] : static_cast<T>(from[j] / by));
  }
}

std::int64_t row_size(const Shape& shape) {
  return product(shape.dims(), 1, shape.dims().size());
}

template <typename T, Scale kScale>
void segment(KernelContext& c) {
  const Shape shape = c.input_shape(0);
  if (shape.rank() < 1) c.fail("input must be at least rank 1");
  const Ids indices = vector_in(c, 1, "indices");
  const Ids ids = vector_in(c, 2, "segment_ids");
  check_lengths(c, indices, ids);
  if (!ids.empty() && (ids.back() < 0 || ids.back() == std::numeric_limits<std::int64_t>::max())) {
    c.fail("segment ids must be >= 0");
  }
  std::int64_t segments = ids.empty() ? 0 : ids.back() + 1;
  if (c.num_inputs() > 3) {
    const std::int64_t asked = scalar_integer(c, 3, "num_segments");
    if (asked < segments) c.fail("segment ids must be < num_segments");
    segments = asked;
  }
  check_segments(c, ids, segments);
  check_rows(c, indices, shape.dim(0));
  const std::int64_t size = row_size(shape);
  const auto compute = [&](const Tensor& data, Tensor& out) {
    const auto y = out.mutable_data<T>();
    std::fill(y.begin(), y.end(), T(0));
    for (std::size_t begin = 0; begin < ids.size();) {
      std::size_t end = begin;
      T* to = y.data() + ids[begin] * size;
      for (; end < ids.size() && ids[end] == ids[begin]; ++end) {
        add_scaled(data.data<T>().data() + indices[end] * size, size, T(1), to);
      }
      const T by = divisor<T>(kScale, static_cast<std::int64_t>(end - begin));
      if (kScale != Scale::kSum) {
        for (std::int64_t j = 0; j < size; ++j) to[j] = static_cast<T>(to[j] / by);
      }
      begin = end;
    }
  };
  compute_wide(compute, c.allocate_output(0, with_rows(segments, shape)), c.input(0));
}

// The rows' gradients, each that of its segment. `rows` says to which row of the result each goes.
template <typename T>
void spread(const Tensor& grad, const Ids& rows, const Ids& ids, Scale scale, Tensor& out) {
  const std::int64_t size = row_size(grad.shape());
  const auto y = out.mutable_data<T>();
  std::fill(y.begin(), y.end(), T(0));
  Ids counts(static_cast<std::size_t>(grad.shape().dim(0)), 0);
  for (const std::int64_t id : ids) ++counts[static_cast<std::size_t>(id)];
  for (std::size_t i = 0; i < ids.size(); ++i) {
    add_scaled(grad.data<T>().data() + ids[i] * size, size,
               divisor<T>(scale, counts[static_cast<std::size_t>(ids[i])]),
               y.data() + rows[i] * size);
  }
}

// The gradient of all rows, or (kChosen) of those that are named, with their numbers.
template <typename T, Scale kScale, bool kChosen>
void segment_grad(KernelContext& c) {
  const Shape shape = c.input_shape(0);
  if (shape.rank() < 1) c.fail("grad must be at least rank 1");
  Ids indices = vector_in(c, 1, "indices");
  const Ids ids = vector_in(c, 2, "segment_ids");
  check_lengths(c, indices, ids);
  std::int64_t rows = scalar_integer(c, 3, "output_dim0");
  if (rows < 0) c.fail("output_dim0 must not be negative");
  check_rows(c, indices, rows);
  for (const std::int64_t id : ids) {
    if (id >= 0 && id < shape.dim(0)) continue;
    c.fail(fmt::format("Segment id {} out of range [0, {}).", id, shape.dim(0)));
  }
  if constexpr (kChosen) {
    Ids chosen = indices;
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    for (std::int64_t& index : indices) {
      index = std::lower_bound(chosen.begin(), chosen.end(), index) - chosen.begin();
    }
    rows = static_cast<std::int64_t>(chosen.size());
    c.set_output(1, integer_vector(c.op().output_dtype(1), chosen));
  }
  compute_wide([&](const Tensor& grad, Tensor& out) { spread<T>(grad, indices, ids, kScale, out); },
               c.allocate_output(0, with_rows(rows, shape)), c.input(0));
}

DType computed(const Operation& op) {
  return is_narrow_float(op.output_dtype(0)) ? DType::kFloat32 : op.output_dtype(0);
}

template <Scale kScale>
Kernel make_segments(const Operation& op) {
  const auto make = []<typename T>(T) -> Kernel { return segment<T, kScale>; };
  if constexpr (kScale == Scale::kSum) {
    return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                    std::uint8_t, std::uint16_t>(op, computed(op), make);
  } else {
    return dispatch<float, double>(op, computed(op), make);
  }
}

template <Scale kScale, bool kChosen>
Kernel make_grad(const Operation& op) {
  return dispatch<float, double>(
      op, computed(op), []<typename T>(T) -> Kernel { return segment_grad<T, kScale, kChosen>; });
}

template <Scale kScale>
void add_scale(KernelRegistry& registry, const std::string& name) {
  registry.add(name, make_segments<kScale>);
  registry.add(name + "WithNumSegments", make_segments<kScale>);
  registry.add(name + "Grad", make_grad<kScale, false>);
  registry.add(name + "GradV2", make_grad<kScale, true>);
}

}  // namespace

void register_sparse_segment_kernels(KernelRegistry& registry) {
  add_scale<Scale::kSum>(registry, "SparseSegmentSum");
  add_scale<Scale::kMean>(registry, "SparseSegmentMean");
  add_scale<Scale::kSqrtN>(registry, "SparseSegmentSqrtN");
}

}  // namespace tensorkeep::runtime
