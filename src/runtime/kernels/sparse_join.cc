#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/kernels/sparse_input.h"

// Sparse tensors one after the other, and with an element in every row.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

// The inputs' dimensions joined along `axis`; fails where the others differ.
Dims joined_dims(const KernelContext& c, const std::vector<SparseInput>& inputs, std::size_t axis) {
  Dims dims = inputs[0].dims;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    for (std::size_t d = 0; d < dims.size(); ++d) {
      const std::int64_t dim = inputs[i].dims[d];
      if (d != axis && dim != dims[d]) {
        c.fail(
            fmt::format("Input shapes must match: expected {} for dimension {} but got {} at "
                        "position {}",
                        dims[d], d, dim, i));
      }
      if (d == axis && __builtin_add_overflow(dims[d], dim, &dims[d])) {
        c.fail("the joined dimension is larger than 2**63 - 1");
      }
    }
  }
  return dims;
}

void concat(KernelContext& c) {
  const int count = c.num_inputs() / 3;
  std::vector<SparseInput> inputs;
  for (int i = 0; i < count; ++i) {
    inputs.push_back(sparse_input(c, i, count + i, 2 * count + i));
    if (inputs.back().places.rank != inputs.front().places.rank) {
      c.fail(
          fmt::format("Ranks of all input tensors must match: expected {} but got {} at position "
                      "{}",
                      inputs.front().places.rank, inputs.back().places.rank, i));
    }
    element_count(c, inputs.back().dims);
  }
  const std::int64_t rank = inputs[0].places.rank;
  const std::int64_t asked = c.op().attr_int("concat_dim");
  if (asked < -rank || asked >= rank) {
    c.fail(fmt::format("Concat dimension must be in range [{}, {}), got {}", -rank, rank, asked));
  }
  const auto axis = static_cast<std::size_t>(asked < 0 ? asked + rank : asked);
  const Dims dims = joined_dims(c, inputs, axis);
  Places places;
  places.rank = rank;
  std::int64_t offset = 0;
  for (const SparseInput& input : inputs) {
    for (std::int64_t place = 0; place < input.places.count; ++place) {
      places.add(input.places.row(place));
      std::int64_t& moved =
          places.coordinates[places.coordinates.size() - static_cast<std::size_t>(rank) + axis];
      moved = scalar::Add::apply(moved, offset);
    }
    offset += input.dims[axis];
  }
  const Dims order = sorted_places(places);
  output_places(c, 0, places, order);
  Tensor& out = c.allocate_output(1, {places.count});
  by_width(c, out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> values;
    for (const SparseInput& input : inputs) {
      const T* from = elements<T>(input.values);
      values.insert(values.end(), from, from + input.places.count);
    }
    T* to = mutable_elements<T>(out);
    for (const std::int64_t row : order) *to++ = values[static_cast<std::size_t>(row)];
  });
  c.set_output(2, integer_vector(int64, dims));
}

