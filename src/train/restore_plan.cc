#include "train/restore_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/near_names.h"
#include "graph/shape_inference.h"
#include "tensor/slice.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::train {
namespace {

// Names are compared with all others for so many missing tensors only.
constexpr std::size_t kMaxSuggested = 20;

bool is_assignment(const Operation& op) {
  return op.type() == "Assign" || op.type() == "AssignVariableOp";
}

bool is_read(const Operation& op) {
  return op.type() == "RestoreV2" || op.type() == "RestoreSlice" || op.type() == "Restore";
}

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

// Operations between reading and assigning that keep a tensor's shape.
bool passes_through(const Operation& op) {
  return op.type() == "Identity" || op.type() == "Snapshot" || op.type() == "StopGradient";
}

std::optional<std::vector<std::string>> constant_strings(const Output& tensor) {
  const auto value = constant_value(tensor);
  if (!value || value->dtype() != string) return std::nullopt;
  const auto data = value->data<std::string>();
  return std::vector<std::string>(data.begin(), data.end());
}

// What a variable holds, from its definition: the shape of a resource handle's target too.
Shape variable_shape(const Output& variable) {
  const Operation& op = variable.op();
  if (op.type() == "VarHandleOp") {
    return op.has_attr("shape") ? op.attr_shape("shape") : Shape::unknown();
  }
  return is_ref(variable.dtype()) ? variable.shape() : Shape::unknown();
}

std::string wrap(const std::string& reason, const std::string& original) {
  return fmt::format(
      "Restoring from checkpoint failed. This is most likely due to {} from the checkpoint. Please "
      "ensure that you have not altered the graph expected based on the checkpoint. Original "
      "error:\n\n{}",
      reason, original);
}

}  // namespace

RestorePlan::RestorePlan(Operation& restore_op) {
  visit(restore_op);
}

void RestorePlan::visit(Operation& restore_op) {
  std::vector<Operation*> to_visit = {&restore_op};
  std::set<const Operation*> seen = {&restore_op};
  std::vector<const Operation*> assignments;
  while (!to_visit.empty()) {
    Operation& op = *to_visit.back();
    to_visit.pop_back();
    if (is_read(op)) {
      add_read(op);
      continue;
    }
    if (is_assignment(op)) assignments.push_back(&op);
    const auto push = [&](Operation* next) {
      if (next != nullptr && seen.insert(next).second) to_visit.push_back(next);
    };
    for (const Output& input : op.inputs()) push(input.op_or_null());
    for (Operation* control : op.control_inputs()) push(control);
  }
  for (const Operation* op : assignments) add_assignment(*op);
  std::sort(reads_.begin(), reads_.end(),
            [](const Read& a, const Read& b) { return a.op->id() < b.op->id(); });
}

void RestorePlan::add_read(Operation& op) {
  Read read;
  read.op = &op;
  const auto names = constant_strings(op.input(1));
  const auto slices = op.type() == "Restore" ? std::optional(std::vector<std::string>(1))
                                             : constant_strings(op.input(2));
  // Names that only running the graph tells cannot be checked before.
  if (!names || !slices || names->size() != slices->size() ||
      names->size() != static_cast<std::size_t>(op.num_outputs())) {
    return;
  }
  for (int i = 0; i < op.num_outputs(); ++i) {
    const auto n = static_cast<std::size_t>(i);
    Target target;
    target.name = (*names)[n];
    target.slice_spec = (*slices)[n];
    target.dtype = op.output_dtype(i);
    read.targets.push_back(std::move(target));
  }
  reads_.push_back(std::move(read));
}

void RestorePlan::add_assignment(const Operation& op) {
  Output source = op.input(1);
  Shape reshaped = Shape::unknown();
  while (!is_read(source.op())) {
    const Operation& step = source.op();
    if (step.type() == "Reshape") {
      reshaped = constant_value_as_shape(step.input(1));
    } else if (!passes_through(step)) {
      return;
    }
    source = step.input(0);
  }
  const auto read = std::find_if(reads_.begin(), reads_.end(),
                                 [&](const Read& r) { return r.op == source.op_or_null(); });
  if (read == reads_.end()) return;
  Target& target = read->targets[static_cast<std::size_t>(source.index())];
  target.variable = op.input(0).op().name();
  target.reshaped = reshaped;
  const bool any_shape =
      op.type() == "Assign" && op.has_attr("validate_shape") && !op.attr_bool("validate_shape");
  if (!any_shape) target.shape = variable_shape(op.input(0));
}

