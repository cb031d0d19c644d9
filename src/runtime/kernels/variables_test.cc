#include <gtest/gtest.h>

#include "run_kernel.h"
#include "runtime/kernels/variable_access.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

using Cell = std::shared_ptr<VariableCell>;

Cell cell(const std::string& name, Tensor value) {
  auto result = std::make_shared<VariableCell>(name, value.dtype());
  result->write(std::move(value));
  return result;
}
Cell uninitialized(const std::string& name) {
  return std::make_shared<VariableCell>(name, float32);
}

Value ref_to(const Cell& cell) {
  Value value;
  value.resource = cell;
  value.is_ref = true;
  return value;
}
Value handle(const Cell& cell) {
  Value value;
  value.resource = cell;
  return value;
}
Value val(Tensor tensor) {
  Value value;
  value.tensor = std::move(tensor);
  return value;
}
template <typename T>
Tensor vec(std::vector<T> values) {
  return Tensor::vector<T>(values);
}

template <typename T>
std::vector<T> values_of(const Cell& cell) {
  const Tensor tensor = cell->read();
  const auto data = tensor.data<T>();
  return {data.begin(), data.end()};
}

// The message of the error of class E that `run` ends with.
template <typename E, typename F>
std::string error_of(F&& run) {
  try {
    run();
  } catch (const E& error) {
    return error.message();
  }
  return "no error";
}

TEST(VariableKernelsTest, AssignSharesMemoryAndUpdatesLeaveReadersAlone) {
  const Cell v = uninitialized("v");
  const Tensor start = vec<float>({1, 2});
  KernelRun("Assign", {ref_to(v), val(start)}).run();
  EXPECT_TRUE(v->read().shares_buffer_with(start));
  KernelRun add("AssignAdd", {ref_to(v), val(vec<float>({10, 20}))});
  const auto out = add.run();
  EXPECT_TRUE(out[0].is_ref);
  EXPECT_EQ(out[0].resource, v);
  EXPECT_EQ(values_of<float>(v), (std::vector<float>{11, 22}));
  EXPECT_EQ(start.data<float>()[0], 1.0f);
  const void* memory = v->read().raw_data();
  KernelRun("AssignSub", {ref_to(v), val(vec<float>({1, 1}))}).run();
  EXPECT_EQ(v->read().raw_data(), memory) << "in place once nobody else reads it";
  EXPECT_EQ(values_of<float>(v), (std::vector<float>{10, 21}));
}

TEST(VariableKernelsTest, Errors) {
  const Cell v = cell("v", vec<float>({1, 2}));
  const Value three = val(vec<float>({1, 2, 3}));
  using errors::FailedPreconditionError;
  using errors::InvalidArgumentError;
  EXPECT_EQ(error_of<InvalidArgumentError>([&] {
              KernelRun("Assign", {ref_to(v), three}).run();
            }),
            "Assign requires shapes of both tensors to match. lhs shape= [2] rhs shape= [3]");
  EXPECT_EQ(error_of<InvalidArgumentError>([&] {
              KernelRun("AssignAdd", {ref_to(v), three}).run();
            }),
            "Parameters and update must be the same size");
  EXPECT_EQ(error_of<InvalidArgumentError>([&] {
              KernelRun("AssignSubVariableOp", {handle(v), three}).run();
            }),
            "Cannot update variable with shape [2] using a Tensor with shape [3], shapes must be "
            "equal.");
  EXPECT_EQ(values_of<float>(v), (std::vector<float>{1, 2}));
  EXPECT_EQ(error_of<FailedPreconditionError>([&] {
              KernelRun("AssignAdd", {ref_to(uninitialized("v2")), three}).run();
            }),
            "Attempting to use uninitialized value v2");
  EXPECT_EQ(error_of<FailedPreconditionError>([&] {
              KernelRun("AssignAddVariableOp", {handle(uninitialized("r")), three}).run();
            }).find("Could not find variable r."),
            0u);
  const std::string message = error_of<FailedPreconditionError>([&] {
    KernelRun("ReadVariableOp", {handle(uninitialized("r"))}, {{"dtype", float32}}).run();
  });
  EXPECT_EQ(message.find("Could not find variable r. This could mean that the variable has been "
                         "deleted. In TF1, it can also mean the variable is uninitialized."),
            0u)
      << message;
}

TEST(VariableKernelsTest, UnvalidatedAssignChangesTheShape) {
  const Cell v = cell("v", vec<float>({1, 2}));
  KernelRun("Assign", {ref_to(v), val(vec<float>({1, 2, 3}))}, {{"validate_shape", false}}).run();
  EXPECT_EQ(v->read().shape(), Shape{3});
}

