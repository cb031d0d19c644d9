#include "tensorkeep/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/state_ops.h"
#include "tensorkeep/variable.h"

namespace tensorkeep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class SessionTest : public testing::Test {
 protected:
  // Runs `work` and returns what it throws; fails if it throws nothing or another class.
  template <typename E, typename F>
  static E thrown(const F& work) {
    try {
      work();
    } catch (const E& error) {
      return error;
    }
    ADD_FAILURE() << "nothing thrown";
    return E("");
  }

  Graph graph_;
  Graph::AsDefault scope_{graph_};
};

std::vector<float> floats(const Tensor& tensor) {
  const auto values = tensor.data<float>();
  return {values.begin(), values.end()};
}

TEST_F(SessionTest, FetchesComeInTheirOrderWithRepeats) {
  const Output x = placeholder(float32, {None});
  const Output doubled = x + x;
  const Output negated = -x;
  Session session(graph_);
  const auto values =
      session.run({negated, doubled, no_op(), negated}, {{x, std::vector<float>{1, 2}}});
  ASSERT_EQ(values.size(), 4u);
  EXPECT_THAT(floats(values[0]), ElementsAre(-1, -2));
  EXPECT_THAT(floats(values[1]), ElementsAre(2, 4));
  EXPECT_FALSE(values[2].valid()) << "an operation has no value";
  EXPECT_THAT(floats(values[3]), ElementsAre(-1, -2));
}

TEST_F(SessionTest, FetchesByName) {
  constant(3.0, {.name = "three"});
  Session session(graph_);
  EXPECT_EQ(session.run("three:0").value<float>(), 3);
  EXPECT_FALSE(session.run("three").valid());
  EXPECT_THROW(session.run("four:0"), errors::NotFoundError);
}

TEST_F(SessionTest, AFeedReplacesAnyTensor) {
  const Output a = constant(1.0);
  const Output b = a + 1.0;
  const Output c = b * 10.0;
  Session session(graph_);
  EXPECT_EQ(session.run(c).value<float>(), 20);
  EXPECT_EQ(session.run(c, {{b, 5}}).value<float>(), 50);
  EXPECT_EQ(session.run(b, {{b, 7}}).value<float>(), 7) << "fed and fetched";
}

TEST_F(SessionTest, ResultsNeverChangeUnderTheCaller) {
  const Variable v(constant({1.0, 2.0}), {.name = "v"});
  const Output add = assign_add(v, {1.0, 1.0});
  Session session(graph_);
  session.run(v.initializer());
  const Tensor before = session.run(v);
  session.run(add);
  EXPECT_THAT(floats(before), ElementsAre(1, 2));
  EXPECT_THAT(floats(session.run(v)), ElementsAre(2, 3));
  // Neither do feeds that an element-wise kernel might write over.
  const Output x = placeholder(float32, {2});
  const Tensor fed = Tensor::vector<float>({4, 9});
  session.run(sqrt(-(-x)), {{x, fed}});
  EXPECT_THAT(floats(fed), ElementsAre(4, 9));
}

TEST_F(SessionTest, ControlInputsRunFirst) {
  const Variable v(0.0, {.name = "v"});
  const Output set = assign(v, 5.0);
  Session session(graph_);
  session.run(v.initializer());
  const ControlDependencies after({&set.op()});
  const Output read = v.read_value();
  EXPECT_EQ(session.run(read).value<float>(), 5);
}

TEST_F(SessionTest, WhatOnlyControlEdgesNeedOrdersButIsNotComputed) {
  const Variable v(0.0, {.name = "v"});
  const Output set = assign(v, 5.0);
  const Output x = placeholder(float32, {None}, {.name = "x"});
  Session session(graph_);
  session.run(v.initializer());
  Output impossible;
  {
    const ControlDependencies after({&set.op()});
    impossible = reshape(x, {7});
  }
  const ControlDependencies after({&impossible.op()});
  const Output read = v.read_value();
  EXPECT_EQ(session.run(read, {{x, std::vector<float>{1, 2}}}).value<float>(), 5);
  EXPECT_THROW(session.run(read), errors::InvalidArgumentError) << "x is not fed";
  EXPECT_THROW(session.run(impossible, {{x, std::vector<float>{1, 2}}}),
               errors::InvalidArgumentError);
}

