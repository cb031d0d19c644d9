#include "checkpoint/object_graph.h"

#include <fmt/format.h>

#include "proto/saved_forms.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/trackable_object_graph.pb.h"

namespace tensorkeep::checkpoint {
namespace {

proto::TrackableObjectGraph parse(const Tensor& value, const std::string& file) {
  proto::TrackableObjectGraph graph;
  if (value.dtype() == DType::kString && value.num_elements() == 1 &&
      parse_message(graph, value.data<std::string>()[0])) {
    return graph;
  }
  throw errors::DataLossError(
      fmt::format("{} is no TrackableObjectGraph ({})", kObjectGraphKey, file),
      {.tensor = kObjectGraphKey, .file = file});
}

}  // namespace

ObjectNames names_in(const Tensor& object_graph, const std::string& file) {
  ObjectNames names;
  const proto::TrackableObjectGraph graph = parse(object_graph, file);
  for (const auto& node : graph.nodes()) {
    for (const auto& attribute : node.attributes()) {
      if (attribute.full_name().empty()) continue;
      const auto [at, added] =
          names.full_names.emplace(attribute.checkpoint_key(), attribute.full_name());
      if (added) names.keys[attribute.full_name()].push_back(attribute.checkpoint_key());
    }
  }
  return names;
}

Tensor rename_in(const Tensor& object_graph, const std::string& file, const Rename& key,
                 const Rename& full_name) {
  proto::TrackableObjectGraph graph = parse(object_graph, file);
  for (auto& node : *graph.mutable_nodes()) {
    for (auto& attribute : *node.mutable_attributes()) {
      attribute.set_checkpoint_key(key(attribute.checkpoint_key()));
      if (!attribute.full_name().empty()) attribute.set_full_name(full_name(attribute.full_name()));
    }
  }
  Tensor renamed(DType::kString, object_graph.shape());
  renamed.mutable_data<std::string>()[0] = graph.SerializeAsString();
  return renamed;
}

}  // namespace tensorkeep::checkpoint