TEST(VariableKernelsTest, AWrongShapeIsRefused) {
  Graph graph;
  const auto as_default = graph.as_default();
  const Output target = OpBuilder("VarHandleOp")
                            .attr("dtype", float32)
                            .attr("shape", Shape{2})
                            .attr("shared_name", "r")
                            .output();
  const Output value = OpBuilder("Placeholder").attr("dtype", float32).output();
  const Operation& op = *OpBuilder("AssignVariableOp").input(target).input(value).build();
  const Kernel kernel = KernelRegistry::global().make(op);
  const Cell r = cell("r", vec<float>({1, 2}));
  Value in[] = {handle(r), val(vec<float>({1, 2, 3}))};
  Value* inputs[] = {&in[0], &in[1]};
  const bool last_use[] = {false, false};
  ResourceManager resources;
  const RunOptions options;
  KernelContext context(op, inputs, last_use, {}, resources, options);
  EXPECT_EQ(error_of<errors::InvalidArgumentError>([&] { kernel(context); }),
            "Trying to assign to variable with tensor with wrong shape. Expected [2] got [3]");
  EXPECT_EQ(values_of<float>(r), (std::vector<float>{1, 2}));
}

TEST(VariableKernelsTest, HandlesReachTheSameVariable) {
  KernelRun run("VarHandleOp", std::vector<Tensor>{},
                {{"dtype", float32}, {"shape", Shape{2}}, {"shared_name", "r"}});
  const Value first = run.run()[0];
  EXPECT_FALSE(first.is_ref);
  EXPECT_EQ(run.run()[0].resource, first.resource);
  EXPECT_EQ(run.resources().variable("", "r", float32), first.resource);
  EXPECT_THROW(run.resources().variable("", "r", int32), errors::InvalidArgumentError);
  EXPECT_FALSE(
      KernelRun("VarIsInitializedOp", std::vector<Value>{first}).run()[0].tensor.value<bool>());
  KernelRun("AssignVariableOp", {first, val(vec<float>({1, 2}))}).run();
  EXPECT_TRUE(
      KernelRun("VarIsInitializedOp", std::vector<Value>{first}).run()[0].tensor.value<bool>());
  const auto read = KernelRun("ReadVariableOp", {first}, {{"dtype", float32}}).run();
  EXPECT_TRUE(read[0].tensor.identical_to(vec<float>({1, 2})));
  const auto shape = KernelRun("VariableShape", std::vector<Value>{first}).run();
  EXPECT_TRUE(shape[0].tensor.identical_to(vec<std::int32_t>({2})));
}

TEST(ScatterKernelsTest, RowsAreUpdatedInOrder) {
  const Cell v = cell("v", Tensor::from<float>({1, 2, 3, 4, 5, 6}, Shape{3, 2}));
  const Value rows = val(vec<std::int32_t>({2, 0, 2}));
  const Value updates = val(Tensor::from<float>({1, 1, 2, 2, 3, 3}, Shape{3, 2}));
  KernelRun("ScatterAdd", {ref_to(v), rows, updates}).run();
  EXPECT_EQ(values_of<float>(v), (std::vector<float>{3, 4, 3, 4, 9, 10}));
  KernelRun("ResourceScatterSub", {handle(v), rows, val(Tensor::scalar<float>(1))}).run();
  EXPECT_EQ(values_of<float>(v), (std::vector<float>{2, 3, 3, 4, 7, 8}));
  KernelRun("ScatterUpdate", {ref_to(v), rows, updates}).run();
  EXPECT_EQ(values_of<float>(v), (std::vector<float>{2, 2, 3, 4, 3, 3}));
  const auto gathered =
      KernelRun("ResourceGather", {handle(v), val(vec<std::int64_t>({1, 1}))}, {{"dtype", float32}})
          .run();
  EXPECT_TRUE(gathered[0].tensor.identical_to(Tensor::from<float>({3, 4, 3, 4}, Shape{2, 2})));
}

TEST(ScatterKernelsTest, BadRowsChangeNothing) {
  const Cell v = cell("v", vec<float>({1, 2}));
  const Value rows = val(vec<std::int32_t>({0, 7}));
  EXPECT_EQ(error_of<errors::InvalidArgumentError>([&] {
              KernelRun("ScatterAdd", {ref_to(v), rows, val(vec<float>({1, 1}))}).run();
            }),
            "indices[1] = 7 is not in [0, 2)");
  EXPECT_EQ(values_of<float>(v), (std::vector<float>{1, 2}));
  EXPECT_EQ(error_of<errors::InvalidArgumentError>([&] {
              KernelRun("ScatterAdd", {ref_to(v), rows, val(vec<float>({1, 1, 1}))}).run();
            }),
            "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
            "updates.shape [3], indices.shape [2], params.shape [2]");
  EXPECT_EQ(error_of<errors::InvalidArgumentError>([&] {
              KernelRun("ResourceGather", {handle(v), val(vec<std::int32_t>({-1}))},
                        {{"dtype", float32}})
                  .run();
            }),
            "indices[0] = -1 is not in [0, 2)");
}

