#include "ops/indexed_rows.h"

#include <algorithm>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::ops {

IndexedSlices as_slices(const Gradient& gradient) {
  if (gradient.is_slices()) return gradient.slices();
  const Output dense_shape = shape(gradient.tensor(), {.optimize = false});
  return {gradient.tensor(), range(0, getitem(dense_shape, {0})), dense_shape};
}

namespace {

// Of one type of indices.
std::vector<IndexedSlices> all_as_slices(const Gradients& gradients) {
  std::vector<IndexedSlices> all;
  for (const Gradient& gradient : gradients) all.push_back(as_slices(gradient));
  const auto narrow = [](const IndexedSlices& slices) { return slices.indices.dtype() == int32; };
  const auto count = std::count_if(all.begin(), all.end(), narrow);
  if (count == 0 || count == static_cast<std::ptrdiff_t>(all.size())) return all;
  for (IndexedSlices& slices : all) {
    if (narrow(slices)) slices.indices = cast(slices.indices, int64);
  }
  return all;
}

}  // namespace

std::vector<Output> parts(const IndexedSlices& slices) {
  std::vector<Output> all{slices.values, slices.indices};
  if (slices.dense_shape) all.push_back(slices.dense_shape);
  return all;
}

IndexedSlices from_parts(const std::vector<Output>& parts) {
  return {parts[0], parts[1], parts.size() > 2 ? parts[2] : Output()};
}

Gradients switched(const Gradient& gradient, const Output& pred, const std::string& name) {
  if (!gradient.is_slices()) {
    Operation* const fork = control_flow::switch_ref_or_tensor(gradient.tensor(), pred, name);
    return {fork->output(0), fork->output(1)};
  }
  Graph& graph = pred.graph();
  const ColocationScope beside(graph, &gradient.op(), /*ignore_existing=*/true);
  const NameScope scope(graph, name);
  std::vector<Output> if_false;
  std::vector<Output> if_true;
  for (const Output& part : parts(gradient.slices())) {
    Operation* const fork = OpBuilder("Switch").input(part).input(pred).build();
    if_false.push_back(fork->output(0));
    if_true.push_back(fork->output(1));
  }
  return {from_parts(if_false), from_parts(if_true)};
}

Gradient merged(const Gradients& gradients, const std::string& name) {
  const auto is_slices = [](const Gradient& gradient) { return gradient.is_slices(); };
  if (std::none_of(gradients.begin(), gradients.end(), is_slices)) {
    std::vector<Output> tensors;
    for (const Gradient& gradient : gradients) tensors.push_back(gradient.tensor());
    return control_flow::merge(tensors, name);
  }
  const NameScope scope(gradients[0].op().graph(), name, "Merge");
  std::vector<std::vector<Output>> all;
  for (const IndexedSlices& slices : all_as_slices(gradients)) all.push_back(parts(slices));
  std::vector<Output> result;
  for (std::size_t i = 0; i < all[0].size(); ++i) {
    std::vector<Output> choices;
    for (const auto& one : all) {
      if (one.size() != all[0].size()) {
        errors::raise_value_error(
            "Some of the rows that are merged say which shape they are of, and some do not.");
      }
      choices.push_back(one[i]);
    }
    result.push_back(control_flow::merge(choices));
  }
  return from_parts(result);
}

}  // namespace tensorkeep::ops
