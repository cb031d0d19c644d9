#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Connectionist temporal classification: sequences of labels with blanks between them.
namespace tensorkeep::runtime {
namespace {

using Labels = std::vector<std::int64_t>;

// Inputs [time, batch, classes] and the lengths of the batch's sequences.
struct Sequences {
  std::int64_t time;
  std::int64_t batch;
  std::int64_t classes;
  std::vector<std::int64_t> lengths;

  std::size_t at(std::int64_t t, std::int64_t b) const {
    return static_cast<std::size_t>((t * batch + b) * classes);
  }
};

Sequences sequences_of(const KernelContext& c, int lengths) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() != 3) c.fail("inputs is not a 3-Tensor");
  if (c.input_shape(lengths).rank() != 1) c.fail("sequence_length is not a vector");
  Sequences result = {shape.dim(0), shape.dim(1), shape.dim(2), integers(c, lengths)};
  if (static_cast<std::int64_t>(result.lengths.size()) != result.batch) {
    c.fail(
        fmt::format("len(sequence_length) != batch_size.  len(sequence_length):  {} batch_size: "
                    "{}",
                    result.lengths.size(), result.batch));
  }
  for (std::size_t b = 0; b < result.lengths.size(); ++b) {
    if (result.lengths[b] < 0 || result.lengths[b] > result.time) {
      c.fail(fmt::format("sequence_length({}) <= {}", b, result.time));
    }
  }
  return result;
}

template <typename T>
void greedy_decode(KernelContext& c, bool merge_repeated, std::int64_t blank) {
  const Sequences in = sequences_of(c, 1);
  if (in.classes == 0) c.fail("num_classes must not be 0");
  if (blank < 0) blank += in.classes;
  if (blank < 0 || blank >= in.classes) {
    c.fail(fmt::format("blank_index expected to be between {} and {} but was {}", -in.classes,
                       in.classes - 1, c.op().attr_int("blank_index")));
  }
  const auto inputs = c.input(0).data<T>();
  Tensor& scores = c.allocate_output(3, {in.batch, 1});
  std::vector<std::int64_t> places;
  Labels labels;
  std::int64_t longest = 0;
  for (std::int64_t b = 0; b < in.batch; ++b) {
    T score(0);
    std::int64_t last = -1;
    std::int64_t count = 0;
    for (std::int64_t t = 0; t < in.lengths[static_cast<std::size_t>(b)]; ++t) {
      const auto row = inputs.begin() + static_cast<std::ptrdiff_t>(in.at(t, b));
      const auto best = std::max_element(row, row + in.classes);
      const auto label = static_cast<std::int64_t>(best - row);
      score -= *best;
      if (label != blank && !(merge_repeated && label == last)) {
        places.push_back(b);
        places.push_back(count++);
        labels.push_back(label);
      }
      last = label;
    }
    longest = std::max(longest, count);
    scores.mutable_data<T>()[static_cast<std::size_t>(b)] = score;
  }
  const auto count = static_cast<std::int64_t>(labels.size());
  c.set_output(0, integer_tensor(int64, places, {count, 2}));
  c.set_output(1, integer_vector(int64, labels));
  c.set_output(2, integer_vector(int64, {in.batch, longest}));
}

Kernel make_greedy_decode(const Operation& op) {
  const bool merge_repeated = op.attr_bool("merge_repeated");
  const std::int64_t blank = op.has_attr("blank_index") ? op.attr_int("blank_index") : -1;
  return dispatch<float, double>(op, op.output_dtype(3), [=]<typename T>(T) -> Kernel {
    return [=](KernelContext& c) { greedy_decode<T>(c, merge_repeated, blank); };
  });
}

struct LossOptions {
  bool collapse_labels;
  bool merge_repeated;
  bool ignore_longer;
};

