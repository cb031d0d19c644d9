#include "train/export_graph_def.h"

#include <google/protobuf/util/message_differencer.h>

#include <map>
#include <string_view>
#include <vector>

#include "graph/op_def_lookup.h"

namespace tensorkeep::train {
namespace {

using google::protobuf::util::MessageDifferencer;

const proto::OpDef::AttrDef* find_attr(const proto::OpDef& def, const std::string& name) {
  for (const auto& attr : def.attr()) {
    if (attr.name() == name) return &attr;
  }
  return nullptr;
}

bool is_newer(const proto::OpDef& def_1_15, const std::string& name) {
  if (name.starts_with('_')) return name == "_has_manual_control_dependencies";
  return find_attr(def_1_15, name) == nullptr;
}

bool has_default(const proto::OpDef* def, const std::string& name, const AttrValue& value) {
  if (def == nullptr) return false;
  const auto* attr = find_attr(*def, name);
  return attr != nullptr && attr->has_default_value() &&
         MessageDifferencer::Equals(attr->default_value(), value);
}

// Removes the attributes for which `unwanted(op type, name, value)` holds.
template <typename F>
void remove_attrs(NodeDef& node, F&& unwanted) {
  std::vector<std::string> names;
  for (const auto& [name, value] : node.attr()) {
    if (unwanted(node.op(), name, value)) names.push_back(name);
  }
  for (const std::string& name : names) node.mutable_attr()->erase(name);
}

template <typename F>
void for_each_node(GraphDef& graph_def, F&& f) {
  for (auto& node : *graph_def.mutable_node()) f(node);
  for (auto& function : *graph_def.mutable_library()->mutable_function()) {
    for (auto& node : *function.mutable_node_def()) f(node);
  }
}

std::string scope_of(std::string_view name) {
  if (name.starts_with('^')) name.remove_prefix(1);
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(name.substr(0, slash));
}

// "save/control_dependency:0" -> "save/control_dependency".
std::string op_name_of_tensor(const std::string& name) {
  return name.substr(0, name.find(':'));
}

}  // namespace

void drop_newer_attrs(GraphDef& graph_def) {
  const bool has_library = graph_def.has_library();
  for_each_node(graph_def, [](NodeDef& node) {
    const proto::OpDef* def = graph::find_op_def_1_15(node.op());
    if (def == nullptr) return;
    remove_attrs(node, [def](const std::string&, const std::string& name, const AttrValue&) {
      return is_newer(*def, name);
    });
  });
  if (!has_library) graph_def.clear_library();
}

void strip_default_attrs(GraphDef& graph_def) {
  std::set<std::string> functions;
  for (const auto& function : graph_def.library().function()) {
    functions.insert(function.signature().name());
  }
  const bool has_library = graph_def.has_library();
  for_each_node(graph_def, [&](NodeDef& node) {
    if (functions.contains(node.op())) return;
    const proto::OpDef* newest = graph::find_op_def(node.op());
    const proto::OpDef* old = graph::find_op_def_1_15(node.op());
    remove_attrs(node, [&](const std::string&, const std::string& name, const AttrValue& value) {
      // A reader of either version must fill in the same value again.
      return has_default(newest, name, value) && (old == nullptr || has_default(old, name, value));
    });
  });
  if (!has_library) graph_def.clear_library();
}

OpList stripped_op_list(const GraphDef& graph_def, const OpList& others) {
  std::map<std::string, const proto::FunctionDef*> functions;
  for (const auto& function : graph_def.library().function()) {
    functions[function.signature().name()] = &function;
  }
  std::set<std::string> used;
  std::vector<const proto::FunctionDef*> to_visit;
  const auto mark = [&](const std::string& op) {
    if (!used.insert(op).second) return;
    if (const auto found = functions.find(op); found != functions.end()) {
      to_visit.push_back(found->second);
    }
  };
  const auto visit = [&](const NodeDef& node) {
    mark(node.op());
    if (node.op() == "PartitionedCall" || node.op() == "StatefulPartitionedCall") {
      const auto f = node.attr().find("f");
      if (f != node.attr().end()) mark(f->second.func().name());
    }
  };
  for (const auto& node : graph_def.node()) visit(node);
  while (!to_visit.empty()) {
    const proto::FunctionDef* function = to_visit.back();
    to_visit.pop_back();
    for (const auto& node : function->node_def()) visit(node);
  }
  std::map<std::string, const OpDef*> known_to_others;
  for (const OpDef& op : others.op()) known_to_others[op.name()] = &op;
  OpList list;
  for (const std::string& op : used) {
    if (functions.contains(op)) continue;
    if (graph::find_op_def(op) != nullptr) {
      *list.add_op() = graph::export_op_def(op);
    } else if (const auto other = known_to_others.find(op); other != known_to_others.end()) {
      *list.add_op() = *other->second;
    }
  }
  return list;
}

std::set<std::string> extraneous_saver_nodes(const GraphDef& graph_def,
                                             const std::optional<SaverDef>& saver) {
  static const std::set<std::string_view> kSaverOps = {
      "SaveV2",    "Save",    "SaveSlice",    "LegacySave",    "LegacySaveSlice",
      "RestoreV2", "Restore", "RestoreSlice", "LegacyRestore", "LegacyRestoreSlice"};
  std::set<std::string> nodes;
  std::set<std::string> scopes;
  for (const auto& node : graph_def.node()) {
    if (!kSaverOps.contains(node.op())) continue;
    nodes.insert(node.name());
    scopes.insert(scope_of(node.name()));
  }
  for (const std::string& node : nodes) scopes.erase(node);
  if (saver) {
    scopes.erase(scope_of(op_name_of_tensor(saver->save_tensor_name())));
    scopes.erase(scope_of(op_name_of_tensor(saver->restore_op_name())));
  }
  std::set<std::string> extraneous;
  for (const auto& node : graph_def.node()) {
    for (const std::string& scope : scopes) {
      if (node.name().starts_with(scope + "/")) extraneous.insert(node.name());
    }
  }
  return extraneous;
}

}  // namespace tensorkeep::train
