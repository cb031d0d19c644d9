#include "ops/variable_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::ops {
namespace {

std::string part_name(const std::string& name, int part) {
  return fmt::format("{}/part_{}", name, part);
}

// Of a type without one of its own.
Initializer default_initializer(const std::string& name, DType dtype) {
  if (is_floating(dtype)) return glorot_uniform_initializer();
  if (is_integer(dtype) || dtype == boolean || dtype == string) return zeros_initializer();
  errors::raise_value_error(
      fmt::format("An initializer for variable {} of {} is required", name, dtype_repr(dtype)),
      {.node = name});
}

// The partitioner's answer, if it is one.
std::vector<int> partitions_of(const Partitioner& partitioner, const Shape& shape, DType dtype) {
  if (!shape.fully_defined()) {
    errors::raise_value_error(
        fmt::format("Shape of a new partitioned variable must be fully defined, but instead was "
                    "{}.",
                    shape.to_string()));
  }
  if (shape.rank() < 1) {
    errors::raise_value_error("A partitioned Variable must have rank at least 1, shape: " +
                              shape.to_string());
  }
  std::vector<int> partitions = partitioner(shape, dtype);
  const std::string shown = fmt::format("[{}]", fmt::join(partitions, ", "));
  if (partitions.size() != shape.dims().size()) {
    errors::raise_value_error(
        fmt::format("Partitioner returned a partition list that does not match the Variable's "
                    "rank: {} vs. {}",
                    shown, shape.to_string()));
  }
  if (std::any_of(partitions.begin(), partitions.end(), [](int n) { return n < 1; })) {
    errors::raise_value_error("Partitioner returned zero partitions for some axes: " + shown);
  }
  if (std::count_if(partitions.begin(), partitions.end(), [](int n) { return n > 1; }) > 1) {
    errors::raise_value_error(
        fmt::format("Can only slice a variable along one dimension: shape: {}, partitioning: {}",
                    shape.to_string(), shown));
  }
  return partitions;
}

// The axis that is cut; the first if none is.
std::size_t axis_of(const std::vector<int>& partitions) {
  const auto cut = std::find_if(partitions.begin(), partitions.end(), [](int n) { return n > 1; });
  return cut == partitions.end() ? 0 : static_cast<std::size_t>(cut - partitions.begin());
}

// Parts of equal length; the first ones are longer by one if there is a remainder.
std::vector<SaveSliceInfo> slices_of(const std::string& name, const Shape& shape,
                                     const std::vector<int>& partitions) {
  const std::size_t axis = axis_of(partitions);
  const std::int64_t count = partitions[axis];
  const std::int64_t length = shape.dims()[axis];
  std::vector<SaveSliceInfo> slices;
  std::vector<std::int64_t> offset(shape.dims().size(), 0);
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<std::int64_t> dims = shape.dims();
    dims[axis] = length / count + (i < length % count ? 1 : 0);
    slices.push_back({name, shape.dims(), offset, dims});
    offset[axis] += dims[axis];
  }
  return slices;
}

// What a part starts from: the whole's initializer, told which part it is, or a slice of the
// whole's value.
VariableInitializer part_initializer(const VariableRequest& request, const SaveSliceInfo& slice) {
  if (!request.initializer) return default_initializer(request.name, request.dtype);
  const Input* value = request.initializer.value();
  if (value == nullptr) return request.initializer;
  Input whole = *value;
  if (!whole.is_tensor()) whole = whole.to_tensor("Const", request.dtype);
  return Input(tensorkeep::slice(whole, Shape(slice.var_offset), Shape(slice.var_shape)));
}

// Calls `initializer` for this variable; the function's type is then fixed, a value's is its own.
std::function<Output()> bound_initializer(const VariableRequest& request,
                                          const PartitionInfo* part) {
  const bool shape_known = request.shape && request.shape->fully_defined();
  if (const Initializer* make = request.initializer.initializer(); make != nullptr && shape_known) {
    return [make = *make, shape = *request.shape, dtype = request.dtype,
            info = part != nullptr ? std::optional(*part) : std::nullopt] {
      return make(shape, dtype, info ? &*info : nullptr);
    };
  }
  if (const auto* function = request.initializer.function(); function != nullptr && !shape_known) {
    return *function;
  }
  errors::raise_value_error(
      "The initializer passed is not valid. It should be a callable with no arguments and the "
      "shape should not be provided or an instance of `tf.keras.initializers.*' and `shape` "
      "should be fully defined.",
      {.node = request.name});
}