// The labels of each sequence, without blanks.
std::vector<Labels> labels_of(const KernelContext& c, const Sequences& in,
                              const LossOptions& options) {
  const Shape& place_shape = c.input_shape(1);
  if (place_shape.rank() != 2) c.fail("labels_indices is not a matrix");
  if (place_shape.dim(1) != 2) c.fail("labels_indices must have 2 columns");
  if (c.input_shape(2).rank() != 1) c.fail("labels_values is not a vector");
  if (place_shape.dim(0) != c.input_shape(2).dim(0)) {
    c.fail(
        "labels_indices and labels_values must contain the same number of rows, but saw shapes: " +
        place_shape.debug_string() + " vs. " + c.input_shape(2).debug_string());
  }
  const std::vector<std::int64_t> places = integers(c, 1);
  const std::vector<std::int64_t> values = integers(c, 2);
  std::vector<Labels> given(static_cast<std::size_t>(in.batch));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t b = places[2 * i];
    if (b < 0 || b >= in.batch) {
      c.fail(fmt::format("labels batch index must be between 0 and {} but saw: {}", in.batch, b));
    }
    given[static_cast<std::size_t>(b)].push_back(values[i]);
  }
  std::vector<Labels> result(given.size());
  for (std::size_t b = 0; b < given.size(); ++b) {
    bool ended = false;
    for (std::size_t i = 0; i < given[b].size(); ++i) {
      const std::int64_t label = given[b][i];
      if (options.collapse_labels && i > 0 && label == given[b][i - 1]) continue;
      if (label < 0) {
        c.fail(fmt::format("All labels must be nonnegative integers, batch: {} labels: {}", b,
                           fmt::join(given[b], ",")));
      }
      if (label >= in.classes - 1) {
        ended = true;
      } else if (ended) {
        c.fail(
            fmt::format("Saw a non-null label (index >= num_classes - 1) following a null label, "
                        "batch: {} num_classes: {} labels: {}",
                        b, in.classes, fmt::join(given[b], ",")));
      } else {
        result[b].push_back(label);
      }
    }
    if (!options.ignore_longer && static_cast<std::int64_t>(result[b].size()) > in.lengths[b]) {
      c.fail(
          fmt::format("Not enough time for target transition sequence (required: {}, available: "
                      "{}){}You can turn this error into a warning by using the flag "
                      "ignore_longer_outputs_than_inputs",
                      result[b].size(), in.lengths[b], b));
    }
  }
  return result;
}

template <typename T>
constexpr T kImpossible = -std::numeric_limits<T>::infinity();

template <typename T>
void add_log(T& sum, T more) {
  if (more == kImpossible<T>) return;
  if (sum == kImpossible<T>) {
    sum = more;
  } else {
    const T larger = std::max(sum, more);
    sum = larger + std::log1p(std::exp(std::min(sum, more) - larger));
  }
}

// The probabilities of all ways through labels and blanks, a blank before, between and behind them.
template <typename T>
class Paths {
 public:
  // `logs` are logarithms of probabilities, [time, classes].
  Paths(const Labels& labels, std::vector<T> logs, std::int64_t time, std::int64_t classes,
        bool merge_repeated)
      : logs_(std::move(logs)), time_(time), classes_(classes), merge_(merge_repeated) {
    const std::int64_t blank = classes - 1;
    states_.push_back(blank);
    for (const std::int64_t label : labels) {
      states_.push_back(label);
      states_.push_back(blank);
    }
    size_ = static_cast<std::int64_t>(states_.size());
    before_ = Tensor(dtype_of<T>, {time, size_});
    after_ = Tensor(dtype_of<T>, {time, size_});
    walk_forward();
    walk_back();
  }

  // The logarithm of the sum of all ways.
  T total() const {
    T sum = kImpossible<T>;
    for (std::int64_t u = 0; u < size_; ++u) add_log(sum, at(before_, 0, u) + at(after_, 0, u));
    return sum;
  }

  // The logarithms of what ways give each class its turn at a time.
  std::vector<T> shares(std::int64_t t) const {
    std::vector<T> result(static_cast<std::size_t>(classes_), kImpossible<T>);
    for (std::int64_t u = 0; u < size_; ++u) {
      add_log(result[static_cast<std::size_t>(state(u))], at(before_, t, u) + at(after_, t, u));
    }
    return result;
  }

 private:
  std::int64_t state(std::int64_t u) const { return states_[static_cast<std::size_t>(u)]; }
  T log_of(std::int64_t t, std::int64_t u) const {
    return logs_[static_cast<std::size_t>(t * classes_ + state(u))];
  }
  T at(const Tensor& table, std::int64_t t, std::int64_t u) const {
    return table.data<T>()[static_cast<std::size_t>(t * size_ + u)];
  }
  bool is_blank(std::int64_t u) const { return state(u) == classes_ - 1; }
  bool may_stay(std::int64_t u) const { return merge_ || is_blank(u); }
  // Whether the blank between two labels may be left out.
  bool may_skip(std::int64_t from, std::int64_t to) const {
    return !is_blank(to) && !(merge_ && state(from) == state(to));
  }

  void walk_forward() {
    const auto table = before_.mutable_data<T>();
    std::fill(table.begin(), table.end(), kImpossible<T>);
    for (std::int64_t u = 0; u < std::min<std::int64_t>(2, size_); ++u) {
      table[static_cast<std::size_t>(u)] = log_of(0, u);
    }
    for (std::int64_t t = 1; t < time_; ++t) {
      const T* last = table.data() + (t - 1) * size_;
      for (std::int64_t u = 0; u < size_; ++u) {
        T sum = kImpossible<T>;
        if (may_stay(u)) add_log(sum, last[u]);
        if (u > 0) add_log(sum, last[u - 1]);
        if (u > 1 && may_skip(u - 2, u)) add_log(sum, last[u - 2]);
        table[static_cast<std::size_t>(t * size_ + u)] = sum + log_of(t, u);
      }
    }
  }

