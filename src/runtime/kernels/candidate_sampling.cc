#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <unordered_set>

#include "io/default_file_system.h"
#include "io/files.h"
#include "runtime/kernels/candidate_samplers.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/resource_manager.h"

// Classes drawn as candidates beside the true ones, and how often each was to be expected.
namespace tensorkeep::runtime {
namespace {

struct SamplingOptions {
  std::int64_t num_true;
  std::int64_t num_sampled;
  bool unique;

  explicit SamplingOptions(const Operation& op)
      : num_true(op.attr_int("num_true")),
        num_sampled(op.attr_int("num_sampled")),
        unique(op.attr_bool("unique")) {}
};

std::span<const std::int64_t> checked_true_classes(const KernelContext& c, std::int64_t num_true,
                                                   std::int64_t range) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() != 2) c.fail("true_classes must be a matrix");
  if (shape.dim(1) != num_true) {
    c.fail(fmt::format("true_classes must have num_true columns, expected: {} was: {}", num_true,
                       shape.dim(1)));
  }
  const auto classes = c.input(0).data<std::int64_t>();
  for (const std::int64_t value : classes) {
    if (value >= 0 && value < range) continue;
    c.fail(fmt::format("`true_candidate` out of range [0, {}), received {}", range, value));
  }
  return classes;
}

// Of a class with probability p among `tries` draws, of which `drawn` were different.
float expected_count(float p, std::int64_t drawn, std::int64_t tries) {
  if (tries == drawn) return p * static_cast<float>(drawn);
  return static_cast<float>(
      -std::expm1(static_cast<double>(tries) * std::log1p(-static_cast<double>(p))));
}

void draw(KernelContext& c, const SamplingOptions& options, Sampler& sampler) {
  const auto true_classes = checked_true_classes(c, options.num_true, sampler.range());
  if (options.unique && options.num_sampled > sampler.possible()) {
    c.fail("Sampler's range is too small.");
  }
  Tensor& sampled = c.allocate_output(0, {options.num_sampled});
  Tensor& true_counts = c.allocate_output(1, c.input_shape(0));
  Tensor& sampled_counts = c.allocate_output(2, {options.num_sampled});
  constexpr std::uint64_t kGroupsPerSample = 2048 / 4;
  Numbers numbers(reserve(c, static_cast<std::uint64_t>(options.num_sampled) * kGroupsPerSample));
  std::int64_t tries = 0;
  std::unordered_set<std::int64_t> seen;
  for (std::int64_t& value : sampled.mutable_data<std::int64_t>()) {
    do {
      value = sampler.sample(numbers);
      ++tries;
    } while (options.unique && !seen.insert(value).second);
  }
  const auto fill = [&](std::span<const std::int64_t> classes, std::span<float> counts) {
    for (std::size_t i = 0; i < classes.size(); ++i) {
      counts[i] = expected_count(sampler.probability(classes[i]), options.num_sampled, tries);
    }
  };
  fill(true_classes, true_counts.mutable_data<float>());
  fill(sampled.data<std::int64_t>(), sampled_counts.mutable_data<float>());
}

template <typename T>
Kernel make_sampler(const Operation& op) {
  const auto sampler = std::make_shared<T>(op.attr_int("range_max"));
  return [sampler, options = SamplingOptions(op)](KernelContext& c) { draw(c, options, *sampler); };
}

Kernel make_learned(const Operation& op) {
  const std::int64_t range = op.attr_int("range_max");
  return [range, options = SamplingOptions(op)](KernelContext& c) {
    if (range > std::numeric_limits<std::int32_t>::max()) {
      c.fail(fmt::format("range_max must be below 2^31, got {}", range));
    }
    const auto sampler = c.resources().find_or_make<LearnedSampler>(
        "\x01unigram", c.op().name(), [&] { return std::make_shared<LearnedSampler>(range); });
    const std::lock_guard lock(sampler->mutex());
    draw(c, options, *sampler);
    for (const std::int64_t value : c.input(0).data<std::int64_t>()) sampler->see(value);
  };
}

// Weights of classes, one for each that this shard has.
class UnigramWeights {
 public:
  explicit UnigramWeights(const Operation& op)
      : distortion_(op.attr_float("distortion")),
        shards_(op.attr_int("num_shards")),
        shard_(op.attr_int("shard")) {
    for (std::int64_t i = 0; i < op.attr_int("num_reserved_ids"); ++i) add(0);
  }

  void add_unigram(float count) { add(std::pow(count, distortion_)); }
  std::vector<float> take() { return std::move(weights_); }
  std::size_t size() const { return weights_.size(); }

 private:
  void add(float weight) {
    if (next_++ % shards_ == shard_) weights_.push_back(weight);
  }

