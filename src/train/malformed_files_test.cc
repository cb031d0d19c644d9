#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "bundle/writer.h"
#include "checkpoint/open_v1.h"
#include "checkpoint_testing.h"
#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "slices/format.h"
#include "slices/writer.h"
#include "table/ordered_code.h"
#include "table/writer.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/checkpoint_management.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/proto/saved_model.pb.h"
#include "tensorkeep/proto/saved_tensor_slice.pb.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/variable.h"

// Files that are not what they should be, of every kind that a program opens, each through the
// function that opens it: the class and the whole text of every error stands in
// tests/data/malformed/errors.txt, a line each, "case: Class: text".
namespace tensorkeep::train {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;  // the case's name, the contents

std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) {
      line += "\\x" + testing::to_hex(std::string(1, c));
    } else {
      line += c;
    }
  }
  return line;
}

// A variable with what a Saver adds, as a program exports it.
MetaGraphDef sample() {
  Graph graph;
  const auto scope = graph.as_default();
  const Variable v({1.0f, 2.0f}, {.name = "v"});
  const Saver saver;
  return saver.export_meta_graph();
}

MetaGraphDef changed(const std::function<void(MetaGraphDef&)>& change) {
  MetaGraphDef meta = sample();
  change(meta);
  return meta;
}

NodeDef& node_of(MetaGraphDef& meta, const std::string& name) {
  for (NodeDef& node : *meta.mutable_graph_def()->mutable_node()) {
    if (node.name() == name) return node;
  }
  throw std::runtime_error(name);
}

Files broken_binary_metas() {
  const std::string good = sample().SerializeAsString();
  proto::SavedModel saved;
  saved.set_saved_model_schema_version(1);
  for (int i = 0; i < 2; ++i) {
    saved.add_meta_graphs()->mutable_meta_info_def()->add_tags("t" + std::to_string(i));
  }
  MetaGraphDef deep = sample();
  AttrValue* value = &(*node_of(deep, "v").mutable_attr())["deep"];
  for (int i = 0; i < 60; ++i) value = &(*value->mutable_func()->mutable_attr())["deep"];
  MetaGraphDef no_utf8 = sample();
  std::string named = no_utf8.SerializeAsString();
  named.replace(named.find("save/restore_all"), 1, "\xff");
  return {{"empty", ""},
          {"junk", std::string("\xff\0junk", 6)},
          {"first half", good.substr(0, good.size() / 2)},
          {"last byte is missing", good.substr(0, good.size() - 1)},
          {"first byte is missing", good.substr(1)},
          {"a length beyond the end", std::string("\x12\x7f\x01", 3)},
          {"a varint without end", "\x0a" + std::string(20, '\xff')},
          {"the end of a group", "\x0c"},
          {"field number 0", std::string("\x02\x00", 2)},
          {"a name that is no UTF-8", named},
          {"messages too deep", deep.SerializeAsString()},
          {"a GraphDef", sample().graph_def().SerializeAsString()},
          {"a SavedModel of two graphs", saved.SerializeAsString()},
          {"a checkpoint's footer", std::string(40, '\0') + "\x57\xfb\x80\x8b\x24\x75\x47\xdb"},
          {"zeros", std::string(100, '\0')}};
}

Files broken_text_metas() {
  std::string deep = "graph_def { node { attr { value { ";
  for (int i = 0; i < 60; ++i) deep += "func { attr { value { ";
  return {{"not closed", "graph_def { node { name: 'a' }"},
          {"a string without end", "graph_def { node { name: 'a } }"},
          {"an unknown field", "graph_def { edge { } }"},
          {"a number instead of a message", "graph_def { node: 3 }"},
          {"a message instead of a number", "graph_def { versions { producer { } } }"},
          {"an unknown word of an enumeration",
           "graph_def { node { attr { key: 'T' value { type: DT_ODD } } } }"},
          {"a number too large", "graph_def { versions { producer: 99999999999 } }"},
          {"a scalar twice", "graph_def { versions { producer: 1 producer: 2 } }"},
          {"messages too deep", deep},
          {"an escape that is none", "graph_def { node { name: '\\q' } }"},
          {"a text of something else", "model_checkpoint_path: 'm'"},
          {"prose", "This is: a letter."},
          {"JSON cut off", "{\"graph_def\": "},
          {"JSON of another message", "{\"graph_def\": {\"edge\": []}}"},
          {"JSON of a wrong type", "{\"graph_def\": {\"node\": 3}}"},
          {"JSON with base64 that is none",
           "{\"collection_def\": {\"a\": {\"bytes_list\": {\"value\": [\"*\"]}}}}"},
          {"JSON of nothing", "{}"}};
}

