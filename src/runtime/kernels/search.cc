#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// Where a number lies: in a sorted row, among intervals, in a tensor.
namespace tensorkeep::runtime {
namespace {

template <typename T, bool kUpper>
void find_bounds(KernelContext& c) {
  const Shape& sorted_shape = c.input_shape(0);
  const Shape& shape = c.input_shape(1);
  if (sorted_shape.rank() != 2) c.fail("sorted input argument must be a matrix");
  if (shape.rank() != 2) c.fail("values argument must be a matrix");
  if (sorted_shape.dim(0) != shape.dim(0)) {
    c.fail("Leading dim_size of both tensors must match.");
  }
  const std::int64_t width = sorted_shape.dim(1);
  const std::int64_t count = shape.dim(1);
  const DType type = c.op().output_dtype(0);
  if (type == int32 && width > std::numeric_limits<std::int32_t>::max()) {
    c.fail("tensor size must be within the bounds of out_type");
  }
  const Tensor sorted = widen(c.input(0));
  const Tensor values = widen(c.input(1));
  std::vector<std::int64_t> found;
  found.reserve(static_cast<std::size_t>(values.num_elements()));
  if (values.num_elements() > 0) {
    for (std::int64_t row = 0; row < shape.dim(0); ++row) {
      const T* begin = sorted.data<T>().data() + row * width;
      for (std::int64_t i = 0; i < count; ++i) {
        const T& value = values.data<T>()[static_cast<std::size_t>(row * count + i)];
        const T* at = kUpper ? std::upper_bound(begin, begin + width, value)
                             : std::lower_bound(begin, begin + width, value);
        found.push_back(at - begin);
      }
    }
  }
  c.set_output(0, integer_tensor(type, found, shape));
}

template <bool kUpper>
Kernel make_bounds(const Operation& op) {
  const DType dtype = base_dtype(op.input(0).dtype());
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
      []<typename T>(T) -> Kernel { return find_bounds<T, kUpper>; });
}

void unravel_index(KernelContext& c) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() > 1)
    c.fail("The indices can only be scalar or vector, got \"" + shape.debug_string() + "\"");
  if (c.input_shape(1).rank() != 1) {
    c.fail("The indices can only be 1-D, got \"" + c.input_shape(1).debug_string() + "\"");
  }
  const std::vector<std::int64_t> indices = integers(c, 0);
  const std::vector<std::int64_t> dims = integers(c, 1);
  std::int64_t total = 1;
  for (const std::int64_t dim : dims) {
    if (dim == 0) c.fail("Input dims cannot contain a dim of zero, but dims contains zero");
    if (dim < 0 || __builtin_mul_overflow(total, dim, &total)) {
      c.fail("Input dims product is causing integer overflow");
    }
  }
  const auto rank = dims.size();
  std::vector<std::int64_t> coordinates(rank * indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::int64_t rest = indices[i];
    if (rest < 0 || rest >= total) c.fail("index is out of bound as with dims");
    for (std::size_t d = rank; d-- > 0; rest /= dims[d]) {
      coordinates[d * indices.size() + i] = rest % dims[d];
    }
  }
  std::vector<std::int64_t> out_dims = {static_cast<std::int64_t>(rank)};
  if (shape.rank() == 1) out_dims.push_back(shape.dim(0));
  c.set_output(0, integer_tensor(c.op().output_dtype(0), coordinates, Shape(out_dims)));
}

// How many values lie in each of equally wide intervals; what is outside counts at the ends.
template <typename T>
void histogram(KernelContext& c) {
  if (c.input_shape(1) != Shape{2}) {
    c.fail("value_range should be a vector of 2 elements.");
  }
  const auto range = c.input(1).data<T>();
  if (!(range[0] < range[1])) {
    c.fail(fmt::format(
        "value_range should satisfy value_range[0] < value_range[1], but got '[{}, {}]'", range[0],
        range[1]));
  }
  const std::int64_t bins = integer(c, 2);
  if (bins <= 0) c.fail(fmt::format("nbins should be a positive number, but got '{}'", bins));
  Tensor counts = Tensor::zeros(c.op().output_dtype(0), {bins});
  const double first = static_cast<double>(range[0]);
  const double step = (static_cast<double>(range[1]) - first) / static_cast<double>(bins);
  const auto count = [&](auto zero) {
    const auto to = counts.mutable_data<decltype(zero)>();
    for (const T value : c.input(0).data<T>()) {
      const double at = (static_cast<double>(std::max(value, range[0])) - first) / step;
      if (std::isnan(at)) c.fail("values must be numbers");
      ++to[static_cast<std::size_t>(std::min(at, static_cast<double>(bins - 1)))];
    }
  };
  if (counts.dtype() == int64) {
    count(std::int64_t());
  } else {
    count(std::int32_t());
  }
  c.set_output(0, std::move(counts));
}

Kernel make_histogram(const Operation& op) {
  return dispatch<float, double, std::int32_t, std::int64_t>(
      op, base_dtype(op.input(0).dtype()), []<typename T>(T) -> Kernel { return histogram<T>; });
}

}  // namespace

void register_search_kernels(KernelRegistry& registry) {
  registry.add("LowerBound", make_bounds<false>);
  registry.add("UpperBound", make_bounds<true>);
  registry.add_function("UnravelIndex", unravel_index);
  registry.add("HistogramFixedWidth", make_histogram);
}

}  // namespace tensorkeep::runtime
