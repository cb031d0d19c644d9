#include "train/restore_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "graph/shape_inference.h"
#include "tensorkeep/errors.h"
#include "train/read_tensors.h"

namespace tensorkeep::train {
namespace {

bool is_assignment(const Operation& op) {
  return op.type() == "Assign" || op.type() == "AssignVariableOp";
}

bool fills_table(const Operation& op) {
  return op.type() == "LookupTableImportV2" || op.type() == "LookupTableImport" ||
         op.type() == "LookupTableInsertV2" || op.type() == "LookupTableInsert";
}

bool is_read(const Operation& op) {
  return op.type() == "RestoreV2" || op.type() == "RestoreSlice" || op.type() == "Restore";
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

// The shape of a value in the table behind a handle.
Shape row_of_table(const Operation& handle) {
  if (handle.has_attr("value_shape")) return handle.attr_shape("value_shape");
  const std::string& type = handle.type();
  const bool scalars = type == "MutableHashTableV2" || type == "MutableHashTable" ||
                       type == "HashTableV2" || type == "HashTable";
  return scalars ? Shape() : Shape::unknown();
}

// What was read, on its way into a variable or table.
struct Source {
  Output read;                    // null if it is something else
  std::optional<Shape> reshaped;  // on the way; of unknown rank if that is all that is known
};

Source source_of(Output tensor) {
  Source source;
  while (!is_read(tensor.op())) {
    const Operation& step = tensor.op();
    if (step.type() == "Reshape") {
      source.reshaped = constant_value_as_shape(step.input(1));
    } else if (!passes_through(step)) {
      return source;
    }
    tensor = step.input(0);
  }
  source.read = tensor;
  return source;
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
    if (fills_table(op)) add_entries(op);
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
    RestoreTarget target;
    target.name = (*names)[n];
    target.slice_spec = (*slices)[n];
    target.dtype = op.output_dtype(i);
    read.targets.push_back(std::move(target));
  }
  reads_.push_back(std::move(read));
}

void RestorePlan::add_assignment(const Operation& op) {
  const Source source = source_of(op.input(1));
  const auto read = std::find_if(reads_.begin(), reads_.end(),
                                 [&](const Read& r) { return r.op == source.read.op_or_null(); });
  if (read == reads_.end()) return;
  RestoreTarget& target = read->targets[static_cast<std::size_t>(source.read.index())];
  target.reshaped = source.reshaped.value_or(Shape::unknown());
  const bool any_shape =
      op.type() == "Assign" && op.has_attr("validate_shape") && !op.attr_bool("validate_shape");
  if (!any_shape) target.shape = variable_shape(op.input(0));
}

void RestorePlan::add_entries(const Operation& op) {
  const Source keys = source_of(op.input(1));
  const Source values = source_of(op.input(2));
  if (!keys.read || keys.reshaped || !values.read || values.reshaped) return;
  entries_.push_back({&op, keys.read, values.read, row_of_table(op.input(0).op())});
}

Feeds RestorePlan::check(const CheckpointReader& checkpoint) const {
  Feeds feeds;
  Keys keys;
  Misfits misfits(checkpoint);
  std::map<Output, std::string> key_of;  // of whole tensors
  for (const Read& read : reads_) {
    std::vector<std::string>& names = keys.emplace_back();
    for (const RestoreTarget& target : read.targets) {
      const Output output = read.op->output(static_cast<int>(names.size()));
      names.push_back(checkpoint.find_key(target.name).value_or(target.name));
      if (target.slice_spec.empty()) key_of[output] = names.back();
      misfits.check(target, names.back(), read.op->name());
    }
  }
  for (const Entries& entries : entries_) {
    if (!key_of.contains(entries.keys) || !key_of.contains(entries.values)) continue;
    misfits.check_entries(key_of[entries.keys], key_of[entries.values], entries.row,
                          entries.op->name());
  }
  misfits.throw_if_any(Misfits::Words::kSaver);
  if (reads_.size() > 1 && !sequential()) return read_all(checkpoint, keys);
  if (reads_.size() > 1) verify_all(checkpoint, keys);
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    const auto& targets = reads_[i].targets;
    const bool as_asked =
        std::equal(targets.begin(), targets.end(), keys[i].begin(), keys[i].end(),
                   [](const RestoreTarget& t, const std::string& key) { return t.name == key; });
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
  std::vector<StoredTensor> stored;
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    for (std::size_t n = 0; n < keys[i].size(); ++n) {
      stored.push_back({keys[i][n], reads_[i].targets[n].slice_spec});
    }
  }
  std::vector<Tensor> values = read_tensors(checkpoint, stored);
  Feeds feeds;
  for (const Read& read : reads_) {
    for (std::size_t n = 0; n < read.targets.size(); ++n) {
      Tensor& value = values[feeds.size()];
      feeds.emplace_back(read.op->output(static_cast<int>(n)), std::move(value));
    }
  }
  return feeds;
}

}  // namespace tensorkeep::train
