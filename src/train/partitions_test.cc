#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/optimizers.h"
#include "tensorkeep/saver.h"

// Variables in parts: trained, saved and restored.
namespace tensorkeep::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct PartitionsTest : ::testing::Test {
  void SetUp() override {
    folder = std::filesystem::path(::testing::TempDir()) /
             (std::string("partitions_") +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
    path = (folder / "model").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
  std::string path;
  Graph graph;
  Graph::AsDefault as_default{graph};
};

std::vector<float> values_of(const Tensor& tensor) {
  return {tensor.data<float>().begin(), tensor.data<float>().end()};
}

template <typename F>
std::string refused(const F& build) {
  try {
    build();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError) << error.what();
    return error.what();
  }
  return "nothing was refused";
}

TEST_F(PartitionsTest, PartsTrainAndRestoreAsAWhole) {
  const auto w = get_variable(
      "w", {.initializer = constant({1.0, 2.0, 3.0}), .partitioner = fixed_size_partitioner(2)});
  Operation* train = MomentumOptimizer(0.25, 0.5).minimize(reduce_sum(square(w)));
  const Output whole = identity(w);
  Saver saver;
  Session session;
  session.run(global_variables_initializer());
  session.run(train);
  EXPECT_THAT(values_of(session.run(whole)), ElementsAre(0.5F, 1.0F, 1.5F));
  saver.save(session, path);

  const CheckpointReader reader(path);
  EXPECT_THAT(values_of(reader.get_tensor("w")), ElementsAre(0.5F, 1.0F, 1.5F));
  EXPECT_THAT(reader.tensor_info("w/Momentum").slices, ElementsAre("0,2", "2,1"));

  Graph other;
  const auto scope = other.as_default();
  const Variable v = get_variable("w", {.initializer = zeros({3})});
  const Variable slot(zeros({3}), {.name = "w/Momentum"});
  Session restored(other);
  Saver().restore(restored, path);
  EXPECT_THAT(values_of(v.eval(restored)), ElementsAre(0.5F, 1.0F, 1.5F));
  EXPECT_THAT(values_of(slot.eval(restored)), ElementsAre(2.0F, 4.0F, 6.0F));
}

TEST_F(PartitionsTest, RowsAreFoundInTheirParts) {
  const auto table =
      get_variable("table", {.initializer = constant({{0.0}, {1.0}, {2.0}, {3.0}, {4.0}}),
                             .partitioner = fixed_size_partitioner(3)});
  const Output rows =
      nn::embedding_lookup(table, constant({4, 0, 2, 3, 1}), {.partition_strategy = "div"});
  Session session;
  session.run(global_variables_initializer());
  EXPECT_THAT(values_of(session.run(rows)), ElementsAre(4.0F, 0.0F, 2.0F, 3.0F, 1.0F));
}

TEST_F(PartitionsTest, AssignmentsCutTheValue) {
  const auto w = get_variable(
      "w", {3, 2},
      {.initializer = zeros_initializer(), .partitioner = fixed_size_partitioner(2, 1)});
  std::vector<Fetch> updates;
  for (const Assigned& part :
       w.partitioned().assign(constant({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}))) {
    updates.emplace_back(part.op());
  }
  const Output whole = identity(w);
  Session session;
  session.run(global_variables_initializer());
  session.run(updates);
  EXPECT_THAT(values_of(w.partitioned().variables()[1].eval(session)),
              ElementsAre(2.0F, 4.0F, 6.0F));
  EXPECT_THAT(values_of(session.run(whole)), ElementsAre(1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F));
}

TEST_F(PartitionsTest, ASaverRefusesPartsThatAreNotOfOneTensor) {
  const Partitioner halves = fixed_size_partitioner(2);
  const auto w = get_variable("w", {4}, {.partitioner = halves});
  const auto v = get_variable("v", {4}, {.partitioner = halves});
  const Variable plain(1.0, {.name = "plain"});
  const auto parts = [](const AnyVariable& any, int i) { return any.variables().at(i); };
  EXPECT_EQ(refused([&] {
              Saver({{"x", std::vector<Variable>{parts(w, 0), parts(v, 1)}}});
            }),
            "Slices must all be from the same tensor: w != v");
  EXPECT_THAT(refused([&] {
                Saver({{"x", std::vector<Variable>{plain}}});
              }),
              StartsWith("Slices must all be slices: <tf.Variable 'plain:0'"));
  EXPECT_EQ(refused([&] { Saver({w, w}); }), "At least two variables have the same name: w");
  const Variable same_name(1.0, {.name = "w_"});
  parts(w, 1).set_save_slice_info(SaveSliceInfo{"w_", {4}, {2}, {2}});
  EXPECT_EQ(refused([&] {
              Saver({same_name, parts(w, 1)});
            }),
            "At least two variables have the same name: w_");
  parts(v, 0).set_save_slice_info(SaveSliceInfo{"plain", {4}, {0}, {2}});
  EXPECT_EQ(refused([&] {
              Saver({plain, parts(v, 0)});
            }),
            "Mixing slices and non-slices with the same name: plain");
}

TEST_F(PartitionsTest, AWholeOfAnotherShapeIsToldBeforeAnythingIsAssigned) {
  {
    Graph saved;
    const auto scope = saved.as_default();
    get_variable("w", {.initializer = zeros({6}), .partitioner = fixed_size_partitioner(2)});
    Session session(saved);
    session.run(global_variables_initializer());
    Saver().save(session, path);
  }
  get_variable("w", {5}, {.partitioner = fixed_size_partitioner(3)});
  Session session;
  try {
    Saver().restore(session, path);
    ADD_FAILURE() << "restored";
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("tensor_name = w; shape in shape_and_slice spec [5] does not match the "
                          "shape stored in checkpoint: [6]"));
  }
}

