#include "tensorkeep/variable_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/regularizers.h"

namespace tensorkeep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct VariableScopeTest : ::testing::Test {
  Graph graph;
  Graph::AsDefault as_default{graph};
};

// The error's text; its class is as given.
template <typename F>
std::string refused(const F& build, errors::PythonClass wanted = errors::PythonClass::kValueError) {
  try {
    build();
  } catch (const errors::Error& error) {
    EXPECT_EQ(error.python_class(), wanted) << error.what();
    return error.what();
  }
  return "nothing was refused";
}

std::vector<std::string> names_of(const std::vector<Variable>& variables) {
  std::vector<std::string> names;
  for (const Variable& variable : variables) names.push_back(variable.op().name());
  return names;
}

TEST_F(VariableScopeTest, ReuseGivesTheVariableThatIsThere) {
  const auto scope = variable_scope("net");
  const Variable w = get_variable("w", {2});
  EXPECT_THAT(refused([] { get_variable("w", {2}); }),
              StartsWith("Variable net/w already exists, disallowed. Did you mean to set "
                         "reuse=True or reuse=tf.AUTO_REUSE in VarScope?"));
  {
    const auto again = variable_scope(scope, {.reuse = true});
    EXPECT_EQ(get_variable("w", {2}).variable(), w);
    EXPECT_EQ(get_variable("w").variable(), w);
    EXPECT_THAT(refused([] { get_variable("b", {2}); }),
                StartsWith("Variable net/b does not exist, or was not created with "
                           "tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in "
                           "VarScope?"));
    EXPECT_EQ(refused([] { get_variable("w", {3}); }),
              "Trying to share variable net/w, but specified shape (3,) and found shape (2,).");
    EXPECT_EQ(refused([] { get_variable("w", {2}, {.dtype = float64}); }),
              "Trying to share variable net/w, but specified dtype float64 and found dtype "
              "float32_ref.");
  }
  const auto automatic = variable_scope(scope, {.reuse = AUTO_REUSE});
  EXPECT_EQ(get_variable("w", {2}).variable(), w);
  EXPECT_EQ(get_variable("b", {2}).name(), "net/b:0");
  EXPECT_EQ(graph.get_collection(GraphKeys::GLOBAL_VARIABLES).size(), 2u);
}

TEST_F(VariableScopeTest, WhatDoesNotFitIsRefused) {
  EXPECT_EQ(refused([] { get_variable("w"); }),
            "Variable w did not get an initializer, so its `shape` argument must be specified.");
  EXPECT_EQ(refused([] { get_variable("w", {2}, {.initializer = constant(1.0)}); }),
            "If initializer is a constant, do not specify shape.");
  EXPECT_EQ(refused([] { get_variable("w", {2}, {.dtype = complex64}); }),
            "An initializer for variable w of <dtype: 'complex64'> is required");
  EXPECT_EQ(refused([] { get_variable("w", {.dtype = int32, .initializer = constant(1.0)}); }),
            "Initializer type '<dtype: 'float32'>' and explicit dtype '<dtype: 'int32'>' don't "
            "match.");
  EXPECT_THAT(refused([] { get_variable("w", {.initializer = ones_initializer()}); }),
              StartsWith("The initializer passed is not valid."));
  EXPECT_THAT(refused([] {
                get_variable("w", {2, None});
              }),
              StartsWith("The initializer passed is not valid."));
  EXPECT_EQ(
      refused([] { variable_scope(VariableScopeOptions{}); }, errors::PythonClass::kTypeError),
      "If default_name is None then name_or_scope is required");
  EXPECT_EQ(refused([] { variable_scope({.default_name = "a", .reuse = true}); }),
            "reuse=True cannot be used without a name_or_scope");
  EXPECT_THAT(refused([] { variable_scope("_"); }), HasSubstr("is not a valid root scope name"));
  EXPECT_THAT(global_variables(), ::testing::IsEmpty());
  EXPECT_EQ(get_variable_scope().name(), "");
}

