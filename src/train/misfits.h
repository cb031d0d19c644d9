#pragma once

#include <string>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/shape.h"

namespace tensorkeep::train {

// One tensor to read, and what it has to be.
struct RestoreTarget {
  std::string name;        // by which it is asked for
  std::string slice_spec;  // "6 2 0,2:0,2" for a part
  DType dtype = DType::kInvalid;
  Shape shape = Shape::unknown();     // that the assignment demands
  Shape reshaped = Shape::unknown();  // to which it is reshaped before
};

// What of a checkpoint does not fit what is to be assigned, collected to be told in one error.
class Misfits {
 public:
  // How the error begins: as TensorFlow's Saver's, or without its advice.
  enum class Words { kSaver, kCheckpoint };

  // `checkpoint` must outlive it.
  explicit Misfits(const CheckpointReader& checkpoint) : checkpoint_(checkpoint) {}

  // `key` is what the target's name stands for; `node` is named by the error.
  void check(const RestoreTarget& target, const std::string& key, const std::string& node);
  // The keys of a hash table and their values, of which each has the shape `row`.
  void check_entries(const std::string& keys, const std::string& values, const Shape& row,
                     const std::string& node);
  // NotFoundError if any tensor is missing, InvalidArgumentError if any is of a wrong type or
  // shape.
  void throw_if_any(Words words) const;

 private:
  struct Problem {
    bool missing = false;
    std::string tensor;
    std::string text;
    std::string node;
  };
  std::string list() const;

  const CheckpointReader& checkpoint_;
  std::vector<Problem> problems_;
};

}  // namespace tensorkeep::train