TEST_F(SessionTest, UninitializedVariablesSayTheirName) {
  const Variable v(constant({1.0}), {.name = "v2"});
  Session session(graph_);
  const auto error = thrown<errors::FailedPreconditionError>([&] { session.run(v.value()); });
  EXPECT_THAT(error.message(), StartsWith("Attempting to use uninitialized value v2"));
  EXPECT_EQ(error.node(), "v2");
}

TEST_F(SessionTest, PlaceholdersMustBeFed) {
  const Output x = placeholder(float32, {None, 3}, {.name = "x"});
  Session session(graph_);
  const auto error = thrown<errors::InvalidArgumentError>([&] { session.run(-x); });
  EXPECT_THAT(error.message(),
              StartsWith("You must feed a value for placeholder tensor 'x' with dtype float"));
  const auto shape = thrown<errors::InvalidArgumentError>([&] {
    session.run(-x, {{x, Tensor::zeros(float32, {2, 4})}});
  });
  EXPECT_EQ(shape.message(),
            "Cannot feed value of shape (2, 4) for Tensor x:0, which has shape (?, 3)");
  EXPECT_EQ(shape.python_class(), errors::PythonClass::kValueError);
}

TEST_F(SessionTest, OperationsWithoutKernelAreNamedAllAtOnce) {
  Operation* a = graph_.add_operation({.type = "NobodysOp", .name = "a"});
  Operation* b = graph_.add_operation({.type = "OtherOp", .name = "b", .control_inputs = {a}});
  const Output c = constant(1.0);
  Session session(graph_);
  const auto error = thrown<errors::UnimplementedError>([&] { session.run(b); });
  EXPECT_THAT(error.message(), HasSubstr("NobodysOp"));
  EXPECT_THAT(error.message(), HasSubstr("OtherOp"));
  EXPECT_EQ(session.run(c).value<float>(), 1) << "what does not need them runs";
}

TEST_F(SessionTest, ForeignAndClosed) {
  Graph other;
  Output foreign;
  {
    const auto scope = other.as_default();
    foreign = constant(1.0);
  }
  Session session(graph_);
  const auto empty = thrown<errors::FailedPreconditionError>([&] { session.run(foreign); });
  EXPECT_THAT(empty.message(), StartsWith("The Session graph is empty."));
  constant(1.0);
  EXPECT_THROW(session.run(foreign), errors::InvalidArgumentError);
  EXPECT_THROW(session.run(constant(1.0), {{foreign, 1.0}}), errors::InvalidArgumentError);
  session.close();
  const auto error = thrown<errors::FailedPreconditionError>([&] { session.run(constant(2.0)); });
  EXPECT_EQ(error.message(), "Attempted to use a closed Session.");
}

TEST_F(SessionTest, TheGraphMayGrowAndBeEditedBetweenRuns) {
  const Output a = constant(2.0);
  const Output b = constant(3.0);
  const Output sum = a + b;
  Session session(graph_);
  EXPECT_EQ(session.run(sum).value<float>(), 5);
  const Output more = sum * 2.0;
  EXPECT_EQ(session.run(more).value<float>(), 10);
  sum.op().set_input(1, a);
  EXPECT_EQ(session.run(more).value<float>(), 8);
}

TEST_F(SessionTest, ManyThreadsShareOneSession) {
  const Variable v(constant(0.0), {.name = "v"});
  const Output add = assign_add(v, 1.0);
  const Output x = placeholder(float32, {});
  const Output y = x * 2.0 + 1.0;
  Session session(graph_);
  session.run(v.initializer());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        session.run(add);
        EXPECT_EQ(session.run(y, {{x, t}}).value<float>(), 2 * t + 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(session.run(v).value<float>(), 800);
}

TEST_F(SessionTest, ADeepGraphNeedsNoDeepStack) {
  Output x = placeholder(float32, {});
  Output y = x;
  for (int i = 0; i < 20000; ++i) {
    y = graph_
            .add_operation({.type = "Neg",
                            .inputs = {y},
                            .attrs = {{"T", Attr(float32).value()}},
                            .verbatim = false})
            ->output();
  }
  Session session(graph_);
  EXPECT_EQ(session.run(y, {{x, 3}}).value<float>(), 3);
}

}  // namespace
}  // namespace tensorkeep
