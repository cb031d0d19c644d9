#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/kernels/sparse_input.h"

// Two sparse tensors of one shape element by element, and a sparse with a dense one.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

// Walks two lists of places that rise: f(a, b) for every place, -1 where a list has none there.
template <typename F>
void for_union(const Places& a, const Places& b, F&& f) {
  std::int64_t i = 0;
  std::int64_t j = 0;
  while (i < a.count || j < b.count) {
    int order = i < a.count ? -1 : 1;
    if (i < a.count && j < b.count) order = compare(a.row(i), b.row(j), a.rank);
    f(order <= 0 ? i : -1, order >= 0 ? j : -1);
    i += order <= 0;
    j += order >= 0;
  }
}

// Inputs 0..2 and 3..5, which have one shape.
std::pair<SparseInput, SparseInput> two_of_one_shape(const KernelContext& c) {
  std::pair<SparseInput, SparseInput> both = {sparse_input(c, 0), sparse_input(c, 3)};
  if (both.first.dims.size() != both.second.dims.size()) {
    c.fail(fmt::format("Ranks of input tensors must match, but saw ranks: {} and {}",
                       both.first.dims.size(), both.second.dims.size()));
  }
  for (std::size_t axis = 0; axis < both.first.dims.size(); ++axis) {
    if (both.first.dims[axis] == both.second.dims[axis]) continue;
    c.fail(fmt::format("Operands' shapes do not match: got {} and {} for dimension {}",
                       both.first.dims[axis], both.second.dims[axis], axis));
  }
  return both;
}

template <typename T>
auto magnitude(T value) {
  if constexpr (scalar::is_complex<T>) {
    return std::abs(value);
  } else {
    return scalar::Abs::apply(value);
  }
}

template <typename T>
Tensor vector_of(const std::vector<T>& values) {
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

// The sum; what is nearer to 0 than the threshold is left out.
template <typename T>
void add(KernelContext& c) {
  using Real = decltype(magnitude(T()));
  const auto inputs = two_of_one_shape(c);
  const SparseInput& a = inputs.first;
  const SparseInput& b = inputs.second;
  element_count(c, a.dims);
  if (c.input_shape(6).rank() != 0) {
    c.fail("The magnitude threshold must be a scalar: got shape " +
           c.input_shape(6).debug_string());
  }
  const Real threshold = c.input(6).value<Real>();
  const auto x = a.values.data<T>();
  const auto y = b.values.data<T>();
  Places places;
  places.rank = a.places.rank;
  std::vector<T> sums;
  for_union(a.places, b.places, [&](std::int64_t i, std::int64_t j) {
    const T sum = scalar::Add::apply(i < 0 ? T(0) : x[static_cast<std::size_t>(i)],
                                     j < 0 ? T(0) : y[static_cast<std::size_t>(j)]);
    if (magnitude(sum) < threshold) return;
    places.add(i >= 0 ? a.places.row(i) : b.places.row(j));
    sums.push_back(sum);
  });
  c.set_output(0, places.to_tensor());
  c.set_output(1, vector_of(sums));
  c.set_output(2, integer_vector(int64, a.dims));
}

Kernel make_add(const Operation& op) {
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::complex<float>, std::complex<double>>(
      op, op.output_dtype(1), []<typename T>(T) -> Kernel { return add<T>; });
}

// Every element's gradient is that of the sum at its place, 0 where the sum has none.
void add_grad(KernelContext& c) {
  const Tensor& grads = c.input(0);
  const Places a = places_in(c, 1);
  const Places b = places_in(c, 2);
  const Places sum = places_in(c, 3);
  if (grads.shape().rank() != 1 || grads.shape().dim(0) != sum.count) {
    c.fail(
        fmt::format("# elements of backprop_val_grad and # rows of sum_indices should match (#nnz "
                    "of sum): got {} and {}",
                    grads.num_elements(), sum.count));
  }
  if (a.rank != b.rank || a.rank != sum.rank) {
    c.fail(fmt::format("The indices should have the same ndims; got {}, {} and {}", a.rank, b.rank,
                       sum.rank));
  }
  Dims of_a(static_cast<std::size_t>(a.count), -1);
  Dims of_b(static_cast<std::size_t>(b.count), -1);
  std::int64_t next = 0;
  for_union(a, b, [&](std::int64_t i, std::int64_t j) {
    if (next == sum.count) return;
    if (compare(i >= 0 ? a.row(i) : b.row(j), sum.row(next), sum.rank) != 0) return;
    if (i >= 0) of_a[static_cast<std::size_t>(i)] = next;
    if (j >= 0) of_b[static_cast<std::size_t>(j)] = next;
    ++next;
  });
  const auto put = [&](int output, const Dims& from) {
    Tensor& out = c.allocate_output(output, {static_cast<std::int64_t>(from.size())});
    by_width(c, out.dtype(), [&](auto zero) {
      using T = decltype(zero);
      T* to = mutable_elements<T>(out);
      for (const std::int64_t k : from) *to++ = k < 0 ? T() : elements<T>(grads)[k];
    });
  };
  put(0, of_a);
  put(1, of_b);
}

// The larger or smaller of both, where what is not there is 0.
template <typename F>
Kernel make_extremes(const Operation& op) {
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t>(op, op.output_dtype(1), []<typename T>(T) -> Kernel {
    return [](KernelContext& c) {
      const auto inputs = two_of_one_shape(c);
      const SparseInput& a = inputs.first;
      const SparseInput& b = inputs.second;
      check_bounds(c, a);
      check_bounds(c, b);
      const auto x = a.values.data<T>();
      const auto y = b.values.data<T>();
      Places places;
      places.rank = a.places.rank;
      std::vector<T> values;
      for_union(a.places, b.places, [&](std::int64_t i, std::int64_t j) {
        places.add(i >= 0 ? a.places.row(i) : b.places.row(j));
        values.push_back(F::apply(i < 0 ? T(0) : x[static_cast<std::size_t>(i)],
                                  j < 0 ? T(0) : y[static_cast<std::size_t>(j)]));
      });
      c.set_output(0, places.to_tensor());
      c.set_output(1, vector_of(values));
    };
  });
}

// For each place the element of `dense` there, which is broadcast to `input`.
Dims broadcast_elements(const KernelContext& c, const SparseInput& input, const Shape& dense) {
  const std::size_t rank = input.dims.size();
  const std::vector<std::int64_t> sizes(dense.dims());
  const auto refuse = [&] {
    c.fail(
        fmt::format("SparseDenseBinaryOpShared broadcasts dense to sparse only; got "
                    "incompatible shapes: [{}] vs. {}",
                    fmt::join(input.dims, ","), dense.debug_string()));
  };
  if (sizes.size() > rank) refuse();
  const std::size_t missing = rank - sizes.size();
  Dims strides = strides_of(sizes);
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d] == 1) {
      strides[d] = 0;
    } else if (sizes[d] != input.dims[missing + d]) {
      refuse();
    }
  }
  Dims result;
  for (std::int64_t place = 0; place < input.places.count; ++place) {
    std::int64_t element = 0;
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      element += input.places.at(place, static_cast<std::int64_t>(missing + d)) * strides[d];
    }
    result.push_back(element);
  }
  return result;
}

