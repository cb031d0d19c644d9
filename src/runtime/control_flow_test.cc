#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "tensorkeep/importer.h"
#include "tensorkeep/session.h"

namespace tensorkeep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ControlFlowTest : public testing::Test {
 protected:
  void import(const std::string& nodes) {
    GraphDef graph_def;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(nodes, &graph_def));
    const auto scope = graph_.as_default();
    import_graph_def(graph_def, {.name = ""});
  }

  Tensor run(const std::string& fetch, const std::vector<std::pair<std::string, Literal>>& feeds) {
    Feeds fed;
    for (const auto& [name, value] : feeds)
      fed.emplace_back(graph_.get_tensor_by_name(name), value);
    Session session(graph_);
    return session.run(fetch, fed);
  }

  template <typename E>
  std::string error_of(const std::string& fetch,
                       const std::vector<std::pair<std::string, Literal>>& feeds = {}) {
    try {
      run(fetch, feeds);
    } catch (const E& error) {
      return error.message();
    }
    ADD_FAILURE() << "nothing thrown";
    return "";
  }

  Graph graph_;
};

std::string node(const std::string& name, const std::string& op,
                 const std::vector<std::string>& inputs, const std::string& attrs = "") {
  std::string text = fmt::format("node {{ name: '{}' op: '{}' ", name, op);
  for (const std::string& input : inputs) text += fmt::format("input: '{}' ", input);
  return text + attrs + "}\n";
}

std::string type(const std::string& attr, const std::string& dtype) {
  return fmt::format("attr {{ key: '{}' value {{ type: {} }} }} ", attr, dtype);
}

std::string floats(const std::string& op, const std::string& name,
                   const std::vector<std::string>& inputs) {
  return node(name, op, inputs, type("T", "DT_FLOAT"));
}

std::string placeholder_of(const std::string& name, const std::string& dtype) {
  return node(
      name, "Placeholder", {},
      type("dtype", dtype) + "attr { key: 'shape' value { shape { unknown_rank: true } } } ");
}

std::string constant_of(const std::string& name, float value,
                        const std::vector<std::string>& inputs = {}) {
  return node(
      name, "Const", inputs,
      type("dtype", "DT_FLOAT") +
          fmt::format("attr {{ key: 'value' value {{ tensor {{ dtype: DT_FLOAT tensor_shape "
                      "{{}} float_val: {} }} }} }} ",
                      value));
}

std::string enter(const std::string& name, const std::string& input, const std::string& frame,
                  bool constant = false) {
  return node(name, "Enter", {input},
              type("T", "DT_FLOAT") +
                  fmt::format("attr {{ key: 'frame_name' value {{ s: '{}' }} }} attr {{ key: "
                              "'is_constant' value {{ b: {} }} }} ",
                              frame, constant));
}

std::string merge_of(const std::string& name, const std::vector<std::string>& inputs) {
  return node(name, "Merge", inputs, type("T", "DT_FLOAT") + "attr { key: 'N' value { i: 2 } } ");
}

// while (x < limit) x = body(x): `prefix` names the nodes, the result is `prefix`exit. The body is
// made of nodes from `prefix`in to `prefix`out.
std::string while_less(const std::string& prefix, const std::string& start,
                       const std::string& limit, const std::string& body) {
  const auto n = [&](const char* name) { return prefix + name; };
  return enter(n("enter"), start, prefix) + enter(n("limit"), limit, prefix, true) +
         merge_of(n("merge"), {n("enter"), n("next")}) +
         floats("Less", n("less"), {n("merge"), n("limit")}) +
         node(n("cond"), "LoopCond", {n("less")}) +
         floats("Switch", n("switch"), {n("merge"), n("cond")}) +
         floats("Exit", n("exit"), {n("switch")}) +
         floats("Identity", n("in"), {n("switch") + ":1"}) + body +
         floats("NextIteration", n("next"), {n("out")});
}

// Fails when it runs on a vector that is not 7 long.
std::string impossible(const std::string& name, const std::string& input) {
  return node(name + "/shape", "Const", {},
              type("dtype", "DT_INT32") +
                  "attr { key: 'value' value { tensor { dtype: DT_INT32 tensor_shape { dim { size: "
                  "1 } "
                  "} int_val: 7 } } } ") +
         node(name, "Reshape", {input, name + "/shape"},
              type("T", "DT_FLOAT") + type("Tshape", "DT_INT32"));
}

TEST_F(ControlFlowTest, OnlyTheBranchThatIsTakenRuns) {
  import(placeholder_of("x", "DT_FLOAT") + placeholder_of("p", "DT_BOOL") +
         floats("Switch", "s", {"x", "p"}) + impossible("no", "s") + floats("Neg", "yes", {"s:1"}) +
         constant_of("pivot", 5, {"^yes"}) + merge_of("m", {"no", "yes"}));
  const std::vector<float> x = {1, 2};
  const Tensor taken = run("m:0", {{"x:0", x}, {"p:0", true}});
  EXPECT_THAT(taken.data<float>(), ElementsAre(-1, -2));
  EXPECT_EQ(run("m:1", {{"x:0", x}, {"p:0", true}}).value<std::int32_t>(), 1);
  EXPECT_EQ(run("pivot:0", {{"x:0", x}, {"p:0", true}}).value<float>(), 5);
  EXPECT_THAT(error_of<errors::InvalidArgumentError>("m:0", {{"x:0", x}, {"p:0", false}}),
              HasSubstr("{{node no}}"));
  for (const char* dead : {"yes:0", "pivot:0", "s:1"}) {
    EXPECT_THAT(error_of<errors::InvalidArgumentError>(dead, {{"x:0", x}, {"p:0", false}}),
                HasSubstr("Retval[0] does not have value"))
        << dead << ": a branch that was not taken has no values, its constants included";
  }
}

