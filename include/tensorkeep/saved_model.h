#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tensorkeep/input.h"
#include "tensorkeep/proto.h"
#include "tensorkeep/proto/saved_model.pb.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/session.h"
#include "tensorkeep/signature_def.h"

// SavedModels: a folder with one or more graphs (saved_model.pb), the values of their variables
// (variables/variables, a checkpoint) and the files they read (assets/), as TensorFlow and what
// serves its models take them.
namespace tensorkeep::saved_model {

using proto::SavedModel;

namespace tag_constants {
inline constexpr const char* SERVING = "serve";
inline constexpr const char* TRAINING = "train";
inline constexpr const char* GPU = "gpu";
inline constexpr const char* TPU = "tpu";
}  // namespace tag_constants

// Names of collections.
inline constexpr const char* ASSETS_KEY = "saved_model_assets";
inline constexpr const char* MAIN_OP_KEY = "saved_model_main_op";
inline constexpr const char* LEGACY_INIT_OP_KEY = "legacy_init_op";

// Whether the folder has a SavedModel's file, whatever that holds.
bool contains_saved_model(const std::string& export_dir);
// The message in a folder's saved_model.pb, or else saved_model.pbtxt. Throws NotFoundError
// "SavedModel file does not exist at: ...", DataLossError "Cannot parse file ...".
SavedModel read_saved_model(const std::string& export_dir);

struct MetaGraphOptions {
  std::map<std::string, SignatureDef> signature_def_map = {};
  // Constants with the paths of files that the graph reads: each file is copied to assets/, and a
  // load feeds the constant with the copy's path. Files that are not there are left out.
  std::vector<Output> assets_collection = {};
  Operation* main_op = nullptr;  // what a load runs after it has restored the variables
  bool clear_devices = false;
  bool strip_default_attrs = false;
  // Saves the variables, and restores them when the model is loaded; by default make_saver().
  std::optional<train::Saver> saver = std::nullopt;
};

// Writes a SavedModel: first a graph with the variables' values, then further graphs that use the
// same values, each with tags by which it is loaded; then save(). The folder is a SavedModel only
// when save() has returned.
class Builder {
 public:
  // Makes the folder. Throws InvalidArgumentError (AssertionError) "Export directory ... already
  // exists, and isn't empty."
  explicit Builder(std::string export_dir);

  const std::string& export_dir() const { return export_dir_; }

  // The saver of all variables and other saveable objects of the default graph, with a file for
  // each device; empty if there are none.
  static train::Saver make_saver();

  // Adds the session's graph and saves its variables. All is checked before anything is written;
  // after an error the folder is still one to export to, and the graph's collections are what they
  // were.
  //
  // Throws InvalidArgumentError: (AssertionError) if the variables have been saved already, or a
  // signature's tensor lacks its name or type; (KeyError) for a signature with a reserved name;
  // (TypeError, ValueError) for an asset that is no constant path, and a main_op where the graph
  // has one already. Also what Saver::save throws.
  void add_meta_graph_and_variables(Session& session, const std::vector<std::string>& tags,
                                    const MetaGraphOptions& options = {});
  // Adds the default graph. Throws the same, and InvalidArgumentError (AssertionError) if no
  // variables have been saved yet.
  void add_meta_graph(const std::vector<std::string>& tags, const MetaGraphOptions& options = {});

  // Writes saved_model.pb, or saved_model.pbtxt, in one atomic step; returns its path.
  std::string save(bool as_text = false);

 private:
  void add(const std::vector<std::string>& tags, const MetaGraphOptions& options, Session* session);

  std::string export_dir_;
  SavedModel saved_model_;
  bool has_saved_variables_ = false;
  std::set<std::string> saved_assets_;
};

// The session's graph for serving: with the tag "serve", a predict signature under its usual name,
// and the files in the collection GraphKeys::ASSET_FILEPATHS. Throws what Builder throws.
void simple_save(Session& session, const std::string& export_dir, const SignatureTensors& inputs,
                 const SignatureTensors& outputs, Operation* legacy_init_op = nullptr);

struct LoadOptions {
  std::string import_scope = {};  // put before all names in the graph
  bool clear_devices = false;
  std::map<std::string, Input> input_map = {};
  // Which collections to restore; all of them if not given.
  std::function<bool(const std::string& key)> restore_collections_predicate = {};
};

struct LoadedGraph {
  std::optional<train::Saver> saver;  // if it has variables
  std::string scope;  // of its names: the one asked for, or another one if the graph had that
};

// Reads a SavedModel. A file that an asset names must lie in the model's folder.
class Loader {
 public:
  // Throws what read_saved_model throws.
  explicit Loader(std::string export_dir);

  const std::string& export_dir() const { return export_dir_; }
  std::string variables_path() const;
  const SavedModel& saved_model() const { return saved_model_; }
  // The graph with these tags, all of them and no others. Throws NotFoundError (RuntimeError) with
  // the tags that there are.
  const MetaGraphDef& meta_graph(const std::set<std::string>& tags) const;

  // The three parts of a load. load_graph checks the message and adds the graph with these tags to
  // `graph`; run_init_ops runs its main op, fed with its assets.
  LoadedGraph load_graph(Graph& graph, const std::set<std::string>& tags,
                         const LoadOptions& options = {}) const;
  void restore_variables(Session& session, std::optional<train::Saver> saver,
                         const std::string& import_scope = {}) const;
  void run_init_ops(Session& session, const std::set<std::string>& tags,
                    const std::string& import_scope = {}) const;

  // All of them; returns the graph's message, as it is in the file. Throws what import_meta_graph
  // and Saver::restore throw; InvalidArgumentError for assets outside of the folder, and
  // (RuntimeError) for several main ops, both before anything is loaded.
  const MetaGraphDef& load(Session& session, const std::set<std::string>& tags,
                           const LoadOptions& options = {}) const;

 private:
  std::string export_dir_;
  SavedModel saved_model_;
};

// Loads the graph with these tags into the session's graph, restores its variables, and runs its
// main op. Returns its message, which holds its signatures.
MetaGraphDef load(Session& session, const std::set<std::string>& tags,
                  const std::string& export_dir, const LoadOptions& options = {});

// A main op: it initializes all variables and tables of the default graph.
Operation* main_op();
// The same, and then runs the operation that restores the variables.
Operation* main_op_with_restore(Operation* restore_op);

}  // namespace tensorkeep::saved_model
