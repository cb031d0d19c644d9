#include "train/scoped_graph_def.h"

#include "train/scope_names.h"

namespace tensorkeep::train {
namespace {

std::string unbound_name(const std::string& input) {
  const std::string prefix = "$unbound_inputs_";
  return input.starts_with('^') ? "^" + prefix + input.substr(1) : prefix + input;
}

void strip_colocations(AttrValue& colocations, const std::string& scope) {
  AttrValue inside;
  inside.mutable_list();
  for (const std::string& entry : colocations.list().s()) {
    if (in_scope(entry, scope)) inside.mutable_list()->add_s(strip_scope(entry, scope));
  }
  colocations = std::move(inside);
}

}  // namespace

GraphDef scoped_graph_def(const GraphDef& graph_def, const std::string& scope,
                          std::set<std::string>& unbound_inputs) {
  GraphDef result;
  if (graph_def.has_versions()) *result.mutable_versions() = graph_def.versions();
  if (graph_def.has_library()) *result.mutable_library() = graph_def.library();
  for (const NodeDef& node : graph_def.node()) {
    if (!in_scope(node.name(), scope)) continue;
    NodeDef& copy = *result.add_node() = node;
    copy.set_name(strip_scope(node.name(), scope));
    for (std::string& input : *copy.mutable_input()) {
      if (in_scope(input, scope)) {
        input = strip_scope(input, scope);
      } else {
        input = unbound_name(input);
        unbound_inputs.insert(input);
      }
    }
    auto& attrs = *copy.mutable_attr();
    if (attrs.contains("_class")) strip_colocations(attrs["_class"], scope);
    const bool enters = node.op() == "Enter" || node.op() == "RefEnter";
    if (enters && attrs.contains("frame_name")) {
      attrs["frame_name"].set_s(strip_scope(attrs["frame_name"].s(), scope));
    }
  }
  return result;
}

}  // namespace tensorkeep::train
