#pragma once

#include <string>
#include <vector>

#include "output.h"

// One function a verb, each in a file of its own. They return the exit status: 0 fine, 1 something
// is wrong with the data; and throw UsageError for 2, and what the library throws.
namespace tensorkeep::cli {

struct LsOptions {
  std::string checkpoint;
  bool json = false;
};
int ls(const LsOptions& options, Output& out);

struct CatOptions {
  std::string checkpoint;
  std::string tensor;
  bool all = false;
  bool json = false;
  bool raw = false;
  std::string npy;  // a path; empty: not asked for
};
int cat(const CatOptions& options, Output& out);

struct VerifyOptions {
  std::string checkpoint;
  bool json = false;
  bool quiet = false;
};
int verify(const VerifyOptions& options, Output& out);

struct ConvertOptions {
  std::string source;
  std::string destination;
  std::string format;  // v1, v2, npz, safetensors; empty: by the destination's ending
};
int convert(const ConvertOptions& options, Output& out);

struct DiffVerbOptions {
  std::string first;
  std::string second;
  bool json = false;
  double rtol = 0;
  double atol = 0;
};
int diff(const DiffVerbOptions& options, Output& out);

struct RenameVerbOptions {
  std::string checkpoint;
  std::string destination;         // empty: not asked for
  std::vector<std::string> rules;  // OLD=NEW
  bool dry_run = false;
};
int rename(const RenameVerbOptions& options, Output& out);

struct FreezeOptions {
  std::string meta_graph;
  std::string checkpoint;
  std::string destination;
  std::vector<std::string> outputs;
  std::vector<std::string> whitelist;  // empty: every variable
  std::vector<std::string> blacklist;
  bool text = false;
};
int freeze(const FreezeOptions& options, Output& out);

struct MetaOptions {
  std::string file;
  bool text = false;
  bool json = false;
};
int meta(const MetaOptions& options, Output& out);

struct RunOptions {
  std::string graph;
  std::vector<std::string> feeds;  // NAME=FILE.npy
  std::vector<std::string> fetches;
  std::string directory;  // for .npy files; empty: print
};
int run_graph(const RunOptions& options, Output& out);

}  // namespace tensorkeep::cli
