#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tensorkeep/checkpoint_utils.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/saver.h"

namespace tensorkeep::train {
namespace {

using ::testing::StartsWith;

// A folder with one checkpoint: old/w [4], old/v [2, 2].
struct InitFromCheckpointTest : ::testing::Test {
  void SetUp() override {
    folder =
        std::filesystem::path(::testing::TempDir()) /
        (std::string("init_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
    path = (folder / "model").string();
    Graph saved;
    const auto scope = saved.as_default();
    const auto old = variable_scope("old");
    get_variable("w", {.initializer = constant({1.0, 2.0, 3.0, 4.0})});
    get_variable("v", {.initializer = constant({{5.0, 6.0}, {7.0, 8.0}})});
    Saver saver;
    Session session;
    session.run(global_variables_initializer());
    saver.save(session, path);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static std::vector<float> initialised(const Variable& variable) {
    Session session;
    session.run(variable.initializer());
    const Tensor value = variable.eval(session);
    return {value.data<float>().begin(), value.data<float>().end()};
  }

  static std::string refused(const std::string& from, const AssignmentMap& map) {
    try {
      init_from_checkpoint(from, map);
    } catch (const errors::Error& error) {
      EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError) << error.what();
      return error.what();
    }
    return "nothing was refused";
  }

  std::filesystem::path folder;
  std::string path;
  Graph graph;
  Graph::AsDefault as_default{graph};
};

using Values = std::vector<float>;

TEST_F(InitFromCheckpointTest, AFolderIsItsNewestCheckpoint) {
  const Variable w = get_variable("mine", {4});
  init_from_checkpoint(folder.string(), {{"old/w", w}});
  EXPECT_EQ(initialised(w), (Values{1, 2, 3, 4}));
  EXPECT_EQ(w.initial_value().name(), "checkpoint_initializer:0");
}

TEST_F(InitFromCheckpointTest, NamesScopesAndParts) {
  const auto scope = variable_scope("new", {.partitioner = fixed_size_partitioner(2)});
  const auto w = get_variable("w", {4}).variables();
  const auto v = get_variable("v", {2, 2}).variables();
  init_from_checkpoint(path, {{"old/", "new/"}});
  EXPECT_EQ(initialised(w[1]), (Values{3, 4}));
  EXPECT_EQ(initialised(v[0]), (Values{5, 6}));
  init_from_checkpoint(path, {{"old/w", "new/w"}, {"old/w", "new/w"}});
  EXPECT_EQ(initialised(w[0]), (Values{1, 2}));
}

TEST_F(InitFromCheckpointTest, MapsOfNamesAndOfVariables) {
  const Variable w = get_variable("w", {4});
  init_from_checkpoint(path, std::map<std::string, Variable>{{"old/w", w}});
  EXPECT_EQ(initialised(w), (Values{1, 2, 3, 4}));
  const Variable v = get_variable("v", {2, 2});
  init_from_checkpoint(path, std::map<std::string, std::string>{{"old/v", "v"}});
  EXPECT_EQ(initialised(v), (Values{5, 6, 7, 8}));
}

TEST_F(InitFromCheckpointTest, WhatDoesNotFitIsRefused) {
  const Variable w = get_variable("w", {3});
  EXPECT_EQ(refused(path, {{"old/w", w}}),
            "Shape of variable w:0 ((3,)) doesn't match with shape of tensor old/w ([4]) from "
            "checkpoint reader.");
  EXPECT_EQ(refused(path, {{"w", "w"}}),
            "Tensor w is not found in " + path + " checkpoint {'old/v': [2, 2], 'old/w': [4]}");
  EXPECT_EQ(refused(path, {{"old/w", "none"}}),
            "Assignment map with scope only name  should map to scope only old/w. Should be "
            "'scope/': 'other_scope/'.");
  EXPECT_EQ(refused(path, {{"older/", "/"}}),
            "Tensor older/w ( in older/) is not found in " + path + " checkpoint");
  const auto parts = get_variable("p", {4}, {.partitioner = fixed_size_partitioner(2)});
  const auto others = get_variable("q", {4}, {.partitioner = fixed_size_partitioner(2)});
  EXPECT_EQ(refused(path, {{"old/w",
                            std::vector<Variable>{parts.variables()[0], others.variables()[1]}}}),
            "Slices must all be from the same tensor: p != q");
  EXPECT_THAT(refused(path, {{"old/w", std::vector<Variable>{w}}}),
              StartsWith("Slices must all be slices: <tf.Variable 'w:0'"));
  EXPECT_THROW(init_from_checkpoint(path + "x", {{"old/w", w}}), errors::NotFoundError);
}

}  // namespace
}  // namespace tensorkeep::train