  void walk_back() {
    const auto table = after_.mutable_data<T>();
    std::fill(table.begin(), table.end(), kImpossible<T>);
    for (std::int64_t u = std::max<std::int64_t>(0, size_ - 2); u < size_; ++u) {
      table[static_cast<std::size_t>((time_ - 1) * size_ + u)] = T(0);
    }
    for (std::int64_t t = time_ - 2; t >= 0; --t) {
      const T* next = table.data() + (t + 1) * size_;
      for (std::int64_t u = 0; u < size_; ++u) {
        T sum = kImpossible<T>;
        if (may_stay(u)) add_log(sum, next[u] + log_of(t + 1, u));
        if (u + 1 < size_) add_log(sum, next[u + 1] + log_of(t + 1, u + 1));
        if (u + 2 < size_ && may_skip(u, u + 2)) add_log(sum, next[u + 2] + log_of(t + 1, u + 2));
        table[static_cast<std::size_t>(t * size_ + u)] = sum;
      }
    }
  }

  std::vector<T> logs_;
  std::int64_t time_;
  std::int64_t classes_;
  bool merge_;
  std::vector<std::int64_t> states_;
  std::int64_t size_ = 0;
  Tensor before_;  // up to and with a state, [time, states]
  Tensor after_;   // from behind a state on
};

// Logarithms of the softmax of one sequence's rows.
template <typename T>
std::vector<T> log_softmax(std::span<const T> inputs, const Sequences& in, std::int64_t b,
                           std::int64_t time) {
  std::vector<T> logs;
  logs.reserve(static_cast<std::size_t>(time * in.classes));
  for (std::int64_t t = 0; t < time; ++t) {
    const auto row = inputs.subspan(in.at(t, b), static_cast<std::size_t>(in.classes));
    const T largest = *std::max_element(row.begin(), row.end());
    T sum(0);
    for (const T value : row) sum += std::exp(value - largest);
    for (const T value : row) logs.push_back(value - largest - std::log(sum));
  }
  return logs;
}

template <typename T>
void loss(KernelContext& c, const LossOptions& options) {
  const Sequences in = sequences_of(c, 3);
  if (in.classes < 1) c.fail("num_classes must not be 0");
  const std::vector<Labels> labels = labels_of(c, in, options);
  Tensor losses = Tensor::zeros(dtype_of<T>, {in.batch});
  Tensor gradient = Tensor::zeros(dtype_of<T>, c.input_shape(0));
  const auto slopes = gradient.mutable_data<T>();
  for (std::int64_t b = 0; b < in.batch; ++b) {
    const std::int64_t time = in.lengths[static_cast<std::size_t>(b)];
    const Labels& target = labels[static_cast<std::size_t>(b)];
    if (time == 0 || static_cast<std::int64_t>(target.size()) > time) continue;
    const std::vector<T> logs = log_softmax(c.input(0).data<T>(), in, b, time);
    const Paths<T> paths(target, logs, time, in.classes, options.merge_repeated);
    const T total = paths.total();
    losses.mutable_data<T>()[static_cast<std::size_t>(b)] = -total;
    for (std::int64_t t = 0; t < time; ++t) {
      const std::vector<T> shares = paths.shares(t);
      for (std::int64_t k = 0; k < in.classes; ++k) {
        T& slope = slopes[in.at(t, b) + static_cast<std::size_t>(k)];
        slope = std::exp(logs[static_cast<std::size_t>(t * in.classes + k)]);
        if (total != kImpossible<T>) {
          slope -= std::exp(shares[static_cast<std::size_t>(k)] - total);
        }
      }
    }
  }
  c.set_output(0, std::move(losses));
  c.set_output(1, std::move(gradient));
}

Kernel make_loss(const Operation& op) {
  const LossOptions options = {op.attr_bool("preprocess_collapse_repeated"),
                               op.attr_bool("ctc_merge_repeated"),
                               op.attr_bool("ignore_longer_outputs_than_inputs")};
  return dispatch<float, double>(op, op.output_dtype(0), [options]<typename T>(T) -> Kernel {
    return [options](KernelContext& c) { loss<T>(c, options); };
  });
}

}  // namespace

void register_ctc_kernels(KernelRegistry& registry) {
  registry.add("CTCGreedyDecoder", make_greedy_decode);
  registry.add("CTCLoss", make_loss);
}

}  // namespace tensorkeep::runtime
