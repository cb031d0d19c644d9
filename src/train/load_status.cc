#include "train/load_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <unordered_set>

#include "checkpoint/object_graph.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/errors.h"
#include "train/assign_values.h"
#include "train/misfits.h"
#include "train/object_match.h"
#include "train/object_tree.h"
#include "train/read_tensors.h"
#include "train/restore_order.h"

namespace tensorkeep::train {
namespace {

[[noreturn]] void fail_assertion(const std::string& message, const std::string& file = {}) {
  throw errors::InvalidArgumentError(
      message, {.file = file, .python_class = errors::PythonClass::kAssertionError});
}

// A variable and where its value is stored.
struct Restored {
  Variable variable;
  StoredTensor stored;
};

std::vector<Variable> variables_below(const Trackable& root, Graph& graph) {
  std::vector<Variable> variables;
  const ObjectTree tree(root, graph);
  for (const auto& object : tree.objects()) {
    if (const Variable variable = object.object.variable()) variables.push_back(variable);
  }
  return variables;
}

std::vector<Variable> variables_of(const std::vector<Restored>& restored) {
  std::vector<Variable> variables;
  for (const Restored& each : restored) variables.push_back(each.variable);
  return variables;
}

// Reads all that is to be assigned, and only then assigns.
void restore(Session& session, const CheckpointReader& checkpoint,
             const std::vector<Restored>& restored, Misfits::Words words) {
  Misfits misfits(checkpoint);
  std::vector<StoredTensor> stored;
  for (const auto& [variable, place] : restored) {
    misfits.check({.name = variable.op().name(),
                   .slice_spec = place.slice_spec,
                   .dtype = variable.dtype(),
                   .shape = variable.shape()},
                  place.key, variable.op().name());
    stored.push_back(place);
  }
  misfits.throw_if_any(words);
  std::vector<Tensor> tensors = read_tensors(checkpoint, stored);
  std::vector<std::pair<Variable, Tensor>> values;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    values.emplace_back(restored[i].variable, std::move(tensors[i]));
  }
  assign_values(session, values);
}

void initialize(Session& session, const std::vector<Variable>& variables) {
  std::vector<Fetch> initializers;
  for (const Variable& variable : variables) {
    if (variable.initializer() != nullptr) initializers.emplace_back(variable.initializer());
  }
  if (!initializers.empty()) session.run(initializers);
}

// What all kinds know: the program's objects, and that this restore is the n-th.
class Status : public CheckpointLoadStatus::Impl {
 protected:
  Status(const Trackable& root, Graph& graph)
      : root_(root),
        graph_(graph),
        kept_alive_(graph.weak_from_this().lock()),
        number_(next_restore()) {}

  std::vector<Variable> variables() const { return variables_below(root_, graph_); }
  // Whether a later restore has been given the variable.
  bool given_away(const Variable& variable) const {
    return LastRestores::of(graph_)[variable] > number_;
  }
  void claim(const std::vector<Variable>& variables) {
    for (const Variable& variable : variables) {
      claimed_.insert(&variable.op());
      if (!given_away(variable)) LastRestores::of(graph_).set(variable, number_);
    }
  }
  // Those that this restore had before a later one, or that no later one has.
  std::vector<Restored> claimable(std::vector<Restored> restored) const {
    std::erase_if(restored, [&](const Restored& each) {
      return given_away(each.variable) && !claimed_.contains(&each.variable.op());
    });
    return restored;
  }

  const Trackable root_;
  Graph& graph_;

 private:
  std::shared_ptr<Graph> kept_alive_;
  std::uint64_t number_;
  std::unordered_set<const Operation*> claimed_;
};

class InitializationOnlyStatus final : public Status {
 public:
  InitializationOnlyStatus(const Trackable& root, Graph& graph) : Status(root, graph) {}

