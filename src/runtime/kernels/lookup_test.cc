#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/lookup_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/session.h"
#include "tensorkeep/variable.h"

// Words and orders of entries are TensorFlow 2.21's.
namespace tensorkeep {
namespace {

using lookup::HashTable;
using lookup::KeyValueTensorInitializer;
using lookup::MutableHashTable;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

template <typename T>
std::vector<T> values(const Tensor& tensor) {
  const auto data = tensor.data<T>();
  return {data.begin(), data.end()};
}

class LookupTest : public testing::Test {
 protected:
  // Whatever its static shape says, as what is fed would.
  static Output any_shape(const Literal& value, DType dtype) {
    return placeholder_with_default(constant(value, {.dtype = dtype}), Shape::unknown());
  }
  static Output ints(const Literal& value) { return any_shape(value, int64); }

  template <typename E = errors::InvalidArgumentError, typename T>
  std::string error_of(const T& target) {
    try {
      session_.run(target);
    } catch (const E& error) {
      return error.message();
    }
    return "no error";
  }

  static Operation* import(Output handle, const Input& keys, const Input& values) {
    return OpBuilder("LookupTableImportV2").input(handle).input(keys).input(values).build();
  }
  static Operation* initialize(Output handle, const Input& keys, const Input& values) {
    return OpBuilder("InitializeTableV2").input(handle).input(keys).input(values).build();
  }
  static Output handle_of(const char* type, DType key_dtype, DType value_dtype,
                          const std::string& shared_name = "") {
    return OpBuilder(type)
        .attr("key_dtype", key_dtype)
        .attr("value_dtype", value_dtype)
        .attr("shared_name", shared_name)
        .output();
  }
  static Output size_of_table(Output handle) {
    return OpBuilder("LookupTableSizeV2").input(handle).output();
  }
  std::int64_t count(Output size) { return session_.run(size).value<std::int64_t>(); }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
  Session session_{*graph_};
};

TEST_F(LookupTest, EveryTypeOfKeysAndValues) {
  for (const DType key : {int32, int64, string}) {
    for (const DType value :
         {float32, float64, int32, int64, string, boolean, float16, complex64}) {
      SCOPED_TRACE(name_of(key) + " to " + name_of(value));
      const auto literal = [&](int number) {
        return value == string    ? Literal(std::to_string(number))
               : value == boolean ? Literal(number == 1)
                                  : Literal(number);
      };
      const Literal keys = key == string ? Literal({"a", "b", "c"}) : Literal({1, 2, 3});
      const Literal one_key = key == string ? Literal({"b"}) : Literal({2});
      const MutableHashTable table(key, value, literal(0));
      session_.run(table.insert(keys, {literal(1), literal(2), literal(3)}));
      session_.run(table.remove(constant(one_key, {.dtype = key})));
      EXPECT_EQ(count(table.size()), 2);
      const Tensor found = session_.run(table.lookup(keys));
      EXPECT_TRUE(
          found.identical_to(Literal({literal(1), literal(0), literal(3)}).to_tensor(value)))
          << found.to_string();
      const auto all = table.export_values();
      const auto exported = session_.run({all.keys, all.values});
      EXPECT_EQ(exported[0].dtype(), key);
      EXPECT_EQ(exported[1].dtype(), value);
      EXPECT_EQ(exported[1].shape(), Shape({2}));
    }
  }
}

TEST_F(LookupTest, EntriesComeInTensorFlowsOrder) {
  const MutableHashTable table(int64, int64, -1);
  const Output keys = placeholder(int64, {None});
  const Output all = table.export_values().keys;
  std::vector<std::int64_t> first;
  for (std::int64_t i = 0; i < 40; ++i) first.push_back(i * i * 7 - 50);
  session_.run(table.insert(keys, keys), {{keys, Tensor::vector(first)}});
  session_.run(table.remove(keys), {{keys, Tensor::vector<std::int64_t>({-50, -43, 13, 398})}});
  session_.run(table.insert(keys, keys),
               {{keys, Tensor::vector<std::int64_t>({13, 1LL << 40, -1})}});
  EXPECT_THAT(
      values<std::int64_t>(session_.run(all)),
      ElementsAre(-1, 1099511627776, 13, 6250, 5837, 1973, 797, 2218, 10058, 3037, 125, 8525, 3982,
                  517, 10597, 2750, 62, 8042, 4325, 650, 2477, 293, 958, 9533, 3338, 202, 9022,
                  3653, -22, 1133, 1742, 7573, 4682, 1322, 1525, 7118, 5053, 6677, 5438));
  session_.run(import(table.resource_handle(), keys, keys),
               {{keys, Tensor::vector<std::int64_t>({5, 3, 5, 70, -9})}});
  EXPECT_THAT(values<std::int64_t>(session_.run(all)), ElementsAre(-9, 70, 3, 5));

  const MutableHashTable words(string, int64, -1);
  std::vector<std::string> texts;
  for (int i = 0; i < 12; ++i) texts.push_back("word" + std::to_string(i * i));
  for (const auto& text :
       {std::string(), std::string("exactly8"), std::string(1, '\0'), std::string("\xff\xfe")}) {
    texts.push_back(text);
  }
  const Output given = constant(Tensor::vector(texts));
  session_.run(words.insert(given, zeros({16}, int64)));
  EXPECT_THAT(values<std::string>(session_.run(words.export_values().keys)),
              ElementsAre("\xff\xfe", std::string(1, '\0'), "exactly8", "word0", "word1", "word4",
                          "word16", "word25", "word36", "word9", "word49", "word64", "word81", "",
                          "word121", "word100"));
}

TEST_F(LookupTest, TheLastOfEqualKeysWinsAndShapesAreKept) {
  const MutableHashTable table(int64, int64, -1);
  session_.run(table.insert(ints({{1, 2}, {1, 3}}), ints({{10, 20}, {11, 30}})));
  EXPECT_EQ(session_.run(table.lookup(ints({{1, 9}, {2, 3}}))).to_string(), "[[11 -1] [20 30]]");
  EXPECT_EQ(session_.run(table.lookup(ints({1, 9}), {.dynamic_default_values = ints({7, 8})}))
                .to_string(),
            "[11 8]");
  EXPECT_EQ(session_.run(table.lookup(2)).value<std::int64_t>(), 20);
  // An import replaces everything; with nothing, too.
  session_.run(import(table.resource_handle(), ints({4, 5, 4}), ints({1, 2, 3})));
  EXPECT_EQ(session_.run(table.lookup(ints({1, 4, 5}))).to_string(), "[-1 3 2]");
  session_.run(import(table.resource_handle(), zeros({0}, int64), zeros({0}, int64)));
  EXPECT_EQ(count(table.size()), 0);
}

TEST_F(LookupTest, Vectors) {
  const MutableHashTable table(int64, float32, {0.5, 0.5});
  session_.run(table.insert(ints({1, 2}), {{1.0, 2.0}, {3.0, 4.0}}));
  session_.run(table.remove(constant({1}, {.dtype = int64})));
  session_.run(table.insert(ints({3}), {{5.0, 6.0}}));  // takes the free row
  EXPECT_EQ(table.lookup(placeholder(int64, {5, None})).shape(), Shape({5, None, 2}));
  EXPECT_EQ(session_.run(table.lookup(ints({1, 2, 3}))).to_string(), "[[0.5 0.5] [3. 4.] [5. 6.]]");
  const Output each = placeholder_with_default(constant({{1.0, 2.0}}), Shape::unknown());
  EXPECT_EQ(session_.run(table.lookup(ints({1}), {.dynamic_default_values = each})).to_string(),
            "[[1. 2.]]");
  const Output wide = placeholder_with_default(constant({{1.0, 2.0, 3.0}}), Shape::unknown());
  EXPECT_THAT(error_of(table.insert(ints({1}), wide)),
              StartsWith("Expected shape [1,2] for value, got [1,3]"));
  EXPECT_THAT(error_of(table.lookup(ints({1}), {.dynamic_default_values = wide})),
              StartsWith("Expected shape [2] or [1,2] for default value, got [1,3]"));
  const MutableHashTable matrices(int64, float32, {{0.5, 0.5}});
  EXPECT_THAT(error_of(matrices.size()),
              StartsWith("Default value must be a vector, got shape [1,2]"));
  const MutableHashTable unknown(int64, float32,
                                 placeholder_with_default(constant({1.0}), Shape::unknown()));
  EXPECT_THAT(error_of(unknown.size()), StartsWith("Default value must be a vector, got shape"));
}

TEST_F(LookupTest, WhatDoesNotFitChangesNothing) {
  const MutableHashTable table(int64, int64, -1);
  const Output handle = table.resource_handle();
  session_.run(table.insert(7, 8));
  EXPECT_THAT(error_of(table.insert(ints({1, 2, 3}), ints({1, 2}))),
              StartsWith("Expected shape [3] for value, got [2]\n\t [[{{node "));
  EXPECT_THAT(error_of(table.insert(ints({1, 2, 3, 4}), ints({{1, 2}, {3, 4}}))),
              StartsWith("Expected shape [4] for value, got [2,2]"));
  EXPECT_THAT(error_of(import(handle, ints({1, 2, 3}), ints({1, 2}))),
              StartsWith("Expected shape [3] for value, got [2]"));
  EXPECT_THAT(error_of(table.lookup(ints({1, 7, 2}), {.dynamic_default_values = ints({10, 20})})),
              StartsWith("Expected shape [] or [3] for default value, got [2]"));
  EXPECT_THAT(error_of(import(handle, ints({1}), constant({1.5}))),
              StartsWith("Signature mismatch, have: resource, int64, float-> expected: resource, "
                         "int64, int64->"));
  EXPECT_THAT(error_of(initialize(handle, ints({1}), ints({1}))),
              StartsWith("Table localhost MutableHashTable is not initializable"));
  EXPECT_EQ(session_.run(table.export_values().keys).to_string(), "[7]");
}

TEST_F(LookupTest, TheGraphRefusesWhatItKnows) {
  const MutableHashTable table(int64, int64, -1);
  const Output handle = table.resource_handle();
  const auto refused = [](auto&& make) {
    try {
      make();
    } catch (const errors::Error& error) {
      const bool type = error.python_class() == errors::PythonClass::kTypeError;
      return (type ? "TypeError: " : "ValueError: ") + error.message();
    }
    return std::string("no error");
  };
  EXPECT_THAT(refused([&] { table.remove(constant({"a"})); }),
              StartsWith("TypeError: Dtype of argument `keys` must be <dtype: 'int64'>, received: "
                         "<dtype: 'string'>"));
  EXPECT_THAT(refused([&] { table.insert({1}, constant({1.5})); }),
              StartsWith("ValueError: Tensor conversion requested dtype int64 for Tensor with "
                         "dtype float32"));
  EXPECT_THAT(refused([&] { table.insert({1}, {2.5}); }), StartsWith("TypeError: Expected int64"));
  EXPECT_THAT(refused([&] {
                import(handle, constant({1, 2}, {.dtype = int64}), {{ 1 }});
              }),
              StartsWith("ValueError: Dimensions must be equal, but are 2 and 1"));
  EXPECT_THAT(
      refused([&] { OpBuilder("LookupTableFindV2").input(handle).input({"a"}).input(-1).build(); }),
      StartsWith("ValueError: Trying to read value with wrong dtype. Expected int64 got "
                 "string"));
  EXPECT_THAT(refused([&] { size_of_table(placeholder(resource, {2})); }),
              StartsWith("ValueError: Shape must be rank 0 but is rank 1"));
  EXPECT_THAT(refused([&] {
                HashTable(KeyValueTensorInitializer({1}, {2}), {1, 2});
              }),
              StartsWith("ValueError: Shapes (2,) and () are not compatible"));
  EXPECT_THAT(refused([&] { HashTable(KeyValueTensorInitializer({1}, {2}), -1.5); }),
              StartsWith("TypeError: Expected int32"));
  EXPECT_THAT(refused([&] { MutableHashTable(float32, int64, -1).insert({1.0}, {1}); }),
              "no error");  // a graph may be made for another machine
}

TEST_F(LookupTest, StaticTables) {
  const HashTable table(KeyValueTensorInitializer({"a", "b", "a"}, {1, 2, 1}), -1);
  const Output found = table.lookup(constant({"b", "x"}));
  EXPECT_THAT(error_of<errors::FailedPreconditionError>(found),
              StartsWith("Table not initialized."));
  EXPECT_THAT(error_of<errors::AbortedError>(table.export_values().keys),
              StartsWith("HashTable is not initialized."));
  EXPECT_EQ(count(table.size()), 0);
  session_.run(tables_initializer());
  EXPECT_EQ(session_.run(found).to_string(), "[2 -1]");
  EXPECT_EQ(count(table.size()), 2);
  const Output handle = table.resource_handle();
  EXPECT_THAT(error_of<errors::UnimplementedError>(
                  OpBuilder("LookupTableInsertV2").input(handle).input({"z"}).input({1}).build()),
              StartsWith("Insert not supported by InitializableLookupTable implementations"));
  EXPECT_THAT(error_of<errors::UnimplementedError>(
                  OpBuilder("LookupTableRemoveV2").input(handle).input(constant({"z"})).build()),
              StartsWith("Remove not supported by InitializableLookupTable implementations"));
  // Only the number of entries is looked at, and TensorFlow counts equal keys as often as they
  // come.
  EXPECT_THAT(error_of<errors::FailedPreconditionError>(table.initializer()),
              StartsWith("Table was already initialized with different data."));
  session_.run(initialize(handle, {"y", "z"}, {5, 6}));
  EXPECT_EQ(session_.run(found).to_string(), "[2 -1]");
}

TEST_F(LookupTest, StaticTablesRefuseWhatContradicts) {
  const Output keys = placeholder(string, Shape::unknown());
  const Output numbers = placeholder(float32, Shape::unknown());
  const HashTable table(KeyValueTensorInitializer(keys, numbers), 0.0);
  const auto fill = [&](const Literal& k, const Literal& v) {
    session_.run(table.initializer(), {{keys, k}, {numbers, v}});
  };
  const auto refused = [&](const Literal& k, const Literal& v) {
    try {
      fill(k, v);
    } catch (const errors::Error& error) {
      return std::string(errors::class_name(error.code())) + ": " + error.message();
    }
    return std::string("no error");
  };
  EXPECT_THAT(refused({"a", "a"}, {1.5, 0.1}),
              StartsWith("FailedPreconditionError: HashTable has different value for same key. Key "
                         "a has 1.5 and trying to add value 0.1"));
  EXPECT_THAT(refused({"a", "b"}, {1.5}),
              StartsWith("InvalidArgumentError: Expected shape [2] for value, got [1]"));
  EXPECT_THAT(refused(Tensor(string, {0}), Tensor(float32, {0})),
              StartsWith("InvalidArgumentError: keys and values cannot be empty tensors."));
  EXPECT_EQ(count(table.size()), 0);
  fill({{"a", "b"}}, {{1.5, 2.5}});
  EXPECT_EQ(count(table.size()), 2);

  const Output raw = handle_of("HashTableV2", int64, int64);
  EXPECT_THAT(error_of(initialize(raw, ints({{1, 2}}), ints({{1, 2}}))),
              StartsWith("Keys must be a vector, but received shape[1,2]"));
  EXPECT_THAT(error_of(initialize(raw, ints({1, 2}), ints({3}))),
              StartsWith("Keys and values must have the same size 2 vs 1"));
  EXPECT_THAT(error_of(initialize(raw, ints({1}), constant({1.0}))),
              StartsWith("Signature mismatch, have: resource, int64, float-> expected: resource, "
                         "int64, int64->"));
}

TEST_F(LookupTest, NamesThatAreSharedAndNot) {
  const Output a = handle_of("MutableHashTableV2", int64, int64, "shared");
  const Output b = handle_of("MutableHashTableV2", int64, int64, "shared");
  const Output alone = handle_of("MutableHashTableV2", int64, int64);
  session_.run(import(a, ints({1, 2}), ints({3, 4})));
  EXPECT_EQ(count(size_of_table(b)), 2);
  EXPECT_EQ(count(size_of_table(alone)), 0);
  EXPECT_THAT(error_of(size_of_table(handle_of("MutableHashTableV2", int64, float32, "shared"))),
              StartsWith("Conflicting key/value dtypes int64->float with int64-int64 for table "
                         "shared"));
  EXPECT_THAT(
      error_of(initialize(handle_of("HashTableV2", int64, int64, "shared"), ints({1}), ints({1}))),
      StartsWith("Table localhost shared is not initializable"));
  Session other(*graph_);
  EXPECT_EQ(other.run(size_of_table(a)).value<std::int64_t>(), 0);
  // A variable may have the name of a table.
  const Variable variable(1.0, {.name = "shared", .use_resource = true});
  session_.run(variable.initializer());
  EXPECT_EQ(session_.run(variable).value<float>(), 1.0f);
  EXPECT_EQ(count(size_of_table(a)), 2);
  EXPECT_THAT(error_of(size_of_table(variable.handle())),
              StartsWith("Trying to access a handle's resource using the wrong type."));
}

// The first versions, whose handles are references to names.
TEST_F(LookupTest, References) {
  const Output table = handle_of("MutableHashTable", int64, int64, "old");
  const Output keys = ints({1, 2});
  EXPECT_EQ(table.shape(), Shape({2}));
  session_.run(OpBuilder("LookupTableInsert").input(table).input(keys).input(keys).build());
  EXPECT_EQ(session_
                .run(OpBuilder("LookupTableFind")
                         .input(table)
                         .input(ints({2, 9}))
                         .input(-1)
                         .attr("Tout", int64)
                         .output())
                .to_string(),
            "[2 -1]");
  EXPECT_EQ(count(size_of_table(handle_of("MutableHashTableV2", int64, int64, "old"))), 2);
  EXPECT_EQ(session_.run(identity(table)).to_string(), session_.run(table).to_string());
  EXPECT_THAT(values<std::string>(session_.run(table)), ElementsAre("localhost", "old"));
  const Output found =
      OpBuilder("HashTable").attr("key_dtype", string).attr("value_dtype", int64).output();
  session_.run(OpBuilder("InitializeTable").input(found).input({"a"}).input(ints({1})).build());
  EXPECT_EQ(count(OpBuilder("LookupTableSize").input(found).output()), 1);
  // What an import only depends on by control edges is not dropped.
  const Output none = zeros({0}, int64);
  session_.run(
      group({OpBuilder("LookupTableImport").input(table).input(none).input(none).build()}));
  EXPECT_EQ(count(OpBuilder("LookupTableSize").input(table).output()), 0);

  const auto of_variable = [&](const Literal& names) {
    const Output value = placeholder_with_default(constant(names), Shape::unknown());
    const Variable variable(value, {.validate_shape = false});
    session_.run(variable.initializer());
    return OpBuilder("LookupTableSize").input(variable.handle()).output();
  };
  EXPECT_THAT(error_of<errors::NotFoundError>(of_variable({"localhost", "nobody"})),
              StartsWith("Could not find resource: localhost/nobody"));
  EXPECT_THAT(error_of(of_variable({{"localhost", "old"}, {"localhost", "old"}})),
              StartsWith("Lookup table handle must be a vector of 2 strings"));
}

TEST_F(LookupTest, ManyThreads) {
  const MutableHashTable table(int64, string, "");
  const Output keys = placeholder(int64, {None});
  const Output texts = placeholder(string, {None});
  Operation* const insert = table.insert(keys, texts);
  const Output found = table.lookup(keys);
  const auto all = table.export_values();
  constexpr std::int64_t kThreads = 8;
  constexpr std::int64_t kRounds = 50;
  std::vector<std::thread> threads;
  std::atomic<bool> wrong = false;
  for (std::int64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::int64_t i = 0; i < kRounds; ++i) {
        const std::int64_t key = t * kRounds + i;
        const Tensor one = Tensor::vector<std::int64_t>({key});
        session_.run(insert, {{keys, one}, {texts, {std::to_string(key)}}});
        const Tensor text = session_.run(found, {{keys, one}});
        const auto exported = session_.run({all.keys, all.values});
        if (text.value<std::string>() != std::to_string(key)) wrong = true;
        if (exported[0].num_elements() != exported[1].num_elements()) wrong = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(wrong);
  EXPECT_EQ(count(table.size()), kThreads * kRounds);
}

}  // namespace
}  // namespace tensorkeep