// Messages that are whole and describe graphs that cannot be.
Files senseless_metas() {
  const std::pair<std::string, std::function<void(MetaGraphDef&)>> changes[] = {
      {"an input that is not there",
       [](MetaGraphDef& m) { node_of(m, "v/read").set_input(0, "none"); }},
      {"an output that is not there",
       [](MetaGraphDef& m) { node_of(m, "v/read").set_input(0, "v:7"); }},
      {"an input without a number",
       [](MetaGraphDef& m) { node_of(m, "v/read").set_input(0, "v:x"); }},
      {"too many inputs", [](MetaGraphDef& m) { node_of(m, "v/read").add_input("v"); }},
      {"too few inputs", [](MetaGraphDef& m) { node_of(m, "v/read").clear_input(); }},
      {"a circle", [](MetaGraphDef& m) { node_of(m, "v/read").set_input(0, "v/read"); }},
      {"a control input before a data input",
       [](MetaGraphDef& m) { node_of(m, "v/Assign").set_input(0, "^v"); }},
      {"a name twice",
       [](MetaGraphDef& m) { *m.mutable_graph_def()->add_node() = node_of(m, "v"); }},
      {"no name", [](MetaGraphDef& m) { node_of(m, "v/read").clear_name(); }},
      {"a name that cannot be", [](MetaGraphDef& m) { node_of(m, "v/read").set_name("a b"); }},
      {"no attribute", [](MetaGraphDef& m) { node_of(m, "v").mutable_attr()->erase("dtype"); }},
      {"an attribute of another kind",
       [](MetaGraphDef& m) { (*node_of(m, "v").mutable_attr())["dtype"].set_s("float"); }},
      {"a type that is none",
       [](MetaGraphDef& m) {
         (*node_of(m, "v").mutable_attr())["dtype"].set_type(static_cast<proto::DataType>(77));
       }},
      {"inputs of two types",
       [](MetaGraphDef& m) {
         (*node_of(m, "v").mutable_attr())["dtype"].set_type(proto::DT_INT32);
       }},
      {"a negative shape",
       [](MetaGraphDef& m) {
         auto& shape = (*node_of(m, "v").mutable_attr())["shape"];
         shape.mutable_shape()->mutable_dim(0)->set_size(-2);
       }},
      {"a constant of too many values",
       [](MetaGraphDef& m) {
         node_of(m, "v/initial_value").mutable_attr()->erase("_output_shapes");
         auto& value = (*node_of(m, "v/initial_value").mutable_attr())["value"];
         value.mutable_tensor()->mutable_tensor_shape()->mutable_dim(0)->set_size(1);
       }},
      {"a constant of a size that cannot be",
       [](MetaGraphDef& m) {
         node_of(m, "v/initial_value").mutable_attr()->erase("_output_shapes");
         auto& value = (*node_of(m, "v/initial_value").mutable_attr())["value"];
         value.mutable_tensor()->mutable_tensor_shape()->mutable_dim(0)->set_size(std::int64_t{1}
                                                                                  << 62);
       }},
      {"a graph for newer readers",
       [](MetaGraphDef& m) { m.mutable_graph_def()->mutable_versions()->set_min_consumer(99999); }},
      {"a collection of junk",
       [](MetaGraphDef& m) {
         (*m.mutable_collection_def())["variables"].mutable_bytes_list()->set_value(0, "\xff\xff");
       }},
      {"a variable that is not there",
       [](MetaGraphDef& m) {
         VariableDef def;
         def.set_variable_name("none:0");
         (*m.mutable_collection_def())["variables"].mutable_bytes_list()->set_value(
             0, def.SerializeAsString());
       }},
      {"a collected node that is not there",
       [](MetaGraphDef& m) {
         (*m.mutable_collection_def())["ends"].mutable_node_list()->add_value("none:0");
       }},
      {"a saver without names",
       [](MetaGraphDef& m) {
         m.mutable_saver_def()->clear_save_tensor_name();
         m.mutable_saver_def()->set_filename_tensor_name("save/Const:0");
       }},
  };
  Files files;
  for (const auto& [name, change] : changes) {
    files.emplace_back(name, changed(change).SerializeAsString());
  }
  return files;
}

