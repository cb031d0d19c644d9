#include "train/slot_creator.h"

#include "tensorkeep/array_ops.h"
#include "tensorkeep/initializers.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/variable_scope.h"

namespace tensorkeep::train {
namespace {

std::vector<std::int64_t> first(std::vector<std::int64_t> values, std::size_t count) {
  if (values.size() > count) values.resize(count);
  return values;
}

// A slot of a part is a part, cut alike, as far as its dimensions go.
void set_slice(const Variable& slot, const Variable& primary) {
  if (!primary.save_slice_info()) return;
  const Shape shape = slot.shape();
  if (shape.rank_known() && shape.rank() == 0) return;
  SaveSliceInfo info = *primary.save_slice_info();
  const std::size_t rank = shape.rank_known() ? shape.dims().size() : info.full_shape.size();
  // As in TensorFlow, what is left of the slot's name behind as many characters as the primary's
  // has, whether it begins with those or not.
  const std::size_t prefix = primary.op().name().size() + 1;
  const std::string& name = slot.op().name();
  info.full_name += "/" + (name.size() > prefix ? name.substr(prefix) : std::string());
  info.full_shape = first(info.full_shape, rank);
  info.var_offset = first(info.var_offset, rank);
  info.var_shape = first(info.var_shape, rank);
  slot.set_save_slice_info(std::move(info));
}

// A variable of this name in a scope of its own, `primary`/`name` inside the scope of the moment.
Variable slot_variable(Operation& primary, const std::string& name, bool beside_primary,
                       GetVariableOptions options) {
  Graph& graph = primary.graph();
  const auto as_default = graph.as_default();
  auto scope = variable_scope({.default_name = primary.name() + "/" + name});
  scope.set_partitioner({});
  options.trainable = false;
  if (!beside_primary) return get_variable("", options);
  const ColocationScope with_primary(graph, &primary);
  return get_variable("", options);
}

Variable slot_of(const Variable& primary, const std::string& name, GetVariableOptions options) {
  options.use_resource = primary.is_resource();
  Variable slot = slot_variable(primary.op(), name, /*beside_primary=*/true, std::move(options));
  set_slice(slot, primary);
  return slot;
}

}  // namespace

Variable create_slot(const Variable& primary, const Output& value, const std::string& name) {
  return slot_of(primary, name,
                 {.initializer = value, .validate_shape = value.shape().fully_defined()});
}

Variable create_slot(const Variable& primary, const Initializer& initializer,
                     const std::string& name) {
  return slot_of(primary, name,
                 {.shape = primary.shape(), .dtype = primary.dtype(), .initializer = initializer});
}

Variable create_zeros_slot(const Variable& primary, const std::string& name) {
  const Shape shape = primary.shape();
  if (!shape.fully_defined()) {
    const Output value = zeros(tensorkeep::shape(primary.initialized_value()), primary.dtype());
    return create_slot(primary, value, name);
  }
  return slot_of(primary, name,
                 {.shape = shape, .dtype = primary.dtype(), .initializer = zeros_initializer()});
}

Variable create_zeros_slot(const Output& primary, const std::string& name) {
  const Shape& shape = primary.shape();
  if (!shape.fully_defined()) {
    const Output value = zeros(tensorkeep::shape(primary), base_dtype(primary.dtype()));
    return slot_variable(primary.op(), name, /*beside_primary=*/false,
                         {.initializer = value, .validate_shape = value.shape().fully_defined()});
  }
  return slot_variable(
      primary.op(), name, /*beside_primary=*/false,
      {.shape = shape, .dtype = base_dtype(primary.dtype()), .initializer = zeros_initializer()});
}

}  // namespace tensorkeep::train