void RestorePlan::find_problem(const Read& read, const Target& target, const std::string& key,
                               const CheckpointReader& checkpoint, std::vector<Problem>& problems) {
  const auto report = [&](bool missing, std::string text) {
    problems.push_back({missing, target.name, std::move(text), read.op});
  };
  if (!checkpoint.has_tensor(key)) {
    return report(true, missing_text(checkpoint, key));
  }
  const TensorInfo stored = checkpoint.tensor_info(key);
  // The file makes no sense there; reading says why.
  if (!is_known(stored.dtype) || !stored.shape.rank_known()) checkpoint.get_tensor(key);
  if (stored.dtype != target.dtype) {
    return report(false, dtype_text(checkpoint, key, target.dtype, stored.dtype));
  }
  Shape shape = stored.shape;
  if (!target.slice_spec.empty()) {
    const auto slice = parse_shape_and_slice(target.slice_spec);
    if (slice && slice->shape != shape) {
      return report(false, slice_text(checkpoint, key, slice->shape, shape));
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

Feeds RestorePlan::check(const CheckpointReader& checkpoint) const {
  Feeds feeds;
  Keys keys;
  std::vector<Problem> problems;
  for (const Read& read : reads_) {
    std::vector<std::string>& names = keys.emplace_back();
    for (const Target& target : read.targets) {
      names.push_back(checkpoint.find_key(target.name).value_or(target.name));
      find_problem(read, target, names.back(), checkpoint, problems);
    }
  }
  if (!problems.empty()) fail(problems, checkpoint);
  if (reads_.size() > 1 && !sequential()) return read_all(checkpoint, keys);
  if (reads_.size() > 1) verify_all(checkpoint, keys);
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    const auto& targets = reads_[i].targets;
    const bool as_asked =
        std::equal(targets.begin(), targets.end(), keys[i].begin(), keys[i].end(),
                   [](const Target& t, const std::string& key) { return t.name == key; });
    if (as_asked) continue;
    // Other operations than RestoreV2 read one tensor, whose name is a scalar.
    const bool several = reads_[i].op->type() == "RestoreV2";
    feeds.emplace_back(reads_[i].op->input(1),
                       several ? Tensor::vector(keys[i]) : Tensor::scalar(keys[i][0]));
  }
  return feeds;
}

// Each read waits for the assignment before it: somebody wants one tensor in memory at a time.
bool RestorePlan::sequential() const {
  return std::any_of(reads_.begin(), reads_.end(),
                     [](const Read& read) { return !read.op->control_inputs().empty(); });
}

void RestorePlan::verify_all(const CheckpointReader& checkpoint, const Keys& keys) {
  for (const auto& names : keys) {
    for (const std::string& name : names) {
      const TensorVerdict verdict = checkpoint.verify(name);
      if (verdict.ok()) continue;
      throw errors::DataLossError(verdict.message, {.tensor = name, .file = checkpoint.prefix()});
    }
  }
}

Feeds RestorePlan::read_all(const CheckpointReader& checkpoint, const Keys& keys) const {
  Feeds feeds;
  std::vector<std::string> whole;
  std::vector<std::size_t> whole_feeds;
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    for (std::size_t n = 0; n < keys[i].size(); ++n) {
      const auto part = parse_shape_and_slice(reads_[i].targets[n].slice_spec);
      Tensor value;
      if (part) {
        value = checkpoint.get_slice(keys[i][n], part->slice.to_string());
      } else {
        whole.push_back(keys[i][n]);
        whole_feeds.push_back(feeds.size());
      }
      feeds.emplace_back(reads_[i].op->output(static_cast<int>(n)), std::move(value));
    }
  }
  std::vector<Tensor> values = checkpoint.get_tensors(whole);
  for (std::size_t i = 0; i < values.size(); ++i) {
    feeds[whole_feeds[i]].second = std::move(values[i]);
  }
  return feeds;
}

void RestorePlan::fail(const std::vector<Problem>& problems, const CheckpointReader& checkpoint) {
  std::vector<std::string> names;
  for (const TensorInfo& info : checkpoint.tensors()) {
    names.push_back(info.name);
    if (!info.full_name.empty()) names.push_back(info.full_name);
  }
  auto first = std::find_if(problems.begin(), problems.end(),
                            [](const Problem& problem) { return problem.missing; });
  const bool missing = first != problems.end();
  if (!missing) first = problems.begin();
  std::string list;
  std::size_t suggested = 0;
  for (const Problem& problem : problems) {
    list += fmt::format("\n  {}: {}", problem.tensor, problem.text);
    if (!problem.missing || suggested++ >= kMaxSuggested) continue;
    const auto near = near_names(problem.tensor, names, 3);
    for (std::size_t i = 0; i < near.size(); ++i) {
      list += (i == 0 ? "; there is " : ", ") + near[i];
    }
  }
  const std::string original = fmt::format(
      "{}\n\t [[{{{{node {}}}}}]]\n\nNothing was assigned. What does not fit in {} "
      "({} tensors):{}",
      first->text, first->op->name(), checkpoint.prefix(), problems.size(), list);
  const errors::Where where{
      .node = first->op->name(), .tensor = first->tensor, .file = checkpoint.prefix()};
  if (missing) {
    throw errors::NotFoundError(
        wrap("a Variable name or other graph key that is missing", original), where);
  }
  throw errors::InvalidArgumentError(
      wrap("a mismatch between the current graph and the graph", original), where);
}

}  // namespace tensorkeep::train
