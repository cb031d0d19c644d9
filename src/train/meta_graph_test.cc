#include "tensorkeep/meta_graph.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "io/default_file_system.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "tensorkeep/checkpoint_management.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/proto/control_flow.pb.h"
#include "tensorkeep/proto/queue_runner.pb.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/session.h"
#include "tensorkeep/variable.h"

namespace tensorkeep::train {
namespace {

using google::protobuf::util::MessageDifferencer;

class MetaGraphTest : public testing::Test {
 protected:
  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault scope_{*graph_};
  io::MemoryFileSystem files_;
  io::ScopedFileSystem scoped_files_{files_};
};

std::vector<std::string> names_of(const GraphDef& graph_def) {
  std::vector<std::string> names;
  for (const NodeDef& node : graph_def.node()) names.push_back(node.name());
  return names;
}

MetaGraphDef sample(std::shared_ptr<Graph> graph) {
  const auto scope = graph->as_default();
  const Variable v(1.0, {.name = "v"});
  Operation* done = group({v.initializer()}, {.name = "done"});
  graph->add_to_collection("train_op", done);
  graph->add_to_collection("outputs", v.handle());
  graph->add_to_collection("texts", std::string("a\xff"));
  graph->add_to_collection("numbers", std::int64_t{7});
  graph->add_to_collection("rates", 0.5);
  graph->add_to_collection("mixed", std::int64_t{7});
  graph->add_to_collection("mixed", std::string("x"));
  graph->add_to_collection("my_variables", std::string("x"));
  (*graph->carried_parts().mutable_collection_def())["anything"]
      .mutable_any_list()
      ->add_value()
      ->set_value("bytes");
  const Saver saver;
  graph->add_to_collection(GraphKeys::SAVERS, saver);
  return saver.export_meta_graph();
}

TEST_F(MetaGraphTest, SaysWhoWroteItAndWhatItUses) {
  const MetaGraphDef meta = sample(graph_);
  EXPECT_EQ(meta.meta_info_def().tensorflow_version(), "1.15.0");
  EXPECT_THAT(meta.meta_info_def().tensorflow_git_version(), testing::StartsWith("tensorkeep "));
  EXPECT_EQ(meta.graph_def().versions().producer(), 24);
  std::vector<std::string> ops;
  for (const auto& op : meta.meta_info_def().stripped_op_list().op()) ops.push_back(op.name());
  EXPECT_THAT(ops, testing::ElementsAre("Assign", "Const", "Identity", "NoOp", "RestoreV2",
                                        "SaveV2", "VariableV2"));
  EXPECT_FALSE(meta.meta_info_def().stripped_default_attrs());
  EXPECT_TRUE(meta.graph_def().node(0).attr().contains("_output_shapes"));
}

TEST_F(MetaGraphTest, CollectionsHaveTensorFlowsKinds) {
  const MetaGraphDef meta = sample(graph_);
  const auto& collections = meta.collection_def();
  EXPECT_EQ(collections.at("train_op").node_list().value(0), "done");
  EXPECT_EQ(collections.at("outputs").node_list().value(0), "v:0");
  EXPECT_EQ(collections.at("texts").bytes_list().value(0), "a\xff");
  EXPECT_EQ(collections.at("numbers").int64_list().value(0), 7);
  EXPECT_EQ(collections.at("rates").float_list().value(0), 0.5f);
  EXPECT_EQ(collections.at("anything").any_list().value(0).value(), "bytes");
  EXPECT_FALSE(collections.contains("mixed"));
  VariableDef variable;
  ASSERT_TRUE(variable.ParseFromString(collections.at("variables").bytes_list().value(0)));
  EXPECT_EQ(variable.variable_name(), "v:0");
  EXPECT_TRUE(variable.trainable());
  SaverDef saver;
  ASSERT_TRUE(saver.ParseFromString(collections.at("savers").bytes_list().value(0)));
  EXPECT_TRUE(MessageDifferencer::Equals(saver, meta.saver_def()));
}

TEST_F(MetaGraphTest, AnImportIsExportedTheSame) {
  const MetaGraphDef meta = sample(graph_);
  const auto other = std::make_shared<Graph>();
  const auto scope = other->as_default();
  const auto saver = import_meta_graph(meta);
  ASSERT_TRUE(saver);
  const MetaGraphDef again = saver->export_meta_graph();
  std::string difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(meta, again)) << difference;
  EXPECT_EQ(other->get_collection("variables").size(), 1u);
  EXPECT_EQ(Variable::from_collection_item(other->get_collection("variables")[0]),
            Variable::from_collection_item(other->get_collection("trainable_variables")[0]));
}

TEST_F(MetaGraphTest, AScopePrefixesEveryName) {
  const MetaGraphDef meta = sample(graph_);
  const auto other = std::make_shared<Graph>();
  const auto scope = other->as_default();
  const auto saver = import_meta_graph(meta, {.import_scope = "sub"});
  ASSERT_TRUE(saver);
  EXPECT_EQ(saver->as_saver_def().save_tensor_name(), "sub/save/control_dependency:0");
  EXPECT_EQ(global_variables()[0].name(), "sub/v:0");
  EXPECT_EQ(std::get<Operation*>(other->get_collection("train_op")[0])->name(), "sub/done");
  const auto again = import_meta_graph(meta, {.import_scope = "sub"});
  EXPECT_EQ(again->as_saver_def().restore_op_name(), "sub_1/save/restore_all");
}

TEST_F(MetaGraphTest, OneScopeCanBeExported) {
  const Output outside = constant(2.0, {.name = "outside"});
  Operation* before = no_op({"before"});
  {
    const NameScope scope("part");
    const Variable v(1.0, {.name = "v"});
    const ControlDependencies after({before});
    const Output y = v + outside;
    graph_->add_to_collection("ends", y);
  }
  const Variable other(1.0, {.name = "part2"});
  proto::WhileContextDef context;
  context.set_context_name("part/while");
  (*context.mutable_values_def()->mutable_external_values())["part/v:0"] = "outside:0";
  graph_->add_to_collection(GraphKeys::WHILE_CONTEXT, context.SerializeAsString());
  context.set_context_name("elsewhere/while");
  graph_->add_to_collection(GraphKeys::WHILE_CONTEXT, context.SerializeAsString());
  graph_->add_to_collection("texts", std::string("elsewhere"));
  graph_->add_to_collection("numbers", std::int64_t{7});

  const MetaGraphDef meta = export_meta_graph("", {.export_scope = "part"});
  EXPECT_THAT(names_of(meta.graph_def()),
              testing::ElementsAre("v/initial_value", "v", "v/Assign", "v/read", "add"));
  EXPECT_THAT(meta.graph_def().node(4).input(),
              testing::ElementsAre("v/read", "$unbound_inputs_outside", "^$unbound_inputs_before"));
  const auto& collections = meta.collection_def();
  EXPECT_THAT(collections.at("unbound_inputs").bytes_list().value(),
              testing::ElementsAre("$unbound_inputs_outside", "^$unbound_inputs_before"));
  EXPECT_THAT(collections.at("ends").node_list().value(), testing::ElementsAre("add:0"));
  EXPECT_EQ(collections.at("variables").bytes_list().value_size(), 1);
  EXPECT_FALSE(collections.contains("texts"));
  EXPECT_EQ(collections.at("numbers").int64_list().value(0), 7);
  ASSERT_EQ(collections.at("while_context").bytes_list().value_size(), 1);
  ASSERT_TRUE(context.ParseFromString(collections.at("while_context").bytes_list().value(0)));
  EXPECT_EQ(context.context_name(), "while");
  EXPECT_EQ(context.values_def().external_values().at("v:0"), "outside:0");

  const auto graph = std::make_shared<Graph>();
  const auto scope = graph->as_default();
  try {
    import_meta_graph(meta);
    FAIL();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_STREQ(error.what(),
                 "Graph contains unbound inputs: $unbound_inputs_outside,^$unbound_inputs_before. "
                 "Must provide these inputs through input_map.");
  }
  const Output mine = constant(5.0, {.name = "mine"});
  import_meta_graph(
      meta, {.import_scope = "again",
             .input_map = {{"$unbound_inputs_outside", mine}, {"^$unbound_inputs_before", mine}}});
  const Operation* add = graph->get_operation_by_name("again/add");
  EXPECT_EQ(add->input(1), mine);
  EXPECT_THAT(add->control_inputs(), testing::ElementsAre(&mine.op()));
}

TEST_F(MetaGraphTest, QueueRunnersMoveWithTheirScope) {
  proto::QueueRunnerDef runner;
  runner.set_queue_name("q");
  runner.add_enqueue_op_name("q_enqueue");
  MetaGraphDef meta;
  meta.mutable_graph_def();
  (*meta.mutable_collection_def())["queue_runners"].mutable_bytes_list()->add_value(
      runner.SerializeAsString());
  import_meta_graph(meta, {.import_scope = "in"});
  const MetaGraphDef after = export_meta_graph();
  ASSERT_TRUE(
      runner.ParseFromString(after.collection_def().at("queue_runners").bytes_list().value(0)));
  EXPECT_EQ(runner.queue_name(), "in/q");
  EXPECT_EQ(runner.enqueue_op_name(0), "in/q_enqueue");
  EXPECT_EQ(runner.close_op_name(), "");
}

TEST_F(MetaGraphTest, DevicesSaversAndDefaultsCanBeLeftOut) {
  const DeviceScope device("/cpu:0");
  const Variable v(1.0, {.name = "v"});
  const Saver first;
  graph_->add_to_collection(GraphKeys::SAVERS, first);
  const Saver second;
  const MetaGraphDef meta = second.export_meta_graph(
      "", {.clear_devices = true, .clear_extraneous_savers = true, .strip_default_attrs = true});
  for (const NodeDef& node : meta.graph_def().node()) {
    EXPECT_EQ(node.device(), "") << node.name();
    EXPECT_FALSE(node.name().starts_with("save/")) << node.name();
    EXPECT_FALSE(node.op() == "Assign" && node.attr().contains("use_locking"));
  }
  EXPECT_TRUE(meta.meta_info_def().stripped_default_attrs());
  SaverDef saver;
  ASSERT_EQ(meta.collection_def().at("savers").bytes_list().value_size(), 1);
  ASSERT_TRUE(saver.ParseFromString(meta.collection_def().at("savers").bytes_list().value(0)));
  EXPECT_EQ(saver.restore_op_name(), "save_1/restore_all");
}

TEST_F(MetaGraphTest, OnlyTheCollectionsAskedForAreExported) {
  sample(graph_);
  const MetaGraphDef meta = export_meta_graph("", {.collection_list = {{"texts"}}});
  EXPECT_EQ(meta.collection_def_size(), 1);
  EXPECT_FALSE(meta.has_saver_def());
}

TEST_F(MetaGraphTest, FilesAreBinaryOrText) {
  const MetaGraphDef meta = sample(graph_);
  for (const bool as_text : {false, true}) {
    export_meta_graph("new/dir/m.meta",
                      {.saver_def = meta.saver_def(), .as_text = as_text, .save_debug_info = true});
    EXPECT_TRUE(MessageDifferencer::Equals(read_meta_graph_file("new/dir/m.meta"), meta));
    EXPECT_TRUE(files_.exists("new/dir/m.debug"));
  }
}

TEST_F(MetaGraphTest, DamagedFilesAreNamed) {
  const auto text_of = [&](const std::string& bytes) -> std::string {
    io::write_file_atomically(files_, "bad.meta", bytes, io::Durability::kFast);
    try {
      import_meta_graph("bad.meta");
    } catch (const errors::DataLossError& error) {
      EXPECT_EQ(error.file(), "bad.meta");
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(text_of(""), "Cannot parse file bad.meta: the file is empty.");
  EXPECT_THAT(text_of(std::string("\xff\x00\xfe junk", 8)),
              testing::StartsWith("Cannot parse file bad.meta: neither a binary nor a text"));
  EXPECT_THAT(text_of("graph_def { node: 3 }"),
              testing::StartsWith("Cannot parse file bad.meta: 1:"));
  EXPECT_EQ(text_of("\xc2\x3e\x01x"), "Cannot parse file bad.meta: it holds no graph.");
  const MetaGraphDef meta = sample(std::make_shared<Graph>());
  const std::string whole = meta.SerializeAsString();
  EXPECT_THAT(text_of(whole.substr(0, whole.size() / 3)),
              testing::StartsWith("Cannot parse file bad.meta: "));
  EXPECT_THROW(import_meta_graph("missing.meta"), errors::NotFoundError);
  EXPECT_TRUE(graph_->operations().empty());
}

TEST_F(MetaGraphTest, DamagedCollectionsLeaveTheGraphAsItWas) {
  const MetaGraphDef meta = sample(std::make_shared<Graph>());
  for (const char* kind : {"bytes", "node", "variable"}) {
    MetaGraphDef bad = meta;
    auto& collections = *bad.mutable_collection_def();
    if (kind == std::string("bytes")) {
      collections["variables"].mutable_bytes_list()->set_value(0, "\xff\xff\xff");
    } else if (kind == std::string("node")) {
      collections["train_op"].mutable_node_list()->set_value(0, "nowhere");
    } else {
      VariableDef def;
      def.set_variable_name("nowhere:0");
      collections["variables"].mutable_bytes_list()->set_value(0, def.SerializeAsString());
    }
    EXPECT_THROW(import_meta_graph(bad), errors::Error) << kind;
    EXPECT_TRUE(graph_->operations().empty()) << kind;
    EXPECT_TRUE(graph_->get_all_collection_keys().empty()) << kind;
  }
}

// Puts a field into the message that nobody knows.
void add_unknown_field(google::protobuf::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(4242, "newer");
}
bool has_unknown_field(const google::protobuf::Message& message) {
  return message.GetReflection()->GetUnknownFields(message).field_count() == 1;
}

TEST_F(MetaGraphTest, WhatTheGraphHasNoPlaceForGoesThrough) {
  MetaGraphDef meta = sample(std::make_shared<Graph>());
  auto& info = *meta.mutable_meta_info_def();
  info.set_meta_graph_version("mine");
  info.add_tags("serve");
  info.add_tags("gpu");
  info.mutable_any_info()->set_type_url("type.googleapis.com/some.Message");
  info.mutable_any_info()->set_value("\x08\x01");
  (*info.mutable_function_aliases())["f"] = "alias";
  OpDef& op = *info.mutable_stripped_op_list()->add_op();
  op.set_name("NobodysOp");
  op.add_input_arg()->set_name("x");
  op.mutable_input_arg(0)->set_type(proto::DT_FLOAT);
  op.add_output_arg()->set_name("y");
  op.mutable_output_arg(0)->set_type(proto::DT_INT64);
  NodeDef& node = *meta.mutable_graph_def()->add_node();
  node.set_name("nobody");
  node.set_op("NobodysOp");
  node.add_input("v/read");
  node.mutable_experimental_debug_info()->add_original_node_names("before");
  auto& signature = (*meta.mutable_signature_def())["serving_default"];
  signature.set_method_name("predict");
  (*signature.mutable_inputs())["v"].set_name("v:0");
  (*signature.mutable_outputs())["y"].mutable_coo_sparse()->set_values_tensor_name("nobody:0");
  (*signature.mutable_defaults())["v"].set_dtype(proto::DT_FLOAT);
  auto& asset = *meta.add_asset_file_def();
  asset.set_filename("words.txt");
  asset.mutable_tensor_info()->set_name("v/initial_value:0");
  meta.mutable_object_graph_def()->add_nodes();
  for (google::protobuf::Message* message :
       {static_cast<google::protobuf::Message*>(&meta),
        static_cast<google::protobuf::Message*>(&info),
        static_cast<google::protobuf::Message*>(meta.mutable_graph_def()),
        static_cast<google::protobuf::Message*>(&node),
        static_cast<google::protobuf::Message*>(&signature)}) {
    add_unknown_field(*message);
  }

  import_meta_graph(meta);
  EXPECT_EQ(graph_->get_tensor_by_name("nobody:0").dtype(), int64);
  MetaGraphDef again = export_meta_graph("", {.saver_def = meta.saver_def()});
  EXPECT_TRUE(has_unknown_field(again));
  EXPECT_TRUE(has_unknown_field(again.meta_info_def()));
  EXPECT_TRUE(has_unknown_field(again.graph_def()));
  for (MetaGraphDef* each : {&meta, &again}) {
    auto& graph_def = *each->mutable_graph_def();
    std::sort(graph_def.mutable_node()->begin(), graph_def.mutable_node()->end(),
              [](const NodeDef& a, const NodeDef& b) { return a.name() < b.name(); });
    for (NodeDef& n : *graph_def.mutable_node()) n.mutable_attr()->erase("_output_shapes");
    auto& ops = *each->mutable_meta_info_def()->mutable_stripped_op_list()->mutable_op();
    std::sort(ops.begin(), ops.end(),
              [](const OpDef& a, const OpDef& b) { return a.name() < b.name(); });
  }
  std::string difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(meta, again)) << difference;

  // Names follow the scopes, and a second import adds nothing twice.
  const auto other = std::make_shared<Graph>();
  const auto scope = other->as_default();
  import_meta_graph(meta, {.import_scope = "s"});
  import_meta_graph(meta, {.import_scope = "t"});
  const MetaGraphDef both = export_meta_graph();
  EXPECT_EQ(both.meta_info_def().tags_size(), 2);
  EXPECT_EQ(both.signature_def().at("serving_default").inputs().at("v").name(), "t/v:0");
  EXPECT_EQ(both.asset_file_def(0).tensor_info().name(), "s/v/initial_value:0");
  const MetaGraphDef inner = export_meta_graph("", {.export_scope = "t"});
  EXPECT_EQ(inner.signature_def().at("serving_default").inputs().at("v").name(), "v:0");
  ASSERT_EQ(inner.asset_file_def_size(), 1);
  EXPECT_EQ(inner.asset_file_def(0).tensor_info().name(), "v/initial_value:0");
  EXPECT_EQ(export_meta_graph("", {.export_scope = "s"}).signature_def_size(), 0);
}

TEST_F(MetaGraphTest, AnImportWithoutASaverThatNoneCanBeMadeForLeavesTheGraphAsItWas) {
  graph_->add_to_collection(GraphKeys::GLOBAL_VARIABLES, std::string("there before"));
  MetaGraphDef bad = sample(std::make_shared<Graph>());
  bad.clear_saver_def();
  for (auto& node : *bad.mutable_graph_def()->mutable_node()) {
    if (node.name() == "v") node.set_op("NoVariable");
  }
  EXPECT_THROW(import_meta_graph(bad), errors::Error);
  EXPECT_TRUE(graph_->operations().empty());
  EXPECT_THAT(graph_->get_all_collection_keys(), testing::ElementsAre(GraphKeys::GLOBAL_VARIABLES));
  EXPECT_EQ(graph_->get_collection(GraphKeys::GLOBAL_VARIABLES).size(), 1);
  EXPECT_TRUE(graph_->carried_parts().collection_def().empty());
}

TEST_F(MetaGraphTest, VariablesOfOldFilesAreTrainableWhereTheCollectionSaysSo) {
  MetaGraphDef meta;
  {
    const auto other = std::make_shared<Graph>();
    const auto scope = other->as_default();
    const Variable a(1.0, {.name = "a"});
    const Variable b(1.0, {.trainable = false, .name = "b"});
    meta = export_meta_graph();
  }
  for (auto& bytes :
       *(*meta.mutable_collection_def())["variables"].mutable_bytes_list()->mutable_value()) {
    VariableDef def;
    ASSERT_TRUE(def.ParseFromString(bytes));
    def.set_trainable(false);
    bytes = def.SerializeAsString();
  }
  auto& trainable = *(*meta.mutable_collection_def())["trainable_variables"].mutable_bytes_list();
  trainable.set_value(0, meta.collection_def().at("variables").bytes_list().value(0));
  meta.mutable_meta_info_def()->set_tensorflow_version("0.12.head");
  import_meta_graph(meta);
  const auto variables = global_variables();
  ASSERT_EQ(variables.size(), 2u);
  EXPECT_TRUE(variables[0].trainable());
  EXPECT_FALSE(variables[1].trainable());
}

// Files that nobody here made.
class RealWorldMetaTest : public testing::Test {
 protected:
  static std::filesystem::path folder() {
    const char* given = std::getenv("TENSORKEEP_REALWORLD");
    return given != nullptr ? std::filesystem::path(given)
                            : std::filesystem::path(TENSORKEEP_SOURCE_DIR) / "../shared/realworld";
  }
};

// What an export may do to a graph: fill in defaults, drop what 1.15 does not know, and write a
// `_output_shapes` for every node.
GraphDef comparable(GraphDef graph_def, const MetaGraphDef& other) {
  std::map<std::string, const NodeDef*> nodes;
  for (const NodeDef& node : other.graph_def().node()) nodes[node.name()] = &node;
  for (NodeDef& node : *graph_def.mutable_node()) {
    const auto found = nodes.find(node.name());
    std::vector<std::string> drop = {"_output_shapes"};
    for (const auto& [name, value] : node.attr()) {
      if (found != nodes.end() && !found->second->attr().contains(name)) drop.push_back(name);
    }
    for (const std::string& name : drop) node.mutable_attr()->erase(name);
    for (std::string& input : *node.mutable_input()) {
      if (input.ends_with(":0")) input.resize(input.size() - 2);
    }
    // TensorFlow has sorted control inputs since 1.13.
    auto& inputs = *node.mutable_input();
    std::sort(std::find_if(inputs.begin(), inputs.end(),
                           [](const std::string& input) { return input.starts_with('^'); }),
              inputs.end());
  }
  std::sort(graph_def.mutable_node()->begin(), graph_def.mutable_node()->end(),
            [](const NodeDef& a, const NodeDef& b) { return a.name() < b.name(); });
  graph_def.clear_versions();
  graph_def.clear_library();
  return graph_def;
}

// All but graph, saver and collections.
MetaGraphDef other_parts(MetaGraphDef meta) {
  meta.clear_graph_def();
  meta.clear_saver_def();
  meta.clear_collection_def();
  for (const auto& clear : {&MetaGraphDef::MetaInfoDef::clear_tensorflow_version,
                            &MetaGraphDef::MetaInfoDef::clear_tensorflow_git_version,
                            &MetaGraphDef::MetaInfoDef::clear_stripped_op_list,
                            &MetaGraphDef::MetaInfoDef::clear_stripped_default_attrs}) {
    (meta.mutable_meta_info_def()->*clear)();
  }
  return meta;
}

std::string fetched_bytes(const Tensor& tensor) {
  return std::string(static_cast<const char*>(tensor.raw_data()), tensor.num_bytes());
}

// Restores the file's checkpoint, if it has one beside it, and compares the variables with what a
// reader reads; how many there were.
int check_restored(Saver& saver, const std::string& prefix) {
  if (!checkpoint_exists(prefix)) return 0;
  Session session;
  saver.restore(session, prefix);
  const CheckpointReader reader(prefix);
  int compared = 0;
  for (const Variable& variable : global_variables()) {
    if (!reader.has_tensor(variable.op().name())) continue;
    const Tensor want = reader.get_tensor(variable.op().name());
    const Tensor got = session.run(variable);
    EXPECT_EQ(got.dtype(), want.dtype()) << variable.name();
    EXPECT_EQ(got.shape(), want.shape()) << variable.name();
    EXPECT_EQ(fetched_bytes(got), fetched_bytes(want)) << variable.name();
    ++compared;
  }
  return compared;
}

// As text, with the names a context knows in order: Python writes a set of them.
std::vector<std::string> conds_of(const CollectionDef& collection) {
  std::vector<std::string> conds;
  for (const std::string& bytes : collection.bytes_list().value()) {
    proto::CondContextDef def;
    EXPECT_TRUE(def.ParseFromString(bytes));
    auto& values = *def.mutable_values_def()->mutable_values();
    std::sort(values.begin(), values.end());
    conds.push_back(def.DebugString());
  }
  return conds;
}

TEST_F(RealWorldMetaTest, EveryFileIsImportedRestoredAndExportedWithoutLoss) {
  const auto checkpoints = folder() / "checkpoints";
  if (!std::filesystem::exists(checkpoints)) {
    std::cerr << "\n*** SKIPPED: no real-world files in " << checkpoints
              << " (set TENSORKEEP_REALWORLD) ***\n";
    GTEST_SKIP() << "no real-world files";
  }
  int files = 0;
  int restored = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(checkpoints)) {
    if (entry.path().extension() != ".meta") continue;
    SCOPED_TRACE(entry.path().string());
    ++files;
    const MetaGraphDef before = read_meta_graph_file(entry.path().string());
    const auto graph = std::make_shared<Graph>();
    const auto scope = graph->as_default();
    std::optional<Saver> saver;
    ASSERT_NO_THROW({
      try {
        saver = import_meta_graph(before);
      } catch (const errors::Error& error) {
        std::cerr << error.what() << "\n";
        throw;
      }
    });
    if (saver) {
      const std::string path = entry.path().string();
      restored += check_restored(*saver, path.substr(0, path.size() - 5)) > 0 ? 1 : 0;
    }
    ExportMetaGraphOptions options;
    if (before.has_saver_def()) options.saver_def = saver->as_saver_def();
    const MetaGraphDef after = export_meta_graph("", options);
    std::string difference;
    MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    EXPECT_TRUE(differencer.Compare(comparable(before.graph_def(), after),
                                    comparable(after.graph_def(), before)))
        << difference.substr(0, 2000);
    EXPECT_TRUE(differencer.Compare(other_parts(before), other_parts(after)))
        << difference.substr(0, 2000);
    EXPECT_EQ(before.has_saver_def(), after.has_saver_def());
    EXPECT_TRUE(MessageDifferencer::Equals(before.saver_def(), after.saver_def()));
    for (const auto& [key, def] : before.collection_def()) {
      ASSERT_TRUE(after.collection_def().contains(key)) << key;
      CollectionDef want = def;
      CollectionDef got = after.collection_def().at(key);
      if (key.ends_with("variables")) {
        ASSERT_EQ(want.bytes_list().value_size(), got.bytes_list().value_size()) << key;
        for (int i = 0; i < want.bytes_list().value_size(); ++i) {
          VariableDef a, b;
          ASSERT_TRUE(a.ParseFromString(want.bytes_list().value(i)));
          ASSERT_TRUE(b.ParseFromString(got.bytes_list().value(i)));
          a.set_trainable(b.trainable());  // newer than the file
          EXPECT_EQ(a.DebugString(), b.DebugString()) << key;
        }
      } else if (key == "cond_context") {
        EXPECT_EQ(conds_of(want), conds_of(got)) << key;
      } else {
        EXPECT_TRUE(MessageDifferencer::Equals(want, got)) << key;
      }
    }
  }
  EXPECT_GE(files, 20);
  EXPECT_GE(restored, 20);
}

}  // namespace
}  // namespace tensorkeep::train
