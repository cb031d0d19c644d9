#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/broadcast.h"
#include "runtime/kernels/families.h"

namespace tensorkeep::runtime {
namespace {

// Where each dimension of the output is found in an operand: its strides, 0 where it is repeated.
std::vector<std::int64_t> strides_in(const Shape& operand, const Shape& output) {
  std::vector<std::int64_t> strides(output.dims().size());
  const std::size_t missing = output.dims().size() - operand.dims().size();
  std::int64_t step = 1;
  for (std::size_t i = operand.dims().size(); i-- > 0;) {
    if (operand.dims()[i] != 1) strides[i + missing] = step;
    step *= operand.dims()[i];
  }
  return strides;
}

template <typename T>
void select_broadcast(const Tensor& condition, const Tensor& yes, const Tensor& no,
                      Tensor& output) {
  const Shape& shape = output.shape();
  const auto at_condition = strides_in(condition.shape(), shape);
  const auto at_yes = strides_in(yes.shape(), shape);
  const auto at_no = strides_in(no.shape(), shape);
  const auto chooses = condition.data<bool>();
  const auto from_yes = yes.bit_data<T>();
  const auto from_no = no.bit_data<T>();
  const auto y = output.mutable_bit_data<T>();
  std::vector<std::int64_t> index(shape.dims().size());
  std::int64_t c = 0;
  std::int64_t a = 0;
  std::int64_t b = 0;
  for (T& value : y) {
    value = chooses[static_cast<std::size_t>(c)] ? from_yes[static_cast<std::size_t>(a)]
                                                 : from_no[static_cast<std::size_t>(b)];
    for (std::size_t d = index.size(); d-- > 0;) {
      c += at_condition[d];
      a += at_yes[d];
      b += at_no[d];
      if (++index[d] < shape.dims()[d]) break;
      c -= at_condition[d] * shape.dims()[d];
      a -= at_yes[d] * shape.dims()[d];
      b -= at_no[d] * shape.dims()[d];
      index[d] = 0;
    }
  }
}

// Elements are moved, not computed with: any type of the width will do.
template <typename F>
void with_element(const Tensor& tensor, F&& f) {
  switch (size_of(tensor.dtype())) {
    case 1:
      return f(std::uint8_t{});
    case 2:
      return f(std::uint16_t{});
    case 4:
      return f(std::uint32_t{});
    case 8:
      return f(std::uint64_t{});
    default:
      return f(std::complex<double>{});
  }
}

Tensor select_strings(const Tensor& condition, const Tensor& yes, const Tensor& no,
                      const Shape& shape) {
  const auto indices = [&](const Tensor& operand) {
    Tensor result(DType::kInt64, operand.shape());
    const auto values = result.mutable_data<std::int64_t>();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int64_t>(i);
    return result;
  };
  // Which element of `yes` or (negative) of `no`.
  Tensor from_yes = indices(yes);
  Tensor from_no = indices(no);
  for (std::int64_t& value : from_no.mutable_data<std::int64_t>()) value = -value - 1;
  Tensor chosen(DType::kInt64, shape);
  select_broadcast<std::int64_t>(condition, from_yes, from_no, chosen);
  Tensor result(DType::kString, shape);
  const auto out = result.mutable_data<std::string>();
  const auto picks = chosen.data<std::int64_t>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t pick = picks[i];
    out[i] = pick >= 0 ? yes.data<std::string>()[static_cast<std::size_t>(pick)]
                       : no.data<std::string>()[static_cast<std::size_t>(-pick - 1)];
  }
  return result;
}

// Broadcasts the condition as Select did before there was SelectV2: a scalar for everything, a
// vector for whole rows, or element by element.
void select(KernelContext& c) {
  const Tensor condition = c.input(0);
  const Tensor yes = c.input(1);
  const Tensor no = c.input(2);
  if (yes.shape() != no.shape()) {
    c.fail(fmt::format("'then' and 'else' must have the same size.  but received: {} vs. {}",
                       yes.shape().debug_string(), no.shape().debug_string()));
  }
  const Shape& shape = yes.shape();
  if (condition.shape().rank() == 0) {
    c.set_output(0, condition.value<bool>() ? yes : no);
    return;
  }
  Tensor mask = condition;
  if (condition.shape() != shape) {
    if (condition.shape().rank() != 1) {
      c.fail(fmt::format(
          "Inputs to operation {} of type {} must have the same size and shape.  "
          "Input 0: {} != input 1: {}",
          c.op().name(), c.op().type(), condition.shape().debug_string(), shape.debug_string()));
    }
    if (shape.rank() < 1) {
      c.fail("'then' must be at least a vector, but saw shape: " + shape.debug_string());
    }
    if (shape.dim(0) != condition.num_elements()) {
      c.fail(
          fmt::format("Number of batches of 'then' must match size of 'cond', but saw: {} vs. {}",
                      shape.dim(0), condition.num_elements()));
    }
    std::vector<std::int64_t> dims(shape.dims().size(), 1);
    dims[0] = shape.dim(0);
    mask = condition.reshaped(Shape(std::move(dims)));
  }
  if (yes.dtype() == DType::kString) {
    c.set_output(0, select_strings(mask, yes, no, shape));
    return;
  }
  Tensor& output = c.allocate_output(0, yes.dtype(), shape);
  with_element(yes, [&](auto zero) { select_broadcast<decltype(zero)>(mask, yes, no, output); });
}

void select_v2(KernelContext& c) {
  const Tensor& condition = c.input(0);
  const Tensor& yes = c.input(1);
  const Tensor& no = c.input(2);
  const auto branches = Broadcast::of(yes.shape(), no.shape());
  const auto all = branches ? Broadcast::of(branches->shape(), condition.shape()) : std::nullopt;
  if (!all) {
    c.fail(fmt::format("condition {}, then {}, and else {} must be broadcastable",
                       condition.shape().debug_string(), yes.shape().debug_string(),
                       no.shape().debug_string()));
  }
  if (yes.dtype() == DType::kString) {
    c.set_output(0, select_strings(condition, yes, no, all->shape()));
    return;
  }
  Tensor& output = c.allocate_output(0, yes.dtype(), all->shape());
  with_element(yes,
               [&](auto zero) { select_broadcast<decltype(zero)>(condition, yes, no, output); });
}

}  // namespace

void register_select_kernels(KernelRegistry& registry) {
  registry.add_function("Select", select);
  registry.add_function("SelectV2", select_v2);
}

}  // namespace tensorkeep::runtime
