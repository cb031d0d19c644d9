#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/meta_graph_file.h"
#include "tensorkeep/proto.h"
#include "tensorkeep/saver.h"

// A graph with its collections and its saver, as one message: what a .meta file holds.
namespace tensorkeep::train {

struct ExportMetaGraphOptions {
  std::optional<MetaGraphDef::MetaInfoDef> meta_info_def = std::nullopt;  // versions are set anew
  std::optional<GraphDef> graph_def = std::nullopt;                       // instead of the graph's
  std::optional<SaverDef> saver_def = std::nullopt;
  // Which collections; all of them if not given.
  std::optional<std::vector<std::string>> collection_list = std::nullopt;
  bool as_text = false;
  Graph* graph = nullptr;  // the default graph
  // Only what lies in this scope, whose name is taken off everywhere. Inputs from outside become
  // "$unbound_inputs_x" and are listed in the collection "unbound_inputs", of the message and of
  // the graph: an import must name each of them in its input_map. Strings in collections are names,
  // too.
  std::string export_scope = {};
  bool clear_devices = false;
  // Leaves out the nodes of other savers and their entries in the collection of savers.
  bool clear_extraneous_savers = false;
  bool strip_default_attrs = false;
  // Also writes FILENAME with the ending .debug: a GraphDebugInfo without stack traces, for a
  // program in C++ has none.
  bool save_debug_info = false;
  Durability durability = Durability::kDurable;
};

// The MetaGraphDef that TensorFlow 1.15 would write: nodes with `_output_shapes`, without
// attributes that 1.15's definitions do not know; the definitions of all operations used. Written
// to `filename` in one atomic step, unless that is empty; its folder is made if it is missing.
//
// Collections: variables, savers and control flow contexts become their messages; operations and
// tensors names; strings, integers and floats lists. A collection of mixed kinds is left out, as
// TensorFlow does; what an import did not understand is written as it was read.
//
// Throws InvalidArgumentError (ValueError) "GraphDef cannot be larger than 2GB.".
MetaGraphDef export_meta_graph(const std::string& filename = {},
                               const ExportMetaGraphOptions& options = {});

struct ImportMetaGraphOptions {
  bool clear_devices = false;
  std::string import_scope = {};
  std::map<std::string, Input> input_map = {};
  // Which collections to restore; all of them if not given.
  std::function<bool(const std::string& key)> restore_collections_predicate = {};
  bool make_saver = true;  // if the message has none
};

// Adds a MetaGraphDef's nodes and collections to the default graph. Returns its saver; or a new one
// if it has none but there are variables to save; or nothing.
//
// Throws what import_graph_def throws, NotFoundError for names in collections that are not in the
// graph, DataLossError for messages in collections that cannot be read; then the graph is as it
// was before.
std::optional<Saver> import_meta_graph(const MetaGraphDef& meta_graph_def,
                                       const ImportMetaGraphOptions& options = {});
// The same from a file, binary or text: NotFoundError "File does not exist. Received: ...",
// DataLossError "Cannot parse file ...".
std::optional<Saver> import_meta_graph(const std::string& filename,
                                       const ImportMetaGraphOptions& options = {});
inline std::optional<Saver> import_meta_graph(const char* filename,
                                              const ImportMetaGraphOptions& options = {}) {
  return import_meta_graph(std::string(filename), options);
}

struct WriteGraphOptions {
  bool as_text = true;
  Durability durability = Durability::kDurable;
};
// Writes a GraphDef in one atomic step; its folder is made if it is missing.
void write_graph(const GraphDef& graph_def, const std::string& filename,
                 const WriteGraphOptions& options = {});

}  // namespace tensorkeep::train