template <typename T>
class TrainingKernelsTest : public ::testing::Test {
 protected:
  static Value number(double value) { return val(Tensor::scalar<T>(static_cast<T>(value))); }
  static void expect_near(const Cell& cell, std::vector<double> expected) {
    const double tolerance = std::is_same_v<T, float> ? 2e-6 : 1e-8;
    const auto values = values_of<T>(cell);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(values[i], expected[i], tolerance) << i;
    }
  }
  Cell var = cell("w", vec<T>({1, -2, 3}));
  Value grad = val(vec<T>({T(0.1), T(-0.2), T(0.3)}));
};
using FloatTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(TrainingKernelsTest, FloatTypes);

// Three steps; the expected values are TensorFlow 2.21's.
TYPED_TEST(TrainingKernelsTest, StepsAreTensorFlows) {
  using Self = TrainingKernelsTest<TypeParam>;
  const auto zeros = [] { return cell("s", Tensor::zeros(dtype_of<TypeParam>, Shape{3})); };
  for (int i = 0; i < 3; ++i) {
    KernelRun("ApplyGradientDescent", {ref_to(this->var), Self::number(0.5), this->grad}).run();
  }
  Self::expect_near(this->var, {0.85, -1.7, 2.55});

  for (const bool nesterov : {false, true}) {
    const Cell w = cell("w", vec<TypeParam>({1, -2, 3}));
    const Cell accum = zeros();
    for (int i = 0; i < 3; ++i) {
      KernelRun("ResourceApplyMomentum",
                {handle(w), handle(accum), Self::number(0.1), this->grad, Self::number(0.9)},
                {{"use_nesterov", nesterov}})
          .run();
    }
    Self::expect_near(w, nesterov ? std::vector<double>{0.9195100010, -1.8390200019, 2.7585300029}
                                  : std::vector<double>{0.9439000001, -1.8878000001, 2.8317000002});
  }

  const Cell w = cell("w", vec<TypeParam>({1, -2, 3}));
  const Cell m = zeros();
  const Cell v = zeros();
  float power1 = 0.8f;
  float power2 = 0.99f;
  for (int i = 0; i < 3; ++i, power1 *= 0.8f, power2 *= 0.99f) {
    KernelRun("ApplyAdam", {ref_to(w), ref_to(m), ref_to(v), Self::number(power1),
                            Self::number(power2), Self::number(0.1f), Self::number(0.8f),
                            Self::number(0.99f), Self::number(1e-6f), this->grad})
        .run();
  }
  Self::expect_near(w, {0.7000229820, -1.7000115377, 2.7000077228});
}

TEST(SparseTrainingKernelsTest, MomentumTouchesItsRows) {
  const Cell w = cell("w", Tensor::from<float>({1, 2, 3, 4, 5, 6}, Shape{3, 2}));
  const Cell accum = cell("a", Tensor::zeros(float32, Shape{3, 2}));
  for (int i = 0; i < 2; ++i) {
    KernelRun("SparseApplyMomentum",
              {ref_to(w), ref_to(accum), val(Tensor::scalar<float>(0.1f)),
               val(Tensor::from<float>({6, 8, 3, 4}, Shape{2, 2})), val(vec<std::int64_t>({2, 0})),
               val(Tensor::scalar<float>(0.9f))})
        .run();
  }
  const auto values = values_of<float>(w);
  const std::vector<float> expected{0.13f, 0.84f, 3, 4, 3.26f, 3.68f};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-6);
}

TEST(SparseTrainingKernelsTest, RefusesWhatDoesNotFit) {
  const Cell w = cell("w", vec<float>({1, 2}));
  const Value rate = val(Tensor::scalar<float>(1));
  EXPECT_EQ(
      error_of<errors::InvalidArgumentError>([&] {
        KernelRun("ApplyGradientDescent", {ref_to(w), rate, val(vec<float>({1, 2, 3}))}).run();
      }),
      "var and delta do not have the same shape[2] [3]");
  EXPECT_EQ(error_of<errors::InvalidArgumentError>([&] {
              KernelRun("ApplyGradientDescent",
                        {ref_to(w), val(vec<float>({1, 2})), val(vec<float>({1, 2}))})
                  .run();
            }),
            "alpha is not a scalar: [2]");
  // A slot that is the variable itself does not lock up.
  KernelRun("ApplyMomentum", {ref_to(w), ref_to(w), rate, val(vec<float>({1, 2})), rate}).run();
}

}  // namespace
}  // namespace tensorkeep::runtime
