#include "train/misfits.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/near_names.h"
#include "tensor/slice.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::train {
namespace {

// Names are compared with all others for so many missing tensors only.
constexpr std::size_t kMaxSuggested = 20;

// TensorFlow's words for what does not fit, which depend on the format.
bool is_v1(const CheckpointReader& checkpoint) {
  return checkpoint.format_version() == CheckpointFormatVersion::kV1;
}
std::string missing_text(const CheckpointReader& checkpoint, const std::string& key) {
  if (!is_v1(checkpoint)) return fmt::format("Key {} not found in checkpoint", key);
  return fmt::format("Tensor name \"{}\" not found in checkpoint files {}", key,
                     checkpoint.prefix());
}
std::string dtype_text(const CheckpointReader& checkpoint, const std::string& key, DType wanted,
                       DType stored) {
  if (!is_v1(checkpoint)) {
    return fmt::format("tensor_name = {}; expected dtype {} does not equal original dtype {}", key,
                       op_name_of(wanted), op_name_of(stored));
  }
  return fmt::format(
      "Expected to restore a tensor of type {}, got a tensor of type {} instead: tensor_name = {}",
      op_name_of(wanted), op_name_of(stored), key);
}
std::string slice_text(const CheckpointReader& checkpoint, const std::string& key,
                       const Shape& wanted, const Shape& stored) {
  if (!is_v1(checkpoint)) {
    return fmt::format(
        "tensor_name = {}; shape in shape_and_slice spec {} does not match the shape stored in "
        "checkpoint: {}",
        key, wanted.debug_string(), stored.debug_string());
  }
  return fmt::format(
      "Shape in shape_and_slice spec does not match the shape in the save file: {}, save file "
      "shape: {}; tensor_name = {}",
      wanted.debug_string(), stored.debug_string(), key);
}

std::string wrap(const std::string& reason, const std::string& original) {
  return fmt::format(
      "Restoring from checkpoint failed. This is most likely due to {} from the checkpoint. Please "
      "ensure that you have not altered the graph expected based on the checkpoint. Original "
      "error:\n\n{}",
      reason, original);
}

}  // namespace

void Misfits::check(const RestoreTarget& target, const std::string& key, const std::string& node) {
  const auto report = [&](bool missing, std::string text) {
    problems_.push_back({missing, target.name, std::move(text), node});
  };
  if (!checkpoint_.has_tensor(key)) {
    return report(true, missing_text(checkpoint_, key));
  }
  const TensorInfo stored = checkpoint_.tensor_info(key);
  // The file makes no sense there; reading says why.
  if (!is_known(stored.dtype) || !stored.shape.rank_known()) checkpoint_.get_tensor(key);
  if (stored.dtype != target.dtype) {
    return report(false, dtype_text(checkpoint_, key, target.dtype, stored.dtype));
  }
  Shape shape = stored.shape;
  if (!target.slice_spec.empty()) {
    const auto slice = parse_shape_and_slice(target.slice_spec);
    if (slice && slice->shape != shape) {
      return report(false, slice_text(checkpoint_, key, slice->shape, shape));
    }
    if (slice) shape = slice->slice.slice_shape(slice->shape);
  }
  if (target.reshaped.fully_defined()) {
    if (target.reshaped.num_elements() != shape.num_elements()) {
      report(false, fmt::format("tensor_name = {}; Input to reshape is a tensor with {} values, "
                                "but the requested shape has {}",
                                key, shape.num_elements(), target.reshaped.num_elements()));
    }
    return;
  }
  if (!target.shape.compatible_with(shape)) {
    report(false, fmt::format("tensor_name = {}; Assign requires shapes of both tensors to match. "
                              "lhs shape= {} rhs shape= {}",
                              key, target.shape.debug_string(), shape.debug_string()));
  }
}

void Misfits::check_entries(const std::string& keys, const std::string& values, const Shape& row,
                            const std::string& node) {
  if (!checkpoint_.has_tensor(keys) || !checkpoint_.has_tensor(values)) return;
  const Shape expected = checkpoint_.tensor_info(keys).shape.concatenate(row);
  const Shape stored = checkpoint_.tensor_info(values).shape;
  if (expected.compatible_with(stored)) return;
  problems_.push_back({false, values,
                       fmt::format("Expected shape {} for value, got {}", expected.debug_string(),
                                   stored.debug_string()),
                       node});
}

// A line for each problem; a missing tensor's names others that are there.
std::string Misfits::list() const {
  std::vector<std::string> names;
  for (const TensorInfo& info : checkpoint_.tensors()) {
    names.push_back(info.name);
    if (!info.full_name.empty()) names.push_back(info.full_name);
  }
  std::string list;
  std::size_t suggested = 0;
  for (const Problem& problem : problems_) {
    list += fmt::format("\n  {}: {}", problem.tensor, problem.text);
    if (!problem.missing || suggested++ >= kMaxSuggested) continue;
    const auto near = near_names(problem.tensor, names, 3);
    for (std::size_t i = 0; i < near.size(); ++i) {
      list += (i == 0 ? "; there is " : ", ") + near[i];
    }
  }
  return list;
}

void Misfits::throw_if_any(Words words) const {
  if (problems_.empty()) return;
  auto first = std::find_if(problems_.begin(), problems_.end(),
                            [](const Problem& problem) { return problem.missing; });
  const bool missing = first != problems_.end();
  if (!missing) first = problems_.begin();
  std::string text = fmt::format(
      "{}\n\t [[{{{{node {}}}}}]]\n\nNothing was assigned. What does not fit in {} "
      "({} tensors):{}",
      first->text, first->node, checkpoint_.prefix(), problems_.size(), list());
  if (words == Words::kSaver) {
    text = wrap(missing ? "a Variable name or other graph key that is missing"
                        : "a mismatch between the current graph and the graph",
                text);
  }
  const errors::Where where{
      .node = first->node, .tensor = first->tensor, .file = checkpoint_.prefix()};
  if (missing) throw errors::NotFoundError(text, where);
  throw errors::InvalidArgumentError(text, where);
}

}  // namespace tensorkeep::train
