#include "tensorkeep/scopes.h"

#include <fmt/format.h>

#include <mutex>

#include "graph/device_spec.h"
#include "graph/names.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

thread_local std::vector<Graph*> default_graphs;

std::mutex process_graph_mutex;
std::shared_ptr<Graph>& process_graph() {
  static auto* const graph = new std::shared_ptr<Graph>;
  return *graph;
}

}  // namespace

Graph& get_default_graph() {
  if (!default_graphs.empty()) return *default_graphs.back();
  const std::lock_guard lock(process_graph_mutex);
  std::shared_ptr<Graph>& graph = process_graph();
  if (!graph) graph = std::make_shared<Graph>();
  return *graph;
}

void reset_default_graph() {
  if (!default_graphs.empty()) {
    throw errors::FailedPreconditionError(
        "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, "
        "exit the nesting and create a new graph.",
        {.python_class = errors::PythonClass::kAssertionError});
  }
  auto graph = std::make_shared<Graph>();  // then the old one, whose end may need the lock
  const std::lock_guard lock(process_graph_mutex);
  process_graph().swap(graph);
}

Graph::AsDefault::AsDefault(Graph& graph) : graph_(&graph) {
  default_graphs.push_back(graph_);
}
Graph::AsDefault::~AsDefault() {
  // Usually the last; a scope that outlives an inner one only takes itself away.
  for (std::size_t i = default_graphs.size(); i-- > 0;) {
    if (default_graphs[i] == graph_) {
      default_graphs.erase(default_graphs.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
  }
}

NameScope::NameScope(Graph& graph, const std::string& name)
    : graph_(graph), saved_(graph.name_scope_) {
  if (!graph::is_valid_name(name, saved_.empty())) {
    errors::raise_value_error(
        fmt::format("'{}' is not a valid {}scope name. A scope name has to match the following "
                    "pattern: ^[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*$",
                    name, saved_.empty() ? "root " : ""));
  }
  if (name.empty()) {
    graph.name_scope_.clear();
  } else if (name.ends_with('/')) {
    scope_ = name;
    graph.name_scope_ = name.substr(0, name.size() - 1);
  } else {
    std::string unique = graph.unique_name(name);
    scope_ = unique + "/";
    graph.name_scope_ = std::move(unique);
  }
}

NameScope::~NameScope() {
  graph_.name_scope_ = saved_;
}

ControlDependencies::ControlDependencies(std::vector<Operation*> ops)
    : ControlDependencies(ops.empty() ? get_default_graph() : ops.front()->graph(), ops) {}

ControlDependencies::ControlDependencies(Graph& graph, std::vector<Operation*> ops, bool clears)
    : graph_(graph), saved_context_(graph.control_flow_context()) {
  // What the groups around this one wait for already is theirs alone.
  std::set<Operation*> known;
  for (std::size_t i = graph.first_control_group(); !clears && i < graph.control_groups_.size();
       ++i) {
    const std::vector<Operation*>& inputs = graph.control_groups_[i].inputs;
    known.insert(inputs.begin(), inputs.end());
  }
  std::erase_if(ops, [&](Operation* op) { return !known.insert(op).second; });
  graph.control_groups_.push_back({std::move(ops), {}, clears});
  if (clears) graph.set_control_flow_context(nullptr);
}

ControlDependencies::~ControlDependencies() {
  if (graph_.control_groups_.back().clears) graph_.set_control_flow_context(saved_context_);
  graph_.control_groups_.pop_back();
}

DeviceScope::DeviceScope(Graph& graph, const std::string& device) : graph_(graph) {
  graph.devices_.emplace_back(canonical_device(device));
}
DeviceScope::DeviceScope(Graph& graph, DeviceFunction device) : graph_(graph) {
  graph.devices_.emplace_back(std::move(device));
}
DeviceScope::~DeviceScope() {
  graph_.devices_.pop_back();
}

ColocationScope::ColocationScope(Graph& graph, Operation* op, bool ignore_existing)
    : graph_(graph), saved_colocations_(graph.colocations_), saved_devices_(graph.devices_) {
  graph.devices_.clear();  // colocation is the stronger wish
  if (ignore_existing) graph.colocations_.clear();
  if (op != nullptr) graph.colocations_.push_back(op);
}

ColocationScope::~ColocationScope() {
  graph_.colocations_ = std::move(saved_colocations_);
  graph_.devices_ = std::move(saved_devices_);
}

AttrScope::AttrScope(Graph& graph, const std::string& name, const Attr& value) : graph_(graph) {
  graph.attr_scopes_.emplace_back(name, value.value());
}
AttrScope::~AttrScope() {
  graph_.attr_scopes_.pop_back();
}

}  // namespace tensorkeep
