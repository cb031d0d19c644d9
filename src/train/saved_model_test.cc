#include "tensorkeep/saved_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/default_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/gfile.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/operators.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"

namespace tensorkeep::saved_model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kLocal = {GraphKeys::LOCAL_VARIABLES};

// Calls `f`; the error it throws.
template <typename F>
errors::Error error_of(F&& f) {
  try {
    f();
  } catch (const errors::Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {errors::Code::kUnknown, ""};
}

class SavedModelTest : public ::testing::Test {
 protected:
  struct Model {
    Output x;
    Variable v;
    Output y;
  };
  Model model() {
    const Output x = placeholder(float32, {None}, {.name = "x"});
    const Variable v(constant({1.0, 2.0}), {.name = "v"});
    return {x, v, multiply(x, v, {.name = "y"})};
  }
  static std::map<std::string, SignatureDef> signatures(const Model& model) {
    return {{"serving_default", predict_signature_def({{"x", model.x}}, {{"y", model.y}})}};
  }
  // A model in "d" with the values 1 and 2.
  void export_model(const MetaGraphOptions& options = {}) {
    const Model made = model();
    Session session;
    session.run(global_variables_initializer());
    Builder builder("d");
    MetaGraphOptions with = options;
    with.signature_def_map = signatures(made);
    builder.add_meta_graph_and_variables(session, {"serve"}, with);
    builder.save();
  }
  SavedModel written() { return read_saved_model("d"); }
  void write(const SavedModel& message) {
    files_.put("d/saved_model.pb", message.SerializeAsString());
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
};

TEST_F(SavedModelTest, WhatIsExportedLoads) {
  EXPECT_FALSE(contains_saved_model("d"));
  export_model();
  EXPECT_TRUE(contains_saved_model("d"));
  EXPECT_THAT(files_.list("d"), ElementsAre("saved_model.pb", "variables"));
  EXPECT_THAT(files_.list("d/variables"),
              ElementsAre("variables.data-00000-of-00001", "variables.index"));

  const auto graph = std::make_shared<Graph>();
  Session session(*graph);
  const MetaGraphDef meta_graph = load(session, {"serve"}, "d");
  const SignatureDef& signature = meta_graph.signature_def().at("serving_default");
  EXPECT_TRUE(is_valid_signature(signature));
  const Output x = get_tensor_from_tensor_info(signature.inputs().at("x"), graph.get());
  const Output y = get_tensor_from_tensor_info(signature.outputs().at("y"), graph.get());
  EXPECT_THAT(session.run(y, {{x, {3.0f, 4.0f}}}).data<float>(), ElementsAre(3.0f, 8.0f));
}

TEST_F(SavedModelTest, LoadsTwiceInScopes) {
  Operation* init = nullptr;
  {
    const Variable local(5.0, {.collections = kLocal, .name = "local"});
    init = group({local_variables_initializer()}, {.name = "init"});
  }
  export_model({.main_op = init});
  const auto graph = std::make_shared<Graph>();
  Session session(*graph);
  for (const char* scope : {"a", "a", "b"}) load(session, {"serve"}, "d", {.import_scope = scope});
  for (const char* name : {"a/local:0", "a_1/local:0", "b/local:0"}) {
    EXPECT_EQ(session.run(Fetch(name)).value<float>(), 5.0f) << name;
  }
  EXPECT_THAT(session.run(Fetch("a_1/v:0")).data<float>(), ElementsAre(1.0f, 2.0f));
}

TEST_F(SavedModelTest, SeveralGraphsShareTheVariables) {
  const Model made = model();
  Session session;
  session.run(global_variables_initializer());
  Builder builder("d");
  EXPECT_EQ(error_of([&] { builder.add_meta_graph({"x"}); }).python_class(),
            errors::PythonClass::kAssertionError);
  builder.add_meta_graph_and_variables(session, {"train", "gpu"},
                                       {.signature_def_map = signatures(made)});
  EXPECT_EQ(error_of([&] { builder.add_meta_graph_and_variables(session, {"x"}); }).python_class(),
            errors::PythonClass::kAssertionError);
  {
    const auto serving = std::make_shared<Graph>();
    const auto as_default = serving->as_default();
    const Variable v(constant({0.0, 0.0}), {.name = "v"});
    builder.add_meta_graph({"serve"});
  }
  EXPECT_EQ(builder.save(/*as_text=*/true), "d/saved_model.pbtxt");

  const auto graph = std::make_shared<Graph>();
  Session other(*graph);
  const MetaGraphDef meta_graph = load(other, {"serve"}, "d");
  EXPECT_TRUE(meta_graph.signature_def().empty());
  EXPECT_THAT(other.run(Fetch("v:0")).data<float>(), ElementsAre(1.0f, 2.0f));
  const errors::Error error = error_of([&] { load(other, {"train"}, "d"); });
  EXPECT_EQ(error.python_class(), errors::PythonClass::kRuntimeError);
  EXPECT_THAT(error.message(), HasSubstr("available tags '[{'gpu', 'train'}, {'serve'}]'"));
}

TEST_F(SavedModelTest, AssetsAreCopiedAndFed) {
  for (const char* folder : {"one", "two", "three"}) files_.create_directory(folder);
  files_.put("one/words.txt", "a b");
  files_.put("two/words.txt", "c d");
  files_.put("three/words.txt", "a b");
  const Output first = constant(std::string("one/words.txt"), {.name = "first"});
  const Output second = constant(std::string("two/words.txt"), {.name = "second"});
  const Output third = constant(std::string("three/words.txt"), {.name = "third"});
  const Output gone = constant(std::string("gone.txt"), {.name = "gone"});
  const Variable path(std::string(), {.collections = kLocal, .name = "path"});
  Operation* init = group({Output(assign(path, second))}, {.name = "init"});
  export_model({.assets_collection = {first, second, third, gone}, .main_op = init});
  EXPECT_THAT(files_.list("d/assets"), ElementsAre("words.txt", "words.txt_1"));
  EXPECT_EQ(io::read_file(files_, "d/assets/words.txt_1"), "c d");

  const auto graph = std::make_shared<Graph>();
  Session session(*graph);
  load(session, {"serve"}, "d", {.import_scope = "m"});
  EXPECT_EQ(session.run(Fetch("m/path:0")).value<std::string>(), "d/assets/words.txt_1");
}

TEST_F(SavedModelTest, AFailedExportMayBeTriedAgain) {
  const Model made = model();
  Session session;
  Operation* init = no_op({.name = "init"});
  Builder builder("d");
  EXPECT_THROW(builder.add_meta_graph_and_variables(session, {"serve"}, {.main_op = init}),
               errors::FailedPreconditionError);
  EXPECT_TRUE(files_.list("d").empty());
  EXPECT_TRUE(graph_->get_collection(MAIN_OP_KEY).empty());
  EXPECT_FALSE(contains_saved_model("d"));

  session.run(global_variables_initializer());
  builder.add_meta_graph_and_variables(session, {"serve"}, {.main_op = init});
  builder.save();
  EXPECT_EQ(error_of([] { Builder("d"); }).python_class(), errors::PythonClass::kAssertionError);
  EXPECT_EQ(error_of([&] { builder.add_meta_graph({"more"}, {.main_op = init}); }).python_class(),
            errors::PythonClass::kValueError);
}

TEST_F(SavedModelTest, SignaturesAreChecked) {
  const Model made = model();
  Session session;
  session.run(global_variables_initializer());
  Builder builder("d");
  const auto add = [&](const std::string& key, const TensorInfo& info) {
    return error_of([&] {
             builder.add_meta_graph_and_variables(
                 session, {"serve"},
                 {.signature_def_map = {{key, build_signature_def({{"x", info}})}}});
           })
        .python_class();
  };
  TensorInfo info;
  EXPECT_EQ(add("x", info), errors::PythonClass::kAssertionError);
  info.set_name("x:0");
  EXPECT_EQ(add("x", info), errors::PythonClass::kAssertionError);
  info = build_tensor_info(made.x);
  EXPECT_EQ(add("__saved_model_init_op", info), errors::PythonClass::kKeyError);
  EXPECT_EQ(add("__saved_model_train_op", info), errors::PythonClass::kKeyError);

  const Output text = placeholder(string, {}, {.name = "text"});
  EXPECT_TRUE(is_valid_signature(regression_signature_def(text, made.y)));
  EXPECT_TRUE(is_valid_signature(
      classification_signature_def(text, {{"classes", text}, {"scores", made.y}})));
  EXPECT_FALSE(is_valid_signature(build_signature_def({{"x", text}}, {{"y", text}}, "mine")));
  EXPECT_THROW(regression_signature_def(made.x, made.y), errors::InvalidArgumentError);
  EXPECT_THROW(classification_signature_def(text, {}), errors::InvalidArgumentError);
  EXPECT_THROW(predict_signature_def({}, {{"y", text}}), errors::InvalidArgumentError);
}

TEST_F(SavedModelTest, DamagedFiles) {
  EXPECT_THROW(read_saved_model("d"), errors::NotFoundError);
  export_model();
  const std::string bytes = io::read_file(files_, "d/saved_model.pb");
  files_.put("d/saved_model.pb", bytes.substr(0, bytes.size() / 2));
  EXPECT_THROW(read_saved_model("d"), errors::DataLossError);
  files_.put("d/saved_model.pb", "");
  Session session;
  EXPECT_THAT(error_of([&] { load(session, {"serve"}, "d"); }).message(),
              HasSubstr("available tags '[]'"));
}

TEST_F(SavedModelTest, AssetsOutsideOfTheFolder) {
  const Output path = constant(std::string("words.txt"), {.name = "path"});
  Operation* init = no_op({.name = "init"});
  export_model({.assets_collection = {path}, .main_op = init});
  const SavedModel good = written();
  const auto graph = std::make_shared<Graph>();
  Session session(*graph);
  for (const char* name : {"../../x", "/etc/passwd", "a/../../x", "..", ""}) {
    SavedModel bad = good;
    auto& asset = *bad.mutable_meta_graphs(0)->add_asset_file_def();
    asset.set_filename(name);
    asset.mutable_tensor_info()->set_name("path:0");
    write(bad);
    EXPECT_THROW(load(session, {"serve"}, "d"), errors::InvalidArgumentError) << name;
    EXPECT_TRUE(graph->operations().empty());
  }
  SavedModel bad = good;
  (*bad.mutable_meta_graphs(0)->mutable_collection_def())[ASSETS_KEY]
      .mutable_any_list()
      ->mutable_value(0)
      ->set_value("\xff");
  write(bad);
  EXPECT_THROW(load(session, {"serve"}, "d"), errors::DataLossError);
  bad = good;
  (*bad.mutable_meta_graphs(0)->mutable_collection_def())[MAIN_OP_KEY]
      .mutable_node_list()
      ->add_value("init");
  write(bad);
  EXPECT_EQ(error_of([&] { load(session, {"serve"}, "d"); }).python_class(),
            errors::PythonClass::kRuntimeError);
}

TEST_F(SavedModelTest, WithoutVariables) {
  const Output x = placeholder(float32, {}, {.name = "x"});
  Session session;
  session.graph();
  simple_save(session, "d", {{"x", x}}, {{"y", x + 1.0f}});
  EXPECT_TRUE(files_.list("d/variables").empty());
  const auto graph = std::make_shared<Graph>();
  Session other(*graph);
  const MetaGraphDef meta_graph = load(other, {"serve"}, "d");
  EXPECT_EQ(other.run(Fetch("add:0"), {{graph->get_tensor_by_name("x:0"), 2.0f}}).value<float>(),
            3.0f);
}

}  // namespace
}  // namespace tensorkeep::saved_model
