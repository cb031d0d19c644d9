#include "tensorkeep/meta_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "messages/message_file.h"
#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/proto/graph_debug_info.pb.h"
#include "tensorkeep/scopes.h"
#include "train/carried_parts.h"
#include "train/collections.h"
#include "train/export_graph_def.h"
#include "train/scope_names.h"
#include "train/scoped_graph_def.h"

namespace tensorkeep::train {
namespace {

// Any TensorFlow from 1.x on takes a file of this version for one of its own.
constexpr const char* kTensorFlowVersion = "1.15.0";
constexpr const char* kProducer = "tensorkeep " TENSORKEEP_VERSION;
constexpr const char* kUnboundInputs = "unbound_inputs";
constexpr std::size_t kMaxGraphBytes = std::size_t{1} << 31;

void check_size(const GraphDef& graph_def) {
  const std::size_t bytes = graph_def.ByteSizeLong();
  if (bytes >= kMaxGraphBytes) {
    errors::raise_value_error(
        fmt::format("GraphDef cannot be larger than 2GB. Received size: {}.", bytes));
  }
}

void remove_nodes(GraphDef& graph_def, const std::set<std::string>& names) {
  auto& nodes = *graph_def.mutable_node();
  nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                             [&](const NodeDef& node) { return names.contains(node.name()); }),
              nodes.end());
}

// What a graph holds beside its nodes at one time, to return to when an import fails.
class GraphBefore {
 public:
  explicit GraphBefore(Graph& graph) : graph_(graph), carried_(graph.carried_parts()) {
    for (const std::string& key : graph.get_all_collection_keys()) {
      collections_[key] = graph.get_collection(key);
    }
  }

  void restore() {
    for (const std::string& key : graph_.get_all_collection_keys()) graph_.clear_collection(key);
    for (auto& [key, items] : collections_) graph_.get_collection_ref(key) = std::move(items);
    graph_.carried_parts() = std::move(carried_);
  }

 private:
  Graph& graph_;
  std::map<std::string, std::vector<CollectionItem>> collections_;
  MetaGraphDef carried_;
};

std::vector<std::string> collection_keys(const Graph& graph) {
  std::vector<std::string> keys = graph.get_all_collection_keys();
  for (const auto& [key, def] : graph.carried_parts().collection_def()) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void add_collections(const Graph& graph, const ExportMetaGraphOptions& options,
                     const std::set<std::string>& exclude, MetaGraphDef& meta_graph) {
  const std::vector<std::string> keys =
      options.collection_list ? *options.collection_list : collection_keys(graph);
  for (const std::string& key : keys) {
    if (options.clear_extraneous_savers && key == GraphKeys::SAVERS) {
      if (options.saver_def) {
        (*meta_graph.mutable_collection_def())[key].mutable_bytes_list()->add_value(
            messages::serialize(*options.saver_def));
      }
      continue;
    }
    export_collection(graph, key, {.exclude = exclude, .scope = options.export_scope}, meta_graph);
  }
}

// "dir/model.meta" -> "dir/model.debug".
std::string debug_filename(const std::string& filename) {
  const std::size_t slash = filename.rfind('/');
  const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
  const std::size_t dot = filename.rfind('.');
  const bool has_ending = dot != std::string::npos && dot > base;
  return (has_ending ? filename.substr(0, dot) : filename) + ".debug";
}

void check_unbound_inputs(const MetaGraphDef& meta_graph, const ImportMetaGraphOptions& options) {
  const auto found = meta_graph.collection_def().find(kUnboundInputs);
  if (found == meta_graph.collection_def().end()) return;
  std::set<std::string> wanted;
  for (const std::string& name : found->second.node_list().value()) wanted.insert(name);
  for (const std::string& name : found->second.bytes_list().value()) wanted.insert(name);
  std::set<std::string> given;
  for (const auto& [name, value] : options.input_map) given.insert(name);
  if (wanted.empty() || wanted == given) return;
  std::string missing;
  for (const std::string& name : wanted) {
    if (!given.contains(name)) missing += (missing.empty() ? "" : ",") + name;
  }
  errors::raise_value_error(fmt::format(
      "Graph contains unbound inputs: {}. Must provide these inputs through input_map.", missing));
}

bool has_variables(const Graph& graph, const std::string& scope) {
  for (const char* key : {GraphKeys::GLOBAL_VARIABLES, GraphKeys::SAVEABLE_OBJECTS}) {
    for (const CollectionItem& item : graph.get_collection(key)) {
      const Variable variable = Variable::from_collection_item(item);
      if (variable && variable.name().starts_with(scope)) return true;
    }
  }
  return false;
}

}  // namespace