  void assert_consumed() override { fail(); }
  void assert_existing_objects_matched() override { fail(); }
  void assert_nontrivial_match() override { fail(); }
  void run_restore_ops(Session&) override {
    fail_assertion(
        "No checkpoint specified, so no restore ops are available (save_path=None to "
        "Saver.restore).");
  }
  void initialize_or_restore(Session& session) override {
    std::vector<Variable> left = variables();
    std::erase_if(left, [&](const Variable& variable) { return given_away(variable); });
    initialize(session, left);
  }

 private:
  [[noreturn]] static void fail() {
    fail_assertion("No checkpoint specified (save_path=None); nothing is being restored.");
  }
};

class ObjectBasedStatus final : public Status {
 public:
  ObjectBasedStatus(const Trackable& root, Graph& graph, CheckpointReader checkpoint)
      : Status(root, graph),
        checkpoint_(std::move(checkpoint)),
        saved_(checkpoint::read_object_graph(checkpoint_.get_tensor(checkpoint::kObjectGraphKey),
                                             checkpoint_.prefix())),
        names_(saved_) {
    const std::vector<Variable> found = variables_of(restored(match()));
    claim(found);
    prepare_to_assign(found);
  }

  void assert_existing_objects_matched() override { check_variables(match()); }

  void assert_consumed() override {
    const ObjectMatch found = match();
    check_variables(found);
    for (int node = 0; node < saved_.nodes_size(); ++node) {
      if (saved_.nodes(node).attributes().empty() || found.found(node)) continue;
      fail_assertion(fmt::format("Unresolved object in checkpoint {}: {}", names_[node],
                                 saved_.nodes(node).DebugString()),
                     checkpoint_.prefix());
    }
    if (found.unused_attributes().empty()) return;
    std::string list;
    for (const auto& [node, name] : found.unused_attributes()) {
      list += fmt::format("\n{}: ['{}']", names_[node], name);
    }
    fail_assertion(
        "Unused attributes in these objects (the attributes exist in the checkpoint but were not "
        "restored):" +
            list,
        checkpoint_.prefix());
  }

  void assert_nontrivial_match() override {
    if (match().num_found() > 1) return;
    const std::string list = list_of(variables());
    fail_assertion(list.empty()
                       ? "Nothing to load. No dependencies have been added to the checkpoint yet."
                       : fmt::format("Nothing except the root object matched a checkpointed value. "
                                     "Typically this means that the checkpoint does not match the "
                                     "Python program. The following objects have no matching "
                                     "checkpointed value: [{}]",
                                     list),
                   checkpoint_.prefix());
  }

  void run_restore_ops(Session& session) override {
    const std::vector<Restored> found = claimable(restored(match()));
    claim(variables_of(found));
    restore(session, checkpoint_, found, Misfits::Words::kCheckpoint);
  }

  void initialize_or_restore(Session& session) override {
    const ObjectMatch found = match();
    std::vector<Variable> left = variables();
    std::erase_if(left, [&](const Variable& variable) {
      return found.has_value(variable) || given_away(variable);
    });
    run_restore_ops(session);
    initialize(session, left);
  }

  std::vector<std::string> unused_values() override {
    const ObjectMatch found = match();
    std::vector<std::string> unused;
    for (int node = 0; node < saved_.nodes_size(); ++node) {
      if (saved_.nodes(node).attributes_size() > 0 && !found.found(node)) {
        unused.push_back(names_[node]);
      }
    }
    for (const auto& [node, name] : found.unused_attributes()) unused.push_back(names_[node]);
    return unused;
  }

 private:
  ObjectMatch match() const { return {saved_, root_, graph_}; }

  static std::vector<Restored> restored(const ObjectMatch& match) {
    std::vector<Restored> restored;
    for (const auto& [variable, key] : match.values()) restored.push_back({variable, {key}});
    return restored;
  }

  static std::string list_of(const std::vector<Variable>& variables) {
    static constexpr std::size_t kShown = 10;
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(kShown, variables.size()); ++i) {
      shown.push_back(variables[i].to_string());
    }
    return fmt::format("{}", fmt::join(shown, ", "));
  }

