#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/writer.h"
#include "io/default_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/lookup_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"

// Savers of what is not a variable. The graphs are compared with TensorFlow's by the programs
// saveable_objects and hash_tables.
namespace tensorkeep::train {
namespace {

using lookup::MutableHashTable;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Shapes = std::optional<std::vector<RestoredShape>>;

// A variable saved as its negative.
class Negative : public SaveableObject {
 public:
  explicit Negative(const Variable& v, const std::string& name)
      : SaveableObject(v.handle(), {SaveSpec(negative(v.value()), "", name)}, name), v_(v) {}
  Operation* restore(const std::vector<Output>& tensors, const Shapes&) const override {
    return v_.assign(negative(tensors[0])).op();
  }

 private:
  Variable v_;
};

class Careless : public SaveableObject {
 public:
  using SaveableObject::SaveableObject;
  Operation* restore(const std::vector<Output>&, const Shapes&) const override { return nullptr; }
};

class SaveableObjectsTest : public testing::Test {
 protected:
  SaveableObjectsTest() { files_.create_directory("d"); }

  static Variable local(const Input& value, const std::string& name) {
    return Variable(value, {.collections = {{GraphKeys::LOCAL_VARIABLES}}, .name = name});
  }
  template <typename F>
  static std::string refused(F&& make) {
    try {
      make();
    } catch (const errors::InvalidArgumentError& error) {
      const bool type = error.python_class() == errors::PythonClass::kTypeError;
      return (type ? "TypeError: " : "ValueError: ") + error.message();
    }
    return "no error";
  }
  // The words of the error that restoring ends with.
  template <typename E>
  static std::string restore_error(Saver& saver, Session& session, const std::string& path) {
    try {
      saver.restore(session, path);
    } catch (const E& error) {
      return error.message();
    }
    return "no error";
  }
  void write(const std::string& prefix, const std::vector<SaveItem>& tensors) {
    bundle::write(prefix, tensors, {.file_system = &files_});
  }
  static Tensor int64s(const std::vector<std::int64_t>& values) { return Tensor::vector(values); }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
};

TEST_F(SaveableObjectsTest, AreSavedAndRestoredWithTheVariables) {
  const Variable v(constant({1.0, 2.0}), {.name = "v"});
  const Variable n = local(constant(5.0), "n");
  add_to_collection(GraphKeys::SAVEABLE_OBJECTS, std::make_shared<Negative>(n, "n"));
  const MutableHashTable table(string, int64, -1, {.name = "words"});
  Operation* const insert = table.insert({"b", "a"}, {2, 1});
  const Output found = table.lookup({"a", "b", "c"});
  Saver saver;
  Session session;
  session.run({global_variables_initializer(), local_variables_initializer()});
  session.run(insert);
  saver.save(session, "d/model");
  const auto reader = NewCheckpointReader("d/model");
  EXPECT_EQ(reader.get_tensor("n").value<float>(), -5.0f);
  EXPECT_EQ(reader.get_tensor("words-values").num_elements(), 2);
  std::vector<std::string> names;
  for (const TensorInfo& info : reader.tensors()) names.push_back(info.name);
  EXPECT_THAT(names, ElementsAre("n", "v", "words-keys", "words-values"));

  Session other;
  other.run(table.insert({"z"}, {26}));
  saver.restore(other, "d/model");
  EXPECT_EQ(other.run(n).value<float>(), 5.0f);
  EXPECT_EQ(other.run(found).to_string(), "[1 2 -1]");
  EXPECT_EQ(other.run(table.size()).value<std::int64_t>(), 2);
  // So does a graph from the .meta, with the saver that it brings; a new one knows no table.
  const auto imported_graph = std::make_shared<Graph>();
  const auto scope = imported_graph->as_default();
  Saver imported = *import_meta_graph("d/model.meta");
  Session third;
  imported.restore(third, "d/model");
  EXPECT_EQ(third.run(found.name()).to_string(), "[1 2 -1]");
  EXPECT_THAT(refused([] { Saver(); }), StartsWith("TypeError: can't convert Operation"));
}

TEST_F(SaveableObjectsTest, EveryKindOfSaver) {
  const Variable v(constant({1.0, 2.0}), {.name = "v"});
  const MutableHashTable table(int64, float32, {0.0, 0.0}, {.name = "vectors"});
  Session session;
  session.run(global_variables_initializer());
  session.run(table.insert({1, 2}, {{1.0, 2.0}, {3.0, 4.0}}));
  int number = 0;
  for (const bool sharded : {false, true}) {
    for (const auto version : {SaverDef::V1, SaverDef::V2}) {
      for (const bool each : {false, true}) {
        const std::string prefix = "d/m" + std::to_string(number++);
        SCOPED_TRACE(prefix);
        std::shared_ptr<BaseSaverBuilder> builder;
        if (each) builder = std::make_shared<BaseSaverBuilder>(version);
        Saver saver(
            {.reshape = each, .sharded = sharded, .builder = builder, .write_version = version});
        const std::string path = saver.save(session, prefix);
        Session other;
        saver.restore(other, path);
        EXPECT_EQ(other.run(table.lookup({1, 2})).to_string(), "[[1. 2.] [3. 4.]]");
        EXPECT_EQ(other.run(v).to_string(), "[1. 2.]");
      }
    }
  }
}

TEST_F(SaveableObjectsTest, NothingIsRestoredWhereSomethingDoesNotFit) {
  const Variable v(constant({0.0}), {.name = "v"});
  const MutableHashTable table(int64, int64, -1, {.name = "t"});
  Saver saver;
  Session session;
  session.run(table.insert({7}, {8}));
  const auto untouched = [&] {
    EXPECT_FALSE(session.run(is_variable_initialized(v)).value<bool>());
    EXPECT_EQ(session.run(table.lookup({7, 1})).to_string(), "[8 -1]");
  };
  const Tensor value = Tensor::vector<float>({1.0f});
  write("d/a", {{"v", value}, {"t-keys", int64s({1})}});
  EXPECT_THAT(restore_error<errors::NotFoundError>(saver, session, "d/a"),
              HasSubstr("Key t-values not found in checkpoint"));
  untouched();
  write("d/b",
        {{"v", value}, {"t-keys", Tensor::vector<std::string>({"x"})}, {"t-values", int64s({1})}});
  EXPECT_THAT(restore_error<errors::InvalidArgumentError>(saver, session, "d/b"),
              HasSubstr("tensor_name = t-keys; expected dtype int64 does not equal original dtype "
                        "string"));
  untouched();
  write("d/d", {{"v", value}, {"t-keys", int64s({1, 2})}, {"t-values", int64s({1, 2, 3})}});
  EXPECT_THAT(restore_error<errors::InvalidArgumentError>(saver, session, "d/d"),
              HasSubstr("Expected shape [2] for value, got [3]"));
  untouched();
  // A hundred equal keys are one.
  write("d/c", {{"v", value},
                {"t-keys", int64s(std::vector<std::int64_t>(100, 1))},
                {"t-values", int64s(std::vector<std::int64_t>(100, 5))}});
  saver.restore(session, "d/c");
  EXPECT_EQ(session.run(table.export_values().keys).to_string(), "[1]");
}

TEST_F(SaveableObjectsTest, NamesAndObjectsAreToldApart) {
  const Variable a = local(1.0, "a");
  const Variable b = local(1.0, "b");
  const auto one = std::make_shared<Negative>(a, "one");
  const auto same = std::make_shared<Negative>(b, "one");
  EXPECT_EQ(refused([&] {
              Saver({one, same});
            }),
            "ValueError: At least two variables have the same name: one");
  EXPECT_EQ(refused([&] {
              Saver({one, std::make_shared<Negative>(a, "two")});
            }),
            "ValueError: The same saveable will be restored with two names: two");
  EXPECT_EQ(refused([&] {
              Saver({{"x", one}, {"y", one}});
            }),
            "ValueError: The same saveable will be restored with two names: one");
  EXPECT_EQ(refused([&] { Saver({one, one}); }), "no error");
  EXPECT_EQ(refused([&] {
              Saver({a, std::make_shared<Negative>(b, "a")});
            }),
            "ValueError: At least two variables have the same name: a");
  // TensorFlow saves the last of such tables only, and says nothing.
  const MutableHashTable first(string, int64, -1);
  const MutableHashTable second(string, int64, -1);
  EXPECT_EQ(refused([] { Saver(); }),
            "ValueError: At least two variables have the same name: MutableHashTable");
}

TEST_F(SaveableObjectsTest, ObjectsThatDoNotKeepTheRules) {
  const Output c = constant(1.0);
  const auto careless = [](std::vector<SaveSpec> specs) {
    return std::make_shared<Careless>(Output(), std::move(specs), "careless");
  };
  EXPECT_THAT(refused([&] { Saver({careless({SaveSpec(c, "", "c")})}); }),
              StartsWith("TypeError: restore() of 'careless' returned no operation"));
  EXPECT_THAT(refused([&] { SaveSpec(Output(), "", "none"); }),
              StartsWith("ValueError: no tensor to save as 'none'"));
  EXPECT_THAT(refused([&] { Saver({careless({})}, {.sharded = true}); }),
              StartsWith("ValueError: nothing to save of 'careless'"));
  std::vector<SaveSpec> apart = {SaveSpec(c, "", "c")};
  {
    const auto gpu = device("/gpu:0");
    apart.emplace_back(constant(2.0), "", "d");
  }
  EXPECT_EQ(refused([&] { Saver({careless(apart)}, {.sharded = true}); }),
            "ValueError: All tensors of a saveable object must be on the same device: careless");
  for (const CollectionItem& item :
       {CollectionItem(std::string("text")), CollectionItem(&c.op()), CollectionItem(c)}) {
    graph_->get_collection_ref(GraphKeys::SAVEABLE_OBJECTS) = {item};
    EXPECT_THAT(refused([] { Saver(); }), StartsWith("TypeError: "));
  }
}

}  // namespace
}  // namespace tensorkeep::train
