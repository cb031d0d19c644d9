#pragma once

#include <string>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/graph.h"
#include "train/misfits.h"

namespace tensorkeep::train {

// What running a saver's restore operation will do, read from the graph, so that a checkpoint can
// be checked against it before anything is assigned. Understands TensorFlow's graphs as well as
// ours: from the restore operation back to every RestoreV2, and from there to what is assigned.
class RestorePlan {
 public:
  explicit RestorePlan(Operation& restore_op);

  // Throws one error for all that is missing (then NotFoundError), or of a wrong type or shape
  // (InvalidArgumentError). Returns what has to be fed in addition: for a checkpoint of TensorFlow
  // 2's object-based kind, its keys in place of the variables' names. Where more than one operation
  // reads, assignments would begin before the last is read, so all is read here, once, and fed; if
  // the graph reads one after another to save memory, it is verified here and read again.
  Feeds check(const CheckpointReader& checkpoint) const;

 private:
  // One operation that reads.
  struct Read {
    Operation* op = nullptr;
    std::vector<RestoreTarget> targets;
  };
  // Keys and values that are read to fill a hash table.
  struct Entries {
    const Operation* op;
    Output keys;
    Output values;
    Shape row;  // of one value, as far as it is known
  };
  // The names to read by, a list per element of reads_.
  using Keys = std::vector<std::vector<std::string>>;

  void visit(Operation& restore_op);
  void add_read(Operation& op);
  void add_assignment(const Operation& op);
  void add_entries(const Operation& op);
  bool sequential() const;
  static void verify_all(const CheckpointReader& checkpoint, const Keys& keys);
  Feeds read_all(const CheckpointReader& checkpoint, const Keys& keys) const;

  std::vector<Read> reads_;
  std::vector<Entries> entries_;
};

}  // namespace tensorkeep::train
