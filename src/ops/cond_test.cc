#include "graph/cond_context.h"
#include "ops/control_flow_testing.h"

namespace tensorkeep {
namespace {

using ::testing::HasSubstr;

class CondTest : public ControlFlowBuilderTest {
 protected:
  Output p_ = placeholder(boolean, Shape(), {"p"});
};

TEST_F(CondTest, OnlyTheBranchThatIsTakenRuns) {
  Variable v(1.0, {.name = "v"});
  const Output y = cond(
      p_, [&] { return v.assign(2.0); }, [&] { return v.assign(3.0); });
  Session session(*graph_);
  session.run(global_variables_initializer());
  EXPECT_EQ(session.run(y, {{p_, false}}).value<float>(), 3.0F);
  EXPECT_EQ(session.run(v).value<float>(), 3.0F);
  EXPECT_EQ(session.run(y, {{p_, true}}).value<float>(), 2.0F);
}

TEST_F(CondTest, GradientsFlowThroughTheBranchThatIsTaken) {
  const Output w = placeholder(float32, {2}, {"w"});
  const Output y = cond(
      p_, [&] { return x_ * w; }, [&] { return square(x_); });
  const Gradients grads = gradients(y, {x_, w});
  Session session(*graph_);
  const auto of = [&](const Gradient& gradient, bool p) {
    return floats(session.run(gradient.tensor(), {{p_, p}, {x_, {1.0, 2.0}}, {w, {5.0, 7.0}}}));
  };
  EXPECT_EQ(of(grads[0], true), (std::vector<float>{5, 7}));
  EXPECT_EQ(of(grads[0], false), (std::vector<float>{2, 4}));
  EXPECT_EQ(of(grads[1], true), (std::vector<float>{1, 2}));
  EXPECT_EQ(of(grads[1], false), (std::vector<float>{0, 0}));
}

TEST_F(CondTest, WhatTheBranchesReturnMustAgree) {
  const auto one = [] { return constant(1.0); };
  const auto fails = [&](const BranchFunction& if_true, const BranchFunction& if_false,
                         const std::string& text) {
    expect_error([&] { cond(p_, if_true, if_false); }, kValueError, text);
  };
  fails(
      one, [] { return constant(1); },
      "Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received float32 from "
      "'true_fn' and int32 from 'false_fn'.");
  fails([] { return Returned(); }, one, "'true_fn' must have a return value.");
  fails(
      one, [] { return Returned(); }, "'false_fn' must have a return value.");
  const auto nothing = [] { return Returned(std::vector<Output>()); };
  fails(nothing, nothing, "'true_fn' and 'false_fn' must return at least one result.");
  fails(
      [&] {
        return Returned{x_, x_};
      },
      [&] {
        return Returned{x_, x_, x_};
      },
      "The two structures don't have the same nested structure.\n\nFirst structure: "
      "[Tensor(\"x:0\", shape=(2,), dtype=float32), ");
  fails(
      one,
      [&] {
        return Returned{x_, x_};
      },
      "The two structures don't have the same nested structure.");
  EXPECT_NO_THROW(cond(p_, one, [&] { return Returned{constant(2.0)}; }));
}

TEST_F(CondTest, ThePredicateIsABooleanScalar) {
  const auto one = [] { return constant(1.0); };
  expect_error([&] { cond(true, one, one); }, kTypeError, "'pred' must not be a Python bool.");
  expect_error([&] { cond(constant(1), one, one); }, kTypeError,
               "Input 'pred' of 'Switch' Op has type int32 that does not match expected type of "
               "bool.");
  expect_error([&] { cond(placeholder(boolean, {2}), one, one); }, kValueError,
               "Shape must be rank 0 but is rank 1 for '{{node cond_2/Switch}}");
}

TEST_F(CondTest, ABranchThatThrowsIsLeft) {
  const auto fails = []() -> Output { throw errors::AbortedError("enough"); };
  EXPECT_THROW(cond(p_, fails, fails), errors::AbortedError);
  EXPECT_EQ(graph_->control_flow_context(), nullptr);
  EXPECT_TRUE(constant(1.0).op().control_inputs().empty());
}

TEST_F(CondTest, WhatIsInsideIsNotFetched) {
  Output inside;
  const Output y = cond(
      p_, [&] { return inside = x_ * 2.0; }, [&] { return x_; });
  Session session(*graph_);
  const Feeds feeds{{p_, true}, {x_, {1.0, 2.0}}};
  EXPECT_EQ(floats(session.run(y, feeds)), (std::vector<float>{2, 4}));
  expect_error([&] { session.run(inside, feeds); }, kValueError,
               "Operation cond/mul has been marked as not fetchable.");
  expect_error([&] { session.run("cond/pred_id:0", feeds); }, kValueError,
               "Operation cond/pred_id has been marked as not fetchable.");
}

TEST_F(CondTest, AVariableNeedsAnInitialValueFromOutside) {
  for (const bool use_resource : {false, true}) {
    expect_error(
        [&] {
          const auto make = [&] {
            return Variable(constant(1.0) + 1.0, {.name = "v", .use_resource = use_resource});
          };
          cond(p_, make, [] { return constant(1.0); }, {"c"});
        },
        kValueError,
        std::string("Initializer for variable ") + (use_resource ? "c_1/v/" : "c/v/") +
            " is from inside a control-flow construct, such as a loop or conditional. When "
            "creating a variable inside a loop or conditional, use a lambda as the `initializer`.");
  }
}

TEST_F(CondTest, SmartCondBuildsOneBranchIfItKnowsWhich) {
  const auto if_true = [&] { return x_ * 2.0; };
  const auto if_false = [&] { return x_ * 3.0; };
  EXPECT_EQ(Output(smart_cond(true, if_true, if_false)).name(), "mul:0");
  EXPECT_EQ(Output(smart_cond(constant(false), if_true, if_false)).name(), "mul_1:0");
  EXPECT_EQ(Output(smart_cond(p_, if_true, if_false)).name(), "cond/Merge:0");
  const auto nothing = [] { return no_op(); };
  expect_error([&] { smart_cond(true, nothing, nothing); }, kTypeError,
               "A branch of smart_cond returns the operation 'NoOp'");
}

TEST_F(CondTest, CasesAreTriedInOrder) {
  const Output n = placeholder(int32, Shape(), {"n"});
  const auto number = [](int value) { return [value] { return constant(value); }; };
  const std::vector<std::pair<Output, BranchFunction>> pairs{{less(n, 10), number(1)},
                                                             {less(n, 20), number(2)}};
  const Output plain = case_(pairs, {.default_fn = number(3)});
  const Output exclusive = case_(pairs, {.default_fn = number(3), .exclusive = true});
  const Output without_default = case_(pairs);
  Session session(*graph_);
  const auto of = [&](const Output& y, int value) {
    return session.run(y, {{n, value}}).value<std::int32_t>();
  };
  EXPECT_EQ(of(plain, 5), 1);
  EXPECT_EQ(of(plain, 15), 2);
  EXPECT_EQ(of(plain, 25), 3);
  EXPECT_EQ(of(exclusive, 15), 2);
  expect_error([&] { of(exclusive, 5); }, errors::PythonClass::kErrorClass,
               "Input error: exclusive=True: more than 1 conditions (Less:0, Less_1:0) evaluated "
               "as True:");
  EXPECT_EQ(of(without_default, 15), 2);
  expect_error([&] { of(without_default, 25); }, errors::PythonClass::kErrorClass,
               "Input error: None of conditions evaluated as True:");
  expect_error([] { case_({}); }, kValueError, "case_ needs at least one predicate");
}

TEST_F(CondTest, SeveralTensorsAreNoSingleOne) {
  const auto both = cond(
      p_,
      [&] {
        return Returned{x_, x_};
      },
      [&] {
        return Returned{x_, x_};
      });
  EXPECT_EQ(both.size(), 2U);
  expect_error([&] { static_cast<void>(Output(both)); }, kValueError,
               "One tensor is wanted where there are 2");
}

// What an exported graph says of its branches is understood again: gradients still flow.
TEST_F(CondTest, ContextsSurviveMetaGraphs) {
  const Output y = cond(
      p_, [&] { return x_ * x_; },
      [&] {
        return cond(
            p_, [&] { return x_; }, [&] { return exp(x_); });
      });
  add_to_collection("y", y);
  for (const char* scope : {"", "imported"}) {
    const auto other = std::make_shared<Graph>();
    const auto as_default = other->as_default();
    train::import_meta_graph(train::export_meta_graph("", {.graph = graph_.get()}),
                             {.import_scope = scope});
    const std::string prefix = *scope ? std::string(scope) + "/" : "";
    const auto tensor = [&](const std::string& name) {
      return other->get_tensor_by_name(prefix + name);
    };
    const auto* const context = tensor("cond/mul:0").op().control_flow_context();
    ASSERT_NE(context, nullptr);
    EXPECT_EQ(context->name(), prefix + "cond/cond_text");
    EXPECT_EQ(tensor("cond/cond/Exp:0").op().control_flow_context()->outer()->name(),
              prefix + "cond/cond_text_1");
    const Output x = tensor("x:0");
    const Output grad = gradients(std::get<Output>(other->get_collection("y")[0]), x)[0].tensor();
    Session session(*other);
    const auto of = [&](bool p) {
      return floats(session.run(grad, {{tensor("p:0"), p}, {x, {0.0, 3.0}}}));
    };
    EXPECT_EQ(of(true), (std::vector<float>{0, 6}));
    EXPECT_FLOAT_EQ(of(false)[0], 1.0F);
    if (*scope) continue;
    const auto again = train::export_meta_graph("", {.graph = other.get()});
    const auto once = train::export_meta_graph("", {.graph = graph_.get()});
    EXPECT_EQ(again.collection_def().at("cond_context").SerializeAsString(),
              once.collection_def().at("cond_context").SerializeAsString());
  }
}

TEST_F(CondTest, NestedContextsLoseTheExportScope) {
  {
    const NameScope part("part");
    const Output x = placeholder(float32, Shape(), {"x"});
    const Output p = placeholder(boolean, Shape(), {"p"});
    cond(
        p,
        [&] {
          return cond(
              p, [&] { return x; }, [&] { return exp(x); });
        },
        [&] { return x; });
  }
  const MetaGraphDef meta_graph = train::export_meta_graph("", {.export_scope = "part"});
  for (const std::string& bytes :
       meta_graph.collection_def().at("cond_context").bytes_list().value()) {
    proto::CondContextDef def;
    ASSERT_TRUE(def.ParseFromString(bytes));
    EXPECT_THAT(def.DebugString(), ::testing::Not(HasSubstr("part")));
  }
  const auto other = std::make_shared<Graph>();
  const auto as_default = other->as_default();
  train::import_meta_graph(meta_graph);
  EXPECT_EQ(other->find_operation("cond/cond/Exp")->control_flow_context()->outer()->name(),
            "cond/cond_text");
}

// A message about what is not there stays as it is.
TEST_F(CondTest, ContextsThatNameOtherNodesAreKept) {
  proto::CondContextDef def;
  def.set_context_name("cond/cond_text");
  def.set_pred_name("absent:0");
  def.set_pivot_name("x:0");
  const auto import = [&] {
    MetaGraphDef meta_graph = train::export_meta_graph();
    (*meta_graph.mutable_collection_def())["cond_context"].mutable_bytes_list()->add_value(
        def.SerializeAsString());
    const auto other = std::make_shared<Graph>();
    const auto as_default = other->as_default();
    train::import_meta_graph(meta_graph);
    EXPECT_EQ(other->find_operation("x")->control_flow_context(), nullptr);
    const auto again = train::export_meta_graph();
    EXPECT_EQ(again.collection_def().at("cond_context").bytes_list().value(0),
              def.SerializeAsString());
  };
  import();
  def.set_pred_name("p:0");
  def.set_branch(7);
  import();
  def.set_branch(1);
  def.mutable_values_def()->add_values("x:0");
  def.mutable_values_def()->add_values("zzz:0");
  import();
  (*def.mutable_values_def()->mutable_external_values())["zzz:0"] = "no name";
  import();
}

}  // namespace
}  // namespace tensorkeep