TEST_F(VariableScopeTest, AScopeKnowsItsVariables) {
  get_variable("w", {2});
  const auto scope = variable_scope("w");
  get_variable("a", {2});
  get_local_variable("b", {2});
  get_variable("c", {2}, {.trainable = false});
  EXPECT_THAT(names_of(scope.global_variables()), ElementsAre("w/a", "w/c"));
  EXPECT_THAT(names_of(scope.local_variables()), ElementsAre("w/b"));
  EXPECT_THAT(names_of(scope.trainable_variables()), ElementsAre("w/a"));
}

TEST_F(VariableScopeTest, EveryUseOfALossMakesItAnew) {
  get_variable("w", {2}, {.regularizer = contrib::layers::l2_regularizer(0.5)});
  get_variable("v", {2}, {.regularizer = contrib::layers::l2_regularizer(0.0)});
  const auto losses = losses::get_regularization_losses();
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].to_tensor("").name(), "w/Regularizer/l2_regularizer_1:0");
  EXPECT_EQ(losses[0].to_tensor("").name(), "w/Regularizer/l2_regularizer_2:0");
  EXPECT_THAT(losses::get_regularization_losses("v"), ::testing::IsEmpty());
  EXPECT_THAT(refused([] { contrib::layers::l1_regularizer(-1.0); }),
              StartsWith("Setting a scale less than 0 on a regularizer"));
}

TEST_F(VariableScopeTest, PartsAndWholesOfOneNameAreRefused) {
  const Partitioner halves = fixed_size_partitioner(2);
  get_variable("whole", {4});
  const AnyVariable parts = get_variable("parts", {4}, {.partitioner = halves});
  EXPECT_THAT(refused([&] { get_variable("whole", {4}, {.partitioner = halves}); }),
              StartsWith("A partitioner was provided, but an unpartitioned version of the "
                         "variable was found: whole.  Perhaps"));
  EXPECT_THAT(refused([&] { get_variable("parts", {4}); }),
              StartsWith("No partitioner was provided, but a partitioned version of the variable "
                         "was found: parts/part_0. Perhaps"));
  EXPECT_THAT(refused([&] { get_variable("parts", {4}, {.partitioner = halves}); }),
              StartsWith("Partitioned variable with name parts already exists."));
  const auto reusing = variable_scope("", {.reuse = true});
  EXPECT_EQ(get_variable("parts").partitioned().variables(), parts.partitioned().variables());
  EXPECT_EQ(refused([&] { get_variable("parts", {5}, {.partitioner = halves}); }),
            "Trying to reuse partitioned variable parts, but specified shape (5,) and found shape "
            "(4,).");
  EXPECT_EQ(refused([&] { get_variable("parts", {4}, {.dtype = int32, .partitioner = halves}); }),
            "Trying to reuse partitioned variable parts, but specified dtype int32 and found dtype "
            "float32.");
  EXPECT_EQ(
      refused([&] { get_variable("parts", {4}, {.partitioner = fixed_size_partitioner(4)}); }),
      "Trying to reuse partitioned variable parts, but specified partitions [4] and found "
      "partitions [2].");
  EXPECT_THAT(refused([&] { get_variable("none", {4}, {.partitioner = halves}); }),
              StartsWith("PartitionedVariable none does not exist"));
}

TEST_F(VariableScopeTest, APartitionersAnswerIsChecked) {
  const auto with = [](const Shape& shape, std::vector<int> answer) {
    return refused([&] {
      get_variable("w", shape, {.partitioner = [&](const Shape&, DType) { return answer; }});
    });
  };
  EXPECT_EQ(with({None, 2}, {1, 1}),
            "Shape of a new partitioned variable must be fully defined, but instead was (?, 2).");
  EXPECT_EQ(with({4, 2}, {2}),
            "Partitioner returned a partition list that does not match the Variable's rank: [2] "
            "vs. (4, 2)");
  EXPECT_EQ(with({4, 2}, {0, 1}), "Partitioner returned zero partitions for some axes: [0, 1]");
  EXPECT_EQ(with({4, 2}, {2, 2}),
            "Can only slice a variable along one dimension: shape: (4, 2), partitioning: [2, 2]");
}

