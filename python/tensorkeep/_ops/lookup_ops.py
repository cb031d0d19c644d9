"""Hash tables."""

from tensorkeep import _core

MutableHashTable = _core.lookup.MutableHashTable
StaticHashTable = _core.lookup.StaticHashTable
StaticHashTableV1 = HashTable = StaticHashTable
KeyValueTensorInitializer = _core.lookup.KeyValueTensorInitializer
tables_initializer = _core.tables_initializer
initialize_all_tables = _core.initialize_all_tables

__all__ = ["HashTable", "KeyValueTensorInitializer", "MutableHashTable", "StaticHashTable",
           "StaticHashTableV1", "initialize_all_tables", "tables_initializer"]
