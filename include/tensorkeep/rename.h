#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"

namespace tensorkeep {

// A name, or with '*' in it a pattern of names: '*' is any run of characters, and the n-th in `to`
// stands for what the n-th in `from` is ("scope/*" to "other/*"). A name that is `from` letter for
// letter is meant before a pattern is.
struct RenameRule {
  std::string from;
  std::string to;
};

struct RenameOptions {
  bool dry_run = false;  // writes nothing
  train::Progress progress = {};
};

struct RenameSummary {
  struct Renamed {
    std::string from;
    std::string to;
  };
  std::size_t tensors = 0;                 // in the file
  std::vector<Renamed> renamed;            // of them, in byte order of the old names
  std::vector<Renamed> renamed_variables;  // full names in an object-based checkpoint's graph
};

// Writes the tensors of `checkpoint` (in whatever way it is named) as `destination` under other
// names, in one atomic step, in the same format, slices as they are; in pieces, as convert_tensors
// does. For each name the first rule that fits counts. `destination` may be the same checkpoint; a
// .meta file is neither read nor written.
//
// In an object-based checkpoint (TensorFlow 2's) the rules go for keys ("net/w/.ATTRIBUTES/
// VARIABLE_VALUE") and for variables' full names ("dense/kernel:0" is "dense/kernel") alike; its
// object graph says afterwards where everything is, so that it restores as before. The graph's own
// key keeps its name.
//
// Throws InvalidArgumentError for a rule without `from` or `to` or with more '*' in `to` than in
// `from`, and if two tensors would have the same name; NotFoundError for a rule that fits nothing;
// both before anything is written; and what reading and writing throw.
RenameSummary rename_tensors(const std::string& checkpoint, const std::string& destination,
                             const std::vector<RenameRule>& rules,
                             const RenameOptions& options = {});

}  // namespace tensorkeep
