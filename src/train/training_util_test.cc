#include "tensorkeep/training_util.h"

#include <gtest/gtest.h>

#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/variable_scope.h"

namespace tensorkeep::train {
namespace {

struct GlobalStepTest : ::testing::Test {
  Graph graph;
  Graph::AsDefault as_default{graph};
};

std::string refused(errors::PythonClass wanted) {
  try {
    get_or_create_global_step();
  } catch (const errors::Error& error) {
    EXPECT_EQ(error.python_class(), wanted);
    return error.what();
  }
  return "nothing was refused";
}

TEST_F(GlobalStepTest, ThereIsOneOfThem) {
  EXPECT_FALSE(get_global_step());
  const Variable step = get_or_create_global_step();
  EXPECT_EQ(step.name(), "global_step:0");
  EXPECT_EQ(step.dtype(), int64);
  EXPECT_FALSE(step.trainable());
  EXPECT_EQ(get_or_create_global_step(), step);
  EXPECT_EQ(get_global_step(graph), step);
  try {
    create_global_step();
    ADD_FAILURE() << "a second one";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_STREQ(error.what(), "\"global_step\" already exists.");
    EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError);
  }
}

TEST_F(GlobalStepTest, ItsValueIsASessions) {
  const Variable step = create_global_step();
  Session session;
  session.run(step.initializer());
  EXPECT_EQ(global_step(session, step), 0);
  session.run(step.assign_add(41).op());
  EXPECT_EQ(global_step(session, "global_step:0"), 41);
}

TEST_F(GlobalStepTest, AVariableOfThatNameWillDo) {
  {
    Graph other;
    const auto scope = other.as_default();
    constant(7, {.name = "global_step"});
    EXPECT_FALSE(get_global_step());
  }
  const Variable step(7, {.name = "global_step"});
  EXPECT_EQ(get_global_step(), step);
}

TEST_F(GlobalStepTest, WhatIsNoStepIsRefused) {
  {
    Graph other;
    const auto scope = other.as_default();
    const Variable step(0.5, {.name = "global_step"});
    EXPECT_EQ(refused(errors::PythonClass::kTypeError),
              "Existing \"global_step\" does not have integer type: <dtype: 'float32_ref'>");
  }
  const Variable step({1, 2}, {.name = "global_step"});
  EXPECT_EQ(refused(errors::PythonClass::kTypeError),
            "Existing \"global_step\" is not scalar: (2,)");
}

}  // namespace
}  // namespace tensorkeep::train
