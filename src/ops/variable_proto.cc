#include <fmt/format.h>

#include <algorithm>

#include "ops/variable_impl.h"
#include "tensorkeep/errors.h"

// VariableDef: how a variable is written into a MetaGraphDef and found again.
namespace tensorkeep {
namespace {

// "scope/x" -> "x"; other names stay.
std::string strip_scope(const std::string& name, const std::string& scope) {
  if (scope.empty() || !name.starts_with(scope) || name[scope.size()] != '/') return name;
  const std::size_t rest = name.find_first_not_of('/', scope.size());
  return rest == std::string::npos ? name : name.substr(rest);
}

std::string prepend_scope(const std::string& name, std::string scope) {
  if (scope.ends_with('/')) scope.pop_back();
  return scope.empty() ? name : scope + "/" + name;
}

template <typename Enum>
Enum checked_mode(int value, Enum last, const char* what, const std::string& name) {
  if (value < 0 || value > static_cast<int>(last)) {
    errors::raise_value_error(
        fmt::format("Invalid variable {} mode: {} for variable: {}", what, value, name),
        {.node = name});
  }
  return static_cast<Enum>(value);
}

// The read that belongs to a resource variable; `snapshot` may be a cached copy of it.
Output read_behind(const Output& snapshot) {
  Output read = snapshot;
  for (std::size_t left = snapshot.graph().operations().size(); left > 0; --left) {
    if (read.op().type() == "ReadVariableOp") return read;
    if (read.op().num_inputs() == 0) break;
    read = read.op().input(0);
  }
  errors::raise_value_error(
      fmt::format("The snapshot '{}' of a resource variable does not come from a ReadVariableOp.",
                  snapshot.name()),
      {.node = snapshot.op().name()});
}

void check_is_variable(const VariableImpl& variable) {
  const Operation& op = variable.ref.op();
  if (variable.is_resource ? variable.ref.dtype() == resource && op.has_attr("dtype")
                           : is_ref(variable.ref.dtype())) {
    return;
  }
  errors::raise_value_error(
      fmt::format("'{}' is not a {} variable: its operation is a {}.", op.name(),
                  variable.is_resource ? "resource" : "reference", op.type()),
      {.node = op.name()});
}

SaveSliceInfo slice_info(const proto::SaveSliceInfoDef& def, const std::string& import_scope) {
  return {.full_name = prepend_scope(def.full_name(), import_scope),
          .full_shape = {def.full_shape().begin(), def.full_shape().end()},
          .var_offset = {def.var_offset().begin(), def.var_offset().end()},
          .var_shape = {def.var_shape().begin(), def.var_shape().end()}};
}

void set_slice_info(const SaveSliceInfo& info, const std::string& export_scope,
                    proto::SaveSliceInfoDef* def) {
  def->set_full_name(strip_scope(info.full_name, export_scope));
  for (const std::int64_t i : info.full_shape) def->add_full_shape(i);
  for (const std::int64_t i : info.var_offset) def->add_var_offset(i);
  for (const std::int64_t i : info.var_shape) def->add_var_shape(i);
}

}  // namespace

std::string SaveSliceInfo::spec() const {
  std::string text;
  for (const std::int64_t dim : full_shape) text += fmt::format("{} ", dim);
  if (full_shape.empty()) text = " ";
  for (std::size_t i = 0; i < std::min(var_offset.size(), var_shape.size()); ++i) {
    text += fmt::format("{}{},{}", i == 0 ? "" : ":", var_offset[i], var_shape[i]);
  }
  return text;
}

std::optional<VariableDef> VariableImpl::to_proto(const std::string& export_scope) const {
  if (!ref.name().starts_with(export_scope)) return std::nullopt;
  VariableDef def;
  def.set_variable_name(strip_scope(ref.name(), export_scope));
  if (initial_value) def.set_initial_value_name(strip_scope(initial_value.name(), export_scope));
  const std::string output = initializer_is_tensor ? ":0" : "";
  def.set_initializer_name(strip_scope(initializer->name(), export_scope) + output);
  const Output& read = cached_value ? cached_value : snapshot;
  def.set_snapshot_name(strip_scope(read.name(), export_scope));
  def.set_is_resource(is_resource);
  def.set_trainable(trainable);
  def.set_synchronization(static_cast<proto::VariableSynchronization>(synchronization));
  def.set_aggregation(static_cast<proto::VariableAggregation>(aggregation));
  if (save_slice_info) {
    set_slice_info(*save_slice_info, export_scope, def.mutable_save_slice_info_def());
  }
  return def;
}

std::string VariableImpl::to_proto_bytes(const std::string& export_scope) const {
  const auto def = to_proto(export_scope);
  return def ? def->SerializeAsString() : std::string();
}

std::optional<VariableDef> Variable::to_proto(const std::string& export_scope) const {
  return impl_->to_proto(export_scope);
}

Variable Variable::from_proto(const VariableDef& def, const std::string& import_scope) {
  Graph& graph = get_default_graph();
  const auto tensor = [&](const std::string& name) {
    return graph.get_tensor_by_name(prepend_scope(name, import_scope));
  };
  auto impl = std::make_shared<VariableImpl>();
  impl->is_resource = def.is_resource();
  impl->ref = tensor(def.variable_name());
  check_is_variable(*impl);
  const std::string initializer = prepend_scope(def.initializer_name(), import_scope);
  impl->initializer_is_tensor = initializer.find(':') != std::string::npos;
  impl->initializer = impl->initializer_is_tensor ? &graph.get_tensor_by_name(initializer).op()
                                                  : graph.get_operation_by_name(initializer);
  if (!def.initial_value_name().empty()) impl->initial_value = tensor(def.initial_value_name());
  impl->synchronization = checked_mode(def.synchronization(), VariableSynchronization::kOnRead,
                                       "synchronization", def.variable_name());
  impl->aggregation = checked_mode(def.aggregation(), VariableAggregation::kOnlyFirstReplica,
                                   "aggregation", def.variable_name());
  impl->trainable = def.trainable();
  if (def.has_save_slice_info_def()) {
    impl->save_slice_info = slice_info(def.save_slice_info_def(), import_scope);
  }
  if (!impl->is_resource) {
    impl->variable_dtype = base_dtype(impl->ref.dtype());
    impl->snapshot = tensor(def.snapshot_name());
    return Variable(std::move(impl));
  }
  const Operation& op = impl->ref.op();
  impl->variable_dtype = op.attr_dtype("dtype");
  if (op.has_attr("shape")) impl->resource_shape = op.attr_shape("shape");
  const Output snapshot = def.snapshot_name().empty()
                              ? graph.get_tensor_by_name(op.name() + "/Read/ReadVariableOp:0")
                              : tensor(def.snapshot_name());
  impl->snapshot = read_behind(snapshot);
  if (!(impl->snapshot == snapshot)) impl->cached_value = snapshot;
  return Variable(std::move(impl));
}

}  // namespace tensorkeep
