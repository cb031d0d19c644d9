#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/kernels/sparse_input.h"

// Sums and largest elements of sparse tensors along axes, softmax, and products with matrices.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

struct Reduction {
  std::vector<bool> reduced;  // which axes
  Dims kept;                  // the dimensions that stay
  Dims shape;                 // the result's, 1 for what is reduced where that stays
};

Reduction reduction_of(const KernelContext& c, const SparseInput& input, bool keep_dims) {
  const auto rank = static_cast<std::int64_t>(input.dims.size());
  Reduction result = {std::vector<bool>(input.dims.size(), false), {}, {}};
  for (const std::int64_t axis : integers_of(c.input(3))) {
    if (axis < -rank || axis >= rank) {
      c.fail(
          fmt::format("Invalid reduction dimension {}, for input with {} dimensions.", axis, rank));
    }
    result.reduced[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)] = true;
  }
  for (std::size_t d = 0; d < input.dims.size(); ++d) {
    if (!result.reduced[d]) {
      result.kept.push_back(input.dims[d]);
      result.shape.push_back(input.dims[d]);
    } else if (keep_dims) {
      result.shape.push_back(1);
    }
  }
  return result;
}

// The places' coordinates along the axes that stay.
Places kept_places(const SparseInput& input, const Reduction& reduction) {
  Places kept;
  kept.rank = static_cast<std::int64_t>(reduction.kept.size());
  Dims row;
  for (std::int64_t place = 0; place < input.places.count; ++place) {
    row.clear();
    for (std::size_t d = 0; d < reduction.reduced.size(); ++d) {
      if (!reduction.reduced[d]) {
        row.push_back(input.places.at(place, static_cast<std::int64_t>(d)));
      }
    }
    kept.add(row.data());
  }
  return kept;
}

// One value for every group of equal places, in their order.
template <typename F, typename T>
std::vector<T> reduce_groups(const Places& kept, const Tensor& values, Places& groups) {
  std::vector<T> results;
  groups.rank = kept.rank;
  for (const std::int64_t place : sorted_places(kept)) {
    const T value = values.data<T>()[static_cast<std::size_t>(place)];
    if (groups.count > 0 &&
        compare(groups.row(groups.count - 1), kept.row(place), kept.rank) == 0) {
      results.back() = F::apply(results.back(), value);
    } else {
      groups.add(kept.row(place));
      results.push_back(value);
    }
  }
  return results;
}

template <typename F, typename T>
void reduce_dense(KernelContext& c) {
  const SparseInput input = sparse_input(c, 0);
  element_count(c, input.dims);
  check_bounds(c, input);
  const Reduction reduction = reduction_of(c, input, c.op().attr_bool("keep_dims"));
  Tensor out = Tensor::zeros(c.op().output_dtype(0), Shape(reduction.shape));
  Places groups;
  const auto results = reduce_groups<F, T>(kept_places(input, reduction), input.values, groups);
  const Dims strides = strides_of(reduction.kept);
  const auto elements = out.mutable_data<T>();
  for (std::int64_t group = 0; group < groups.count; ++group) {
    std::int64_t element = 0;
    for (std::size_t d = 0; d < strides.size(); ++d) {
      element += groups.at(group, static_cast<std::int64_t>(d)) * strides[d];
    }
    elements[static_cast<std::size_t>(element)] = results[static_cast<std::size_t>(group)];
  }
  c.set_output(0, std::move(out));
}

template <typename F, typename T>
void reduce_sparse(KernelContext& c) {
  const SparseInput input = sparse_input(c, 0);
  element_count(c, input.dims);
  const bool keep_dims = c.op().attr_bool("keep_dims");
  const Reduction reduction = reduction_of(c, input, keep_dims);
  Places groups;
  const auto results = reduce_groups<F, T>(kept_places(input, reduction), input.values, groups);
  Places whole;
  whole.rank = static_cast<std::int64_t>(reduction.shape.size());
  for (std::int64_t group = 0; group < groups.count; ++group) {
    Dims row;
    std::int64_t next = 0;
    for (const bool reduced : reduction.reduced) {
      if (!reduced) {
        row.push_back(groups.at(group, next++));
      } else if (keep_dims) {
        row.push_back(0);
      }
    }
    whole.add(row.data());
  }
  c.set_output(0, whole.to_tensor());
  c.set_output(1, Tensor::from(results, {groups.count}));
  c.set_output(2, integer_vector(int64, reduction.shape));
}

template <typename F, bool kSparse>
Kernel make_reduction(const Operation& op) {
  const auto make = []<typename T>(T) -> Kernel {
    return kSparse ? reduce_sparse<F, T> : reduce_dense<F, T>;
  };
  const DType dtype = op.output_dtype(kSparse ? 1 : 0);
  if constexpr (std::is_same_v<F, scalar::Add>) {
    return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                    std::uint8_t, std::uint16_t, std::complex<float>, std::complex<double>>(
        op, dtype, make);
  } else {
    return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                    std::uint8_t, std::uint16_t>(op, dtype, make);
  }
}