TEST_F(VariableScopeTest, CreatedPartsNeedASlicingOfTheirRank) {
  const auto ones = ones_initializer();
  EXPECT_EQ(refused([&] {
              create_partitioned_variables({4, 2}, {2}, ones);
            }),
            "The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: [4, "
            "2], slicing: [2]");
  EXPECT_EQ(refused([&] { create_partitioned_variables(Shape{}, {}, ones); }),
            "A partitioned Variable must have rank at least 1: shape: []");
}

TEST(Partitioners, CutAsTensorFlowDoes) {
  const Shape shape{10, 4};
  EXPECT_THAT(fixed_size_partitioner(3)(shape, float32), ElementsAre(3, 1));
  EXPECT_THAT(fixed_size_partitioner(30)(shape, float32), ElementsAre(10, 1));
  EXPECT_THAT(fixed_size_partitioner(3, -1)(shape, float32), ElementsAre(1, 3));
  EXPECT_THAT(variable_axis_size_partitioner(48)(shape, float32), ElementsAre(4, 1));
  EXPECT_THAT(variable_axis_size_partitioner(1)(shape, float32), ElementsAre(10, 1));
  EXPECT_THAT(variable_axis_size_partitioner(48, {.max_shards = 2})(shape, float32),
              ElementsAre(2, 1));
  EXPECT_THAT(variable_axis_size_partitioner(80, {.axis = 1})(shape, string), ElementsAre(1, 4));
  EXPECT_THAT(variable_axis_size_partitioner(48)({0, 4}, float32), ElementsAre(0, 1));
  EXPECT_THAT(variable_axis_size_partitioner(48)({4, 0}, float32), ElementsAre(1, 1));
  EXPECT_THAT(min_max_variable_partitioner({.max_partitions = 16})({1024, 1024}, float32),
              ElementsAre(16, 1));
  EXPECT_THAT(min_max_variable_partitioner({.max_partitions = 8})({1024, 1024}, float32),
              ElementsAre(8, 1));
  EXPECT_THAT(min_max_variable_partitioner({.max_partitions = 8})(shape, float32),
              ElementsAre(1, 1));
  EXPECT_EQ(refused([] {
              fixed_size_partitioner(2, 2)({4, 4}, float32);
            }),
            "Cannot partition variable along axis 2 when shape is only (4, 4)");
  EXPECT_THAT(refused([] { variable_axis_size_partitioner(0); }),
              StartsWith("Both max_shard_bytes and bytes_per_string_element must be positive."));
}

TEST_F(VariableScopeTest, PartsAreTakenApartAndPutTogether) {
  const AnyVariable w = get_variable("w", {5, 2}, {.partitioner = fixed_size_partitioner(2)});
  EXPECT_THAT(names_of(w.variables()), ElementsAre("w/part_0", "w/part_1"));
  EXPECT_EQ(w.partitioned().variables()[0].shape(), (Shape{3, 2}));
  EXPECT_EQ(w.partitioned().variables()[1].save_slice_info()->spec(), "5 2 3,2:0,2");
  EXPECT_EQ(w.partitioned().as_tensor().shape(), (Shape{5, 2}));
  EXPECT_EQ(refused([&] { w->assign(1.0); }, errors::PythonClass::kTypeError),
            "'w' is a variable in 2 parts, and not one: use partitioned()");
  EXPECT_EQ(refused([&] { get_variable("v", {2}).partitioned(); }, errors::PythonClass::kTypeError),
            "'v:0' is not a variable in parts: use variable()");
  EXPECT_EQ(refused([&] { w.partitioned().assign(std::vector<Input>{1.0}); }),
            "1 values for the 2 parts of w");
}

}  // namespace
}  // namespace tensorkeep
