#pragma once

#include <map>
#include <string>

#include "tensorkeep/variable_scope.h"

// What get_variable knows of a graph; kept as attachments of it.
namespace tensorkeep::ops {

// How one variable is to be made, with the scope's defaults filled in.
struct VariableRequest {
  std::string name;
  std::optional<Shape> shape;
  DType dtype = float32;
  VariableInitializer initializer;
  Regularizer regularizer;
  Reuse reuse = false;
  std::optional<bool> trainable;
  std::optional<std::vector<std::string>> collections;
  std::string caching_device;
  Partitioner partitioner;
  bool validate_shape = true;
  bool use_resource = false;
  Constraint constraint;
  VariableSynchronization synchronization = VariableSynchronization::kAuto;
  VariableAggregation aggregation = VariableAggregation::kNone;
};

// The variables that get_variable made, by their full names (parts by the names of the parts).
class VariableStore {
 public:
  AnyVariable get(const VariableRequest& request);
  // None if there is no such variable.
  Variable find(const std::string& name) const;
  const std::map<std::string, Variable>& variables() const { return variables_; }

 private:
  PartitionedVariable get_partitioned(const VariableRequest& request);
  PartitionedVariable existing_partitioned(const VariableRequest& request, const Shape& shape,
                                           const std::vector<int>& partitions) const;
  void check_same_parts(const std::string& name, int num_parts) const;
  Variable get_single(VariableRequest request, const PartitionInfo* part);
  Variable existing_single(const VariableRequest& request) const;

  std::map<std::string, Variable> variables_;
  std::map<std::string, PartitionedVariable> partitioned_;
};

// The scope of the moment, and how often each name has been opened.
struct VariableScopeStore {
  VariableScope current;
  std::map<std::string, int> counts;
};

inline VariableStore& variable_store(Graph& graph) {
  return graph.attachment<VariableStore>();
}
inline VariableScopeStore& variable_scopes(Graph& graph) {
  return graph.attachment<VariableScopeStore>();
}

// "<dtype: 'float32'>", as Python shows a type.
std::string dtype_repr(DType dtype);

// The loss of a regularizer in a collection. As in TensorFlow, every use adds its nodes anew.
void add_regularization_loss(const Variable& variable, const std::string& name,
                             const Regularizer& regularizer);

}  // namespace tensorkeep::ops
