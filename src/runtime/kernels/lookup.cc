#include <fmt/format.h>

#include "runtime/kernels/families.h"
#include "runtime/kernels/lookup_table.h"
#include "runtime/resource_manager.h"
#include "tensorkeep/errors.h"

// Hash tables. The handle of one is a resource, or, in old graphs, a reference to its name.
namespace tensorkeep::runtime {
namespace {

using Table = std::shared_ptr<LookupTable>;

// What sessions call the container of everything that names none.
std::string container_of(const Operation& op) {
  const std::string& container = op.attr_string("container");
  return container.empty() ? "localhost" : container;
}

// A table without a name of its own belongs to its node, and nobody else finds it.
std::string resource_name(const Operation& op) {
  const std::string& shared = op.attr_string("shared_name");
  if (!shared.empty()) return shared;
  return op.attr_bool("use_node_name_sharing") ? op.name() : "_0_" + op.name();
}

template <bool kIsStatic, bool kIsReference>
Kernel handle(const Operation& op) {
  const LookupTable::Definition definition{
      .key_dtype = op.attr_dtype("key_dtype"),
      .value_dtype = op.attr_dtype("value_dtype"),
      .row = op.has_attr("value_shape") ? op.attr_shape("value_shape") : Shape(),
      .is_static = kIsStatic};
  return [definition, container = container_of(op), name = resource_name(op)](KernelContext& c) {
    const Table table = c.resources().find_or_make<LookupTable>(container, name, [&] {
      return std::make_shared<LookupTable>(container, name, definition);
    });
    if (table->key_dtype() != definition.key_dtype ||
        table->value_dtype() != definition.value_dtype) {
      c.fail(fmt::format("Conflicting key/value dtypes {}->{} with {}-{} for table {}",
                         op_name_of(definition.key_dtype), op_name_of(definition.value_dtype),
                         op_name_of(table->key_dtype()), op_name_of(table->value_dtype()), name));
    }
    Value value;
    value.resource = table;
    value.is_ref = kIsReference;
    if (kIsReference) {
      const auto cell = std::make_shared<VariableCell>(c.op().name(), DType::kString);
      cell->write(table->reference());
      value.resource = cell;
    }
    c.set_output(0, std::move(value));
  };
}

Table table_behind(const KernelContext& c, const Tensor& reference) {
  if (reference.dtype() != DType::kString || reference.num_elements() != 2) {
    c.fail("Lookup table handle must be a vector of 2 strings, but is of shape " +
           reference.shape().debug_string());
  }
  const auto names = reference.data<std::string>();
  Table table = c.resources().find<LookupTable>(names[0], names[1]);
  if (table) return table;
  throw errors::NotFoundError(fmt::format("Could not find resource: {}/{}", names[0], names[1]),
                              {.node = c.op().name()});
}

Table table_of(const KernelContext& c) {
  const Value& value = c.input_value(0);
  if (auto table = std::dynamic_pointer_cast<LookupTable>(value.resource)) return table;
  if (const auto* cell = dynamic_cast<VariableCell*>(value.resource.get()); cell && value.is_ref) {
    return table_behind(c, cell->read());
  }
  c.fail(
      "Trying to access a handle's resource using the wrong type. The handle points to something "
      "that is no lookup table");
}

// Whether the types after the handle are those of the table.
void check_signature(const KernelContext& c, const std::vector<DType>& inputs,
                     const std::vector<DType>& outputs = {}) {
  const Operation& op = c.op();
  std::vector<DType> have_inputs;
  std::vector<DType> have_outputs;
  for (int i = 1; i < op.num_inputs(); ++i) {
    have_inputs.push_back(base_dtype(op.input(i).dtype()));
  }
  for (int i = 0; i < op.num_outputs(); ++i) have_outputs.push_back(op.output_dtype(i));
  if (have_inputs == inputs && have_outputs == outputs) return;
  const auto text = [&](const std::vector<DType>& in, const std::vector<DType>& out) {
    std::string all = op_name_of(op.input(0).dtype());
    for (const DType dtype : in) all += ", " + op_name_of(dtype);
    all += "->";
    for (const DType dtype : out) all += (all.ends_with("->") ? "" : ", ") + op_name_of(dtype);
    return all;
  };
  c.fail(fmt::format("Signature mismatch, have: {} expected: {}", text(have_inputs, have_outputs),
                     text(inputs, outputs)));
}

void find(KernelContext& c) {
  const Table table = table_of(c);
  check_signature(c, {table->key_dtype(), table->value_dtype()}, {table->value_dtype()});
  c.set_output(0, table->find(c.input(1), c.input(2)));
}

template <void (LookupTable::*kFill)(const Tensor&, const Tensor&)>
void fill(KernelContext& c) {
  const Table table = table_of(c);
  check_signature(c, {table->key_dtype(), table->value_dtype()});
  ((*table).*kFill)(c.input(1), c.input(2));
}

void remove(KernelContext& c) {
  const Table table = table_of(c);
  check_signature(c, {table->key_dtype()});
  table->remove(c.input(1));
}

void size(KernelContext& c) {
  c.set_output(0, Tensor::scalar(table_of(c)->size()));
}

void export_values(KernelContext& c) {
  const Table table = table_of(c);
  check_signature(c, {}, {table->key_dtype(), table->value_dtype()});
  auto [keys, values] = table->entries();
  c.set_output(0, std::move(keys));
  c.set_output(1, std::move(values));
}

}  // namespace

void register_lookup_kernels(KernelRegistry& registry) {
  registry.add("HashTable", handle<true, true>);
  registry.add("HashTableV2", handle<true, false>);
  registry.add("MutableHashTable", handle<false, true>);
  registry.add("MutableHashTableV2", handle<false, false>);
  registry.add("MutableHashTableOfTensors", handle<false, true>);
  registry.add("MutableHashTableOfTensorsV2", handle<false, false>);
  for (const std::string suffix : {"", "V2"}) {
    registry.add_function("LookupTableFind" + suffix, find);
    registry.add_function("LookupTableInsert" + suffix, fill<&LookupTable::insert>);
    registry.add_function("LookupTableImport" + suffix, fill<&LookupTable::import>);
    registry.add_function("InitializeTable" + suffix, fill<&LookupTable::initialize>);
    registry.add_function("LookupTableSize" + suffix, size);
    registry.add_function("LookupTableExport" + suffix, export_values);
  }
  registry.add_function("LookupTableRemoveV2", remove);
}

}  // namespace tensorkeep::runtime