// Within each run of places that differ in the last coordinate only.
template <typename T>
void softmax(KernelContext& c) {
  const SparseInput input = sparse_input(c, 0);
  if (input.places.rank < 2) {
    c.fail(fmt::format("Input should have rank >= 2, but received shape: [{}]",
                       fmt::join(input.dims, ",")));
  }
  element_count(c, input.dims);
  const auto compute = [&](const Tensor& values, Tensor& out) {
    const auto x = values.data<T>();
    const auto y = out.mutable_data<T>();
    std::size_t begin = 0;
    while (begin < x.size()) {
      std::size_t end = begin + 1;
      while (end < x.size() && compare(input.places.row(static_cast<std::int64_t>(begin)),
                                       input.places.row(static_cast<std::int64_t>(end)),
                                       input.places.rank - 1) == 0) {
        ++end;
      }
      const T largest = *std::max_element(x.begin() + static_cast<std::ptrdiff_t>(begin),
                                          x.begin() + static_cast<std::ptrdiff_t>(end));
      T sum(0);
      for (std::size_t i = begin; i < end; ++i) sum += y[i] = std::exp(x[i] - largest);
      for (std::size_t i = begin; i < end; ++i) y[i] /= sum;
      begin = end;
    }
  };
  compute_wide(compute, c.allocate_output(0, {input.places.count}), input.values);
}

Kernel make_softmax(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
                                 []<typename T>(T) -> Kernel { return softmax<T>; });
}

template <typename T>
T conjugate(T value) {
  if constexpr (scalar::is_complex<T>) {
    return std::conj(value);
  } else {
    return value;
  }
}

template <typename T>
void multiply(KernelContext& c) {
  const SparseInput a = sparse_input(c, 0);
  const Shape& b_shape = c.input_shape(3);
  if (a.dims.size() != 2) c.fail("Tensor 'a_shape' must have 2 elements");
  if (b_shape.rank() != 2) c.fail("Tensor 'b' is not a matrix");
  const bool adjoint_a = c.op().attr_bool("adjoint_a");
  const bool adjoint_b = c.op().attr_bool("adjoint_b");
  const std::int64_t rows = a.dims[adjoint_a ? 1 : 0];
  const std::int64_t inner = a.dims[adjoint_a ? 0 : 1];
  const std::int64_t columns = b_shape.dim(adjoint_b ? 0 : 1);
  if (inner != b_shape.dim(adjoint_b ? 1 : 0)) {
    c.fail(
        fmt::format("Cannot multiply A and B because inner dimension does not match: {} vs. {}.  "
                    "Did you forget a transpose?  Dimensions of A: [{}, {}).  Dimensions of B: "
                    "{}",
                    inner, b_shape.dim(adjoint_b ? 1 : 0), rows, inner, b_shape.debug_string()));
  }
  check_bounds(c, a);
  const std::int64_t row_step = adjoint_b ? 1 : columns;
  const std::int64_t column_step = adjoint_b ? inner : 1;
  const auto compute = [&](const Tensor& values, const Tensor& b, Tensor& out) {
    const auto product = out.mutable_data<T>();
    std::fill(product.begin(), product.end(), T(0));
    for (std::int64_t place = 0; place < a.places.count; ++place) {
      T x = values.data<T>()[static_cast<std::size_t>(place)];
      if (adjoint_a) x = conjugate(x);
      const T* from = b.data<T>().data() + a.places.at(place, adjoint_a ? 0 : 1) * row_step;
      T* to = product.data() + a.places.at(place, adjoint_a ? 1 : 0) * columns;
      for (std::int64_t j = 0; j < columns; ++j) {
        const T y = adjoint_b ? conjugate(from[j * column_step]) : from[j];
        to[j] = scalar::Add::apply(to[j], scalar::Mul::apply(x, y));
      }
    }
  };
  compute_wide(compute, c.allocate_output(0, {rows, columns}), a.values, c.input(3));
}

Kernel make_multiply(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int32_t, std::complex<float>, std::complex<double>>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
      []<typename T>(T) -> Kernel { return multiply<T>; });
}

}  // namespace

void register_sparse_reduce_kernels(KernelRegistry& registry) {
  registry.add("SparseReduceSum", make_reduction<scalar::Add, false>);
  registry.add("SparseReduceSumSparse", make_reduction<scalar::Add, true>);
  registry.add("SparseReduceMax", make_reduction<scalar::Maximum, false>);
  registry.add("SparseReduceMaxSparse", make_reduction<scalar::Maximum, true>);
  registry.add("SparseSoftmax", make_softmax);
  registry.add("SparseTensorDenseMatMul", make_multiply);
}

}  // namespace tensorkeep::runtime