Files broken_graphs() {
  const std::string good = sample().graph_def().SerializeAsString();
  return {{"empty", ""},
          {"junk", std::string("\xff\0junk", 6)},
          {"last byte is missing", good.substr(0, good.size() - 1)},
          {"first byte is missing", good.substr(1)},
          {"a MetaGraphDef", sample().SerializeAsString()},
          {"no nodes", "versions { producer: 24 }"},
          {"text not closed", "node { name: 'a'"},
          {"text with an unknown field", "nodes { }"},
          {"JSON cut off", "{\"node\": ["},
          {"an unknown input", "node { name: 'a' op: 'Identity' input: 'b' }"},
          {"an operation without a name", "node { op: 'NoOp' }"},
          {"an operation of no type", "node { name: 'a' }"}};
}

std::string table_of(const std::map<std::string, std::string>& entries) {
  io::MemoryFileSystem files;
  const auto file = files.create("t", io::FileSystem::Create::kTruncate);
  table::Writer writer(*file);
  for (const auto& [key, value] : entries) writer.add(key, value);
  writer.finish();
  file->close();
  return files.get("t");
}

// A file whose list tells of a tensor "v" of two floats, or of whatever `change` makes of it.
std::string v1_of(const std::function<void(proto::SavedTensorSlices&)>& change_list,
                  const std::function<void(proto::SavedTensorSlices&)>& change_value) {
  const std::vector<SaveItem> items{{"v", Tensor::vector<float>({1, 2})}};
  const slices::SavedTensor tensor{"v", float32, {2}, {TensorSlice::full(1)}};
  proto::SavedTensorSlices list;
  list.ParseFromString(slices::encode_meta({&tensor, 1}));
  if (change_list) change_list(list);
  proto::SavedTensorSlices value;
  value.mutable_data()->set_name("v");
  for (const float number : {1.0f, 2.0f})
    value.mutable_data()->mutable_data()->add_float_val(number);
  if (change_value) change_value(value);
  return table_of(
      {{"", list.SerializeAsString()},
       {table::encode_slice_key("v", TensorSlice::full(1)), value.SerializeAsString()}});
}

Files broken_v1s() {
  const std::string good = v1_of({}, {});
  const auto flipped = [&](std::size_t at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    return bad;
  };
  const auto meta = [](proto::SavedTensorSlices& list) -> proto::SavedSliceMeta& {
    return *list.mutable_meta()->mutable_tensor(0);
  };
  return {
      {"empty", ""},
      {"too short", "short"},
      {"another kind of file", "\x89HDF\r\n\x1a\n" + std::string(100, '\0')},
      {"cut in half", good.substr(0, good.size() / 2)},
      {"the list is damaged", flipped(6)},
      {"the index block is damaged", flipped(good.size() - 60)},
      {"the footer is damaged", flipped(good.size() - 46)},
      {"the magic number is damaged", flipped(good.size() - 1)},
      {"a table without a list", table_of({{"v", "x"}})},
      {"a list that is none", table_of({{"", "\xff\xff"}})},
      {"a list without the value",
       table_of({{"", slices::encode_meta(std::vector<slices::SavedTensor>{
                          {"v", float32, {2}, {TensorSlice::full(1)}}})}})},
      {"a list for newer readers",
       v1_of([](auto& list) { list.mutable_meta()->mutable_versions()->set_min_consumer(99); },
             {})},
      {"a type that is none",
       v1_of([&](auto& list) { meta(list).set_type(static_cast<proto::DataType>(77)); }, {})},
      {"a type that the format lacks",
       v1_of([&](auto& list) { meta(list).set_type(proto::DT_BFLOAT16); }, {})},
      {"a negative shape",
       v1_of([&](auto& list) { meta(list).mutable_shape()->mutable_dim(0)->set_size(-5); }, {})},
      {"a shape too large", v1_of(
                                [&](auto& list) {
                                  for (int i = 0; i < 3; ++i) {
                                    meta(list).mutable_shape()->add_dim()->set_size(std::int64_t{1}
                                                                                    << 40);
                                  }
                                },
                                {})},
      {"a slice beyond the shape", v1_of(
                                       [&](auto& list) {
                                         auto* extent =
                                             meta(list).mutable_slice(0)->mutable_extent(0);
                                         extent->set_start(1);
                                         extent->set_length(2);
                                       },
                                       {})},
      {"slices that overlap",
       v1_of([&](auto& list) { *meta(list).add_slice() = meta(list).slice(0); }, {})},
      {"too few values",
       v1_of({},
             [](auto& value) {
               value.mutable_data()->mutable_data()->mutable_float_val()->RemoveLast();
             })},
      {"too many values",
       v1_of({}, [](auto& value) { value.mutable_data()->mutable_data()->add_float_val(3); })},
      {"values of another type", v1_of({},
                                       [](auto& value) {
                                         auto* data = value.mutable_data()->mutable_data();
                                         data->clear_float_val();
                                         data->add_int_val(1);
                                         data->add_int_val(2);
                                       })},
  };
}

