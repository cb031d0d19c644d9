#include <fmt/format.h>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/scatter_functions.h"
#include "runtime/kernels/variable_access.h"

// Slices of a tensor or variable that rows of coordinates name.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

// Where the slices begin, and how many elements each has.
struct Slices {
  std::vector<std::int64_t> starts;
  std::int64_t elements;
};

void check_depth(const KernelContext& c, const Shape& indices, const Dims& dims) {
  if (indices.rank() < 1) c.fail("indices must be at least a vector");
  if (indices.dims().back() > static_cast<std::int64_t>(dims.size())) {
    c.fail(fmt::format("index innermost dimension length must be <= params rank; saw: {} vs. {}",
                       indices.dims().back(), dims.size()));
  }
}

// The shape of the slices together: that of the indices but for their last dimension, then a
// slice's.
Dims sliced_dims(const Shape& indices, const Dims& dims) {
  Dims result(indices.dims().begin(), indices.dims().end() - 1);
  result.insert(result.end(), dims.begin() + indices.dims().back(), dims.end());
  return result;
}

// The slices that input `index` names in a tensor of shape `dims`; check_depth came before.
Slices slices_of(const KernelContext& c, int index, const Dims& dims, const char* params) {
  const Dims& index_dims = c.input_shape(index).dims();
  const auto depth = static_cast<std::size_t>(index_dims.back());
  Slices slices{.starts = {}, .elements = product(dims, depth, dims.size())};
  if (depth == 0 && slices.elements == 0) return slices;  // any number of them is nothing
  const Dims coordinates = integers(c, index);
  const Dims strides = strides_of(dims);
  slices.starts.assign(static_cast<std::size_t>(product(index_dims, 0, index_dims.size() - 1)), 0);
  for (std::size_t i = 0; i < slices.starts.size(); ++i) {
    for (std::size_t d = 0; d < depth; ++d) {
      const std::int64_t at = coordinates[i * depth + d];
      if (at < 0 || at >= dims[d]) {
        const Dims row(coordinates.begin() + static_cast<std::ptrdiff_t>(i * depth),
                       coordinates.begin() + static_cast<std::ptrdiff_t>((i + 1) * depth));
        c.fail(fmt::format("indices[{}] = [{}] does not index into {} [{}]", i,
                           fmt::join(row, ", "), params, fmt::join(dims, ",")));
      }
      slices.starts[i] += at * strides[d];
    }
  }
  return slices;
}

void gather_slices(KernelContext& c, const Tensor& params) {
  const Dims& dims = params.shape().dims();
  check_depth(c, c.input_shape(1), dims);
  const Shape shape(sliced_dims(c.input_shape(1), dims));
  Tensor& out = c.allocate_output(0, params.dtype(), shape);  // before memory for as many slices
  const Slices slices = slices_of(c, 1, dims, "param shape");
  if (out.num_elements() == 0) return;
  by_width(c, params.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* to = mutable_elements<T>(out);
    for (const std::int64_t start : slices.starts) {
      to = std::copy_n(elements<T>(params) + start, slices.elements, to);
    }
  });
}

void gather_nd(KernelContext& c) {
  gather_slices(c, c.input(0));
}

void resource_gather_nd(KernelContext& c) {
  VariableCell& cell = c.variable(0);
  if (!cell.initialized()) fail_uninitialized(c, 0);
  gather_slices(c, cell.read());
}

// The slices of a tensor of shape `dims` that updates are for: `updates` is an input, as `indices`.
Slices checked_slices(const KernelContext& c, int indices, int updates, const Dims& dims) {
  check_depth(c, c.input_shape(indices), dims);
  const Shape& index_shape = c.input_shape(indices);
  if (c.input_shape(updates).dims() != sliced_dims(index_shape, dims)) {
    c.fail(
        fmt::format("Dimensions [0,{}) of indices[shape={}] must match dimensions of "
                    "updates[shape={}] for a result of shape {}",
                    index_shape.rank() - 1, index_shape.debug_string(),
                    c.input_shape(updates).debug_string(), Shape(dims).debug_string()));
  }
  return slices_of(c, indices, dims, "shape");
}

template <typename F, typename T>
void update_slices(const Slices& slices, const Tensor& updates, Tensor& values) {
  if (updates.num_elements() == 0) return;
  const T* from = updates.data<T>().data();
  T* const to = values.mutable_data<T>().data();
  for (const std::int64_t start : slices.starts) {
    for (std::int64_t i = 0; i < slices.elements; ++i, ++from) F::apply(to[start + i], *from);
  }
}

template <typename T>
void scatter_nd(KernelContext& c) {
  const Dims dims = integers(c, 2);
  for (const std::int64_t dim : dims) {
    if (dim < 0) c.fail(fmt::format("Dimension {} must be >= 0", dim));
  }
  const Shape shape(dims);
  const Slices slices = checked_slices(c, 0, 1, dims);
  Tensor out = Tensor::zeros(c.input(1).dtype(), shape);
  update_slices<scatter::Combine<scalar::Add>, T>(slices, c.input(1), out);
  c.set_output(0, std::move(out));
}

template <typename F, typename T>
void update_variable(KernelContext& c) {
  {
    LockedVariables variables(c, {0});
    Tensor& variable = variables[0];
    update_slices<F, T>(checked_slices(c, 1, 2, variable.shape().dims()), c.input(2), variable);
  }
  forward_reference(c);
}

template <typename F, typename T>
void update_tensor(KernelContext& c) {
  const Tensor& tensor = c.input(0);
  if (tensor.shape().rank() < 1) c.fail("Tensor must be at least 1-D, found shape: []");
  const Slices slices = checked_slices(c, 1, 2, tensor.shape().dims());
  Tensor result = tensor;  // shares the memory until it is written to
  update_slices<F, T>(slices, c.input(2), result);
  c.set_output(0, std::move(result));
}

Kernel make_scatter_nd(const Operation& op) {
  return scatter::dispatch_numbers(op, base_dtype(op.input(1).dtype()),
                                   []<typename T>(T) -> Kernel { return scatter_nd<T>; });
}

template <typename F, bool kTensor>
Kernel make_update(const Operation& op) {
  return scatter::dispatch_for<F>(op, base_dtype(op.input(2).dtype()), []<typename T>(T) -> Kernel {
    if constexpr (kTensor) {
      return update_tensor<F, T>;
    } else {
      return update_variable<F, T>;
    }
  });
}

template <typename F>
void add_updates(KernelRegistry& registry, const std::string& name) {
  registry.add("ScatterNd" + name, make_update<F, false>);
  registry.add("ResourceScatterNd" + name, make_update<F, false>);
  registry.add("TensorScatter" + name, make_update<F, true>);
}

}  // namespace

void register_scatter_nd_kernels(KernelRegistry& registry) {
  registry.add_function("GatherNd", gather_nd);
  registry.add_function("ResourceGatherNd", resource_gather_nd);
  registry.add("ScatterNd", make_scatter_nd);
  add_updates<scatter::Combine<scalar::Add>>(registry, "Add");
  add_updates<scatter::Combine<scalar::Sub>>(registry, "Sub");
  add_updates<scatter::Combine<scalar::Maximum>>(registry, "Max");
  add_updates<scatter::Combine<scalar::Minimum>>(registry, "Min");
  add_updates<scatter::Replace>(registry, "Update");
}

}  // namespace tensorkeep::runtime
