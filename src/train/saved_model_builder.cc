#include <fmt/format.h>

#include "io/default_file_system.h"
#include "messages/message_file.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/gfile.h"
#include "tensorkeep/lookup_ops.h"
#include "tensorkeep/saved_model.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/variable.h"
#include "train/saved_model_assets.h"
#include "train/saved_model_files.h"

namespace tensorkeep::saved_model {
namespace {

[[noreturn]] void raise(const std::string& message, errors::PythonClass python_class) {
  throw errors::InvalidArgumentError(message, {.python_class = python_class});
}

[[noreturn]] void raise_assertion_error(const std::string& message) {
  raise(message, errors::PythonClass::kAssertionError);
}

void check_tensor_info(const TensorInfo& info) {
  const auto fail = [&](const char* what) {
    raise_assertion_error(fmt::format(
        "Invalid `tensor_info`: {}. All TensorInfo protos used in the SignatureDefs must have {} "
        "set.",
        text_format::MessageToString(info), what));
  };
  if (info.encoding_case() == TensorInfo::ENCODING_NOT_SET) {
    fail("one of the 'encoding' fields (e.g., name or coo_sparse)");
  }
  if (info.encoding_case() == TensorInfo::kCompositeTensor) {
    for (const TensorInfo& part : info.composite_tensor().components()) check_tensor_info(part);
  } else if (info.dtype() == proto::DT_INVALID) {
    fail("the dtype field");
  }
}

void check_signatures(const std::map<std::string, SignatureDef>& signatures) {
  for (const auto& [key, signature] : signatures) {
    for (const auto* tensors : {&signature.inputs(), &signature.outputs()}) {
      for (const auto& [name, info] : *tensors) check_tensor_info(info);
    }
  }
  for (const auto& [key, purpose] : {std::pair{kInitOpSignature, "initialization"},
                                     std::pair{kTrainOpSignature, "the train op"}}) {
    if (signatures.contains(key)) {
      raise(fmt::format("SignatureDef map key \"{}\" is reserved for {}. Please use a different "
                        "key.",
                        key, purpose),
            errors::PythonClass::kKeyError);
    }
  }
}

void check_main_op(const Graph& graph, const Operation* main_op) {
  if (main_op == nullptr) return;
  for (const char* key : {MAIN_OP_KEY, LEGACY_INIT_OP_KEY}) {
    if (!graph.get_collection(key).empty()) {
      errors::raise_value_error(
          fmt::format("Graph already contains one or more main ops under the collection {}.", key));
    }
  }
}

// What a graph's message is made of beside nodes; taken back unless it is kept.
class AddedCollections {
 public:
  AddedCollections(Graph& graph, const Assets& assets, Operation* main_op)
      : graph_(graph), carried_(graph.carried_parts()), has_main_op_(main_op != nullptr) {
    if (main_op != nullptr) graph.add_to_collection(MAIN_OP_KEY, main_op);
    if (assets.empty()) return;
    assets.add_to((*graph.carried_parts().mutable_collection_def())[ASSETS_KEY]);
  }
  AddedCollections(const AddedCollections&) = delete;
  AddedCollections& operator=(const AddedCollections&) = delete;
  ~AddedCollections() {
    if (kept_) return;
    if (has_main_op_) graph_.clear_collection(MAIN_OP_KEY);
    graph_.carried_parts() = std::move(carried_);
  }
  void keep() { kept_ = true; }

