#include <gmock/gmock.h>

#include <map>
#include <set>

#include "graph/op_registry.h"
#include "numeric_cases.h"

// Every gradient rule against central differences.
namespace tensorkeep {
namespace {

const std::vector<Case>& all_cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    for (const auto& family :
         {elementwise_cases(), broadcasting_cases(), product_cases(), reduction_cases(),
          moving_cases(), matrix_cases(), network_cases(), branch_cases(), loop_cases(),
          array_cases(), sparse_cases(), special_cases()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return cases;
}

// The operation, and the one whose rule its gradient needs (or nothing).
std::pair<std::string, std::string> types_of(const Case& c) {
  const std::size_t space = c.ops.find(' ');
  if (space == std::string::npos) return {c.ops, ""};
  return {c.ops.substr(0, space), c.ops.substr(space + 1)};
}

void check(const Case& c, const Build& build, const std::string& type) {
  std::vector<Tensor> inputs;
  for (const Spread& spread : c.inputs) {
    inputs.push_back(spread_values(spread, static_cast<int>(inputs.size())));
  }
  for (const bool known : {true, false}) {
    if (!known && c.mode == Mode::kKnownShapes) continue;
    SCOPED_TRACE(known ? "shapes known" : "shapes unknown");
    try {
      GradientCheck gradient_check(build, inputs, known);
      ASSERT_TRUE(gradient_check.has(type)) << "the case does not contain " << type;
      gradient_check.expect_agreement();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

class NumericGradientTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(NumericGradientTest, AgreesWithDifferences) {
  const Case& c = all_cases()[GetParam()];
  const auto [first, second] = types_of(c);
  SCOPED_TRACE(c.ops);
  check(c, c.build, first);
  if (!second.empty()) check(c, gradient_of(c.build), second);
}

INSTANTIATE_TEST_SUITE_P(Rules, NumericGradientTest,
                         ::testing::Range(std::size_t{0}, all_cases().size()),
                         [](const auto& instance) {
                           std::string name = all_cases()[instance.param].ops;
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name + "_" + std::to_string(instance.param);
                         });

// Rules without a case above, and why.
const std::map<std::string, std::string>& reasons() {
  static const std::map<std::string, std::string> reasons = {
      {"RefIdentity", "of references only; the same rule as Identity"},
      {"RefSwitch", "of references only; the same rule as Switch"},
      {"RefMerge", "of references only; the same rule as Merge"},
      {"RefEnter", "of references only; the same rule as Enter"},
      {"RefExit", "of references only; the same rule as Exit"},
      {"RefNextIteration", "of references only; the same rule as NextIteration"},
      {"ResourceGather", "reads a variable; the same rule as Gather"},
      {"ResourceGatherNd", "reads a variable; the same rule as GatherNd"},
      {"ReadVariableOp", "reads a variable; the optimizers' tests train through it"},
      {"MaxPool3D", "of float32 only; the same rule as MaxPool"},
      {"MaxPool3DGrad", "of float32 only; the same rule as MaxPoolGrad"},
      {"CheckNumerics", "the identity where it passes"},
      {"MaxPoolGradGrad", "the third derivative of a function made of straight pieces"},
      {"FusedBatchNorm", "of float32 only; batch_norm_test compares with the formula's parts"},
      {"FusedBatchNormV2", "of float32 only; batch_norm_test compares with the formula's parts"},
      {"FusedBatchNormV3", "of float32 only; batch_norm_test compares with the formula's parts"},
      {"LRN", "of float32 only; test_composed_nn.py compares with TensorFlow's"},
      {"ResizeBilinear", "of float32 only; test_resized_images.py compares with TensorFlow's"},
      {"ResizeBicubic", "of float32 only; test_resized_images.py compares with TensorFlow's"},
      {"CropAndResize", "of float32 only; test_resized_images.py compares with TensorFlow's"},
      {"BatchMatMulV3", "no kernel; the same rule as BatchMatMulV2"},
      {"SparseDenseCwiseAdd", "there is none, as in TensorFlow: the rule says so"},
      {"SparseSparseMaximum", "there is none, as in TensorFlow: the rule says so"},
      {"SparseSparseMinimum", "there is none, as in TensorFlow: the rule says so"},
  };
  return reasons;
}

bool has_rule(const std::string& name) {
  const OpTraits* traits = OpRegistry::global().find(name);
  return traits != nullptr && (traits->gradient != nullptr || traits->slices_gradient != nullptr);
}

TEST(NumericGradientRules, EveryRuleHasACaseOrAReason) {
  std::set<std::string> covered;
  for (const Case& c : all_cases()) {
    covered.insert(types_of(c).first);
    covered.insert(types_of(c).second);
  }
  std::set<std::string> missing;
  for (const std::string& name : OpRegistry::global().names()) {
    if (has_rule(name) && !covered.contains(name) && !reasons().contains(name))
      missing.insert(name);
  }
  EXPECT_THAT(missing, ::testing::IsEmpty());
  for (const auto& [name, reason] : reasons()) {
    EXPECT_FALSE(covered.contains(name)) << name << " has a case: take the reason away";
    EXPECT_TRUE(has_rule(name)) << name << " has no rule";
  }
}

}  // namespace
}  // namespace tensorkeep
