#include <fmt/format.h>

#include "io/default_file_system.h"
#include "io/files.h"
#include "messages/message_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/saved_model.h"
#include "tensorkeep/variable.h"
#include "train/saved_model_assets.h"
#include "train/saved_model_files.h"
#include "train/scope_names.h"

namespace tensorkeep::saved_model {
namespace {

using Tags = std::set<std::string>;

Tags tags_of(const MetaGraphDef& meta_graph) {
  const auto& tags = meta_graph.meta_info_def().tags();
  return {tags.begin(), tags.end()};
}

std::string shown(const Tags& tags) {
  std::string text;
  for (const std::string& tag : tags) text += (text.empty() ? "'" : ", '") + tag + "'";
  return text;
}

bool is_file(const std::string& path) {
  const auto info = io::default_file_system().stat(path);
  return info && !info->is_directory;
}

[[noreturn]] void raise_runtime_error(const std::string& message) {
  throw errors::InvalidArgumentError(message, {.python_class = errors::PythonClass::kRuntimeError});
}

// The name of what a load runs, empty if there is nothing: of the signature that TensorFlow 2
// writes, or of the collections of TensorFlow 1.
std::string init_op_name(const MetaGraphDef& meta_graph) {
  const auto& signatures = meta_graph.signature_def();
  if (const auto signature = signatures.find(kInitOpSignature); signature != signatures.end()) {
    const auto& outputs = signature->second.outputs();
    if (const auto op = outputs.find(kInitOpSignature); op != outputs.end()) {
      return op->second.name();
    }
  }
  for (const char* key : {MAIN_OP_KEY, LEGACY_INIT_OP_KEY}) {
    const auto found = meta_graph.collection_def().find(key);
    if (found == meta_graph.collection_def().end()) continue;
    const auto& names = found->second.node_list().value();
    if (names.size() != 1) {
      raise_runtime_error(fmt::format("Expected exactly one SavedModel init op. Found {}: [{}].",
                                      names.size(), shown(Tags(names.begin(), names.end()))));
    }
    return names[0];
  }
  return {};
}

bool has_saveables(const Graph& graph, const std::string& scope) {
  for (const char* key : {GraphKeys::GLOBAL_VARIABLES, GraphKeys::SAVEABLE_OBJECTS}) {
    for (const CollectionItem& item : graph.get_collection(key)) {
      const Variable variable = Variable::from_collection_item(item);
      if (!variable || train::in_scope(variable.name(), scope)) return true;
    }
  }
  return false;
}

}  // namespace

std::string variables_path_of(const std::string& export_dir) {
  return io::join_path(io::join_path(export_dir, kVariablesDirectory), kVariablesDirectory);
}

bool contains_saved_model(const std::string& export_dir) {
  for (const char* name : {kTextFilename, kBinaryFilename, kChunkedFilename}) {
    if (io::default_file_system().exists(io::join_path(export_dir, name))) return true;
  }
  return false;
}

SavedModel read_saved_model(const std::string& export_dir) {
  const std::string binary = io::join_path(export_dir, kBinaryFilename);
  const std::string text = io::join_path(export_dir, kTextFilename);
  SavedModel saved_model;
  if (is_file(binary)) {
    if (!messages::parse_quietly(io::read_file(io::default_file_system(), binary), saved_model)) {
      throw errors::DataLossError(
          fmt::format("Cannot parse file {}: it is no SavedModel, or not all of one.", binary),
          {.file = binary});
    }
  } else if (is_file(text)) {
    try {
      text_format::Parse(io::read_file(io::default_file_system(), text), saved_model);
    } catch (const errors::InvalidArgumentError& error) {
      throw errors::DataLossError(fmt::format("Cannot parse file {}: {}.", text, error.message()),
                                  {.file = text});
    }
  } else {
    throw errors::NotFoundError(fmt::format("SavedModel file does not exist at: {}/{{{}|{}}}",
                                            export_dir, kTextFilename, kBinaryFilename),
                                {.file = export_dir});
  }
  return saved_model;
}

Loader::Loader(std::string export_dir)
    : export_dir_(std::move(export_dir)), saved_model_(read_saved_model(export_dir_)) {}

std::string Loader::variables_path() const {
  return variables_path_of(export_dir_);
}

const MetaGraphDef& Loader::meta_graph(const Tags& tags) const {
  std::string available;
  for (const MetaGraphDef& meta_graph : saved_model_.meta_graphs()) {
    const Tags found = tags_of(meta_graph);
    if (found == tags) return meta_graph;
    available += fmt::format("{}{{{}}}", available.empty() ? "" : ", ", shown(found));
  }
  throw errors::NotFoundError(
      fmt::format("MetaGraphDef associated with tags {} could not be found in SavedModel, with "
                  "available tags '[{}]'. `tensorkeep meta` shows what a SavedModel holds.",
                  shown(tags), available),
      {.file = export_dir_, .python_class = errors::PythonClass::kRuntimeError});
}

LoadedGraph Loader::load_graph(Graph& graph, const Tags& tags, const LoadOptions& options) const {
  const MetaGraphDef& def = meta_graph(tags);
  init_op_name(def);  // these two throw before there is anything in the graph
  assets_of(def);
  const auto as_default = graph.as_default();
  LoadedGraph loaded;
  loaded.scope = graph.unique_name(options.import_scope, /*mark_as_used=*/false);
  loaded.saver = train::import_meta_graph(
      def, {.clear_devices = options.clear_devices,
            .import_scope = options.import_scope,
            .input_map = options.input_map,
            .restore_collections_predicate = options.restore_collections_predicate});
  return loaded;
}

void Loader::restore_variables(Session& session, std::optional<train::Saver> saver,
                               const std::string& import_scope) const {
  if (saver) {
    saver->restore(session, variables_path());
  } else if (has_saveables(session.graph(), import_scope)) {
    errors::raise_value_error(
        "No tf.train.Saver object was passed to the function `restore_variables`. Since there are "
        "variables in the graph, a saver is required.");
  }
}

void Loader::run_init_ops(Session& session, const Tags& tags,
                          const std::string& import_scope) const {
  const MetaGraphDef& def = meta_graph(tags);
  const std::string name = init_op_name(def);
  if (name.empty()) return;
  const Graph& graph = session.graph();
  Feeds feeds;
  for (const proto::AssetFileDef& asset : assets_of(def)) {
    const std::string path =
        io::join_path(io::join_path(export_dir_, kAssetsDirectory), asset.filename());
    feeds.emplace_back(
        graph.get_tensor_by_name(train::prepend_scope(asset.tensor_info().name(), import_scope)),
        path);
  }
  session.run(Fetch(train::prepend_scope(name, import_scope)), feeds);
}

const MetaGraphDef& Loader::load(Session& session, const Tags& tags,
                                 const LoadOptions& options) const {
  const LoadedGraph loaded = load_graph(session.graph(), tags, options);
  restore_variables(session, loaded.saver, loaded.scope);
  run_init_ops(session, tags, loaded.scope);
  return meta_graph(tags);
}

MetaGraphDef load(Session& session, const Tags& tags, const std::string& export_dir,
                  const LoadOptions& options) {
  return Loader(export_dir).load(session, tags, options);
}

}  // namespace tensorkeep::saved_model
