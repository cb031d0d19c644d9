#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tensorkeep/tensor.h"

// TensorFlow 2's object-based checkpoints: their keys are paths through the program's objects
// ("net/w/.ATTRIBUTES/VARIABLE_VALUE"), and one entry, a TrackableObjectGraph, tells the objects
// and the full names that the variables had ("dense/kernel").
namespace tensorkeep::checkpoint {

inline constexpr const char* kObjectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";

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
