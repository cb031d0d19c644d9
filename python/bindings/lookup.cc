#include "bindings.h"
#include "convert.h"
#include "graph_object.h"
#include "python_objects.h"
#include "saveables.h"
#include "tensorkeep/lookup_ops.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

using lookup::KeyValueTensorInitializer;
using lookup::MutableHashTable;
using lookup::StaticHashTable;

nb::object entries(const lookup::Entries& exported) {
  return nb::make_tuple(wrap(exported.keys), wrap(exported.values));
}

// What both kinds of tables have.
template <typename Table>
void bind_table(nb::class_<Table>& table) {
  table.def_prop_ro("name", &Table::name, "The table's name.")
      .def_prop_ro(
          "key_dtype", [](const Table& self) { return wrap(self.key_dtype()); },
          "The type of keys.")
      .def_prop_ro(
          "value_dtype", [](const Table& self) { return wrap(self.value_dtype()); },
          "The type of values.")
      .def_prop_ro(
          "default_value", [](const Table& self) { return self.default_value(); },
          "What a key gives that is not in the table.")
      .def_prop_ro(
          "resource_handle", [](const Table& self) { return self.resource_handle(); },
          "The tensor that stands for the table.")
      .def(
          "size", [](const Table& self, const Text& name) { return self.size({name.value}); },
          "name"_a = nb::none(), "The number of keys, an int64.")
      .def(
          "export",
          [](const Table& self, const Text& name) {
            return entries(self.export_values({name.value}));
          },
          "name"_a = nb::none(), "All keys and all values, two tensors.");
}

void bind_mutable_table(nb::module_& m) {
  nb::class_<MutableHashTable> table(m, "MutableHashTable", nb::dynamic_attr(),
                                     "A map from keys to values that lives in the session, and "
                                     "that Savers save.");
  bind_table(table);
  table
      .def(
          "__init__",
          [](MutableHashTable* self, nb::handle key_dtype, nb::handle value_dtype,
             const Input& default_value, const Text& name, bool checkpoint, bool is_anonymous) {
            if (is_anonymous) {
              throw errors::UnimplementedError("Anonymous hash tables are not implemented.");
            }
            new (self) MutableHashTable(
                dtype_of_object(key_dtype), dtype_of_object(value_dtype), default_value,
                {.name = name.value.empty() ? "MutableHashTable" : name.value,
                 .checkpoint = checkpoint});
            keep_default_graph(self);
          },
          "key_dtype"_a, "value_dtype"_a, "default_value"_a, "name"_a = "MutableHashTable",
          "checkpoint"_a = true, "experimental_is_anonymous"_a = false)
      .def(
          "lookup",
          [](const MutableHashTable& self, const Input& keys, nb::handle dynamic_default_values,
             const Text& name) {
            lookup::LookupOptions options{.name = name.value};
            if (!dynamic_default_values.is_none()) {
              options.dynamic_default_values = to_input(dynamic_default_values);
            }
            return self.lookup(keys, options);
          },
          "keys"_a, "dynamic_default_values"_a = nb::none(), "name"_a = nb::none(),
          "A tensor of the values of `keys`, the default for those that are not there.")
      .def(
          "insert",
          [](const MutableHashTable& self, const Input& keys, const Input& values,
             const Text& name) { return self.insert(keys, values, {name.value}); },
          "keys"_a, "values"_a, "name"_a = nb::none(),
          "An operation that adds keys, or gives them other values.")
      .def(
          "remove",
          [](const MutableHashTable& self, const Input& keys, const Text& name) {
            return self.remove(keys, {name.value});
          },
          "keys"_a, "name"_a = nb::none(), "An operation that takes keys out.")
      .def("__getitem__",
           [](const MutableHashTable& self, const Input& keys) { return self.lookup(keys); });
}

void bind_static_table(nb::module_& m) {
  nb::class_<KeyValueTensorInitializer>(m, "KeyValueTensorInitializer", nb::dynamic_attr(),
                                        "Keys and their values, of which a table is filled.")
      .def(
          "__init__",
          [](KeyValueTensorInitializer* self, const Input& keys, const Input& values,
             const OptionalDType& key_dtype, const OptionalDType& value_dtype, const Text& name) {
            new (self) KeyValueTensorInitializer(
                keys, values,
                {.key_dtype = key_dtype.value,
                 .value_dtype = value_dtype.value,
                 .name = name.value.empty() ? "key_value_init" : name.value});
            keep_default_graph(self);
          },
          "keys"_a, "values"_a, "key_dtype"_a = nb::none(), "value_dtype"_a = nb::none(),
          "name"_a = nb::none())
      .def_prop_ro(
          "key_dtype", [](const KeyValueTensorInitializer& self) { return wrap(self.key_dtype()); },
          "The type of keys.")
      .def_prop_ro(
          "value_dtype",
          [](const KeyValueTensorInitializer& self) { return wrap(self.value_dtype()); },
          "The type of values.");
  nb::class_<StaticHashTable> table(m, "StaticHashTable", nb::dynamic_attr(),
                                    "A map that its initializer fills once.");
  bind_table(table);
  table
      .def(
          "__init__",
          [](StaticHashTable* self, const KeyValueTensorInitializer& initializer,
             const Input& default_value, const Text& name) {
            new (self) StaticHashTable(initializer, default_value,
                                       {name.value.empty() ? "hash_table" : name.value});
            keep_default_graph(self);
          },
          "initializer"_a, "default_value"_a, "name"_a = nb::none())
      .def_prop_ro(
          "initializer", [](const StaticHashTable& self) { return wrap(self.initializer()); },
          "The operation that fills the table.")
      .def_prop_ro(
          "init", [](const StaticHashTable& self) { return wrap(self.initializer()); },
          "The operation that fills the table.")
      .def(
          "lookup",
          [](const StaticHashTable& self, const Input& keys, const Text& name) {
            return self.lookup(keys, {name.value});
          },
          "keys"_a, "name"_a = nb::none(),
          "A tensor of the values of `keys`, the default for those that are not there.")
      .def("__getitem__",
           [](const StaticHashTable& self, const Input& keys) { return self.lookup(keys); });
}

}  // namespace

std::shared_ptr<train::SaveableObject> table_saveable(nb::handle object, const std::string& name) {
  if (!nb::isinstance<MutableHashTable>(object)) return nullptr;
  const auto& table = *nb::inst_ptr<MutableHashTable>(object);
  return table.saveable(name, table.name());
}

void bind_lookup(nb::module_& root) {
  nb::module_ m = root.def_submodule("lookup", "Hash tables.");
  bind_mutable_table(m);
  bind_static_table(m);
  const auto initializer = [](const Text& name) { return tables_initializer({name.value}); };
  root.def("tables_initializer", initializer, "name"_a = "init_all_tables",
           "An operation that fills all static tables of the default graph.");
  root.def("initialize_all_tables", initializer, "name"_a = "init_all_tables",
           "The same as tables_initializer.");
}

}  // namespace tensorkeep::python