MetaGraphDef export_meta_graph(const std::string& filename, const ExportMetaGraphOptions& options) {
  Graph& graph = options.graph != nullptr ? *options.graph : get_default_graph();
  MetaGraphDef meta_graph;
  GraphDef& graph_def = *meta_graph.mutable_graph_def();
  graph_def = options.graph_def ? *options.graph_def : graph.as_graph_def(/*add_shapes=*/true);
  if (!options.graph_def) write_carried_parts(graph, options.export_scope, meta_graph);
  if (options.meta_info_def) *meta_graph.mutable_meta_info_def() = *options.meta_info_def;
  auto& info = *meta_graph.mutable_meta_info_def();
  info.set_tensorflow_version(kTensorFlowVersion);
  info.set_tensorflow_git_version(kProducer);

  std::set<std::string> exclude;
  if (options.clear_extraneous_savers) {
    exclude = extraneous_saver_nodes(graph_def, options.saver_def);
    remove_nodes(graph_def, exclude);
  }
  if (options.clear_devices) {
    for (auto& node : *graph_def.mutable_node()) node.clear_device();
  }
  std::set<std::string> unbound_inputs;
  if (!options.export_scope.empty() || options.clear_extraneous_savers || options.clear_devices) {
    graph.clear_collection(kUnboundInputs);  // of the last export
  }
  if (!options.export_scope.empty()) {
    graph_def = scoped_graph_def(graph_def, options.export_scope, unbound_inputs);
  }
  drop_newer_attrs(graph_def);
  if (info.stripped_op_list().op_size() == 0) {
    *info.mutable_stripped_op_list() =
        stripped_op_list(graph_def, graph.carried_parts().meta_info_def().stripped_op_list());
  }
  if (options.strip_default_attrs) {
    strip_default_attrs(graph_def);
    info.set_stripped_default_attrs(true);
  }
  check_size(graph_def);
  if (options.saver_def) *meta_graph.mutable_saver_def() = *options.saver_def;
  add_collections(graph, options, exclude, meta_graph);
  for (const std::string& input : unbound_inputs) {
    (*meta_graph.mutable_collection_def())[kUnboundInputs].mutable_bytes_list()->add_value(input);
    graph.add_to_collection(kUnboundInputs, input);
  }

  if (!filename.empty()) {
    const MessageForm form = options.as_text ? MessageForm::kText : MessageForm::kBinary;
    messages::write_message(filename, meta_graph, form, options.durability);
    if (options.save_debug_info) {
      messages::write_message(debug_filename(filename), proto::GraphDebugInfo(), form,
                              options.durability);
    }
  }
  return meta_graph;
}

void write_graph(const GraphDef& graph_def, const std::string& filename,
                 const WriteGraphOptions& options) {
  check_size(graph_def);
  messages::write_message(filename, graph_def,
                          options.as_text ? MessageForm::kText : MessageForm::kBinary,
                          options.durability);
}

std::optional<Saver> import_meta_graph(const MetaGraphDef& meta_graph,
                                       const ImportMetaGraphOptions& options) {
  check_unbound_inputs(meta_graph, options);
  if (meta_graph.has_saver_def()) Saver::from_proto(meta_graph.saver_def());  // throws early
  Graph& graph = get_default_graph();
  const std::string scope = graph.unique_name(options.import_scope, /*mark_as_used=*/false);
  ImportGraphDefOptions import;
  import.input_map = options.input_map;
  import.name = options.import_scope.empty() ? scope : options.import_scope;
  if (meta_graph.meta_info_def().has_stripped_op_list()) {
    import.producer_op_list = &meta_graph.meta_info_def().stripped_op_list();
  }
  const int first = static_cast<int>(graph.operations().size());
  if (options.clear_devices) {
    GraphDef without_devices = meta_graph.graph_def();
    for (auto& node : *without_devices.mutable_node()) node.clear_device();
    import_graph_def(without_devices, import);
  } else {
    import_graph_def(meta_graph.graph_def(), import);
  }
  GraphBefore before(graph);
  try {
    import_collections(graph, meta_graph, scope, options.restore_collections_predicate);
    carry_parts(meta_graph, scope, graph);
    if (!meta_graph.has_saver_def()) {
      if (!options.make_saver || !has_variables(graph, options.import_scope)) return std::nullopt;
      return Saver();
    }
    const std::string saver_scope = has_variables(graph, scope) ? scope : options.import_scope;
    return Saver({.name = saver_scope, .saver_def = meta_graph.saver_def()});
  } catch (...) {
    before.restore();
    graph.remove_operations_from(first);
    throw;
  }
}

std::optional<Saver> import_meta_graph(const std::string& filename,
                                       const ImportMetaGraphOptions& options) {
  return import_meta_graph(read_meta_graph_file(filename), options);
}

}  // namespace tensorkeep::train