TEST_F(PartitionsTest, ImportedPartsAreSlicesInTheScope) {
  get_variable("w", {4}, {.partitioner = fixed_size_partitioner(2)});
  const MetaGraphDef meta = export_meta_graph();
  Graph other;
  const auto scope = other.as_default();
  import_meta_graph(meta, {.import_scope = "a"});
  const Variable part = global_variables().at(1);
  EXPECT_EQ(part.name(), "a/w/part_1:0");
  EXPECT_EQ(part.save_slice_info()->full_name, "a/w");
  EXPECT_EQ(part.save_slice_info()->spec(), "4 2,2");
  Saver saver;  // under the new name
  Session session(other);
  for (const Variable& variable : global_variables()) session.run(variable.initializer());
  saver.save(session, path);
  EXPECT_EQ(CheckpointReader(path).get_variable_to_shape_map(),
            (std::map<std::string, Shape>{{"a/w", Shape{4}}}));
}

TEST_F(PartitionsTest, SlicesThatMakeNoSenseAreErrors) {
  get_variable("w", {4}, {.partitioner = fixed_size_partitioner(2)});
  MetaGraphDef meta = export_meta_graph();
  auto& list = *(*meta.mutable_collection_def())["variables"].mutable_bytes_list();
  (*meta.mutable_collection_def()).erase("trainable_variables");
  const auto with = [&](const std::vector<std::int64_t>& full, std::vector<std::int64_t> offset,
                        std::vector<std::int64_t> shape) -> std::string {
    VariableDef def;
    def.ParseFromString(list.value(0));
    auto& info = *def.mutable_save_slice_info_def();
    info.mutable_full_shape()->Assign(full.begin(), full.end());
    info.mutable_var_offset()->Assign(offset.begin(), offset.end());
    info.mutable_var_shape()->Assign(shape.begin(), shape.end());
    list.set_value(0, def.SerializeAsString());
    Graph other;
    const auto scope = other.as_default();
    try {
      import_meta_graph(meta);
      Saver saver;
      Session session(other);
      for (const Variable& variable : global_variables()) session.run(variable.initializer());
      saver.save(session, path);
    } catch (const errors::Error& error) {
      return fmt::format("{}: {}", errors::class_name(error.code()), error.what());
    }
    return "nothing was refused";
  };
  EXPECT_THAT(
      with({4}, {0}, {4}),
      StartsWith("InvalidArgumentError: Dimension 0 in both shapes must be equal, but are 2 "
                 "and 4."));
  EXPECT_EQ(with({4}, {}, {2}), "InternalError: Mismatching ranks: shape = [4], slice = ");
  EXPECT_EQ(with({}, {0}, {2}),
            "InvalidArgumentError: Non numerical dimension in shape_and_slice:  0,2");
  EXPECT_THAT(
      with({4}, {-1}, {2}),
      StartsWith("InvalidArgumentError: Expected non-negative start and positive length but "
                 "got start = -1, length = 2"));
  EXPECT_EQ(with({4}, {3}, {2}),
            "InternalError: Extent in dimension 0 out of bounds: shape = [4], slice = 3,2");
}

}  // namespace
}  // namespace tensorkeep::train
