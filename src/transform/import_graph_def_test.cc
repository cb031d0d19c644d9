#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "tensorkeep/errors.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

constexpr const char* kConst =
    "node{name:'c' op:'Const' attr{key:'dtype' value{type:DT_FLOAT}} attr{key:'value' "
    "value{tensor{dtype:DT_FLOAT tensor_shape{} float_val:1}}}}";

std::string identity(const std::string& name, const std::string& input,
                     const std::string& more = "") {
  return "node{name:'" + name + "' op:'Identity' input:'" + input +
         "' attr{key:'T' value{type:DT_FLOAT}}" + more + "}";
}

GraphDef parse(const std::string& text) {
  GraphDef graph_def;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &graph_def)) << text;
  return graph_def;
}

class ImportGraphDefTest : public testing::Test {
 protected:
  std::vector<std::variant<Operation*, Output>> import(const std::string& text,
                                                       const ImportGraphDefOptions& options = {}) {
    const auto scope = graph_->as_default();
    return import_graph_def(parse(text), options);
  }
  // The error's text; the graph must be what it was.
  std::string error_of(const std::string& text, const ImportGraphDefOptions& options = {}) {
    const GraphDef before = graph_->as_graph_def(true);
    try {
      import(text, options);
    } catch (const errors::InvalidArgumentError& error) {
      EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError) << error.what();
      EXPECT_TRUE(
          google::protobuf::util::MessageDifferencer::Equals(graph_->as_graph_def(true), before));
      return error.what();
    }
    return "no error";
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& op : graph_->operations()) all.push_back(op->name());
    return all;
  }
  std::string inputs_of(const std::string& name) const {
    const NodeDef node = graph_->get_operation_by_name(name)->node_def();
    std::string all;
    for (const std::string& input : node.input()) all += (all.empty() ? "" : " ") + input;
    return all;
  }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
};

TEST_F(ImportGraphDefTest, NodesComeInAnyOrderUnderAPrefix) {
  import(identity("b", "a") + identity("a", "c") + kConst);
  EXPECT_THAT(names(), testing::ElementsAre("import/c", "import/a", "import/b"));
  EXPECT_EQ(inputs_of("import/b"), "import/a");
  EXPECT_EQ(graph_->get_tensor_by_name("import/b:0").dtype(), float32);
  import(kConst);
  EXPECT_NE(graph_->find_operation("import_1/c"), nullptr);
  const NameScope scope(*graph_, "outer");
  import(kConst, {.name = "inner"});
  EXPECT_NE(graph_->find_operation("outer/inner/c"), nullptr);
}

TEST_F(ImportGraphDefTest, DefaultAttributesAreFilledIn) {
  import(
      "node{name:'p' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}} attr{key:'shape' "
      "value{}}}");
  EXPECT_TRUE(graph_->get_operation_by_name("import/p")->attr("shape").shape().unknown_rank());
}

// The names are those TensorFlow 2.21 makes of the same GraphDef.
TEST_F(ImportGraphDefTest, NamesThatAreTakenAreMadeUniqueAtTheRoot) {
  graph_->add_operation({.type = "NoOp", .name = "ext"});
  import(
      "node{name:'ext' op:'NoOp' attr{key:'_class' value{list{s:'loc:@ext' s:'loc:@ext_1'}}}}"
      "node{name:'ext_1' op:'NoOp'} node{name:'g' op:'NoOp' input:'^ext'}"
      "node{name:'ext/d' op:'NoOp' input:'^ext_1'}",
      {.name = ""});
  EXPECT_THAT(names(), testing::ElementsAre("ext", "ext_2", "ext_1", "g", "ext/d"));
  EXPECT_EQ(inputs_of("g"), "^ext_2");
  EXPECT_EQ(inputs_of("ext/d"), "^ext_1");
  EXPECT_THAT(graph_->get_operation_by_name("ext_2")->colocation_groups(),
              testing::ElementsAre("loc:@ext_2", "loc:@ext_1"));
}

