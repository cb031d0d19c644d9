#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/checked_math.h"
#include "runtime/kernels/elements.h"
#include "tensorkeep/errors.h"

// Constants, identities, and what keeps the elements where they are.
namespace tensorkeep::runtime {
namespace {

Kernel const_kernel(const Operation& op) {
  const Tensor value = op.attr_tensor("value");
  if (value.dtype() != op.attr_dtype("dtype")) {
    throw errors::InvalidArgumentError(
        fmt::format("Type mismatch between value ({}) and dtype ({})", name_of(value.dtype()),
                    name_of(op.attr_dtype("dtype"))),
        {.node = op.name()});
  }
  return [value](KernelContext& c) { c.set_output(0, value); };
}

Kernel placeholder(const Operation& op) {
  const Shape shape = op.attr_shape("shape");
  const std::string message =
      fmt::format("You must feed a value for placeholder tensor '{}' with dtype {}{}", op.name(),
                  op_name_of(op.attr_dtype("dtype")),
                  shape.rank_known() ? fmt::format(" and shape {}", shape.debug_string()) : "");
  return [message](KernelContext& c) { c.fail(message); };
}

// A handle goes on as it is, everything else as a tensor.
void forward(KernelContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) {
    const Value& value = c.input_value(i);
    if (value.resource && !value.is_ref) {
      c.set_output(i, value);
    } else {
      c.set_output(i, c.input(i));
    }
  }
}

void forward_reference(KernelContext& c) {
  c.set_output(0, c.input_value(0));
}

void nothing(KernelContext&) {}

Shape target_shape(const KernelContext& c) {
  const std::vector<std::int64_t> sizes = integers(c, 1);
  if (c.input_shape(1).rank() != 1) {
    c.fail(fmt::format("sizes input must be 1-D, not {}", c.input_shape(1).debug_string()));
  }
  const std::int64_t count = c.input(0).num_elements();
  std::vector<std::int64_t> dims = sizes;
  std::int64_t known = 1;
  std::optional<std::size_t> unknown;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      if (unknown) {
        c.fail(fmt::format("Only one input size may be -1, not both {} and {}", *unknown, i));
      }
      unknown = i;
    } else if (sizes[i] < 0) {
      c.fail(fmt::format("Size {} must be non-negative, not {}", i, sizes[i]));
    } else {
      const auto next = checked_mul(known, sizes[i]);
      if (!next) c.fail("Reshape: the requested shape is too large");
      known = *next;
    }
  }
  if (unknown) {
    if (known == 0) {
      // TensorFlow infers from the input's other dimensions here; nothing else can be meant.
      if (count != 0)
        c.fail(
            "reshape cannot infer the missing input size for an empty tensor "
            "unless all specified input sizes are non-zero");
      dims[*unknown] = 0;
      known = 0;
    } else {
      if (count % known != 0) {
        c.fail(fmt::format(
            "Input to reshape is a tensor with {} values, but the requested shape requires a "
            "multiple of {}",
            count, known));
      }
      dims[*unknown] = count / known;
      known = count;
    }
  }
  if (known != count) {
    c.fail(
        fmt::format("Input to reshape is a tensor with {} values, but the requested shape has {}",
                    count, known));
  }
  return Shape(std::move(dims));
}

void reshape(KernelContext& c) {
  const Shape shape = target_shape(c);
  c.set_output(0, c.input(0).reshaped(shape));
}

void expand_dims(KernelContext& c) {
  const int rank = c.input_shape(0).rank();
  const std::int64_t axis = integer(c, 1);
  if (axis < -1 - rank || axis > rank) {
    c.fail(fmt::format("Tried to expand dim index {} for tensor with {} dimensions.", axis, rank));
  }
  std::vector<std::int64_t> dims = c.input_shape(0).dims();
  dims.insert(dims.begin() + (axis < 0 ? axis + rank + 1 : axis), 1);
  c.set_output(0, c.input(0).reshaped(Shape(std::move(dims))));
}

