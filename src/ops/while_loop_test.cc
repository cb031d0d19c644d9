#include "graph/while_context.h"
#include "ops/control_flow_testing.h"

namespace tensorkeep {
namespace {

using ::testing::HasSubstr;

class WhileLoopTest : public ControlFlowBuilderTest {
 protected:
  static Output below_three(Output i) { return less(i, 3); }
  static Output one_more(Output i) { return i + 1; }
};

TEST_F(WhileLoopTest, RunsUntilTheConditionFails) {
  const Output n = placeholder(int32, Shape(), {"n"});
  const auto exits = while_loop([&](Output i, Output) { return less(i, n); },
                                [&](Output i, Output y) {
                                  return Returned{i + 1, y * 2.0};
                                },
                                {0, x_});
  Session session(*graph_);
  for (const int count : {0, 1, 5}) {
    const auto values = session.run({exits[0], exits[1]}, {{n, count}, {x_, {1.0, 3.0}}});
    EXPECT_EQ(values[0].value<std::int32_t>(), count);
    const auto factor = static_cast<float>(1 << count);
    EXPECT_EQ(floats(values[1]), (std::vector<float>{factor, 3 * factor}));
  }
}

TEST_F(WhileLoopTest, MaximumIterationsEndIt) {
  const Output always = constant(true);
  const Output i = while_loop([&](Output) { return identity(always); }, one_more, {0},
                              {.maximum_iterations = 7});
  Session session(*graph_);
  EXPECT_EQ(session.run(i).value<std::int32_t>(), 7);
}

TEST_F(WhileLoopTest, AssignsInEveryIteration) {
  Variable v(0.0, {.name = "v"});
  const Output i = while_loop(below_three,
                              [&](Output i) {
                                const ControlDependencies after({v.assign_add(2.0).op()});
                                return i + 1;
                              },
                              {0});
  Session session(*graph_);
  session.run(global_variables_initializer());
  session.run(i);
  EXPECT_EQ(session.run(v).value<float>(), 6.0F);
}

// y = x w^n: dy/dx = w^n, dy/dw = n x w^(n-1).
TEST_F(WhileLoopTest, GradientsFlowThroughAllIterations) {
  const Output n = placeholder(int32, Shape(), {"n"});
  const Output w = placeholder(float32, {2}, {"w"});
  const Output y = while_loop([&](Output i, Output) { return less(i, n); },
                              [&](Output i, Output y) {
                                return Returned{i + 1, y * w};
                              },
                              {0, x_})[1];
  const Gradients grads = gradients(y, {x_, w});
  Session session(*graph_);
  for (int run = 0; run < 2; ++run) {  // the stacks are empty again
    const auto values = session.run({grads[0].tensor(), grads[1].tensor()},
                                    {{n, 3}, {x_, {1.0, 2.0}}, {w, {2.0, 3.0}}});
    EXPECT_EQ(floats(values[0]), (std::vector<float>{8, 27}));
    EXPECT_EQ(floats(values[1]), (std::vector<float>{12, 54}));
  }
  const auto none = session.run({grads[0].tensor(), grads[1].tensor()},
                                {{n, 0}, {x_, {1.0, 2.0}}, {w, {2.0, 3.0}}});
  EXPECT_EQ(floats(none[0]), (std::vector<float>{1, 1}));
  EXPECT_EQ(floats(none[1]), (std::vector<float>{0, 0}));
}

TEST_F(WhileLoopTest, BackPropFalseStopsGradients) {
  const Output y = while_loop([](Output y) { return less(reduce_sum(y), 9.0); },
                              [&](Output y) { return y * x_; }, {x_}, {.back_prop = false});
  EXPECT_TRUE(gradients(y, x_)[0].none());
}

TEST_F(WhileLoopTest, GradientsOfGradientsAreRefused) {
  const Output y = while_loop([](Output y) { return less(reduce_sum(y), 9.0); },
                              [&](Output y) { return y * x_; }, {x_});
  const Output first = gradients(y, x_)[0].tensor();
  expect_error([&] { gradients(first, x_); }, kTypeError,
               "Second-order gradient for while loops not supported.");
}

TEST_F(WhileLoopTest, GradientsOfLoopsThatNobodyDescribedAreRefused) {
  const Output y = while_loop([](Output y) { return less(reduce_sum(y), 9.0); },
                              [&](Output y) { return y * x_; }, {x_});
  const auto other = std::make_shared<Graph>();
  const auto as_default = other->as_default();
  import_graph_def(graph_->as_graph_def(), {.name = ""});
  expect_error(
      [&] { gradients(other->get_tensor_by_name(y.name()), other->get_tensor_by_name("x:0")); },
      kValueError,
      "Failed to call gradients on a while loop without properly serializing graph via "
      "MetaGraphDef");
}

TEST_F(WhileLoopTest, GradientsThroughTheInitialValueAreRefusedInside) {
  const auto body = [&](Output y) {
    gradients(y * y, x_);
    return y * 2.0;
  };
  expect_error([&] { while_loop([](Output y) { return less(reduce_sum(y), 9.0); }, body, {x_}); },
               kValueError, "Cannot compute gradient inside while loop with respect to op");
}

TEST_F(WhileLoopTest, WhatTheBodyReturnsMustBeTheVariables) {
  expect_error([] { while_loop(below_three, one_more, {}); }, kValueError,
               "'loop_vars' must be provided.");
  expect_error(
      [] {
        while_loop(below_three, [](Output i) { return Returned{i, i}; }, {0});
      },
      kValueError,
      "The two structures don't have the same nested structure.\n\nFirst structure: "
      "[Tensor(\"while_1/Identity:0\", shape=(), dtype=int32)]\n\nSecond structure: "
      "[Tensor(\"while_1/Identity:0\", shape=(), dtype=int32), "
      "Tensor(\"while_1/Identity:0\", shape=(), dtype=int32)]");
  expect_error([] { while_loop(below_three, [](Output i) { return cast(i, float32); }, {0}); },
               kValueError,
               "Tensor 'while_2/Const:0' enters the loop with type int32, but has type float32 "
               "after one iteration.");
  expect_error([] { while_loop(below_three, [](Output) { return no_op(); }, {0}); }, kTypeError,
               "The body of a while_loop returns the operation 'while_3/NoOp'");
  expect_error([] { while_loop(below_three, [](Output i, Output) { return i; }, {0}); }, kTypeError,
               "takes 2 positional arguments but 1 were given");
}

TEST_F(WhileLoopTest, ShapesStayWhatTheInvariantsSay) {
  const auto twice = [](Output y) { return concat({y, y}, 0); };
  const auto goes_on = [](Output y) { return less(reduce_sum(y), 3.0); };
  expect_error([&] { while_loop(goes_on, twice, {x_}); }, kValueError,
               "Input tensor 'x:0' enters the loop with shape (2,), but has shape (4,) after one "
               "iteration. To allow the shape to vary across iterations, use the "
               "`shape_invariants` argument of tf.while_loop to specify a less-specific shape.");
  expect_error([&] { while_loop(goes_on, twice, {x_}, {.shape_invariants = {{3}}}); }, kValueError,
               "The shape invariant specified for x:0 is not compatible with the initial shape of "
               "the loop variable. It enters the loop with shape (2,), but the specified shape "
               "invariant is (3,).");
  expect_error(
      [&] {
        while_loop(goes_on, twice, {x_}, {.shape_invariants = {{3}, {3}}});
      },
      kValueError, "The two structures don't have the same nested structure.");
  const Output y = while_loop(goes_on, twice, {x_}, {.shape_invariants = {{None}}});
  EXPECT_EQ(y.shape(), Shape{None});
  Session session(*graph_);
  EXPECT_EQ(session.run(y, {{x_, {0.5, 0.5}}}).shape(), Shape{8});
}

TEST_F(WhileLoopTest, TheConditionIsABooleanTensor) {
  expect_error([] { while_loop([](Output i) { return i; }, one_more, {0}); }, kTypeError,
               "Input 'input' of 'LoopCond' Op has type int32 that does not match expected type of "
               "bool.");
  expect_error(
      [] {
        while_loop([](Output i) { return less(i, {3, 3}); }, one_more, {0});
      },
      kValueError, "Shape must be rank 0 but is rank 1 for '{{node while_1/LoopCond}}");
  expect_error([&] { while_loop([&](Output i) { return i < x_; }, one_more, {0}); }, kTypeError,
               "The condition of a while_loop returned a plain bool");
  expect_error([] { while_loop(below_three, one_more, {0}, {.parallel_iterations = 0}); },
               kTypeError, "'parallel_iterations' must be a positive integer.");
  expect_error(
      [] { while_loop(below_three, one_more, {0}, {.maximum_iterations = Input(Literal{2})}); },
      kValueError, "'maximum_iterations' must be a scalar. Received shape: (1,)");
}

TEST_F(WhileLoopTest, WhatIsInsideStaysInside) {
  Output inside;
  const Output i = while_loop(below_three, [&](Output i) { return inside = i + 1; }, {0});
  expect_error([&] { static_cast<void>(inside * 2); }, kValueError,
               "Cannot use 'while/add' as input to 'mul' because 'while/add' is in a while loop.");
  const std::size_t before = graph_->operations().size();
  expect_error([&] { while_loop(below_three, [&](Output) { return inside + 1; }, {0}); },
               kValueError,
               "Cannot use 'while/add' as input to 'while_1/add' because they are in different "
               "while loops.");
  EXPECT_GT(graph_->operations().size(), before);
  EXPECT_EQ(graph_->control_flow_context(), nullptr);
  Session session(*graph_);
  EXPECT_EQ(session.run(i).value<std::int32_t>(), 3);
  expect_error([&] { session.run(inside); }, kValueError,
               "Operation while/add has been marked as not fetchable.");
  expect_error(
      [&] {
        session.run(i, {{inside, 1}});
      },
      kValueError, "Tensor while/add:0 may not be fed.");
}

// What an exported graph says of its loops is understood again: gradients still flow.
TEST_F(WhileLoopTest, ContextsSurviveMetaGraphs) {
  const Output y = while_loop(
      [](Output i, Output) { return less(i, 2); },
      [&](Output i, Output y) {
        return Returned{i + 1, Output(cond(
                                   equal(i, 0), [&] { return y * x_; }, [&] { return exp(y); }))};
      },
      {0, x_})[1];
  add_to_collection("y", y);
  const MetaGraphDef once = train::export_meta_graph();
  for (const char* scope : {"", "imported"}) {
    const auto other = std::make_shared<Graph>();
    const auto as_default = other->as_default();
    train::import_meta_graph(once, {.import_scope = scope});
    const std::string prefix = *scope ? std::string(scope) + "/" : "";
    const auto tensor = [&](const std::string& name) {
      return other->get_tensor_by_name(prefix + name);
    };
    EXPECT_EQ(tensor("while/Enter:0").op().attr_string("frame_name"),
              prefix + "while/while_context");
    ASSERT_NE(tensor("while/cond/Exp:0").op().control_flow_context(), nullptr);
    if (!*scope) {
      EXPECT_EQ(train::export_meta_graph().collection_def().at("while_context").DebugString(),
                once.collection_def().at("while_context").DebugString());
    }
    const Output x = tensor("x:0");
    const Output grad = gradients(std::get<Output>(other->get_collection("y")[0]), x)[0].tensor();
    Session session(*other);
    const auto found = floats(session.run(grad, {{x, {0.0, 1.0}}}));  // of exp(x^2)
    EXPECT_FLOAT_EQ(found[0], 0.0F);
    EXPECT_FLOAT_EQ(found[1], 2.0F * std::exp(1.0F));
  }
}

}  // namespace
}  // namespace tensorkeep
