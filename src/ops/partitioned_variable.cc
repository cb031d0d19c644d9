#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/partitioned_variables.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

using AssignMethod = Assigned (Variable::*)(Input, const AssignOptions&) const;

std::vector<std::string> names_of(const std::vector<Variable>& parts) {
  std::vector<std::string> names;
  for (const Variable& part : parts) names.push_back(part.name());
  return names;
}

void check_parts(const Shape& shape, const std::vector<Variable>& parts,
                 const std::vector<int>& partitions) {
  if (std::any_of(partitions.begin(), partitions.end(), [](int n) { return n < 1; })) {
    errors::raise_value_error(
        fmt::format("partition values must be positive: [{}]", fmt::join(partitions, ", ")));
  }
  if (parts.empty()) errors::raise_value_error("variable_list may not be empty");
  if (shape.dims().size() != partitions.size()) {
    errors::raise_value_error(fmt::format("len(shape) != len(partitions): {} vs. [{}]",
                                          shape.to_string(), fmt::join(partitions, ", ")));
  }
  for (const Variable& part : parts) {
    if (!part.save_slice_info()) {
      errors::raise_value_error(
          fmt::format("All variables must have a save_slice_info available: ['{}']",
                      fmt::join(names_of(parts), "', '")));
    }
    const std::vector<std::int64_t>& full = part.save_slice_info()->full_shape;
    if (full != shape.dims()) {
      errors::raise_value_error(
          fmt::format("All variables' full shapes must match shape: {}; but full shapes were: "
                      "[[{}]]",
                      shape.to_string(), fmt::join(full, ", ")));
    }
  }
}

}  // namespace

class PartitionedVariable::Impl final : public TensorConvertible {
 public:
  Impl(std::string given_name, Shape given_shape, DType given_dtype, std::vector<Variable> given,
       std::vector<int> given_partitions)
      : name(std::move(given_name)),
        whole(std::move(given_shape)),
        type(given_dtype),
        parts(std::move(given)),
        partitions(std::move(given_partitions)) {
    std::stable_sort(parts.begin(), parts.end(), [](const Variable& a, const Variable& b) {
      return a.save_slice_info()->var_offset < b.save_slice_info()->var_offset;
    });
  }

  Output as_tensor(const std::string&, bool as_ref) const override {
    if (as_ref) {
      throw errors::UnimplementedError(
          "PartitionedVariable doesn't support being used as a reference.", {.node = name});
    }
    const ControlDependencies none(graph(), {}, /*clears=*/true);
    return concat();
  }
  DType dtype() const override { return type; }
  Graph& graph() const override { return parts.front().graph(); }
  Shape shape() const override { return whole; }

  int axis() const {
    std::vector<int> axes;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
      if (partitions[i] > 1) axes.push_back(static_cast<int>(i));
    }
    if (axes.size() > 1) {
      throw errors::UnimplementedError(
          fmt::format("Cannot concatenate along more than one dimension: [{}].  Multi-axis "
                      "partition concat is not supported",
                      fmt::join(axes, ", ")),
          {.node = name});
    }
    return axes.empty() ? 0 : axes.front();
  }

  Output concat() const {
    Graph& own = graph();
    const auto as_default = own.as_default();
    if (parts.size() == 1) {
      const NameScope root(own, "");
      return identity(parts.front(), {name});
    }
    Output joined;
    {
      const NameScope scope(own, name + "/ConcatPartitions/");
      joined = tensorkeep::concat({parts.begin(), parts.end()}, axis());
    }
    const NameScope root(own, "");
    return identity(joined, {name});
  }

  std::vector<Assigned> assign(AssignMethod method, const PartValues& given,
                               const AssignOptions& options) const {
    const std::vector<Input> values = given.whole() ? cut(given.values().front()) : given.values();
    if (values.size() != parts.size()) {
      errors::raise_value_error(
          fmt::format("{} values for the {} parts of {}", values.size(), parts.size(), name),
          {.node = name});
    }
    std::vector<Assigned> assigned;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      assigned.push_back((parts[i].*method)(values[i], options));
    }
    return assigned;
  }

  std::vector<Input> cut(const Input& whole_value) const {
    std::vector<int> lengths;
    for (const Variable& part : parts) {
      lengths.push_back(static_cast<int>(part.shape().dim(axis())));
    }
    const std::vector<Output> values = split(whole_value, lengths, axis());
    return {values.begin(), values.end()};
  }

  const std::string name;
  const Shape whole;
  const DType type;
  std::vector<Variable> parts;
  const std::vector<int> partitions;
};

PartitionedVariable::PartitionedVariable(const std::string& name, const Shape& shape, DType dtype,
                                         const std::vector<Variable>& parts,
                                         const std::vector<int>& partitions) {
  check_parts(shape, parts, partitions);
  impl_ = std::make_shared<Impl>(name, shape, dtype, parts, partitions);
}

PartitionedVariable::operator Input() const {
  return Input(std::shared_ptr<const TensorConvertible>(impl_));
}
const std::string& PartitionedVariable::name() const {
  return impl_->name;
}
DType PartitionedVariable::dtype() const {
  return impl_->type;
}
const Shape& PartitionedVariable::shape() const {
  return impl_->whole;
}
const std::vector<int>& PartitionedVariable::partitions() const {
  return impl_->partitions;
}
int PartitionedVariable::axis() const {
  return impl_->axis();
}
const std::vector<Variable>& PartitionedVariable::variables() const {
  return impl_->parts;
}
Output PartitionedVariable::as_tensor() const {
  return impl_->as_tensor("", /*as_ref=*/false);
}
Output PartitionedVariable::concat() const {
  return impl_->concat();
}

PartValues::PartValues(const PartitionedVariable& parts)
    : values_(parts.begin(), parts.end()), whole_(false) {}

std::vector<Assigned> PartitionedVariable::assign(const PartValues& values,
                                                  const AssignOptions& options) const {
  return impl_->assign(&Variable::assign, values, options);
}
std::vector<Assigned> PartitionedVariable::assign_add(const PartValues& values,
                                                      const AssignOptions& options) const {
  return impl_->assign(&Variable::assign_add, values, options);
}
std::vector<Assigned> PartitionedVariable::assign_sub(const PartValues& values,
                                                      const AssignOptions& options) const {
  return impl_->assign(&Variable::assign_sub, values, options);
}

}  // namespace tensorkeep