struct Divide {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return scalar::TruncateDiv::apply(a, b);
    } else {
      return a / b;
    }
  }
};

template <typename F, typename T>
void combine_with_dense(KernelContext& c) {
  const SparseInput input = sparse_input(c, 0);
  element_count(c, input.dims);
  check_bounds(c, input);
  const Dims at = broadcast_elements(c, input, c.input_shape(3));
  const auto combine = [&](const Tensor& sparse, const Tensor& dense, Tensor& out) {
    const auto x = sparse.data<T>();
    const auto y = dense.data<T>();
    const auto z = out.mutable_data<T>();
    for (std::size_t i = 0; i < at.size(); ++i) {
      const T other = y[static_cast<std::size_t>(at[i])];
      if constexpr (std::is_same_v<F, Divide> && std::is_integral_v<T>) {
        if (other == 0) c.fail("Integer division by zero");
      }
      z[i] = F::apply(x[i], other);
    }
  };
  compute_wide(combine, c.allocate_output(0, {input.places.count}), input.values, c.input(3));
}

template <typename F>
Kernel make_with_dense(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::complex<float>, std::complex<double>>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
      []<typename T>(T) -> Kernel { return combine_with_dense<F, T>; });
}

// A dense tensor of the sparse one's shape, with its elements added.
template <typename T>
void dense_add(KernelContext& c) {
  const SparseInput input = sparse_input(c, 0);
  const Tensor& dense = c.input(3);
  const auto& sizes = dense.shape().dims();
  if (sizes.size() != input.dims.size()) {
    c.fail(fmt::format("Two operands have different ranks; received: {} and {}", input.dims.size(),
                       sizes.size()));
  }
  for (std::size_t d = 0; d < input.dims.size(); ++d) {
    if (sizes[d] == input.dims[d]) continue;
    c.fail(
        fmt::format("Dimension {} does not equal (no broadcasting is supported): sparse side {} "
                    "vs dense side {}",
                    d, input.dims[d], sizes[d]));
  }
  check_bounds(c, input);
  const Dims at = broadcast_elements(c, input, dense.shape());
  Tensor& out = c.allocate_output(0, dense.shape());
  const auto sum = out.mutable_data<T>();
  std::copy_n(dense.data<T>().begin(), sum.size(), sum.begin());
  const auto x = input.values.data<T>();
  for (std::size_t i = 0; i < at.size(); ++i) {
    T& element = sum[static_cast<std::size_t>(at[i])];
    element = scalar::Add::apply(element, x[i]);
  }
}

Kernel make_dense_add(const Operation& op) {
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::complex<float>, std::complex<double>>(
      op, op.output_dtype(0), []<typename T>(T) -> Kernel { return dense_add<T>; });
}

}  // namespace

void register_sparse_math_kernels(KernelRegistry& registry) {
  registry.add("SparseAdd", make_add);
  registry.add_function("SparseAddGrad", add_grad);
  registry.add("SparseSparseMaximum", make_extremes<scalar::Maximum>);
  registry.add("SparseSparseMinimum", make_extremes<scalar::Minimum>);
  registry.add("SparseDenseCwiseAdd", make_with_dense<scalar::Add>);
  registry.add("SparseDenseCwiseMul", make_with_dense<scalar::Mul>);
  registry.add("SparseDenseCwiseDiv", make_with_dense<Divide>);
  registry.add("SparseTensorDenseAdd", make_dense_add);
}

}  // namespace tensorkeep::runtime
