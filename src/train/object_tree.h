#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensorkeep/checkpoint.h"
#include "tensorkeep/proto/trackable_object_graph.pb.h"

namespace tensorkeep::train {

// The objects below a root as TensorFlow numbers them: breadth first, then the slots that
// optimizers among them keep beside variables among them.
class ObjectTree {
 public:
  struct Slot {
    int variable = 0;
    std::string name;
    int slot_variable = 0;
  };
  struct Object {
    Trackable object;
    std::string path;  // the shortest from the root: "model/w"
    std::vector<std::pair<std::string, int>> children = {};
    std::vector<Slot> slots = {};  // of an optimizer
  };

  // `graph` is that of the variables. Throws UnimplementedError if a slot is an object's child.
  ObjectTree(const Trackable& root, Graph& graph);

  const std::vector<Object>& objects() const { return objects_; }
  proto::TrackableObjectGraph to_proto() const;

 private:
  int add(const Trackable& object, const std::string& path);
  void add_children(std::size_t parent);
  void add_slots(std::size_t optimizer, std::size_t variables);

  std::vector<Object> objects_;
  std::unordered_map<const void*, int> numbers_;  // by id()
};

// The graph of the first variable below the root; the default graph if there is none.
Graph& graph_of(const Trackable& root);

}  // namespace tensorkeep::train