  float distortion_;
  std::int64_t shards_;
  std::int64_t shard_;
  std::int64_t next_ = 0;
  std::vector<float> weights_;
};

[[noreturn]] void wrong_attribute(const Operation& op, const std::string& message) {
  throw errors::InvalidArgumentError(message, {.node = op.name()});
}

// The number after the last comma of each line.
void read_unigrams(const Operation& op, const std::string& path, UnigramWeights& weights) {
  std::istringstream lines(io::read_file(io::default_file_system(), path));
  std::string line;
  while (std::getline(lines, line)) {
    const std::string field = line.substr(line.rfind(',') + 1);
    char* end = nullptr;
    const float count = std::strtof(field.c_str(), &end);
    if (end == field.c_str()) wrong_attribute(op, "Wrong vocabulary format at line: " + line);
    weights.add_unigram(count);
  }
}

Kernel make_fixed(const Operation& op) {
  const std::string path = op.attr_string("vocab_file");
  const auto& unigrams = op.attr("unigrams").list().f();
  if (path.empty() == unigrams.empty()) {
    wrong_attribute(op, "Must provide either vocab_file or unigrams.");
  }
  const std::int64_t reserved = op.attr_int("num_reserved_ids");
  if (reserved < 0 || reserved > op.attr_int("range_max") ||
      reserved > std::numeric_limits<std::int32_t>::max() / 2) {
    wrong_attribute(op, fmt::format("num_reserved_ids is {}", reserved));
  }
  UnigramWeights weights(op);
  for (const float count : unigrams) weights.add_unigram(count);
  if (!path.empty()) read_unigrams(op, path, weights);
  if (static_cast<std::int64_t>(weights.size()) != op.attr_int("range_max")) {
    wrong_attribute(op, fmt::format("range_max is {} but the sampler has {} classes.",
                                    op.attr_int("range_max"), weights.size()));
  }
  const auto sampler = std::make_shared<WeightedSampler>(weights.take());
  if (sampler->possible() == 0) wrong_attribute(op, "no class has a weight above 0");
  return [sampler, options = SamplingOptions(op)](KernelContext& c) { draw(c, options, *sampler); };
}

Kernel make_all(const Operation& op) {
  return [options = SamplingOptions(op)](KernelContext& c) {
    checked_true_classes(c, options.num_true, options.num_sampled);
    Tensor& sampled = c.allocate_output(0, {options.num_sampled});
    std::int64_t next = 0;
    for (std::int64_t& value : sampled.mutable_data<std::int64_t>()) value = next++;
    for (const int i : {1, 2}) {
      Tensor& counts = c.allocate_output(i, i == 1 ? c.input_shape(0) : sampled.shape());
      for (float& count : counts.mutable_data<float>()) count = 1;
    }
  };
}

// Where a drawn class is one of a row's true ones: the row, the draw, and the lowest float.
Kernel make_accidental_hits(const Operation& op) {
  return [num_true = op.attr_int("num_true")](KernelContext& c) {
    const Shape& shape = c.input_shape(0);
    if (shape.rank() != 2 || shape.dim(1) != num_true) {
      c.fail("true_candidates must be a batch_size * num_true matrix");
    }
    if (c.input_shape(1).rank() != 1) {
      c.fail(
          "sampled_candidates must be a vector, which is typically the "
          "output from "
          "CandidateSampler");
    }
    std::unordered_map<std::int64_t, std::int64_t> draws;
    std::int64_t place = 0;
    for (const std::int64_t value : c.input(1).data<std::int64_t>()) draws[value] = place++;
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> ids;
    const auto classes = c.input(0).data<std::int64_t>();
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const auto found = draws.find(classes[i]);
      if (found == draws.end()) continue;
      rows.push_back(static_cast<std::int64_t>(i) / num_true);
      ids.push_back(found->second);
    }
    const Shape hits = {static_cast<std::int64_t>(rows.size())};
    for (const int i : {0, 1}) {
      c.set_output(i, integer_tensor(c.op().output_dtype(i), i == 0 ? rows : ids, hits));
    }
    for (float& weight : c.allocate_output(2, hits).mutable_data<float>()) {
      weight = -std::numeric_limits<float>::max();
    }
  };
}

}  // namespace

void register_candidate_sampling_kernels(KernelRegistry& registry) {
  registry.add("UniformCandidateSampler", make_sampler<UniformSampler>);
  registry.add("LogUniformCandidateSampler", make_sampler<LogUniformSampler>);
  registry.add("LearnedUnigramCandidateSampler", make_learned);
  registry.add("ThreadUnsafeUnigramCandidateSampler", make_learned);
  registry.add("FixedUnigramCandidateSampler", make_fixed);
  registry.add("AllCandidateSampler", make_all);
  registry.add("ComputeAccidentalHits", make_accidental_hits);
}

}  // namespace tensorkeep::runtime