  void check_variables(const ObjectMatch& found) const {
    std::vector<Variable> left = variables();
    std::erase_if(left, [&](const Variable& variable) { return found.has_value(variable); });
    if (left.empty()) return;
    fail_assertion(fmt::format("Found {} Python objects that were not bound to checkpointed "
                               "values, likely due to changes in the Python program. Showing {} of "
                               "{} unmatched objects: [{}]",
                               left.size(), std::min<std::size_t>(10, left.size()), left.size(),
                               list_of(left)),
                   checkpoint_.prefix());
  }

  CheckpointReader checkpoint_;
  proto::TrackableObjectGraph saved_;
  checkpoint::NodeNames names_;
};

// A checkpoint that a Saver made knows variables by their full names alone.
class NameBasedStatus final : public Status {
 public:
  NameBasedStatus(const Trackable& root, Graph& graph, CheckpointReader checkpoint,
                  const Variable& counter)
      : Status(root, graph), checkpoint_(std::move(checkpoint)), counter_(counter) {
    claim(variables_of(restored()));
  }

  void assert_consumed() override {
    for (const auto& [variable, stored] : restored()) {
      if (!checkpoint_.has_tensor(stored.key)) {
        fail_assertion("Object not restored: " + variable.to_string(), checkpoint_.prefix());
      }
    }
  }
  void assert_existing_objects_matched() override { assert_consumed(); }
  void assert_nontrivial_match() override { assert_consumed(); }

  void run_restore_ops(Session& session) override {
    restore(session, checkpoint_, claimable(restored()), Misfits::Words::kSaver);
  }

  void initialize_or_restore(Session& session) override {
    run_restore_ops(session);
    if (counter_ && !checkpoint_.has_tensor(counter_.op().name())) {
      initialize(session, {counter_});
    }
  }

 private:
  std::vector<Restored> restored() const {
    std::vector<Restored> restored;
    for (const Variable& variable : variables()) {
      const auto& slice = variable.save_slice_info();
      const std::string name = slice ? slice->full_name : variable.op().name();
      if (variable == counter_ && !checkpoint_.has_tensor(name)) continue;
      restored.push_back({variable, {name, slice ? slice->spec() : ""}});
    }
    return restored;
  }

  CheckpointReader checkpoint_;
  Variable counter_;
};

}  // namespace

std::uint64_t next_restore() {
  static std::atomic<std::uint64_t> restores = 0;
  return ++restores;
}

CheckpointLoadStatus load_status(const Trackable& root, Graph& graph,
                                 std::optional<CheckpointReader> checkpoint,
                                 const Variable& counter) {
  std::shared_ptr<CheckpointLoadStatus::Impl> status;
  if (!checkpoint) {
    status = std::make_shared<InitializationOnlyStatus>(root, graph);
  } else if (checkpoint->has_tensor(checkpoint::kObjectGraphKey)) {
    status = std::make_shared<ObjectBasedStatus>(root, graph, std::move(*checkpoint));
  } else {
    status = std::make_shared<NameBasedStatus>(root, graph, std::move(*checkpoint), counter);
  }
  return CheckpointLoadStatus(std::move(status));
}

const CheckpointLoadStatus& CheckpointLoadStatus::assert_consumed() const {
  impl_->assert_consumed();
  return *this;
}

const CheckpointLoadStatus& CheckpointLoadStatus::assert_existing_objects_matched() const {
  impl_->assert_existing_objects_matched();
  return *this;
}

const CheckpointLoadStatus& CheckpointLoadStatus::assert_nontrivial_match() const {
  impl_->assert_nontrivial_match();
  return *this;
}

void CheckpointLoadStatus::run_restore_ops(Session& session) const {
  impl_->run_restore_ops(session);
}

void CheckpointLoadStatus::initialize_or_restore(Session& session) const {
  impl_->initialize_or_restore(session);
}

std::vector<std::string> CheckpointLoadStatus::unused_values() const {
  return impl_->unused_values();
}

}  // namespace tensorkeep::train