// Every row without an element gets one, of column 0 and the default value.
void fill_empty_rows(KernelContext& c) {
  const Places places = places_in(c, 0);
  const Tensor& values = c.input(1);
  if (values.shape().rank() != 1 || values.shape().dim(0) != places.count) {
    c.fail(fmt::format("values must be a vector of {} elements, saw: {}", places.count,
                       values.shape().debug_string()));
  }
  if (c.input_shape(2).rank() != 1) {
    c.fail("dense_shape must be a vector, saw: " + c.input_shape(2).debug_string());
  }
  if (c.input_shape(3).rank() != 0) {
    c.fail("default_value must be a scalar, saw: " + c.input_shape(3).debug_string());
  }
  const Dims dims = integers(c, 2);
  if (dims.empty()) c.fail("Dense shape cannot be empty.");
  if (static_cast<std::int64_t>(dims.size()) != places.rank) {
    c.fail(fmt::format("indices have {} coordinates, but dense_shape has {} dimensions",
                       places.rank, dims.size()));
  }
  const std::int64_t rows = dims[0];
  if (rows < 0) c.fail(fmt::format("Dimension {} must be >= 0", rows));
  if (rows == 0 && places.count != 0) {
    c.fail(fmt::format("Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = {}",
                       places.count));
  }
  for (std::int64_t place = 0; place < places.count; ++place) {
    const std::int64_t row = places.at(place, 0);
    if (row < 0) c.fail(fmt::format("indices({}, 0) is invalid: {} < 0", place, row));
    if (row >= rows) {
      c.fail(fmt::format("indices({}, 0) is invalid: {} >= {}", place, row, rows));
    }
  }
  // Tensors and no vectors, for `rows` may be more than memory holds.
  Tensor& empty = c.allocate_output(2, {rows});
  Tensor begins = Tensor::zeros(int64, {rows});
  const auto next = begins.mutable_data<std::int64_t>();
  for (std::int64_t place = 0; place < places.count; ++place) {
    ++next[static_cast<std::size_t>(places.at(place, 0))];
  }
  std::int64_t total = 0;
  const auto is_empty = empty.mutable_data<bool>();
  for (std::size_t row = 0; row < next.size(); ++row) {
    const std::int64_t count = next[row];
    is_empty[row] = count == 0;
    next[row] = total;
    total += std::max<std::int64_t>(count, 1);
  }
  Tensor filled = Tensor::zeros(int64, {total, places.rank});
  std::int64_t* to = filled.mutable_data<std::int64_t>().data();
  for (std::size_t row = 0; row < next.size(); ++row) {
    if (is_empty[row]) to[next[row] * places.rank] = static_cast<std::int64_t>(row);
  }
  Tensor& reverse = c.allocate_output(3, {places.count});
  const auto targets = reverse.mutable_data<std::int64_t>();
  for (std::int64_t place = 0; place < places.count; ++place) {
    const std::int64_t target = next[static_cast<std::size_t>(places.at(place, 0))]++;
    std::copy_n(places.row(place), places.rank, to + target * places.rank);
    targets[static_cast<std::size_t>(place)] = target;
  }
  c.set_output(0, std::move(filled));
  Tensor& out = c.allocate_output(1, {total});
  by_width(c, out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* result = mutable_elements<T>(out);
    std::fill_n(result, total, *elements<T>(c.input(3)));
    for (std::size_t i = 0; i < targets.size(); ++i) result[targets[i]] = elements<T>(values)[i];
  });
}

Kernel make_fill_empty_rows_grad(const Operation& op) {
  return dispatch<float, double, std::int32_t, std::int64_t, std::complex<float>,
                  std::complex<double>>(op, op.output_dtype(0), [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      if (c.input_shape(0).rank() != 1) c.fail("reverse_index_map must be a vector");
      if (c.input_shape(1).rank() != 1) c.fail("grad_values must be a vector");
      const Dims sources = integers(c, 0);
      const auto grads = c.input(1).data<T>();
      std::vector<bool> given(grads.size(), false);
      Tensor& values = c.allocate_output(0, {static_cast<std::int64_t>(sources.size())});
      for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i] < 0 || sources[i] >= static_cast<std::int64_t>(grads.size())) {
          c.fail(fmt::format("Elements in reverse index must be in [0, {}) but got {}",
                             grads.size(), sources[i]));
        }
        const auto source = static_cast<std::size_t>(sources[i]);
        values.mutable_data<T>()[i] = grads[source];
        given[source] = true;
      }
      T rest(0);
      for (std::size_t i = 0; i < grads.size(); ++i) {
        if (!given[i]) rest = scalar::Add::apply(rest, grads[i]);
      }
      c.allocate_output(1, {}).mutable_data<T>()[0] = rest;
    };
  });
}

}  // namespace

void register_sparse_join_kernels(KernelRegistry& registry) {
  registry.add_function("SparseConcat", concat);
  registry.add_function("SparseFillEmptyRows", fill_empty_rows);
  registry.add("SparseFillEmptyRowsGrad", make_fill_empty_rows_grad);
}

}  // namespace tensorkeep::runtime
