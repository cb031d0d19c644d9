#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

#include "tensorkeep/datasets.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::datasets {
namespace {

// Rows of `from` in the order of `picks`.
Tensor gather_rows(const Tensor& from, const std::vector<std::int64_t>& picks) {
  std::vector<std::int64_t> dims = from.shape().dims();
  dims[0] = static_cast<std::int64_t>(picks.size());
  Tensor result(from.dtype(), Shape(std::move(dims)));
  if (result.num_elements() == 0) return result;
  const std::size_t row = result.num_bytes() / picks.size();
  auto* out = static_cast<char*>(result.mutable_raw_data());
  const auto* in = static_cast<const char*>(from.raw_data());
  for (std::size_t i = 0; i < picks.size(); ++i) {
    std::memcpy(out + i * row, in + static_cast<std::size_t>(picks[i]) * row, row);
  }
  return result;
}

// numpy.random.shuffle of RandomState: from the last element down, swap with a random one at or
// below, drawn by rejection under the smallest mask of ones (numpy's random_interval).
template <typename Generator>
void numpy_shuffle(std::vector<std::int64_t>& values, Generator& next_uint32) {
  for (std::size_t i = values.size(); i-- > 1;) {
    std::uint32_t mask = static_cast<std::uint32_t>(i);
    for (int shift = 1; shift <= 16; shift *= 2) mask |= mask >> shift;
    std::uint32_t pick = 0;
    do {
      pick = static_cast<std::uint32_t>(next_uint32()) & mask;
    } while (pick > i);
    std::swap(values[i], values[pick]);
  }
}

}  // namespace

DataSet::DataSet(Tensor images, Tensor labels, std::optional<std::uint32_t> seed)
    : images_(std::move(images)),
      labels_(std::move(labels)),
      random_(seed ? *seed : std::random_device{}()) {
  if (images_.shape().dim(0) != labels_.shape().dim(0)) {
    throw errors::InvalidArgumentError(
        fmt::format("images.shape: {} labels.shape: {}", images_.shape().to_string(),
                    labels_.shape().to_string()),
        {.python_class = errors::PythonClass::kAssertionError});
  }
  order_.resize(static_cast<std::size_t>(num_examples()));
  std::iota(order_.begin(), order_.end(), 0);
}

// TensorFlow permutes what is permuted already; so does a permutation of the order.
void DataSet::shuffle() {
  std::vector<std::int64_t> permutation(order_.size());
  std::iota(permutation.begin(), permutation.end(), 0);
  numpy_shuffle(permutation, random_);
  for (std::int64_t& index : permutation) index = order_[static_cast<std::size_t>(index)];
  order_ = std::move(permutation);
}

std::pair<Tensor, Tensor> DataSet::next_batch(std::int64_t batch_size, bool shuffle) {
  if (batch_size < 0 || (batch_size > 0 && num_examples() == 0)) {
    errors::raise_value_error(
        fmt::format("a batch of {} from a set of {} examples", batch_size, num_examples()));
  }
  if (epochs_completed_ == 0 && index_in_epoch_ == 0 && shuffle) this->shuffle();
  std::vector<std::int64_t> picks;
  while (static_cast<std::int64_t>(picks.size()) < batch_size) {
    if (index_in_epoch_ == num_examples()) {
      ++epochs_completed_;
      index_in_epoch_ = 0;
      if (shuffle) this->shuffle();
    }
    const std::int64_t missing = batch_size - static_cast<std::int64_t>(picks.size());
    const std::int64_t take = std::min(missing, num_examples() - index_in_epoch_);
    const auto begin = order_.begin() + index_in_epoch_;
    picks.insert(picks.end(), begin, begin + take);
    index_in_epoch_ += take;
  }
  return {gather_rows(images_, picks), gather_rows(labels_, picks)};
}

}  // namespace tensorkeep::datasets
