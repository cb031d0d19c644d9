#include "gradients/aggregation.h"

#include <algorithm>
#include <map>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

// Sums on each device what is there, then the sums.
Output add_by_device(const std::vector<Gradient>& received) {
  std::map<std::string, std::vector<Input>> by_device;
  for (const Gradient& gradient : received) {
    by_device[gradient.tensor().device()].emplace_back(gradient.tensor());
  }
  std::vector<Input> sums;
  for (const auto& [device, tensors] : by_device) {
    Operation& first = tensors[0].to_tensor("").op();
    const ColocationScope colocation(first.graph(), &first, /*ignore_existing=*/true);
    sums.emplace_back(add_n(tensors));
  }
  return add_n(sums);
}

Output add_pairwise(const Operation& op, const std::vector<Gradient>& received) {
  const NameScope scope(op.graph(), op.name() + "_gradient_sum");
  Output sum = received[0].tensor();
  for (std::size_t i = 1; i < received.size(); ++i) sum = add_n({sum, received[i].tensor()});
  return sum;
}

// Some are tensors, some are rows: everything becomes a tensor inside the scope of the sum.
Output add_mixed(const std::vector<Gradient>& received) {
  const NameScope scope(received[0].op().graph(), "AddN");
  std::vector<Input> tensors;
  for (std::size_t i = 0; i < received.size(); ++i) {
    tensors.emplace_back(to_dense(received[i], "inputs_" + std::to_string(i)));
  }
  return OpBuilder("AddN", scope.name()).inputs(tensors).output();
}

// Rows of several are the rows of all, one after the other.
IndexedSlices concatenate(const std::vector<Gradient>& received) {
  std::vector<Input> values;
  std::vector<Output> indices;
  for (const Gradient& gradient : received) {
    values.emplace_back(gradient.slices().values);
    indices.push_back(gradient.slices().indices);
  }
  const auto is_int32 = [](const Output& tensor) { return tensor.dtype() == int32; };
  if (!std::all_of(indices.begin(), indices.end(), is_int32)) {
    for (Output& tensor : indices) tensor = cast(tensor, int64);
  }
  const Output all_values = concat(values, 0);
  const Output all_indices = concat(std::vector<Input>(indices.begin(), indices.end()), 0);
  return {all_values, all_indices, received[0].slices().dense_shape};
}

}  // namespace

Output to_dense(const Gradient& gradient, const std::string& name) {
  if (!gradient.is_slices()) return gradient.tensor();
  const IndexedSlices& slices = gradient.slices();
  if (!slices.dense_shape) {
    errors::raise_value_error(
        "Tensor conversion requested for IndexedSlices without dense_shape: " +
        slices.values.to_string());
  }
  const Output rows = getitem(slices.dense_shape, {0});
  return unsorted_segment_sum(slices.values, slices.indices, rows, {name});
}

namespace gradients_internal {

Gradient aggregate(const Operation& op, const std::vector<Gradient>& received,
                   AggregationMethod method) {
  if (received.empty()) return {};
  if (received.size() == 1) return received[0];
  const auto is_slices = [](const Gradient& gradient) { return gradient.is_slices(); };
  if (std::all_of(received.begin(), received.end(), is_slices)) return concatenate(received);
  if (std::any_of(received.begin(), received.end(), is_slices)) return add_mixed(received);
  return method == AggregationMethod::DEFAULT ? add_by_device(received)
                                              : add_pairwise(op, received);
}

}  // namespace gradients_internal
}  // namespace tensorkeep
