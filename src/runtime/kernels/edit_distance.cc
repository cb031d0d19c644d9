#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/sparse_input.h"

// How many insertions, deletions and replacements make one sequence of another.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

template <typename T>
std::int64_t distance(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<std::int64_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::int64_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::int64_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// The sequences by the number of the result's element that they belong to.
template <typename T>
std::map<std::int64_t, std::vector<T>> sequences(const KernelContext& c, const SparseInput& input,
                                                 const Dims& dims) {
  const Dims strides = strides_of(dims);
  std::map<std::int64_t, std::vector<T>> result;
  for (std::int64_t place = 0; place < input.places.count; ++place) {
    std::int64_t element = 0;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      const std::int64_t at = input.places.at(place, static_cast<std::int64_t>(axis));
      if (at < 0 || at >= dims[axis]) {
        c.fail(fmt::format("indices[{}] = {} is out of bounds: need 0 <= index < [{}]", place,
                           input.shown(place), fmt::join(dims, ",")));
      }
      element += at * strides[axis];
    }
    result[element].push_back(input.values.data<T>()[static_cast<std::size_t>(place)]);
  }
  return result;
}

template <typename T>
void edit_distance(KernelContext& c, bool normalize) {
  const SparseInput hypothesis = sparse_input(c, 0);
  const SparseInput truth = sparse_input(c, 3);
  if (truth.places.rank != hypothesis.places.rank) {
    c.fail(
        fmt::format("Expected truth and hypothesis to have matching ranks, but their shapes are: "
                    "[{}] and [{}]",
                    fmt::join(truth.dims, ","), fmt::join(hypothesis.dims, ",")));
  }
  if (truth.places.rank < 2) {
    c.fail(fmt::format("Input SparseTensors must have rank at least 2, but truth_shape rank is: {}",
                       truth.places.rank));
  }
  element_count(c, hypothesis.dims);
  element_count(c, truth.dims);
  Dims dims;
  for (std::size_t axis = 0; axis + 1 < truth.dims.size(); ++axis) {
    dims.push_back(std::max(truth.dims[axis], hypothesis.dims[axis]));
  }
  element_count(c, dims);
  auto guessed = sequences<T>(c, hypothesis, dims);
  auto right = sequences<T>(c, truth, dims);
  Tensor out = Tensor::zeros(float32, Shape(dims));
  const auto distances = out.mutable_data<float>();
  for (const auto& [element, sequence] : right) {
    const std::int64_t found = distance(guessed[element], sequence);
    const auto length = static_cast<float>(sequence.size());
    distances[static_cast<std::size_t>(element)] =
        normalize ? static_cast<float>(found) / length : static_cast<float>(found);
  }
  for (const auto& [element, sequence] : guessed) {
    if (right.contains(element)) continue;
    distances[static_cast<std::size_t>(element)] =
        normalize ? std::numeric_limits<float>::infinity() : static_cast<float>(sequence.size());
  }
  c.set_output(0, std::move(out));
}

Kernel make_edit_distance(const Operation& op) {
  const bool normalize = op.attr_bool("normalize");
  return dispatch<std::string, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                  std::uint16_t, std::uint32_t, std::uint64_t, float, double, bool>(
      op, base_dtype(op.input(1).dtype()), [normalize]<typename T>(T) -> Kernel {
        return [normalize](KernelContext& c) { edit_distance<T>(c, normalize); };
      });
}

}  // namespace

void register_edit_distance_kernels(KernelRegistry& registry) {
  registry.add("EditDistance", make_edit_distance);
}

}  // namespace tensorkeep::runtime
