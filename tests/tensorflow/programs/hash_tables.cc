#include "programs.h"

namespace tensorkeep::testing {
namespace {

using tf::lookup::KeyValueTensorInitializer;
using tf::lookup::MutableHashTable;
using tf::lookup::StaticHashTable;

MutableHashTable mutable_table(const tf::lookup::MutableHashTableOptions& options = {}) {
  return MutableHashTable(tf::string, tf::int64, -1, options);
}

PROGRAM(table_mutable) {
  const auto table = mutable_table();
  table.insert({"a", "b"}, {1, 2});
  // Python makes its arguments from left to right.
  const auto key = tf::constant({"c"});
  const auto value = tf::constant({3}, {.dtype = tf::int64});
  table.insert(key, value, {"more"});
  table.lookup({"a", "x"});
  table.lookup(tf::placeholder(tf::string, {3, tf::None}), {.name = "found"});
  table.size();
  table.size({"count"});
  table.remove(tf::constant({"b"}));
  table.remove(tf::constant({"a"}), {"gone"});
  table.export_values();
  table.export_values({"all"});
  return tf::train::Saver();
}

PROGRAM(table_mutable_unsaved) {
  const auto table = mutable_table({.name = "words", .checkpoint = false});
  const auto keys = tf::placeholder(tf::string, {tf::None});
  table.lookup(keys, {.dynamic_default_values = tf::placeholder(tf::int64, {tf::None})});
  table.lookup(keys, {.dynamic_default_values = tf::constant(7, {.dtype = tf::int64})});
  const MutableHashTable other(tf::int64, tf::float32, tf::constant(0.5), {.checkpoint = false});
  const auto wanted = tf::constant({{1, 2}}, {.dtype = tf::int64});
  tf::add(other.lookup(wanted), 1.0);
  return {};
}

PROGRAM(table_of_vectors) {
  const MutableHashTable table(tf::int64, tf::float32, {0.0, 0.0}, {.name = "vectors"});
  table.insert({1, 2}, {{1.0, 2.0}, {3.0, 4.0}});
  const auto found = table.lookup(tf::placeholder(tf::int64, {5}));
  tf::reduce_sum(found * 2.0, {.axis = 1});
  table.export_values();
  return tf::train::Saver();
}

PROGRAM(table_in_scopes_and_on_devices) {
  std::optional<MutableHashTable> table;
  std::optional<MutableHashTable> again;
  {
    auto outer = tf::name_scope("outer");
    auto cpu = tf::device("/cpu:0");
    table = mutable_table({.checkpoint = false});
    again = mutable_table({.name = "second", .checkpoint = false});
  }
  {
    auto use = tf::name_scope("use");
    auto gpu = tf::device("/gpu:0");
    {
      auto after = tf::control_dependencies({table->insert({"a"}, {1})});
      table->lookup({"a"});
    }
    again->remove(tf::constant({"a"}));
    again->size();
  }
  return {};
}

PROGRAM(table_static) {
  const StaticHashTable table(KeyValueTensorInitializer({"a", "b"}, {1, 2}), -1);
  table.lookup(tf::placeholder(tf::string, {2, 3}));
  table.lookup(tf::constant({"x"}), {"found"});
  table.size();
  table.export_values();
  tf::tables_initializer();
  return {};
}

PROGRAM(tables_static_two) {
  std::optional<StaticHashTable> first;
  tf::Output keys;
  {
    auto scope = tf::name_scope("first");
    keys = tf::constant({1, 2}, {.dtype = tf::int64, .name = "numbers"});
    const KeyValueTensorInitializer initializer(keys, {"one", "two"}, {.name = "fill"});
    first.emplace(initializer, "none", tf::Name{"names"});
  }
  const tf::lookup::HashTable second(
      KeyValueTensorInitializer({1, 2}, {1.5, 2.5},
                                {.key_dtype = tf::int64, .value_dtype = tf::float64}),
      0);
  first->lookup(keys);
  second.lookup(keys);
  tf::tables_initializer({"fill_all"});
  return {};
}

PROGRAM(tables_initializer_of_none) {
  tf::tables_initializer();
  tf::tables_initializer({"nothing"});
  return {};
}

PROGRAM(table_in_a_branch) {
  const auto branch = [] {
    const StaticHashTable table(KeyValueTensorInitializer({"a"}, {5}), -1);
    return table.lookup(tf::constant({"a"}));
  };
  const auto flag = tf::placeholder(tf::boolean, {});
  tf::cond(flag, branch, [] { return tf::constant({0}); });
  tf::tables_initializer();
  return {};
}

}  // namespace
}  // namespace tensorkeep::testing
