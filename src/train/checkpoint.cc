#include "tensorkeep/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "bundle/writer.h"
#include "checkpoint/object_graph.h"
#include "checkpoint/paths.h"
#include "checkpoint/state_file.h"
#include "io/default_file_system.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/scopes.h"
#include "train/assign_values.h"
#include "train/checkpoint_impl.h"
#include "train/load_status.h"
#include "train/object_tree.h"

namespace tensorkeep::train {
namespace {

constexpr const char* kSaveCounter = "save_counter";

void check_name(const std::string& name) {
  if (name == kSaveCounter) {
    errors::raise_value_error("a Checkpoint keeps its own counter under the name save_counter");
  }
}

// Like mkdir -p.
void make_directories(io::FileSystem& files, const std::string& path, Durability durability) {
  if (files.is_directory(path)) return;
  const std::string parent = io::directory_of(path);
  if (parent != path) make_directories(files, parent, durability);
  files.create_directory(path);
  if (durability == Durability::kDurable) files.sync_directory(parent);
}

std::optional<CheckpointReader> open(const std::optional<std::string>& save_path) {
  return save_path ? std::optional<CheckpointReader>(*save_path) : std::nullopt;
}

}  // namespace

Variable Checkpoint::Impl::counter(Graph& graph) {
  if (!counter_) {
    const auto as_default = graph.as_default();
    const ControlDependencies none(graph, {}, /*clears=*/true);
    const DeviceScope on_cpu(graph, "/cpu:0");
    counter_ = Variable(
        0, {.trainable = false, .name = kSaveCounter, .dtype = int64, .use_resource = true});
    root.track(kSaveCounter, counter_);
  }
  return counter_;
}

std::string Checkpoint::Impl::write(Session& session, const std::string& file_prefix,
                                    const CheckpointOptions& options) const {
  const ObjectTree tree(root, session.graph());
  std::vector<bundle::Item> items;
  std::vector<Fetch> fetches;
  for (const auto& object : tree.objects()) {
    const Variable variable = object.object.variable();
    if (!variable) continue;
    items.push_back({checkpoint::value_key(object.path), Tensor()});
    fetches.emplace_back(variable);
  }
  std::vector<Tensor> values = session.run(fetches);
  for (std::size_t i = 0; i < values.size(); ++i) items[i].tensor = std::move(values[i]);
  items.push_back(
      {checkpoint::kObjectGraphKey, Tensor::scalar(tree.to_proto().SerializeAsString())});
  io::FileSystem& files = io::default_file_system();
  // The writer makes the last folder, and takes it away again if it fails.
  make_directories(files, io::directory_of(io::directory_of(file_prefix)), options.durability);
  bundle::write(file_prefix, items, {.file_system = &files, .durability = options.durability});
  return file_prefix;
}

std::string Checkpoint::Impl::write_counted(
    Session& session, const std::function<std::string(std::int64_t)>& prefix_of,
    const CheckpointOptions& options) {
  const bool is_new = !counter_;
  const Variable counter = this->counter(session.graph());
  if (is_new) session.run(counter.initializer());
  const auto before = session.run(counter).value<std::int64_t>();
  if (before == std::numeric_limits<std::int64_t>::max()) {
    throw errors::OutOfRangeError("the save counter cannot count further",
                                  {.node = counter.op().name()});
  }
  assign_values(session, {{counter, Tensor::scalar(before + 1)}});
  try {
    return write(session, prefix_of(before + 1), options);
  } catch (...) {
    try {
      assign_values(session, {{counter, Tensor::scalar(before)}});
    } catch (const errors::Error&) {
      // What went wrong first is what there is to tell.
    }
    throw;
  }
}

Trackable::Trackable(const Checkpoint& checkpoint) : Trackable(checkpoint.impl()->root) {}

Checkpoint::Checkpoint() : impl_(std::make_shared<Impl>()) {}

Checkpoint::Checkpoint(const std::vector<Trackable::Child>& objects) : Checkpoint() {
  std::vector<Trackable::Child> sorted = objects;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && sorted[i].first == sorted[i - 1].first) {
      errors::raise_value_error(
          fmt::format("two objects of a Checkpoint have the name {}", sorted[i].first));
    }
    track(sorted[i].first, sorted[i].second);
  }
}

void Checkpoint::track(const std::string& name, const Trackable& child) {
  check_name(name);
  impl_->root.track(name, child);
}

void Checkpoint::untrack(const std::string& name) {
  check_name(name);
  impl_->root.untrack(name);
}

Variable Checkpoint::save_counter() const {
  return impl_->counter(graph_of(impl_->root));
}

std::string Checkpoint::save(Session& session, const std::string& file_prefix,
                             const CheckpointOptions& options) const {
  std::string saved = impl_->write_counted(
      session, [&](std::int64_t count) { return fmt::format("{}-{}", file_prefix, count); },
      options);
  checkpoint::update_state(io::default_file_system(), checkpoint::parent_of(file_prefix), saved,
                           {.all_model_checkpoint_paths = {saved},
                            .save_relative_paths = true,
                            .durable = options.durability == Durability::kDurable});
  return saved;
}

std::string Checkpoint::write(Session& session, const std::string& file_prefix,
                              const CheckpointOptions& options) const {
  return impl_->write(session, file_prefix, options);
}

CheckpointLoadStatus Checkpoint::restore(const std::optional<std::string>& save_path) const {
  std::optional<CheckpointReader> checkpoint = open(save_path);
  Graph& graph = graph_of(impl_->root);
  const Variable counter = impl_->counter(graph);
  return load_status(impl_->root, graph, std::move(checkpoint), counter);
}

CheckpointLoadStatus Checkpoint::read(const std::optional<std::string>& save_path) const {
  return load_status(impl_->root, graph_of(impl_->root), open(save_path), Variable());
}

}  // namespace tensorkeep::train
