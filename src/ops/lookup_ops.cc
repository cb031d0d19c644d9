#include "tensorkeep/lookup_ops.h"

#include <fmt/format.h>

#include <random>
#include <vector>

#include "ops/op_scope.h"
#include "ops/variable_store.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {

Operation* tables_initializer(const Name& name) {
  std::vector<Dependency> initializers;
  for (const CollectionItem& item : get_collection(GraphKeys::TABLE_INITIALIZERS)) {
    if (const auto* op = std::get_if<Operation*>(&item)) initializers.emplace_back(*op);
    if (const auto* tensor = std::get_if<Output>(&item)) initializers.emplace_back(*tensor);
  }
  return initializers.empty() ? no_op(name) : group(initializers, name);
}

Operation* initialize_all_tables(const Name& name) {
  return tables_initializer(name);
}

namespace lookup {
namespace {

std::string last_part(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

// A name that no other table has, in whatever graphs a session may come to run.
std::string unique_shared_name() {
  std::random_device random;
  std::uint32_t words[4];
  for (std::uint32_t& word : words) word = random();
  words[1] = (words[1] & 0xffff0fff) | 0x00004000;  // a random one, as RFC 4122 marks it
  words[2] = (words[2] & 0x3fffffff) | 0x80000000;
  return fmt::format("hash_table_{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0],
                     words[1] >> 16, words[1] & 0xffff, words[2] >> 16, words[2] & 0xffff,
                     words[3]);
}

// The keys as a tensor. Only a literal is converted.
Output keys_of_type(const Input& keys, DType dtype) {
  if (keys.dtype() && *keys.dtype() != dtype) {
    errors::raise_type_error(fmt::format("Dtype of argument `keys` must be {}, received: {}",
                                         ops::dtype_repr(dtype), ops::dtype_repr(*keys.dtype())));
  }
  return keys.to_tensor("keys", dtype);
}

Entries export_entries(Output handle, DType key_dtype, DType value_dtype) {
  const auto outputs = OpBuilder("LookupTableExportV2")
                           .input(handle)
                           .attr("Tkeys", key_dtype)
                           .attr("Tvalues", value_dtype)
                           .outputs();
  return {outputs[0], outputs[1]};
}

Operation* import_entries(Output handle, Output keys, Output values) {
  return OpBuilder("LookupTableImportV2").input(handle).input(keys).input(values).build();
}

// Outside of the branch or loop that is being built, and of control dependencies.
ControlDependencies at_the_start(Graph& graph) {
  return ControlDependencies(graph, {}, /*clears=*/true);
}

// A table's keys and values.
class SaveableTable : public train::SaveableObject {
 public:
  SaveableTable(Output handle, const Entries& entries, const std::string& name,
                std::string table_name)
      : SaveableObject(handle,
                       {train::SaveSpec(entries.keys, "", name + "-keys"),
                        train::SaveSpec(entries.values, "", name + "-values")},
                       name),
        table_name_(std::move(table_name)) {}

  Operation* restore(
      const std::vector<Output>& tensors,
      const std::optional<std::vector<train::RestoredShape>>& /*shapes*/) const override {
    const NameScope scope(op().graph(), table_name_ + "_table_restore");
    const ColocationScope colocation(op().graph(), &op().op());
    return import_entries(op(), tensors[0], tensors[1]);
  }

 private:
  std::string table_name_;
};

}  // namespace

MutableHashTable::MutableHashTable(DType key_dtype, DType value_dtype, const Input& default_value,
                                   const MutableHashTableOptions& options)
    : key_dtype_(key_dtype), value_dtype_(value_dtype) {
  const auto as_default = graph_of({default_value}).as_default();
  default_value_ = default_value.to_tensor("Const", value_dtype);
  const Shape& row = default_value_.shape();
  const bool scalar = row.rank_known() && row.rank() == 0;
  OpBuilder builder(scalar ? "MutableHashTableV2" : "MutableHashTableOfTensorsV2", options.name);
  builder.attr("shared_name", options.shared_name)
      .attr("use_node_name_sharing", options.checkpoint && options.shared_name.empty())
      .attr("key_dtype", key_dtype)
      .attr("value_dtype", value_dtype);
  if (!scalar) builder.attr("value_shape", row);
  handle_ = builder.output();
  table_name_ = last_part(handle_.op().name());
  if (!options.checkpoint) return;
  const std::shared_ptr<CollectionObject> object = saveable(options.name);
  add_to_collection(GraphKeys::SAVEABLE_OBJECTS, object);
}

Output MutableHashTable::size(const Name& name) const {
  const ops::OpScope scope({handle_}, name.name, (table_name_ + "_Size").c_str());
  const ColocationScope colocation(handle_.graph(), &handle_.op());
  return OpBuilder("LookupTableSizeV2").input(handle_).output();
}

Output MutableHashTable::lookup(const Input& keys, const LookupOptions& options) const {
  const ops::OpScope scope({handle_, keys}, options.name,
                           (table_name_ + "_lookup_table_find").c_str());
  const Output wanted = keys.to_tensor("keys", key_dtype_);
  const ColocationScope colocation(handle_.graph(), &handle_.op());
  return OpBuilder("LookupTableFindV2")
      .input(handle_)
      .input(wanted)
      .attr("Tout", value_dtype_)
      .input(options.dynamic_default_values.value_or(default_value_))
      .output();
}

Operation* MutableHashTable::insert(const Input& keys, const Input& values,
                                    const Name& name) const {
  const ops::OpScope scope({handle_, keys, values}, name.name,
                           (table_name_ + "_lookup_table_insert").c_str());
  const Output new_keys = keys.to_tensor("keys", key_dtype_);
  const Output new_values = values.to_tensor("values", value_dtype_);
  const ColocationScope colocation(handle_.graph(), &handle_.op());
  return OpBuilder("LookupTableInsertV2").input(handle_).input(new_keys).input(new_values).build();
}

Operation* MutableHashTable::remove(const Input& keys, const Name& name) const {
  const ops::OpScope scope({handle_, keys}, name.name,
                           (table_name_ + "_lookup_table_remove").c_str());
  const Output gone = keys_of_type(keys, key_dtype_);
  return OpBuilder("LookupTableRemoveV2").input(handle_).input(gone).build();
}

Entries MutableHashTable::export_values(const Name& name) const {
  const ops::OpScope scope({handle_}, name.name,
                           (table_name_ + "_lookup_table_export_values").c_str());
  const ColocationScope colocation(handle_.graph(), &handle_.op());
  return export_entries(handle_, key_dtype_, value_dtype_);
}

std::shared_ptr<train::SaveableObject> MutableHashTable::saveable(
    const std::string& name, const std::string& table_name) const {
  return std::make_shared<SaveableTable>(handle_, export_values(), name,
                                         table_name.empty() ? name : table_name);
}

KeyValueTensorInitializer::KeyValueTensorInitializer(
    const Input& keys, const Input& values, const KeyValueTensorInitializerOptions& options)
    : name_(options.name) {
  Graph& graph = graph_of({keys, values});
  const auto as_default = graph.as_default();
  std::optional<ControlDependencies> outside;
  if (graph.control_flow_context() != nullptr)
    outside.emplace(graph, std::vector<Operation*>(), true);
  keys_ = keys.to_tensor("keys", options.key_dtype);
  values_ = values.to_tensor("values", options.value_dtype);
}

DType KeyValueTensorInitializer::key_dtype() const {
  return base_dtype(keys_.dtype());
}
DType KeyValueTensorInitializer::value_dtype() const {
  return base_dtype(values_.dtype());
}

Operation* KeyValueTensorInitializer::initialize(Output handle) const {
  const ops::OpScope scope({handle, keys_, values_}, name_, "key_value_init");
  Operation* const op = import_entries(handle, keys_, values_);
  add_to_collection(GraphKeys::TABLE_INITIALIZERS, op);
  return op;
}

StaticHashTable::StaticHashTable(const KeyValueTensorInitializer& initializer,
                                 const Input& default_value, const Name& name)
    : key_dtype_(initializer.key_dtype()), value_dtype_(initializer.value_dtype()) {
  Graph& graph = graph_of({default_value});
  const auto as_default = graph.as_default();
  default_value_ = default_value.to_tensor("Const", value_dtype_);
  if (!default_value_.shape().compatible_with(Shape())) {
    errors::raise_value_error(
        fmt::format("Shapes {} and () are not compatible", default_value_.shape().to_string()));
  }
  const bool in_context = graph.control_flow_context() != nullptr;
  {
    const ControlDependencies outside = at_the_start(graph);
    handle_ = OpBuilder("HashTableV2", name.name)
                  .attr("shared_name", unique_shared_name())
                  .attr("key_dtype", key_dtype_)
                  .attr("value_dtype", value_dtype_)
                  .output();
    table_name_ = last_part(handle_.op().name());
    if (in_context) initializer_ = initializer.initialize(handle_);
  }
  if (!in_context) initializer_ = initializer.initialize(handle_);
}

Output StaticHashTable::size(const Name& name) const {
  const ops::OpScope scope({handle_}, name.name, (table_name_ + "_Size").c_str());
  return OpBuilder("LookupTableSizeV2").input(handle_).output();
}

Output StaticHashTable::lookup(const Input& keys, const Name& name) const {
  const ops::OpScope scope({handle_, keys}, name.name, (table_name_ + "_Lookup").c_str());
  const Output wanted = keys_of_type(keys, key_dtype_);
  const Output values =
      OpBuilder("LookupTableFindV2").input(handle_).input(wanted).input(default_value_).output();
  values.set_shape(wanted.shape());
  return values;
}

Entries StaticHashTable::export_values(const Name& name) const {
  const ops::OpScope scope({handle_}, name.name, (table_name_ + "_Export").c_str());
  return export_entries(handle_, key_dtype_, value_dtype_);
}

}  // namespace lookup
}  // namespace tensorkeep