Files broken_states() {
  return {{"empty", ""},
          {"zeros", std::string(20, '\0')},
          {"prose", "The newest is model-3."},
          {"a string without end", "model_checkpoint_path: \"m"},
          {"an unknown field", "model_checkpoint_path: \"m\" newest: 3"},
          {"no newest", "all_model_checkpoint_paths: \"m\""},
          {"a number for a path", "model_checkpoint_path: 3"},
          {"a time that is none", "model_checkpoint_path: \"m\" last_preserved_timestamp: \"x\""},
          {"an SSTable", table_of({{"", "x"}})},
          {"cut off", "model_checkpoint_path: \"m\"\nall_model_checkpoint_pa"}};
}

class MalformedFilesTest : public ::testing::Test {
 protected:
  MalformedFilesTest() { files_.create_directory("d"); }
  // Runs each case; every one must fail with an error of ours.
  void record(const std::string& kind, const Files& cases, const std::string& path,
              const std::function<void()>& open) {
    for (const auto& [name, contents] : cases) {
      files_.put(path, contents);
      lines_.push_back(kind + ", " + name + ": " + one_line(testing::error_of(open)));
    }
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem scope_{files_};
  std::vector<std::string> lines_;
};

// Into a graph with one variable.
void restore(const std::string& path) {
  Graph graph;
  const auto scope = graph.as_default();
  const Variable v({1.0f, 2.0f}, {.name = "v"});
  Saver saver;
  Session session;
  saver.restore(session, path);
}

TEST_F(MalformedFilesTest, EveryErrorHasItsClassAndText) {
  const auto import = [] {
    Graph graph;
    const auto scope = graph.as_default();
    import_meta_graph("m.meta");
  };
  record(".meta", broken_binary_metas(), "m.meta", import);
  record(".meta as text", broken_text_metas(), "m.meta", import);
  record(".meta that makes no sense", senseless_metas(), "m.meta", import);
  record(".pb", broken_graphs(), "g.pb", [] {
    Graph graph;
    const auto scope = graph.as_default();
    import_graph_def(read_graph("g.pb"));
  });
  record("V1", broken_v1s(), "v1", [] { NewCheckpointReader("v1").get_tensor("v"); });
  record("V1, restored", broken_v1s(), "v1", [] { restore("v1"); });
  record("state", broken_states(), "d/checkpoint", [] { get_checkpoint_state("d"); });
  const auto expected = testing::lines_of_file(TENSORKEEP_TEST_DATA "/malformed/errors.txt");
  EXPECT_EQ(lines_.size(), expected.size());
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    EXPECT_EQ(lines_[i], i < expected.size() ? expected[i] : "");
    EXPECT_THAT(lines_[i], ::testing::ContainsRegex("[a-zA-Z]+Error: .")) << "no error of ours";
  }
}

// A state file that cannot be read is never taken for one that is not there.
TEST_F(MalformedFilesTest, AStateFileIsDamagedOrAbsent) {
  bundle::write("d/m-1", std::vector<SaveItem>{{"v", Tensor::vector<float>({1, 2})}},
                {.file_system = &files_});
  const std::function<void()> openers[] = {
      [] { get_checkpoint_state("d"); }, [] { latest_checkpoint("d"); },
      [] { NewCheckpointReader("d"); }, [] { load_checkpoint("d"); }, [] { restore("d"); }};
  for (const auto& open : openers) EXPECT_EQ(testing::error_of(open), "no error");
  for (const auto& [name, contents] : broken_states()) {
    files_.put("d/checkpoint", contents);
    for (const auto& open : openers) {
      EXPECT_THAT(testing::error_of(open), ::testing::StartsWith("DataLossError: ")) << name;
    }
  }
}

}  // namespace
}  // namespace tensorkeep::train