 private:
  Graph& graph_;
  MetaGraphDef carried_;
  bool has_main_op_;
  bool kept_ = false;
};

void save_variables(train::Saver& saver, Session& session, const std::string& export_dir) {
  io::FileSystem& files = io::default_file_system();
  const std::string directory = io::join_path(export_dir, kVariablesDirectory);
  files.create_directories(directory);
  try {
    saver.save(session, variables_path_of(export_dir),
               {.write_meta_graph = false, .write_state = false});
  } catch (...) {
    try {
      files.remove_directory(directory);  // so that the folder is one to export to
    } catch (const errors::Error&) {
    }
    throw;
  }
}

}  // namespace

Builder::Builder(std::string export_dir) : export_dir_(std::move(export_dir)) {
  saved_model_.set_saved_model_schema_version(kSchemaVersion);
  if (!gfile::Exists(export_dir_)) {
    gfile::MakeDirs(export_dir_);
  } else if (!gfile::ListDirectory(export_dir_).empty()) {
    raise_assertion_error(fmt::format(
        "Export directory {} already exists, and isn't empty. Please choose a different export "
        "directory, or delete all the contents of the specified directory.",
        export_dir_));
  }
}

train::Saver Builder::make_saver() {
  return train::Saver({.sharded = true, .allow_empty = true});
}

void Builder::add_meta_graph_and_variables(Session& session, const std::vector<std::string>& tags,
                                           const MetaGraphOptions& options) {
  if (has_saved_variables_) {
    raise_assertion_error(
        "Graph state including variables and assets has already been saved. Please invoke "
        "`add_meta_graph()` instead.");
  }
  const auto as_default = session.graph().as_default();
  add(tags, options, &session);
  has_saved_variables_ = true;
}

void Builder::add_meta_graph(const std::vector<std::string>& tags,
                             const MetaGraphOptions& options) {
  if (!has_saved_variables_) {
    raise_assertion_error(
        "Graph state including variables and assets has not been saved yet. Please invoke "
        "`add_meta_graph_and_variables()` first.");
  }
  add(tags, options, nullptr);
}

void Builder::add(const std::vector<std::string>& tags, const MetaGraphOptions& options,
                  Session* session) {
  Graph& graph = get_default_graph();
  check_signatures(options.signature_def_map);
  const Assets assets(options.assets_collection);
  check_main_op(graph, options.main_op);
  train::Saver saver = options.saver ? *options.saver : make_saver();
  if (session != nullptr) save_variables(saver, *session, export_dir_);
  if (!assets.empty()) {
    assets.copy_to(io::join_path(export_dir_, kAssetsDirectory), saved_assets_);
  }

  AddedCollections added(graph, assets, options.main_op);
  MetaGraphDef meta_graph = saver.export_meta_graph(
      {},
      {.clear_devices = options.clear_devices, .strip_default_attrs = options.strip_default_attrs});
  // Of the file that the graph may come from.
  meta_graph.mutable_meta_info_def()->clear_tags();
  meta_graph.clear_signature_def();
  meta_graph.clear_asset_file_def();
  meta_graph.clear_object_graph_def();
  for (const std::string& tag : tags) meta_graph.mutable_meta_info_def()->add_tags(tag);
  meta_graph.mutable_signature_def()->insert(options.signature_def_map.begin(),
                                             options.signature_def_map.end());
  *saved_model_.add_meta_graphs() = std::move(meta_graph);
  added.keep();
}

std::string Builder::save(bool as_text) {
  const std::string path = io::join_path(export_dir_, as_text ? kTextFilename : kBinaryFilename);
  messages::write_message(path, saved_model_,
                          as_text ? train::MessageForm::kText : train::MessageForm::kBinary,
                          Durability::kDurable);
  return path;
}

void simple_save(Session& session, const std::string& export_dir, const SignatureTensors& inputs,
                 const SignatureTensors& outputs, Operation* legacy_init_op) {
  MetaGraphOptions options{
      .signature_def_map = {{signature_constants::DEFAULT_SERVING_SIGNATURE_DEF_KEY,
                             predict_signature_def(inputs, outputs)}},
      .main_op = legacy_init_op,
      .clear_devices = true};
  for (const CollectionItem& item : session.graph().get_collection(GraphKeys::ASSET_FILEPATHS)) {
    const auto* tensor = std::get_if<Output>(&item);
    options.assets_collection.push_back(tensor != nullptr ? *tensor : Output());
  }
  Builder builder(export_dir);
  builder.add_meta_graph_and_variables(session, {tag_constants::SERVING}, options);
  builder.save();
}

Operation* main_op() {
  Operation* variables = global_variables_initializer();
  Operation* locals = local_variables_initializer();
  return group({variables, locals, tables_initializer()});
}

Operation* main_op_with_restore(Operation* restore_op) {
  const auto after = control_dependencies({main_op()});
  return group({restore_op});
}

}  // namespace tensorkeep::saved_model
