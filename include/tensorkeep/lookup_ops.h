#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"
#include "tensorkeep/saveable_object.h"

// Hash tables, which live in a session as variables do.
namespace tensorkeep {

// An operation that runs the initializers of all tables of the default graph: what is in the
// collection GraphKeys::TABLE_INITIALIZERS. Without any it does nothing.
Operation* tables_initializer(const Name& name = {"init_all_tables"});
Operation* initialize_all_tables(const Name& name = {"init_all_tables"});

namespace lookup {

// All keys of a table and their values, in one order.
struct Entries {
  Output keys;
  Output values;
};

struct MutableHashTableOptions {
  std::string name = "MutableHashTable";
  // Whether Savers without a var_list save the table, as the tensors `<name>-keys` and
  // `<name>-values`.
  bool checkpoint = true;
  // Tables of one shared name are one table. Empty: the node's own name if the table is saved.
  std::string shared_name = {};
};

struct LookupOptions {
  // What keys get that are not in the table: a value like default_value, or one for each key.
  std::optional<Input> dynamic_default_values = std::nullopt;
  std::string name = {};
};

// A table that is filled as a graph runs. A handle: copies are the same table.
//   tf::lookup::MutableHashTable table(tf::string, tf::int64, -1);
//   sess.run(table.insert({"a", "b"}, {1, 2}));
class MutableHashTable {
 public:
  // Keys are int32, int64 or strings. Values are scalars or vectors, as `default_value` is, which
  // must have the type value_dtype, or be a literal that can. Throws InvalidArgumentError
  // (TypeError or ValueError) if it cannot.
  MutableHashTable(DType key_dtype, DType value_dtype, const Input& default_value,
                   const MutableHashTableOptions& options = {});

  const std::string& name() const { return table_name_; }  // "MutableHashTable_1", without scopes
  DType key_dtype() const { return key_dtype_; }
  DType value_dtype() const { return value_dtype_; }
  Output default_value() const { return default_value_; }
  Output resource_handle() const { return handle_; }

  // The number of keys, an int64.
  Output size(const Name& name = {}) const;
  // The values of `keys`, of their shape; for a table of vectors with one dimension more.
  Output lookup(const Input& keys, const LookupOptions& options = {}) const;
  // Adds keys, or gives them other values. `values` have the shape of `keys`.
  Operation* insert(const Input& keys, const Input& values, const Name& name = {}) const;
  // Takes keys out; those that are not there do not matter. Throws InvalidArgumentError (TypeError)
  // "Dtype of argument `keys` must be ..." for those of another type.
  Operation* remove(const Input& keys, const Name& name = {}) const;
  Entries export_values(const Name& name = {}) const;

  // The table as an object that a Saver saves under `name`, with nodes of its own; it is restored
  // in the name scope `<table_name>_table_restore` (empty: as `name`).
  std::shared_ptr<train::SaveableObject> saveable(const std::string& name,
                                                  const std::string& table_name = {}) const;

 private:
  DType key_dtype_;
  DType value_dtype_;
  Output default_value_;
  Output handle_;
  std::string table_name_;
};

struct KeyValueTensorInitializerOptions {
  std::optional<DType> key_dtype = std::nullopt;  // of literals
  std::optional<DType> value_dtype = std::nullopt;
  std::string name = "key_value_init";
};

// What a StaticHashTable is filled with: keys and their values, which have one shape.
class KeyValueTensorInitializer {
 public:
  KeyValueTensorInitializer(const Input& keys, const Input& values,
                            const KeyValueTensorInitializerOptions& options = {});

  DType key_dtype() const;
  DType value_dtype() const;
  // Adds the operation that fills the table behind `handle`, and puts it into the collection
  // GraphKeys::TABLE_INITIALIZERS.
  Operation* initialize(Output handle) const;

 private:
  Output keys_;
  Output values_;
  std::string name_;
};

// A table that does not change once tf::tables_initializer(), or its own initializer, has run.
//   tf::lookup::StaticHashTable table(tf::lookup::KeyValueTensorInitializer({"a", "b"}, {1, 2}),
//   -1);
class StaticHashTable {
 public:
  // `default_value` is a scalar. Throws InvalidArgumentError (TypeError or ValueError) if it is not
  // of the values' type.
  StaticHashTable(const KeyValueTensorInitializer& initializer, const Input& default_value,
                  const Name& name = {"hash_table"});

  const std::string& name() const { return table_name_; }
  DType key_dtype() const { return key_dtype_; }
  DType value_dtype() const { return value_dtype_; }
  Output default_value() const { return default_value_; }
  Output resource_handle() const { return handle_; }
  Operation* initializer() const { return initializer_; }

  Output size(const Name& name = {}) const;
  // The values of `keys`, of their shape. Throws InvalidArgumentError (TypeError) "Dtype of
  // argument `keys` must be ..." for keys of another type.
  Output lookup(const Input& keys, const Name& name = {}) const;
  Entries export_values(const Name& name = {}) const;

 private:
  DType key_dtype_;
  DType value_dtype_;
  Output default_value_;
  Output handle_;
  std::string table_name_;
  Operation* initializer_ = nullptr;
};

using HashTable = StaticHashTable;

}  // namespace lookup
}  // namespace tensorkeep
