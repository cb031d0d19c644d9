#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <limits>

#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "messages/message_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/saved_model.pb.h"

namespace tensorkeep {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

MetaGraphDef sample() {
  MetaGraphDef meta;
  meta.mutable_meta_info_def()->add_tags("serve");
  NodeDef& node = *meta.mutable_graph_def()->add_node();
  node.set_name("n");
  node.set_op("NoOp");
  (*node.mutable_attr())["b"].set_f(10000);
  (*node.mutable_attr())["a"].set_s(std::string("\xff\0'\n", 4));
  (*node.mutable_attr())["c"].set_type(static_cast<proto::DataType>(4711));
  (*meta.mutable_collection_def())["x"].mutable_int64_list()->add_value(-1);
  return meta;
}

TEST(TextFormTest, IsTensorFlows) {
  EXPECT_EQ(text_format::MessageToString(sample()), R"(meta_info_def {
  tags: "serve"
}
graph_def {
  node {
    name: "n"
    op: "NoOp"
    attr {
      key: "a"
      value {
        s: "\377\000\'\n"
      }
    }
    attr {
      key: "b"
      value {
        f: 10000.0
      }
    }
    attr {
      key: "c"
      value {
        type: 4711
      }
    }
  }
}
collection_def {
  key: "x"
  value {
    int64_list {
      value: -1
    }
  }
}
)");
}

TEST(TextFormTest, FloatsAreAsPythonWritesThem) {
  const auto text = [](float value) {
    proto::SaverDef saver;
    saver.set_keep_checkpoint_every_n_hours(value);
    const std::string line = text_format::MessageToString(saver);
    return line.substr(line.find(' ') + 1, line.size() - line.find(' ') - 2);
  };
  EXPECT_EQ(text(0.1F), "0.1");
  EXPECT_EQ(text(1.0F / 3), "0.33333334");
  EXPECT_EQ(text(16777216), "16777216.0");
  EXPECT_EQ(text(1e-5F), "1e-05");
  EXPECT_EQ(text(1e16F), "1e+16");
  EXPECT_EQ(text(-1e15F), "-1000000000000000.0");
  EXPECT_EQ(text(std::numeric_limits<float>::infinity()), "inf");
  EXPECT_EQ(text(-std::numeric_limits<float>::quiet_NaN()), "nan");
  EXPECT_EQ(text(std::numeric_limits<float>::denorm_min()), "1.4013e-45");
}

TEST(TextFormTest, DefaultKeysOfMapsAreLeftOut) {
  proto::FunctionDef function;
  (*function.mutable_arg_attr())[2];
  (*function.mutable_arg_attr())[10];
  (*function.mutable_arg_attr())[0];
  (*function.mutable_ret())["y"] = "";
  EXPECT_EQ(text_format::MessageToString(function),
            "ret {\n  key: \"y\"\n}\narg_attr {\n  value {\n  }\n}\narg_attr {\n  key: 2\n  value "
            "{\n  }\n}\narg_attr {\n  key: 10\n  value {\n  }\n}\n");
}

TEST(FormsTest, GoBothWays) {
  MetaGraphDef meta = sample();
  auto& any = *(*meta.mutable_collection_def())["any"].mutable_any_list()->add_value();
  any.set_type_url("type.googleapis.com/nobody.Knows");
  any.set_value("\xff");
  for (const bool json : {false, true}) {
    MetaGraphDef back;
    if (json) {
      json_format::Parse(json_format::MessageToJson(meta), back);
    } else {
      text_format::Parse(text_format::MessageToString(meta), back);
    }
    EXPECT_TRUE(MessageDifferencer::Equals(meta, back)) << json;
  }
  EXPECT_THAT(json_format::MessageToJson(meta), HasSubstr("\"type_url\": \"type.googleapis.com/"));
}

class MetaGraphFileTest : public testing::Test {
 protected:
  std::string error_of(const std::string& bytes) {
    files_.put("/bad.meta", bytes);
    try {
      train::read_meta_graphs("/bad.meta");
    } catch (const errors::DataLossError& error) {
      EXPECT_EQ(error.file(), "/bad.meta");
      return error.what();
    }
    return "no error";
  }

  io::MemoryFileSystem files_;
  io::ScopedFileSystem use_{files_};
};

TEST_F(MetaGraphFileTest, EveryFormIsRecognised) {
  using train::MessageForm;
  for (const MessageForm form : {MessageForm::kBinary, MessageForm::kText, MessageForm::kJson}) {
    train::write_meta_graph_file("/new/folder/m", sample(), form);
    EXPECT_TRUE(MessageDifferencer::Equals(train::read_meta_graph_file("/new/folder/m"), sample()));
  }
  EXPECT_THROW(train::read_meta_graph_file("/none"), errors::NotFoundError);
  EXPECT_THROW(train::read_meta_graph_file("/new"), errors::NotFoundError);
}