VariableOptions options_of(const VariableRequest& request) {
  return {.trainable = request.trainable,
          .collections = request.collections,
          .validate_shape = request.validate_shape,
          .caching_device = request.caching_device,
          .name = request.name,
          .constraint = request.constraint,
          .use_resource = request.use_resource,
          .synchronization = request.synchronization,
          .aggregation = request.aggregation,
          .shape = request.shape};
}

}  // namespace

std::string dtype_repr(DType dtype) {
  return "<dtype: '" + name_of(dtype) + "'>";
}

Variable VariableStore::find(const std::string& name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? Variable() : found->second;
}

AnyVariable VariableStore::get(const VariableRequest& request) {
  const bool scalar = request.shape && request.shape->rank_known() && request.shape->rank() == 0;
  if (request.partitioner && !scalar) {
    const NameScope root("");
    return AnyVariable(get_partitioned(request));
  }
  if (!request.partitioner && request.reuse.yes() && partitioned_.contains(request.name)) {
    return AnyVariable(get_partitioned(request));
  }
  if (variables_.contains(part_name(request.name, 0))) {
    errors::raise_value_error(
        fmt::format("No partitioner was provided, but a partitioned version of the variable was "
                    "found: {0}/part_0. Perhaps a variable of the same name was already created "
                    "with partitioning?",
                    request.name),
        {.node = request.name});
  }
  return AnyVariable(get_single(request, nullptr));
}

Variable VariableStore::existing_single(const VariableRequest& request) const {
  const std::string& name = request.name;
  const Variable& found = variables_.at(name);
  if (request.reuse.no()) {
    errors::raise_value_error(
        fmt::format("Variable {} already exists, disallowed. Did you mean to set reuse=True or "
                    "reuse=tf.AUTO_REUSE in VarScope?",
                    name),
        {.node = name});
  }
  if (request.shape && !request.shape->compatible_with(found.shape())) {
    errors::raise_value_error(
        fmt::format("Trying to share variable {}, but specified shape {} and found shape {}.", name,
                    request.shape->to_string(), found.shape().to_string()),
        {.node = name});
  }
  if (request.dtype != found.dtype()) {
    errors::raise_value_error(
        fmt::format("Trying to share variable {}, but specified dtype {} and found dtype {}.", name,
                    name_of(request.dtype),
                    name_of(found.is_resource() ? found.dtype() : ref_dtype(found.dtype()))),
        {.node = name});
  }
  return found;
}

Variable VariableStore::get_single(VariableRequest request, const PartitionInfo* part) {
  const std::string& name = request.name;
  const Input* value = request.initializer.value();
  if (request.shape && value != nullptr) {
    errors::raise_value_error("If initializer is a constant, do not specify shape.",
                              {.node = name});
  }
  if (variables_.contains(name)) return existing_single(request);
  if (request.reuse.yes()) {
    errors::raise_value_error(
        fmt::format("Variable {} does not exist, or was not created with tf.get_variable(). Did "
                    "you mean to set reuse=tf.AUTO_REUSE in VarScope?",
                    name),
        {.node = name});
  }
  if (!request.initializer) {
    if (!request.shape) {
      errors::raise_value_error(
          fmt::format("Variable {} did not get an initializer, so its `shape` argument must be "
                      "specified.",
                      name),
          {.node = name});
    }
    request.initializer = default_initializer(name, request.dtype);
  }
  VariableOptions options = options_of(request);
  Variable variable;
  if (value != nullptr) {
    variable = Variable(*value, options);
  } else {
    const auto initial = bound_initializer(request, part);
    if (request.initializer.initializer() != nullptr) options.dtype = request.dtype;
    variable = Variable(initial, options);
  }
  variables_[name] = variable;
  if (request.regularizer) add_regularization_loss(variable, name, request.regularizer);
  return variable;
}

