#include <gmock/gmock.h>

#include "tensorkeep/tensorkeep.h"

// What functions compute that add several operations.
namespace tensorkeep {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

class BuildersTest : public ::testing::Test {
 protected:
  std::vector<float> floats(const Output& tensor) {
    Session session(*graph_);
    if (Operation* init = global_variables_initializer()) session.run(init);
    const Tensor value = session.run(tensor);
    return {value.data<float>().begin(), value.data<float>().end()};
  }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  Graph::AsDefault as_default_{*graph_};
};

TEST_F(BuildersTest, LinspaceHasBothEnds) {
  EXPECT_THAT(floats(linspace(1.0, 2.0, 5)), ElementsAre(1, 1.25, 1.5, 1.75, 2));
  EXPECT_THAT(floats(linspace(3.0, 5.0, 1)), ElementsAre(3));
  EXPECT_THAT(floats(linspace({0.0, 10.0}, {2.0, 30.0}, 3, {.axis = -1})),
              ElementsAre(0, 1, 2, 10, 20, 30));
}

TEST_F(BuildersTest, SoftmaxAlongTheFirstAxisIsThatOfTheTransposed) {
  const Output x = constant({{0.1, 2.0, -1.0}, {1.5, 0.3, 0.2}});
  EXPECT_THAT(floats(nn::softmax(x, {.axis = 0})),
              Pointwise(FloatNear(1e-6F), floats(transpose(nn::softmax(transpose(x))))));
  EXPECT_THAT(floats(nn::log_softmax(x, {.axis = -2})),
              Pointwise(FloatNear(1e-6F), floats(log(nn::softmax(x, {.axis = 0})))));
}

TEST_F(BuildersTest, MomentsAndNorms) {
  const Output x = constant({{1.0, 2.0}, {3.0, 6.0}});
  const auto [mean, variance] = nn::moments(x, {0});
  EXPECT_THAT(floats(mean), ElementsAre(2, 4));
  EXPECT_THAT(floats(variance), ElementsAre(1, 4));
  EXPECT_THAT(floats(nn::l2_normalize({{3.0, 4.0}, {0.0, 0.0}}, 1)),
              Pointwise(FloatNear(1e-6F), std::vector<float>{0.6F, 0.8F, 0, 0}));
}

// Rows 0 to 9 of a table in three parts, where row i holds {i, 10 * i}.
TEST_F(BuildersTest, EmbeddingsAreFoundInAllParts) {
  const std::vector<float> expected = {7, 70, 0, 0, 9, 90, 3, 30, 4, 40, 7, 70};
  const Output ids = constant({{7, 0, 9}, {3, 4, 7}});
  for (const bool use_resource : {false, true}) {
    for (const std::string strategy : {"mod", "div"}) {
      SCOPED_TRACE(strategy + (use_resource ? " of resource variables" : ""));
      std::vector<Input> parts;
      for (int part = 0; part < 3; ++part) {
        std::vector<Literal> rows;
        for (int i = 0; i < 10; ++i) {
          const int owner = strategy == "mod" ? i % 3 : (i < 4 ? 0 : (i - 1) / 3);
          if (owner == part) rows.push_back({1.0 * i, 10.0 * i});
        }
        parts.emplace_back(Variable(Literal(rows), {.use_resource = use_resource}));
      }
      EXPECT_EQ(floats(nn::embedding_lookup(parts, ids, {.partition_strategy = strategy})),
                expected);
    }
  }
  EXPECT_THROW(nn::embedding_lookup({ids, ids}, ids, {.partition_strategy = "by turns"}),
               errors::InvalidArgumentError);
}

TEST_F(BuildersTest, UninitializedVariablesAreReportedByName) {
  const Variable a(1.0, {.name = "a"});
  const Variable b(2.0, {.name = "b", .use_resource = true});
  const Variable c(3.0, {.name = "c"});
  const Output report = report_uninitialized_variables();
  Session session(*graph_);
  session.run(c.initializer());
  const Tensor names = session.run(report);
  EXPECT_THAT(
      std::vector<std::string>(names.data<std::string>().begin(), names.data<std::string>().end()),
      ElementsAre("a", "b"));
}

TEST_F(BuildersTest, AssertionsFailWithTheirData) {
  const Output x = placeholder(int32, {None}, {"x"});
  Operation* const check = Assert(reduce_all(greater(x, 0)), {"x is", x}, {.name = "positive"});
  Output checked;
  {
    const ControlDependencies after({check});
    checked = identity(x);
  }
  Session session(*graph_);
  EXPECT_EQ(session.run(checked, {{x, Tensor::vector<std::int32_t>({1, 2})}}).num_elements(), 2);
  try {
    session.run(checked, {{x, Tensor::vector<std::int32_t>({1, 0, 2, 3})}});
    FAIL() << "no error";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("assertion failed: [x is] [1 0 2...]"));
    EXPECT_EQ(error.node(), "positive/Assert");
  }
}

TEST_F(BuildersTest, OnlyTheBranchThatIsTakenChecks) {
  const Output x = placeholder(float32, {None}, {"x"});
  Operation* const check = Assert(reduce_all(greater(x, 0)), {"x is", x});
  Output checked;
  {
    const ControlDependencies after({check});
    checked = identity(x);
  }
  Session session(*graph_);
  EXPECT_EQ(session.run(checked, {{x, Tensor::vector<float>({1, 2})}}).num_elements(), 2);
  try {
    session.run(checked, {{x, Tensor::vector<float>({0.5, -1})}});
    FAIL() << "no error";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("assertion failed: [x is] [0.5 -1]"));
  }
}

TEST_F(BuildersTest, ZerosAreCounted) {
  EXPECT_THAT(floats(nn::zero_fraction({{0.0, 1.0}, {0.0, 0.0}})), ElementsAre(0.75));
}

TEST_F(BuildersTest, LabelsAndLogitsOfDifferentShapesAreFoundWhenRunning) {
  const Output logits = placeholder(float32, {None, 2, 3});
  const Output labels = placeholder(int32, {None, 2});
  const Output loss =
      nn::sparse_softmax_cross_entropy_with_logits({.labels = labels, .logits = logits});
  Session session(*graph_);
  try {
    session.run(loss, {{logits, Tensor::zeros(float32, {2, 2, 3})},
                       {labels, Tensor::zeros(int32, {1, 2})}});
    FAIL() << "no error";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("assertion failed: [Condition x == y did not hold element-wise:]"));
  }
}

TEST_F(BuildersTest, WhatIsKnownToDifferIsAnErrorAtOnce) {
  EXPECT_THROW(assert_equal(constant(1), 2), errors::InvalidArgumentError);
  EXPECT_NE(assert_equal(constant({2, 2}), 2), nullptr);
}

}  // namespace
}  // namespace tensorkeep
