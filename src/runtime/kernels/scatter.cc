#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/kernels/families.h"
#include "runtime/kernels/scatter_functions.h"
#include "runtime/kernels/variable_access.h"

// Rows of a variable, by their numbers: gathered, or updated in place.
namespace tensorkeep::runtime {
namespace {

std::int64_t index_at(const Tensor& indices, std::size_t i) {
  return indices.dtype() == int32 ? indices.data<std::int32_t>()[i]
                                  : indices.data<std::int64_t>()[i];
}

std::int64_t checked_row(KernelContext& c, const Tensor& indices, std::size_t i,
                         std::int64_t rows) {
  const std::int64_t row = index_at(indices, i);
  if (row < 0 || row >= rows)
    c.fail(fmt::format("indices[{}] = {} is not in [0, {})", i, row, rows));
  return row;
}

Shape row_shape(KernelContext& c, const Shape& variable) {
  if (variable.rank() < 1) {
    c.fail(fmt::format("params must be at least 1-D, got shape {}", variable.debug_string()));
  }
  return Shape(std::vector<std::int64_t>(variable.dims().begin() + 1, variable.dims().end()));
}

template <typename T>
void refuse_zeros(KernelContext& c, const Tensor& divisors) {
  if constexpr (std::is_integral_v<T>) {
    const auto values = divisors.data<T>();
    if (std::find(values.begin(), values.end(), T(0)) != values.end()) {
      c.fail("updates must not contain 0");
    }
  }
}

template <typename F, typename T>
void scatter_rows(KernelContext& c) {
  const Tensor& indices = c.input(1);
  const Tensor& updates = c.input(2);
  const bool one_number = updates.shape().rank() == 0;
  {
    LockedVariables variables(c, {0});
    Tensor& variable = variables[0];
    const Shape row = row_shape(c, variable.shape());
    if (!one_number && updates.shape() != indices.shape().concatenate(row)) {
      c.fail(
          fmt::format("Must have updates.shape = indices.shape + params.shape[1:] or "
                      "updates.shape = [], got updates.shape {}, indices.shape {}, params.shape "
                      "{}",
                      updates.shape().debug_string(), indices.shape().debug_string(),
                      variable.shape().debug_string()));
    }
    const auto count = static_cast<std::size_t>(indices.num_elements());
    const std::int64_t rows = variable.shape().dim(0);
    for (std::size_t i = 0; i < count; ++i) checked_row(c, indices, i, rows);
    if constexpr (std::is_same_v<F, scatter::Combine<scatter::Divide>>) refuse_zeros<T>(c, updates);
    const auto width = static_cast<std::size_t>(row.num_elements());
    const auto in = updates.data<T>();
    const auto out = variable.mutable_data<T>();
    for (std::size_t i = 0; i < count; ++i) {
      T* const target = out.data() + static_cast<std::size_t>(index_at(indices, i)) * width;
      for (std::size_t j = 0; j < width; ++j) {
        F::apply(target[j], in[one_number ? 0 : i * width + j]);
      }
    }
  }
  forward_reference(c);
}

DType element_type(const Operation& op) {
  return op.attr_dtype(op.input(0).dtype() == resource ? "dtype" : "T");
}

template <typename F>
Kernel make_scatter(const Operation& op) {
  return scatter::dispatch_for<F>(op, element_type(op),
                                  []<typename T>(T) -> Kernel { return scatter_rows<F, T>; });
}

void resource_gather(KernelContext& c) {
  VariableCell& cell = c.variable(0);
  if (!cell.initialized()) fail_uninitialized(c, 0);
  const Tensor params = cell.read();
  const Tensor& indices = c.input(1);
  const Shape row = row_shape(c, params.shape());
  Tensor& out = c.allocate_output(0, params.dtype(), indices.shape().concatenate(row));
  const auto count = static_cast<std::size_t>(indices.num_elements());
  const auto width = static_cast<std::size_t>(row.num_elements());
  const std::int64_t rows = params.shape().dim(0);
  if (params.dtype() == DType::kString) {
    const auto from = params.data<std::string>();
    const auto to = out.mutable_data<std::string>();
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(checked_row(c, indices, i, rows)) * width;
      for (std::size_t j = 0; j < width; ++j) to[i * width + j] = from[at + j];
    }
    return;
  }
  const std::size_t bytes = width * size_of(params.dtype());
  const auto* from = static_cast<const char*>(params.raw_data());
  auto* to = static_cast<char*>(out.mutable_raw_data());
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(checked_row(c, indices, i, rows));
    if (bytes > 0) std::memcpy(to + i * bytes, from + at * bytes, bytes);
  }
}

template <typename F>
void add_scatter(KernelRegistry& registry, const std::string& name) {
  registry.add(name, make_scatter<F>);
  registry.add("Resource" + name, make_scatter<F>);
}

}  // namespace

void register_scatter_kernels(KernelRegistry& registry) {
  add_scatter<scatter::Combine<scalar::Add>>(registry, "ScatterAdd");
  add_scatter<scatter::Combine<scalar::Sub>>(registry, "ScatterSub");
  add_scatter<scatter::Combine<scalar::Mul>>(registry, "ScatterMul");
  add_scatter<scatter::Combine<scatter::Divide>>(registry, "ScatterDiv");
  add_scatter<scatter::Combine<scalar::Maximum>>(registry, "ScatterMax");
  add_scatter<scatter::Combine<scalar::Minimum>>(registry, "ScatterMin");
  add_scatter<scatter::Replace>(registry, "ScatterUpdate");
  registry.add_function("ResourceGather", resource_gather);
}

}  // namespace tensorkeep::runtime