TEST_F(ImportGraphDefTest, InputsAreMappedAndElementsReturned) {
  Operation* outside = graph_->add_operation(
      {.type = "Placeholder", .name = "ext", .attrs = {{"dtype", Attr(float32).value()}}});
  const auto result = import(kConst + identity("a", "c") + "node{name:'n' op:'NoOp' input:'^c'}",
                             {.input_map = {{"c", outside->output()}, {"^c", outside->output()}},
                              .return_elements = {"c:0", "a", "a:0"}});
  EXPECT_EQ(std::get<Output>(result[0]), outside->output());
  EXPECT_EQ(std::get<Operation*>(result[1])->name(), "import/a");
  EXPECT_EQ(std::get<Output>(result[2]).name(), "import/a:0");
  EXPECT_EQ(inputs_of("import/a"), "ext");
  EXPECT_EQ(inputs_of("import/n"), "^ext");
  import(kConst + identity("a", "c"), {.input_map = {{ "c", 2.0 }}, .name = "m"});
  EXPECT_EQ(inputs_of("m/a"), "m/_inputs/Const");
}

TEST_F(ImportGraphDefTest, DevicesFollowScopesAndColocations) {
  const DeviceScope scope(*graph_, "/job:worker");
  import(
      "node{name:'a' op:'NoOp' device:'/cpu:0'}"
      "node{name:'b' op:'NoOp' device:'/cpu:1' attr{key:'_class' value{list{s:'loc:@a'}}}}"
      "node{name:'c' op:'NoOp' device:'/gpu:1' attr{key:'_class' value{list{s:'loc:@d'}}}}"
      "node{name:'d' op:'NoOp' attr{key:'_class' value{list{s:'loc:@e'}}}}"
      "node{name:'e' op:'NoOp' attr{key:'_class' value{list{s:'loc:@c'}}}}",
      {.name = ""});
  EXPECT_EQ(graph_->get_operation_by_name("a")->device(), "/job:worker/device:CPU:0");
  EXPECT_EQ(graph_->get_operation_by_name("b")->device(), "/job:worker/device:CPU:0");
  EXPECT_EQ(graph_->get_operation_by_name("c")->device(), "");
}

TEST_F(ImportGraphDefTest, LoopsCloseTheirBackEdges) {
  const std::string types = " attr{key:'T' value{type:DT_FLOAT}}";
  import(
      kConst +
      ("node{name:'enter' op:'Enter' input:'c'" + types + "attr{key:'frame_name' value{s:'f'}}}") +
      "node{name:'merge' op:'Merge' input:'enter' input:'next'" + types +
      "attr{key:'N' value{i:2}}}" + "node{name:'next' op:'NextIteration' input:'merge'" + types +
      "}");
  EXPECT_EQ(inputs_of("import/merge"), "import/enter import/next");
  EXPECT_EQ(graph_->get_operation_by_name("import/next")->consumers().size(), 1u);
}

TEST_F(ImportGraphDefTest, AFailureAfterALoopWasClosedLeavesNothing) {
  const std::string loop = kConst +
                           ("node{name:'m' op:'Merge' input:'c' input:'n' "
                            "attr{key:'T' value{type:DT_FLOAT}} attr{key:'N' value{i:2}}}" +
                            identity("i", "m")) +
                           "node{name:'n' op:'NextIteration' input:'i' "
                           "attr{key:'T' value{type:DT_FLOAT}}}";
  EXPECT_EQ(error_of(loop, {.return_elements = {"gone"}}),
            "Requested return node 'gone' not found in graph def");
}