PartitionedVariable VariableStore::existing_partitioned(const VariableRequest& request,
                                                        const Shape& shape,
                                                        const std::vector<int>& partitions) const {
  const std::string& name = request.name;
  const PartitionedVariable& found = partitioned_.at(name);
  if (request.reuse.no()) {
    errors::raise_value_error(
        fmt::format("Partitioned variable with name {} already exists. Did you mean to set "
                    "reuse=True or reuse=tf.AUTO_REUSE in VarScope?",
                    name),
        {.node = name});
  }
  const auto refuse = [&](const char* what, const std::string& wanted, const std::string& have) {
    errors::raise_value_error(
        fmt::format("Trying to reuse partitioned variable {}, but specified {} {} and found {} {}.",
                    name, what, wanted, what, have),
        {.node = name});
  };
  if (!shape.compatible_with(found.shape())) {
    refuse("shape", shape.to_string(), found.shape().to_string());
  }
  if (request.dtype != found.dtype()) {
    refuse("dtype", name_of(request.dtype), name_of(found.dtype()));
  }
  if (!partitions.empty() && partitions != found.partitions()) {
    refuse("partitions", fmt::format("[{}]", fmt::join(partitions, ", ")),
           fmt::format("[{}]", fmt::join(found.partitions(), ", ")));
  }
  return found;
}

// Parts that lie there without the whole, as another thread or an import may leave them.
void VariableStore::check_same_parts(const std::string& name, int num_parts) const {
  if (!variables_.contains(part_name(name, 0))) return;
  const std::string head = fmt::format(
      "Partitioner returned a different partitioning than what was already found.  Partitioner "
      "returned {} shards, and shard {}/part_0 was found, but ",
      num_parts, name);
  if (!variables_.contains(part_name(name, num_parts - 1))) {
    errors::raise_value_error(head + part_name(name, num_parts - 1) + " was not.", {.node = name});
  }
  if (variables_.contains(part_name(name, num_parts))) {
    errors::raise_value_error(head + "so was the extra shard " + part_name(name, num_parts) + ".",
                              {.node = name});
  }
}

PartitionedVariable VariableStore::get_partitioned(const VariableRequest& request) {
  const std::string& name = request.name;
  if (variables_.contains(name)) {
    errors::raise_value_error(
        fmt::format("A partitioner was provided, but an unpartitioned version of the variable was "
                    "found: {}.  Perhaps a variable of the same name was already created without "
                    "partitioning?",
                    name),
        {.node = name});
  }
  const Input* value = request.initializer.value();
  const bool from_tensor = value != nullptr && value->is_tensor();
  Shape shape = request.shape.value_or(Shape::unknown());
  if (from_tensor) shape = shape.merge_with(value->shape());
  std::vector<int> partitions;
  if (request.partitioner) partitions = partitions_of(request.partitioner, shape, request.dtype);
  if (partitioned_.contains(name)) return existing_partitioned(request, shape, partitions);
  if (request.reuse.yes()) {
    errors::raise_value_error(
        fmt::format("PartitionedVariable {} does not exist, or was not created with "
                    "tf.get_variable(). Did you mean to set reuse=False or reuse=tf.AUTO_REUSE in "
                    "VarScope?",
                    name),
        {.node = name});
  }
  const std::vector<SaveSliceInfo> slices = slices_of(name, shape, partitions);
  check_same_parts(name, static_cast<int>(slices.size()));

  VariableRequest one = request;
  one.partitioner = nullptr;
  std::vector<Variable> parts;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    one.name = part_name(name, static_cast<int>(i));
    {
      const NameScope scope(one.name + "/PartitionedInitializer");
      one.initializer = part_initializer(request, slices[i]);
    }
    one.shape.reset();
    if (one.initializer.value() == nullptr) one.shape = Shape(slices[i].var_shape);
    if (from_tensor) one.dtype = *one.initializer.value()->dtype();
    const PartitionInfo info{shape, slices[i].var_offset};
    const NameScope root("");
    parts.push_back(get_single(one, &info));
    parts.back().set_save_slice_info(slices[i]);
  }
  PartitionedVariable whole(name, shape, one.dtype, parts, partitions);
  partitioned_[name] = whole;
  return whole;
}

}  // namespace tensorkeep::ops