TEST_F(ControlFlowTest, ALoopRunsUntilItsConditionFails) {
  import(placeholder_of("x", "DT_FLOAT") + placeholder_of("limit", "DT_FLOAT") +
         while_less("w/", "x", "limit", floats("AddV2", "w/out", {"w/in", "w/in"})) +
         floats("Neg", "after", {"w/exit"}));
  EXPECT_EQ(run("after", {{"x:0", 1.0}, {"limit:0", 1000.0}}).valid(), false);
  EXPECT_EQ(run("after:0", {{"x:0", 1.0}, {"limit:0", 1000.0}}).value<float>(), -1024);
  EXPECT_EQ(run("after:0", {{"x:0", 3.0}, {"limit:0", 2.0}}).value<float>(), -3) << "no iteration";
}

TEST_F(ControlFlowTest, LoopsNest) {
  // Each outer iteration doubles up to the limit of 10 from where it is, then adds one.
  import(
      placeholder_of("x", "DT_FLOAT") + placeholder_of("outer_limit", "DT_FLOAT") +
      constant_of("ten", 10) + constant_of("one", 1) +
      while_less("o/", "x", "outer_limit",
                 enter("o/ten", "ten", "o/", true) + enter("o/one", "one", "o/", true) +
                     while_less("i/", "o/in", "o/ten", floats("AddV2", "i/out", {"i/in", "i/in"})) +
                     floats("AddV2", "o/out", {"i/exit", "o/one"})));
  // 1 -> 16 -> 17 -> 18 -> 19 -> 20
  EXPECT_EQ(run("o/exit:0", {{"x:0", 1.0}, {"outer_limit:0", 20.0}}).value<float>(), 20);
}

TEST_F(ControlFlowTest, ALoopInABranchThatIsNotTakenEndsAtOnce) {
  import(placeholder_of("x", "DT_FLOAT") + placeholder_of("p", "DT_BOOL") +
         constant_of("limit", 100) + floats("Switch", "s", {"x", "p"}) +
         while_less("w/", "s:1", "limit", floats("AddV2", "w/out", {"w/in", "w/in"})) +
         floats("Neg", "no", {"s"}) + merge_of("m", {"no", "w/exit"}));
  EXPECT_EQ(run("m:0", {{"x:0", 1.0}, {"p:0", true}}).value<float>(), 128);
  EXPECT_EQ(run("m:0", {{"x:0", 1.0}, {"p:0", false}}).value<float>(), -1);
}

TEST_F(ControlFlowTest, ACycleThatIsNoLoopIsAnError) {
  import(constant_of("x", 1) + floats("Neg", "a", {"x"}) + floats("Neg", "b", {"a"}));
  graph_.get_tensor_by_name("a:0").op().set_input(0, graph_.get_tensor_by_name("b:0"));
  EXPECT_THAT(error_of<errors::InvalidArgumentError>("a:0"),
              HasSubstr("the graph has a cycle through 'a' that is no while loop"));
}

TEST_F(ControlFlowTest, WhatWaitsForAFedPlaceholderRuns) {
  import(placeholder_of("x", "DT_FLOAT") + constant_of("c", 3) + floats("Neg", "y", {"c", "^x"}));
  EXPECT_EQ(run("y:0", {{"x:0", 1.0}}).value<float>(), -3);
  EXPECT_THAT(error_of<errors::InvalidArgumentError>("y:0"),
              HasSubstr("You must feed a value for placeholder tensor 'x'"));
}

TEST_F(ControlFlowTest, ALoopFedByAPlaceholderAloneRuns) {
  import(placeholder_of("x", "DT_FLOAT") + placeholder_of("limit", "DT_FLOAT") +
         while_less("w/", "x", "limit", floats("AddV2", "w/out", {"w/in", "w/in"})));
  EXPECT_EQ(run("w/exit:0", {{"x:0", 1.0}, {"limit:0", 5.0}}).value<float>(), 8);
}

TEST_F(ControlFlowTest, DeepNestsAreRefused) {
  std::string nodes = constant_of("e0", 1);
  for (int i = 1; i <= 70; ++i) {
    nodes += enter(fmt::format("e{}", i), fmt::format("e{}", i - 1), fmt::format("f{}", i));
  }
  import(nodes);
  EXPECT_THAT(error_of<errors::UnimplementedError>("e70:0"), HasSubstr("nested deeper than 64"));
}

}  // namespace
}  // namespace tensorkeep