TEST_F(ImportGraphDefTest, UnknownOperationsAndFunctionsAreKept) {
  import(kConst + std::string("node{name:'u' op:'NobodysOp' input:'c' attr{key:'k' value{i:3}}}") +
         identity("a", "u:1") +
         "node{name:'f' op:'double_it' input:'c'} library{function{signature{name:'double_it' "
         "input_arg{name:'x' type:DT_FLOAT} output_arg{name:'y' type:DT_FLOAT}}}}");
  const Operation* unknown = graph_->get_operation_by_name("import/u");
  EXPECT_EQ(unknown->num_outputs(), 2);
  EXPECT_EQ(unknown->output_dtype(1), float32);
  EXPECT_EQ(unknown->attr_int("k"), 3);
  EXPECT_EQ(graph_->get_operation_by_name("import/f")->output_dtype(0), float32);
  EXPECT_EQ(graph_->as_graph_def().library().function_size(), 1);
  EXPECT_THAT(error_of("library{function{signature{name:'double_it'}}}"),
              testing::StartsWith("Cannot add function 'double_it' because a different function "
                                  "with the same name already exists."));
}

TEST_F(ImportGraphDefTest, OutputShapesFillWhatInferenceDoesNotKnow) {
  const std::string shape = " attr{key:'_output_shapes' value{list{shape{dim{size:5}}}}}";
  import("node{name:'u' op:'NobodysOp'" + shape + "}");
  const Operation* op = graph_->get_operation_by_name("import/u");
  EXPECT_EQ(op->output_shape(0), Shape({5}));
  EXPECT_FALSE(op->has_attr("_output_shapes"));
}

TEST_F(ImportGraphDefTest, AttributesAreDroppedAtTheProducersDefault) {
  OpList producer;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "op{name:'NoOp' attr{name:'novel' type:'int' default_value{i:7}}}", &producer));
  import(
      "node{name:'a' op:'NoOp' attr{key:'novel' value{i:7}}}"
      "node{name:'b' op:'NoOp' attr{key:'novel' value{i:8}}}",
      {.producer_op_list = &producer});
  EXPECT_FALSE(graph_->get_operation_by_name("import/a")->has_attr("novel"));
  EXPECT_EQ(graph_->get_operation_by_name("import/b")->attr_int("novel"), 8);
}

TEST_F(ImportGraphDefTest, VersionsAreMerged) {
  import(kConst + std::string("versions{producer:5 min_consumer:3 bad_consumers:9}"));
  EXPECT_EQ(graph_->versions().producer(), 5);
  EXPECT_EQ(graph_->versions().min_consumer(), 3);
  EXPECT_EQ(graph_->versions().bad_consumers(0), 9);
}

TEST_F(ImportGraphDefTest, ScalarPlaceholdersOfOldGraphsAreOfUnknownShape) {
  import(
      "node{name:'p' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}} attr{key:'shape' "
      "value{shape{}}} attr{key:'_output_shapes' value{list{shape{dim{size:5}}}}}}"
      "versions{producer:21}");
  EXPECT_EQ(graph_->get_tensor_by_name("import/p:0").shape(), Shape({5}));
}

