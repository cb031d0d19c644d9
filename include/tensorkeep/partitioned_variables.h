#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/variable.h"

// Variables in parts: one large tensor held by several variables, cut along one axis. A Saver
// writes the parts as slices of one tensor, so that it can be restored in other parts or whole.
namespace tensorkeep {

// How many parts a variable of this shape and type has along each axis. Only one number may be
// greater than 1.
using Partitioner = std::function<std::vector<int>(const Shape& shape, DType dtype)>;

// `num_shards` parts along `axis`, or as many as it has rows.
Partitioner fixed_size_partitioner(int num_shards, int axis = 0);

struct VariableAxisSizeOptions {
  int axis = 0;
  std::int64_t bytes_per_string_element = 16;    // what a string counts as
  std::optional<int> max_shards = std::nullopt;  // goes before the size
};
// Parts of at most `max_shard_bytes` where the axis allows it. Throws InvalidArgumentError
// (ValueError) if a number is not positive.
Partitioner variable_axis_size_partitioner(std::int64_t max_shard_bytes,
                                           const VariableAxisSizeOptions& options = {});

struct MinMaxVariableOptions {
  int max_partitions = 1;
  int axis = 0;
  std::int64_t min_slice_size = 256 << 10;  // bytes
  std::int64_t bytes_per_string_element = 16;
};
// As many parts as keep to at least `min_slice_size` each.
Partitioner min_max_variable_partitioner(const MinMaxVariableOptions& options = {});

class PartitionedVariable;

// What is assigned to a variable in parts: a whole value, or one for each part.
class PartValues {
 public:
  template <typename T>
  requires(std::convertible_to<T, Input> && !std::same_as<std::decay_t<T>, PartitionedVariable>)
      PartValues(T&& whole)
      : values_{Input(std::forward<T>(whole))}, whole_(true) {}
  PartValues(std::vector<Input> parts) : values_(std::move(parts)), whole_(false) {}
  PartValues(const PartitionedVariable& parts);

  bool whole() const { return whole_; }
  const std::vector<Input>& values() const { return values_; }

 private:
  std::vector<Input> values_;
  bool whole_;
};

// The variables that together are one tensor; get_variable makes it where there is a partitioner.
// A handle: copies mean the same variables. Where an operation takes an Input, it is the parts put
// together.
class PartitionedVariable {
 public:
  PartitionedVariable() = default;  // none
  // `parts` must know their slices, of one tensor of this shape. Throws InvalidArgumentError
  // (ValueError).
  PartitionedVariable(const std::string& name, const Shape& shape, DType dtype,
                      const std::vector<Variable>& parts, const std::vector<int>& partitions);

  explicit operator bool() const { return impl_ != nullptr; }
  operator Input() const;

  const std::string& name() const;  // "w", without ":0"
  DType dtype() const;
  const Shape& shape() const;  // of the whole
  const Shape& get_shape() const { return shape(); }
  const std::vector<int>& partitions() const;
  int axis() const;  // along which it is cut

  // The parts, in the order of their offsets.
  const std::vector<Variable>& variables() const;
  std::vector<Variable>::const_iterator begin() const { return variables().begin(); }
  std::vector<Variable>::const_iterator end() const { return variables().end(); }
  std::size_t size() const { return variables().size(); }

  // The whole value, by new nodes that wait for nothing; concat() keeps control dependencies.
  Output as_tensor() const;
  Output concat() const;

  // `values` is cut into parts, or holds one value for each part.
  std::vector<Assigned> assign(const PartValues& values, const AssignOptions& options = {}) const;
  std::vector<Assigned> assign_add(const PartValues& values,
                                   const AssignOptions& options = {}) const;
  std::vector<Assigned> assign_sub(const PartValues& values,
                                   const AssignOptions& options = {}) const;

 private:
  class Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace tensorkeep