TEST_F(MetaGraphFileTest, UnknownFieldsOfBinaryFilesStay) {
  // Field 100 of the MetaGraphDef, and of its GraphDef.
  MetaGraphDef meta = sample();
  const std::string unknown = std::string("\xa2\x06\x02hi", 5);
  ASSERT_TRUE(meta.mutable_graph_def()->MergeFromString(unknown));
  ASSERT_TRUE(meta.MergeFromString(unknown));
  train::write_meta_graph_file("/m", meta);
  EXPECT_EQ(messages::serialize(train::read_meta_graph_file("/m")), messages::serialize(meta));
  EXPECT_EQ(text_format::MessageToString(meta), text_format::MessageToString(sample()));
}

TEST_F(MetaGraphFileTest, SavedModelsHoldGraphs) {
  proto::SavedModel saved;
  saved.set_saved_model_schema_version(1);
  *saved.add_meta_graphs() = sample();
  files_.put("/saved_model.pb", saved.SerializeAsString());
  EXPECT_TRUE(MessageDifferencer::Equals(train::read_meta_graph_file("/saved_model.pb"), sample()));
  *saved.add_meta_graphs() = sample();
  saved.mutable_meta_graphs(1)->mutable_meta_info_def()->add_tags("gpu");
  files_.put("/saved_model.pb", saved.SerializeAsString());
  EXPECT_EQ(train::read_meta_graphs("/saved_model.pb").size(), 2u);
  try {
    train::read_meta_graph_file("/saved_model.pb");
    FAIL();
  } catch (const errors::DataLossError& error) {
    EXPECT_STREQ(error.what(),
                 "Cannot parse file /saved_model.pb: it is a SavedModel of 2 graphs, with the tags "
                 "[serve], [serve, gpu]; take one of read_meta_graphs.");
  }
}

TEST_F(MetaGraphFileTest, DamagedFilesSayWhatIsWrong) {
  const std::string cannot = "Cannot parse file /bad.meta: ";
  EXPECT_EQ(error_of(""), cannot + "the file is empty.");
  EXPECT_THAT(error_of(std::string("\xff\0junk", 6)), StartsWith(cannot + "neither a binary nor"));
  EXPECT_EQ(error_of("graph_def { node: 3 }"), cannot + "1:19 : Expected \"{\", found \"3\".");
  EXPECT_EQ(error_of("graph_def {\n  edge { } }"),
            cannot +
                "2:8 : Message type \"tensorkeep.proto.GraphDef\" has no field named "
                "\"edge\".");
  EXPECT_EQ(error_of("graph_def { node { name: \"a } }"),
            cannot + "1:32 : Unexpected end of string.");
  std::string deep = "graph_def { node { attr { value { ";
  for (int i = 0; i < 60; ++i) deep += "func { attr { value { ";
  EXPECT_THAT(error_of(deep), HasSubstr("Message is too deep"));
  EXPECT_THAT(error_of("{\"graph_def\": {\"node\": 3}}"),
              StartsWith(cannot + "Failed to parse JSON: "));
  EXPECT_THAT(error_of("{\"graph_def\": {\"edge\": []}}"), HasSubstr("edge: Cannot find field"));
  EXPECT_THAT(error_of("{\"graph_def\": "),
              StartsWith(cannot + "Failed to parse JSON: Unexpected"));
  std::string nested = "{\"graph_def\": {\"node\": ";
  for (int i = 0; i < 100000; ++i) nested += "[";
  EXPECT_THAT(error_of(nested), StartsWith(cannot + "Failed to parse JSON: "));
  EXPECT_EQ(error_of("{}"), cannot + "it holds no graph.");
  EXPECT_EQ(error_of(sample().graph_def().SerializeAsString()),
            cannot + "it holds a GraphDef, not a MetaGraphDef; read it with import_graph_def.");
  const auto graph_error_of = [&](const std::string& bytes) {
    files_.put("/bad.pb", bytes);
    try {
      train::read_graph("/bad.pb");
    } catch (const errors::DataLossError& error) {
      return std::string(error.what());
    }
    return std::string("nothing thrown");
  };
  EXPECT_EQ(graph_error_of(""), "Cannot parse file /bad.pb: the file is empty.");
  EXPECT_EQ(graph_error_of("versions { producer: 24 }"),
            "Cannot parse file /bad.pb: it holds no nodes.");
  EXPECT_EQ(graph_error_of(sample().SerializeAsString()),
            "Cannot parse file /bad.pb: it holds a MetaGraphDef, not a GraphDef.");
  EXPECT_THAT(graph_error_of(std::string("\xff\0junk", 6)), HasSubstr("nor a text GraphDef"));
  EXPECT_THROW(train::read_graph("/none.pb"), errors::NotFoundError);
  files_.put("/good.pbtxt", "node { name: 'a' op: 'NoOp' }");
  EXPECT_EQ(train::read_graph("/good.pbtxt").node(0).name(), "a");
  const std::string whole = sample().SerializeAsString();
  EXPECT_THAT(error_of(whole.substr(0, whole.size() - 3)), StartsWith(cannot));
}

}  // namespace
}  // namespace tensorkeep
