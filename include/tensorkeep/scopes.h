#pragma once

#include <string>
#include <vector>

#include "tensorkeep/graph.h"

// Scopes apply to the default graph (or the one given) from construction to destruction, and nest:
//   auto scope = tf::name_scope("layer1");
namespace tensorkeep {

class NameScope {
 public:
  // Opens `name` (made unique), or re-enters exactly "a/b/" with its slash, or the root for "".
  explicit NameScope(const std::string& name) : NameScope(get_default_graph(), name) {}
  NameScope(Graph& graph, const std::string& name);
  // `name` if it is not empty, else `default_name`: how every operation opens its scope.
  NameScope(Graph& graph, const std::string& name, const std::string& default_name)
      : NameScope(graph, name.empty() ? default_name : name) {}
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;
  // "a/b/": given as an operation's name, it makes the operation "a/b".
  const std::string& name() const { return scope_; }

 private:
  Graph& graph_;
  std::string saved_;
  std::string scope_;
};

class ControlDependencies {
 public:
  explicit ControlDependencies(std::vector<Operation*> ops);
  // `clears` hides the outer ones, and leaves the branch or loop that is being built.
  ControlDependencies(Graph& graph, std::vector<Operation*> ops, bool clears = false);
  ~ControlDependencies();
  ControlDependencies(const ControlDependencies&) = delete;
  ControlDependencies& operator=(const ControlDependencies&) = delete;

 private:
  Graph& graph_;
  ControlFlowContext* saved_context_;
};

class DeviceScope {
 public:
  explicit DeviceScope(const std::string& device) : DeviceScope(get_default_graph(), device) {}
  // "" hides the outer ones.
  DeviceScope(Graph& graph, const std::string& device);
  DeviceScope(Graph& graph, DeviceFunction device);
  ~DeviceScope();
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  Graph& graph_;
};

class ColocationScope {
 public:
  // `ignore_existing` hides outer colocations; a null `op` then only hides them.
  explicit ColocationScope(Graph& graph, Operation* op, bool ignore_existing = false);
  ~ColocationScope();
  ColocationScope(const ColocationScope&) = delete;
  ColocationScope& operator=(const ColocationScope&) = delete;

 private:
  Graph& graph_;
  std::vector<Operation*> saved_colocations_;
  std::vector<std::variant<std::string, DeviceFunction>> saved_devices_;
};

// Gives an attribute to the operations made inside that do not have it; inner scopes win.
class AttrScope {
 public:
  AttrScope(Graph& graph, const std::string& name, const Attr& value);
  ~AttrScope();
  AttrScope(const AttrScope&) = delete;
  AttrScope& operator=(const AttrScope&) = delete;

 private:
  Graph& graph_;
};

inline NameScope name_scope(const std::string& name) {
  return NameScope(name);
}
inline ControlDependencies control_dependencies(std::vector<Operation*> ops) {
  return ControlDependencies(std::move(ops));
}
inline DeviceScope device(const std::string& name) {
  return DeviceScope(name);
}
inline ColocationScope colocate_with(Operation* op) {
  return ColocationScope(op->graph(), op);
}

}  // namespace tensorkeep
