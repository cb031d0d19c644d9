#include "train/slot_creator.h"

#include <fmt/format.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::train {
namespace {

// The name of a scope made unique.
std::string unique_scope(Graph& graph, const std::string& name) {
  return NameScope(graph, name).name();
}

std::string slot_scope(Graph& graph, const std::string& name) {
  const bool nested = !graph.name_scope().empty();
  std::string scope = unique_scope(graph, name);
  if (!nested) return scope;
  const NameScope root(graph, "");
  return unique_scope(graph, name);
}

std::optional<SaveSliceInfo> slot_slice(const Variable& primary, const std::string& slot) {
  if (!primary.save_slice_info()) return std::nullopt;
  SaveSliceInfo info = *primary.save_slice_info();
  info.full_name += "/" + slot;
  return info;
}

// Calls make(options), in the slot's scope and beside its primary.
template <typename F>
Variable slot_of(const Variable& primary, const std::string& name, const F& make) {
  Graph& graph = primary.graph();
  const std::string prefix = primary.op().name() + "/";
  const std::string scope = slot_scope(graph, prefix + name);
  const NameScope root(graph, "");
  const ColocationScope with_primary(graph, &primary.op());
  Variable slot = make(
      VariableOptions{.trainable = false, .name = scope, .use_resource = primary.is_resource()});
  slot.set_save_slice_info(
      slot_slice(primary, scope.substr(prefix.size(), scope.size() - 1 - prefix.size())));
  return slot;
}

}  // namespace

Variable create_slot(const Variable& primary, const Output& value, const std::string& name) {
  return slot_of(primary, name, [&](VariableOptions options) {
    options.validate_shape = value.shape().fully_defined();
    return Variable(value, options);
  });
}

Variable create_zeros_slot(const Variable& primary, const std::string& name) {
  return slot_of(primary, name, [&](VariableOptions options) {
    const Shape shape = primary.shape();
    const DType dtype = primary.dtype();
    options.validate_shape = shape.fully_defined();
    if (!options.validate_shape) {
      return Variable(zeros(tensorkeep::shape(primary.initialized_value()), dtype), options);
    }
    return Variable([&] { return zeros(shape.dims(), dtype); }, options);
  });
}

Variable create_zeros_slot(const Output& primary, const std::string& name) {
  Graph& graph = primary.graph();
  const Shape shape = primary.shape();
  if (!shape.fully_defined()) {
    errors::raise_value_error(fmt::format("A slot beside {} needs a known shape, not {}",
                                          primary.name(), shape.to_string()),
                              {.node = primary.op().name()});
  }
  const std::string scope = slot_scope(graph, primary.op().name() + "/" + name);
  const NameScope root(graph, "");
  return Variable([&] { return zeros(shape.dims(), primary.dtype()); },
                  {.trainable = false, .name = scope});
}

}  // namespace tensorkeep::train
