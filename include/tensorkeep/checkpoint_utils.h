#pragma once

#include <concepts>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/variable.h"
#include "tensorkeep/variable_scope.h"

// Variables whose first values come from a checkpoint. (Looking into one is checkpoint_reader.h:
// load_checkpoint, load_variable, list_variables.)
namespace tensorkeep::train {

// What to initialise: a variable, the parts of one, or a name: of a variable that get_variable
// made, or, with a slash at its end, of a scope.
class AssignmentTarget {
 public:
  AssignmentTarget(const char* name) : value_(std::string(name)) {}
  AssignmentTarget(std::string name) : value_(std::move(name)) {}
  AssignmentTarget(const Variable& variable) : value_(variable) {}
  AssignmentTarget(std::vector<Variable> parts) : value_(std::move(parts)) {}
  AssignmentTarget(const PartitionedVariable& whole) : value_(whole.variables()) {}
  AssignmentTarget(const AnyVariable& any)
      : value_(any.is_partitioned() ? decltype(value_)(any.variables())
                                    : decltype(value_)(any.variable())) {}

  const std::string* name() const { return std::get_if<std::string>(&value_); }
  const Variable* variable() const { return std::get_if<Variable>(&value_); }
  const std::vector<Variable>* parts() const { return std::get_if<std::vector<Variable>>(&value_); }

 private:
  std::variant<std::string, Variable, std::vector<Variable>> value_;
};

// From names in the checkpoint to what is initialised from them; a name may come more than once.
//   {{"old/w", w}, {"old_scope/", "new_scope/"}, {"/", "scope/"}}
using AssignmentMap = std::vector<std::pair<std::string, AssignmentTarget>>;

// Makes the initializers of variables read a checkpoint (a prefix, or a folder: then its newest),
// when they are run. A pair of scopes "a/", "b/" stands for all variables of get_variable in b,
// each from the tensor of its name in a; "/" is the checkpoint's root. Throws InvalidArgumentError
// (ValueError): "Tensor w is not found in PATH checkpoint ...", "Shape of variable w:0 ((2,))
// doesn't match with shape of tensor w ([3]) from checkpoint reader.", "Assignment map with scope
// only name ...", and what load_checkpoint throws; pairs before the one in error have been applied.
void init_from_checkpoint(const std::string& ckpt_dir_or_file, const AssignmentMap& assignment_map);
// The same for a map, such as ExponentialMovingAverage::variables_to_restore() gives.
template <std::convertible_to<AssignmentTarget> T>
void init_from_checkpoint(const std::string& ckpt_dir_or_file,
                          const std::map<std::string, T>& assignment_map) {
  init_from_checkpoint(ckpt_dir_or_file,
                       AssignmentMap(assignment_map.begin(), assignment_map.end()));
}

}  // namespace tensorkeep::train