Kernel squeeze(const Operation& op) {
  return [axes = op.attr_ints("squeeze_dims")](KernelContext& c) {
    const Shape& shape = c.input_shape(0);
    std::vector<bool> chosen(static_cast<std::size_t>(shape.rank()), axes.empty());
    for (const std::int64_t axis : axes) {
      if (axis < -shape.rank() || axis >= shape.rank()) {
        c.fail(fmt::format("Tried to squeeze dim index {} for tensor with {} dimensions.", axis,
                           shape.rank()));
      }
      chosen[static_cast<std::size_t>(axis < 0 ? axis + shape.rank() : axis)] = true;
    }
    std::vector<std::int64_t> dims;
    for (int i = 0; i < shape.rank(); ++i) {
      const bool drop = chosen[static_cast<std::size_t>(i)];
      if (drop && !axes.empty() && shape.dim(i) != 1) {
        c.fail(fmt::format("Can not squeeze dim[{}], expected a dimension of 1, got {}", i,
                           shape.dim(i)));
      }
      if (!drop || shape.dim(i) != 1) dims.push_back(shape.dim(i));
    }
    c.set_output(0, c.input(0).reshaped(Shape(std::move(dims))));
  };
}

void zeros_like(KernelContext& c) {
  c.set_output(0, Tensor::zeros(c.input(0).dtype(), c.input_shape(0)));
}

void fill_with(KernelContext& c, Tensor& out, const Tensor& value) {
  by_width(c, value.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::fill_n(mutable_elements<T>(out), out.num_elements(), elements<T>(value)[0]);
  });
}

void ones_like(KernelContext& c) {
  const Tensor one = Literal(1).to_tensor(
      c.input(0).dtype() == boolean ? std::optional(int32) : std::optional(c.input(0).dtype()));
  Tensor& out = c.allocate_output(0, c.input_shape(0));
  if (c.input(0).dtype() == boolean) {
    std::memset(out.mutable_raw_data(), 1, out.num_bytes());
  } else {
    fill_with(c, out, one);
  }
}

void fill(KernelContext& c) {
  const Shape& dims_shape = c.input_shape(0);
  if (dims_shape.rank() != 1) {
    c.fail(fmt::format("dims must represent a vector, got shape {}", dims_shape.debug_string()));
  }
  if (c.input(1).num_elements() != 1) {
    c.fail(fmt::format("value must represent a scalar, got shape {}",
                       c.input_shape(1).debug_string()));
  }
  const std::vector<std::int64_t> dims = integers(c, 0);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 0) c.fail(fmt::format("Dimension {} must be >= 0", dims[i]));
  }
  fill_with(c, c.allocate_output(0, Shape(dims)), c.input(1));
}

Kernel bitcast(const Operation& op) {
  return [type = op.attr_dtype("type")](KernelContext& c) {
    const Tensor& input = c.input(0);
    const std::size_t from = size_of(input.dtype());
    const std::size_t to = size_of(type);
    if (from == 0 || to == 0) c.fail("Bitcast needs types of fixed size");
    std::vector<std::int64_t> dims = input.shape().dims();
    if (from < to) {
      const auto factor = static_cast<std::int64_t>(to / from);
      if (dims.empty() || dims.back() != factor) {
        c.fail(fmt::format("Cannot bitcast from {} to {}: the last dimension of {} must be {}",
                           name_of(input.dtype()), name_of(type), input.shape().debug_string(),
                           factor));
      }
      dims.pop_back();
    } else if (from > to) {
      dims.push_back(static_cast<std::int64_t>(from / to));
    }
    Tensor& out = c.allocate_output(0, type, Shape(std::move(dims)));
    std::memcpy(out.mutable_raw_data(), input.raw_data(), out.num_bytes());
  };
}

}  // namespace

void register_array_basic_kernels(KernelRegistry& registry) {
  registry.add("Const", const_kernel);
  registry.add("Placeholder", placeholder);
  registry.add("PlaceholderV2", placeholder);
  registry.add("Squeeze", squeeze);
  registry.add("Bitcast", bitcast);
  for (const char* op : {"Identity", "IdentityN", "StopGradient", "PreventGradient", "Snapshot",
                         "DeepCopy", "PlaceholderWithDefault"}) {
    registry.add_function(op, forward);
  }
  registry.add_function("RefIdentity", forward_reference);
  registry.add_function("NoOp", nothing);
  registry.add_function("Reshape", reshape);
  registry.add_function("ExpandDims", expand_dims);
  registry.add_function("ZerosLike", zeros_like);
  registry.add_function("OnesLike", ones_like);
  registry.add_function("Fill", fill);
}

}  // namespace tensorkeep::runtime
