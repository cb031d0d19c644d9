#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"

// The files that a SavedModel's graphs read.
namespace tensorkeep::saved_model {

// Files to copy into a model, checked and named, but not copied yet.
class Assets {
 public:
  // Of constants that hold paths. Files of one name and different contents get names of their own.
  // Throws InvalidArgumentError (TypeError) "Asset path tensor ... must be ...", (ValueError) for
  // an empty path.
  explicit Assets(const std::vector<Output>& path_tensors);

  // Copies the files that are there to DIRECTORY/name, but for the paths in `copied`, and adds
  // those copied to it.
  void copy_to(const std::string& directory, std::set<std::string>& copied) const;
  // The collection in which a MetaGraphDef lists them, appended to `def`.
  void add_to(CollectionDef& def) const;
  bool empty() const { return defs_.empty(); }

 private:
  std::map<std::string, std::string> paths_;  // by the copies' names
  std::vector<proto::AssetFileDef> defs_;
};

// The assets of a graph. Throws InvalidArgumentError for a file name that leads out of the folder,
// DataLossError for a collection that cannot be read.
std::vector<proto::AssetFileDef> assets_of(const MetaGraphDef& meta_graph);

}  // namespace tensorkeep::saved_model
