#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/elements.h"

// Elements chosen by index or by condition.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

Dims part(const Dims& dims, std::size_t begin, std::size_t end) {
  return {dims.begin() + static_cast<std::ptrdiff_t>(begin),
          dims.begin() + static_cast<std::ptrdiff_t>(end)};
}
void append(Dims& dims, const Dims& more) {
  dims.insert(dims.end(), more.begin(), more.end());
}

// `where` of a flat index, as TensorFlow shows it: "indices[1,2]".
std::string place(const Shape& shape, std::int64_t flat) {
  const Dims strides = strides_of(shape.dims());
  Dims at;
  for (const std::int64_t stride : strides) {
    at.push_back(flat / stride);
    flat %= stride;
  }
  return at.empty() ? "indices" : fmt::format("indices[{}]", fmt::join(at, ","));
}

void gather_along(KernelContext& c, std::int64_t axis, std::int64_t batch_dims) {
  const Tensor& params = c.input(0);
  const Dims& dims = params.shape().dims();
  const Dims& index_dims = c.input_shape(1).dims();
  const auto rank = static_cast<std::int64_t>(dims.size());
  if (rank < 1) c.fail("params must be at least 1 dimensional");
  const auto at = static_cast<std::size_t>(axis_in(c, axis, static_cast<int>(rank)));
  const auto index_rank = static_cast<std::int64_t>(index_dims.size());
  const std::int64_t batches = batch_dims < 0 ? batch_dims + index_rank : batch_dims;
  if (batches < 0 || batches > index_rank || batches > static_cast<std::int64_t>(at)) {
    c.fail(
        fmt::format("batch_dims ({}) must be less than or equal to axis ({}) and to the rank of "
                    "indices ({})",
                    batch_dims, at, index_rank));
  }
  const auto shared = static_cast<std::size_t>(batches);
  if (part(dims, 0, shared) != part(index_dims, 0, shared)) {
    c.fail(fmt::format("the first {} dimensions of params {} and indices {} must be equal", shared,
                       params.shape().debug_string(), c.input_shape(1).debug_string()));
  }
  Dims out_dims = part(dims, 0, at);
  append(out_dims, part(index_dims, shared, index_dims.size()));
  append(out_dims, part(dims, at + 1, dims.size()));
  const Dims indices = integers(c, 1);
  const std::int64_t limit = dims[at];
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] < 0 || indices[i] >= limit) {
      c.fail(fmt::format("{} = {} is not in [0, {})",
                         place(c.input_shape(1), static_cast<std::int64_t>(i)), indices[i], limit));
    }
  }
  Tensor& out = c.allocate_output(0, Shape(out_dims));
  if (out.num_elements() == 0) return;
  const std::int64_t batch = product(dims, 0, shared);
  const std::int64_t outer = product(dims, shared, at);
  const std::int64_t inner = product(dims, at + 1, dims.size());
  const std::int64_t per_batch = static_cast<std::int64_t>(indices.size()) / batch;
  by_width(c, params.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* const from = elements<T>(params);
    T* to = mutable_elements<T>(out);
    for (std::int64_t b = 0; b < batch; ++b) {
      const std::int64_t* const rows = indices.data() + b * per_batch;
      for (std::int64_t o = 0; o < outer; ++o) {
        const T* const block = from + (b * outer + o) * limit * inner;
        for (std::int64_t i = 0; i < per_batch; ++i, to += inner) {
          std::copy_n(block + rows[i] * inner, inner, to);
        }
      }
    }
  });
}

void gather(KernelContext& c) {
  gather_along(c, 0, 0);
}

Kernel gather_v2(const Operation& op) {
  const std::int64_t batch_dims = op.has_attr("batch_dims") ? op.attr_int("batch_dims") : 0;
  return [batch_dims](KernelContext& c) { gather_along(c, integer(c, 2), batch_dims); };
}

Kernel one_hot(const Operation& op) {
  return [axis = op.attr_int("axis")](KernelContext& c) {
    const std::vector<std::int64_t>& in = c.input_shape(0).dims();
    const auto rank = static_cast<std::int64_t>(in.size());
    const std::int64_t depth = integer(c, 1);
    if (depth < 0) c.fail(fmt::format("depth must be non-negative, got: {}", depth));
    if (axis < -1 || axis > rank) {
      c.fail(fmt::format("Expected axis to be -1 or between [0, {}).  But received: {}", rank + 1,
                         axis));
    }
    const auto at = static_cast<std::size_t>(axis == -1 ? rank : axis);
    Dims indices;
    if (c.input(0).dtype() == uint8) {
      for (const std::uint8_t value : c.input(0).data<std::uint8_t>()) indices.push_back(value);
    } else if (c.input(0).dtype() == int8) {
      for (const std::int8_t value : c.input(0).data<std::int8_t>()) indices.push_back(value);
    } else {
      indices = integers(c, 0);
    }
    Dims dims = in;
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(at), depth);
    if (c.input(2).num_elements() != 1) c.fail("on_value must be a scalar");
    if (c.input(3).num_elements() != 1) c.fail("off_value must be a scalar");
    Tensor& out = c.allocate_output(0, Shape(dims));
    const std::int64_t inner = product(in, at, in.size());
    by_width(c, out.dtype(), [&](auto zero) {
      using T = decltype(zero);
      T* const to = mutable_elements<T>(out);
      std::fill_n(to, out.num_elements(), elements<T>(c.input(3))[0]);
      for (std::size_t i = 0; i < indices.size(); ++i) {
        if (indices[i] < 0 || indices[i] >= depth) continue;
        const auto flat = static_cast<std::int64_t>(i);
        to[(flat / inner * depth + indices[i]) * inner + flat % inner] = elements<T>(c.input(2))[0];
      }
    });
  };
}

void where(KernelContext& c) {
  const Tensor& input = c.input(0);
  const Dims strides = strides_of(input.shape().dims());
  Dims found;
  dispatch<bool, float, double, std::int32_t, std::int64_t, std::int8_t, std::uint8_t, std::int16_t,
           std::uint16_t, std::uint32_t, std::uint64_t, Half, BFloat16>(
      c.op(), input.dtype(), [&](auto zero) {
        using T = decltype(zero);
        for (std::int64_t i = 0; i < input.num_elements(); ++i) {
          if constexpr (std::is_arithmetic_v<T>) {
            if (elements<T>(input)[i] != T{}) found.push_back(i);
          } else {
            if (static_cast<float>(elements<T>(input)[i]) != 0.0f) found.push_back(i);
          }
        }
        return 0;
      });
  Tensor& out = c.allocate_output(
      0, {static_cast<std::int64_t>(found.size()), static_cast<std::int64_t>(strides.size())});
  std::int64_t* to = out.mutable_data<std::int64_t>().data();
  for (std::int64_t flat : found) {
    for (const std::int64_t stride : strides) {
      *to++ = flat / stride;
      flat %= stride;
    }
  }
}

}  // namespace

void register_array_index_kernels(KernelRegistry& registry) {
  registry.add_function("Gather", gather);
  registry.add("GatherV2", gather_v2);
  registry.add("OneHot", one_hot);
  registry.add_function("Where", where);
}

}  // namespace tensorkeep::runtime