// What TensorFlow 2.21 says of the same GraphDefs.
TEST_F(ImportGraphDefTest, MalformedGraphsAreRefusedWithTensorFlowsTexts) {
  const std::string c = kConst;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {c + c, "Node 'c' is not unique"},
      {identity("a", "nope"), "Node 'a': Unknown input node 'nope'"},
      {identity("a", "c:3") + c,
       "Node 'a': Connecting to invalid output 3 of source node c which has 1 outputs."},
      {c + "node{name:'a' op:'Identity' input:'c' attr{key:'T' value{type:DT_INT32}}}",
       "Input 0 of node import/a was passed float from import/c:0 incompatible with expected "
       "int32."},
      {c + "node{name:'a' op:'Identity' input:'c'}",
       "NodeDef missing attr 'T' from Op<name=Identity"},
      {c + "node{name:'a' op:'Identity' input:'c' attr{key:'T' value{i:1}}}",
       "AttrValue had value with type 'int' when 'type' expected\n\t for attr 'T'\n\t; NodeDef: "
       "{{node import/a}}"},
      {c + "node{name:'a' op:'Identity' attr{key:'T' value{type:DT_FLOAT}}}",
       "NodeDef expected inputs 'float' do not match 0 inputs specified;"},
      {identity("a", "b") + identity("b", "a"), "2 nodes in a cycle"},
      {c + "node{name:'a' op:'Identity' input:'^c' input:'c'}",
       "Node 'a': Control dependencies must come after regular dependencies"},
      {"node{name:'a b' op:'NoOp'}", "Node 'a b': Node name contains invalid characters"},
      {"node{name:'' op:'NoOp'}", "Node '': Node name contains invalid characters"},
      {"node{name:'a'}", "Node 'a' does not specify an operation"},
      {"node{name:'a' op:'NoOp' attr{key:'_class' value{list{s:'loc:@zz'}}}}",
       "Node 'a' expects to be colocated with unknown node 'zz'"},
      {c + identity("a", "c", "attr{key:'_output_shapes' value{list{}}}"),
       "Node 'import/a' has 1 outputs but the _output_shapes attribute specifies shapes for 0 "
       "outputs"},
      {c + identity("a", "c", "attr{key:'_output_shapes' value{list{shape{dim{size:-5}}}}}"),
       "Node 'import/a has an invalid _output_shapes attribute (shape #0 error:'"},
      {"node{name:'a' op:'AddN' attr{key:'T' value{type:DT_FLOAT}} attr{key:'N' value{i:0}}}",
       "Value for attr 'N' of 0 must be at least minimum 1\n\t; NodeDef: {{node import/a}}"},
      {c + "node{name:'a' op:'AddN' input:'c' attr{key:'T' value{type:DT_STRING}} attr{key:'N' "
           "value{i:1}}}",
       "Value for attr 'T' of string is not in the list of allowed values: float, double, int32"},
      {c + "versions{min_consumer:999999}",
       "GraphDef min consumer version 999999 above current version 2474"},
      {c + "versions{bad_consumers:2474}", "GraphDef disallows consumer version 2474."},
  };
  for (const auto& [text, message] : cases) {
    graph_ = std::make_shared<Graph>();
    EXPECT_THAT(error_of(text), testing::StartsWith(message)) << text;
  }
  EXPECT_EQ(error_of(c, {.return_elements = {"d"}}),
            "Requested return node 'd' not found in graph def");
  EXPECT_EQ(error_of(c, {.return_elements = {"d:0"}}),
            "Requested return tensor 'd:0' not found in graph def");
  EXPECT_EQ(error_of(c, {.return_elements = {"c:1"}}),
            "Invalid return output 1 of node 'c', which has 1 output(s)");
  EXPECT_EQ(error_of(c, {.return_elements = {"c:x"}}),
            "Cannot convert 'c:x' to a tensor name. Second component of the name following the `:` "
            "should be an int. Got x.");
  Operation* outside = graph_->add_operation(
      {.type = "Placeholder", .name = "ext", .attrs = {{"dtype", Attr(float32).value()}}});
  EXPECT_EQ(error_of(c, {.input_map = {{"zz:1", outside->output()}}}),
            "Attempted to map inputs that were not found in graph_def: [zz:1]");
  EXPECT_EQ(error_of(c, {.input_map = {{"c:4", outside->output()}}}),
            "Attempted to map inputs that were not found in graph_def: [c:4]");
}

TEST_F(ImportGraphDefTest, ArgumentsBeyondReasonAreRefused) {
  EXPECT_THAT(error_of("node{name:'a' op:'AddN' attr{key:'T' value{type:DT_FLOAT}} attr{key:'N' "
                       "value{i:99999999999}}}"),
              testing::HasSubstr("99999999999"));
  EXPECT_THAT(error_of("node{name:'u' op:'NobodysOp'}" + identity("a", "u:2000000000")),
              testing::StartsWith("Node 'a': Connecting to invalid output 2000000000 of source "
                                  "node u"));
}

}  // namespace
}  // namespace tensorkeep
