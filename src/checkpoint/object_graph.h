#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/proto/trackable_object_graph.pb.h"
#include "tensorkeep/tensor.h"

// TensorFlow 2's object-based checkpoints: their keys are paths through the program's objects
// ("net/w/.ATTRIBUTES/VARIABLE_VALUE"), and one entry, a TrackableObjectGraph, tells the objects
// and the full names that the variables had ("dense/kernel").
namespace tensorkeep::checkpoint {

inline constexpr const char* kObjectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";
// The attribute that a variable is saved as.
inline constexpr const char* kVariableValue = "VARIABLE_VALUE";

// The path to an object's child: "." in its name becomes "..", and "/" becomes ".S".
std::string child_path(const std::string& parent, std::string_view name);
// "model/w", "optimizer", "m" -> "model/w/.OPTIMIZER_SLOT/optimizer/m".
std::string slot_path(const std::string& variable, const std::string& optimizer,
                      std::string_view slot_name);
// "model/w" -> "model/w/.ATTRIBUTES/VARIABLE_VALUE".
std::string value_key(const std::string& path);

// The message in the tensor, whose nodes refer to nodes that it has. `file` is for the
// DataLossError of any other.
proto::TrackableObjectGraph read_object_graph(const Tensor& object_graph, const std::string& file);

// How messages call the nodes: "(root).model.w", "(root).optimizer's state 'm' for (root).model.w".
// The graph must outlive it.
class NodeNames {
 public:
  explicit NodeNames(const proto::TrackableObjectGraph& graph);  // from read_object_graph
  std::string operator[](int node) const;

 private:
  struct Step {
    int parent = -1;
    const std::string* name = nullptr;  // of the child, or of the slot
    int slot_of = -1;                   // the variable
  };
  std::string path_of(int node) const;
  std::vector<Step> steps_;
};

struct ObjectNames {
  std::map<std::string, std::vector<std::string>> keys;  // by full name, which several may have
  std::map<std::string, std::string> full_names;         // by key
};
// `file` is for the DataLossError of a tensor that is no object graph.
ObjectNames names_in(const Tensor& object_graph, const std::string& file);

using Rename = std::function<std::string(const std::string&)>;
// The same graph with other keys and full names.
Tensor rename_in(const Tensor& object_graph, const std::string& file, const Rename& key,
                 const Rename& full_name);

}  // namespace tensorkeep::checkpoint
