#pragma once

#include <map>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tensorkeep/checkpoint.h"
#include "tensorkeep/proto/trackable_object_graph.pb.h"

namespace tensorkeep::train {

// Which objects of a program are which of a checkpoint's: the roots are, and then whatever both
// have under the same name, breadth first. An object of the checkpoint is one of the program's at
// most; a variable takes the value of the first that it is.
class ObjectMatch {
 public:
  struct Value {
    Variable variable;
    std::string key;
  };

  // `saved` is from checkpoint::read_object_graph; `graph` is that of the program's variables.
  ObjectMatch(const proto::TrackableObjectGraph& saved, const Trackable& root, Graph& graph);

  const std::vector<Value>& values() const { return values_; }
  // Whether the variable takes a value of the checkpoint.
  bool has_value(const Variable& variable) const { return valued_.contains(&variable.op()); }
  // Whether the checkpoint's object is one of the program's.
  bool found(int node) const { return objects_.contains(node); }
  std::size_t num_found() const { return objects_.size(); }
  // Attributes of objects that were found, but do not have such an attribute: node and name.
  const std::vector<std::pair<int, std::string>>& unused_attributes() const { return unused_; }

 private:
  bool bind(int node, const Trackable& object);
  void take_value(int node);
  void bind_children(int node);
  void bind_slots();

  const proto::TrackableObjectGraph& saved_;
  std::map<int, Trackable> objects_;
  std::vector<int> reached_;
  std::vector<Value> values_;
  std::unordered_set<const Operation*> valued_;
  std::vector<std::pair<int, std::string>> unused_;
};

}  // namespace tensorkeep::train
