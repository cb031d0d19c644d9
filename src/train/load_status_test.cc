#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/writer.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/state_ops.h"
#include "train/object_based_testing.h"

namespace tensorkeep::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class RestoreTest : public CheckpointTest {
 protected:
  // Values a and b, the save counter 1, and what the Momentum of `a` keeps.
  RestoreTest() {
    in_another_graph([](Session& session) {
      const Variable a = vector_of("a", 5);
      const Variable b = vector_of("b", 6);
      MomentumOptimizer optimizer(0.1, 0.9);
      optimizer.minimize(reduce_sum(a * a));
      session.run(global_variables_initializer());
      session.run(assign(optimizer.get_slot(a, "momentum"), constant({7.0, 7.0})));
      Checkpoint({{"a", a}, {"b", b}, {"opt", optimizer}}).save(session, "d/c");
    });
  }
};

TEST_F(RestoreTest, TheAssertionsTellWhatIsLeft) {
  const Variable a = vector_of("q", 1);
  const Variable extra = vector_of("extra", 2);
  Session session;
  Checkpoint checkpoint({{"a", a}, {"extra", extra}});
  const auto status = checkpoint.restore("d/c-1");
  const std::string unmatched =
      "Found 1 Python objects that were not bound to checkpointed values, likely due to changes in "
      "the Python program. Showing 1 of 1 unmatched objects: [<tf.Variable 'extra:0' shape=(2,) "
      "dtype=float32>]";
  EXPECT_EQ(failure_of([&] { status.assert_existing_objects_matched(); }), unmatched);
  EXPECT_EQ(failure_of([&] { status.assert_consumed(); }), unmatched);
  EXPECT_EQ(failure_of([&] { status.expect_partial().assert_nontrivial_match(); }), "no error");
  checkpoint.untrack("extra");
  EXPECT_THAT(failure_of([&] { status.assert_consumed(); }),
              StartsWith("Unresolved object in checkpoint (root).b: attributes {\n  name: "
                         "\"VARIABLE_VALUE\"\n  full_name: \"b\"\n"));
  EXPECT_THAT(status.unused_values(),
              ElementsAre("(root).b", "(root).opt's state 'momentum' for (root).a"));
  checkpoint.track("b", Trackable());
  checkpoint.track("opt", Trackable());
  EXPECT_THAT(failure_of([&] { status.assert_consumed(); }),
              StartsWith("Unresolved object in checkpoint (root).opt's state 'momentum'"));
  EXPECT_THAT(status.unused_values(),
              ElementsAre("(root).opt's state 'momentum' for (root).a", "(root).b"));

  EXPECT_EQ(failure_of([] {
              Checkpoint({{"other", vector_of("o", 1)}}).read("d/c-1").assert_nontrivial_match();
            }).substr(0, 60),
            "Nothing except the root object matched a checkpointed value.");
  EXPECT_THAT(failure_of([] { Checkpoint().read("d/c-1").assert_nontrivial_match(); }),
              StartsWith("Nothing to load. No dependencies have been added to"));
}

TEST_F(RestoreTest, WhatTheCheckpointDoesNotHaveIsInitialized) {
  const Variable a = vector_of("a", 1);
  const Variable extra = vector_of("extra", 2);
  Session session;
  const auto status = Checkpoint({{"a", a}, {"extra", extra}}).restore("d/c-1");
  status.run_restore_ops(session);
  EXPECT_THROW(session.run(extra), errors::FailedPreconditionError);
  status.initialize_or_restore(session);
  EXPECT_EQ(floats(session, a), (std::vector<float>{5, 5}));
  EXPECT_EQ(floats(session, extra), (std::vector<float>{2, 2}));
}

TEST_F(RestoreTest, ObjectsThatComeLaterAreRestoredToo) {
  const Variable a = vector_of("a", 1);
  MomentumOptimizer optimizer(0.1, 0.9);
  Checkpoint checkpoint({{"a", a}, {"opt", optimizer}});
  const auto status = checkpoint.restore("d/c-1");
  optimizer.minimize(reduce_sum(a * a));
  checkpoint.track("b", vector_of("b", 1));
  status.assert_consumed();
  Session session;
  status.initialize_or_restore(session);
  EXPECT_EQ(floats(session, optimizer.get_slot(a, "momentum")), (std::vector<float>{7, 7}));
}

// The order of the restores counts, not that of the runs.
TEST_F(RestoreTest, AnEarlierRestoreInitializesNothingThatALaterOneHas) {
  const Variable a = vector_of("a", 1);
  const Variable b = vector_of("b", 1);
  Session session;
  const auto initialization = Checkpoint({{"a", a}, {"b", b}}).restore(std::nullopt);
  const auto of_a = Checkpoint({{"a", a}, {"c", b}}).read("d/c-1");
  const auto of_b = Checkpoint({{"b", b}}).read("d/c-1");
  of_b.initialize_or_restore(session);
  of_a.initialize_or_restore(session);
  initialization.initialize_or_restore(session);
  EXPECT_EQ(floats(session, a), (std::vector<float>{5, 5}));
  EXPECT_EQ(floats(session, b), (std::vector<float>{6, 6}));
}

TEST_F(RestoreTest, WithoutAPathAllIsInitialized) {
  const Variable a = vector_of("a", 1);
  Session session;
  const Checkpoint checkpoint({{"a", a}});
  const auto status = checkpoint.restore(std::nullopt);
  const std::string words = "No checkpoint specified (save_path=None); nothing is being restored.";
  EXPECT_EQ(failure_of([&] { status.assert_consumed(); }), words);
  EXPECT_EQ(failure_of([&] { status.assert_existing_objects_matched(); }), words);
  EXPECT_EQ(failure_of([&] { status.assert_nontrivial_match(); }), words);
  EXPECT_EQ(failure_of([&] { status.run_restore_ops(session); }),
            "No checkpoint specified, so no restore ops are available (save_path=None to "
            "Saver.restore).");
  EXPECT_THAT(status.unused_values(), IsEmpty());
  status.initialize_or_restore(session);
  EXPECT_EQ(floats(session, a), (std::vector<float>{1, 1}));
  EXPECT_EQ(checkpoint.save(session, "d/n"), "d/n-1");
}

TEST_F(RestoreTest, AMisfitIsToldInFullAndNothingIsAssigned) {
  const Variable a(constant({1.0, 2.0, 3.0}), {.name = "p", .use_resource = true});
  const Variable b(constant({1, 2}), {.name = "q"});
  Session session;
  session.run(global_variables_initializer());
  const Checkpoint checkpoint({{"a", a}, {"b", b}});
  const auto status = checkpoint.read("d/c-1");
  try {
    status.run_restore_ops(session);
    FAIL();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(),
                StartsWith("tensor_name = a/.ATTRIBUTES/VARIABLE_VALUE; Assign requires shapes of "
                           "both tensors to match. lhs shape= [3] rhs shape= [2]"));
    EXPECT_THAT(error.what(), HasSubstr("(2 tensors)"));
    EXPECT_THAT(error.what(),
                HasSubstr("\n  q: tensor_name = b/.ATTRIBUTES/VARIABLE_VALUE; expected dtype int32 "
                          "does not equal original dtype float"));
    EXPECT_EQ(error.node(), "p");
  }
  EXPECT_EQ(floats(session, a)[2], 3);
  EXPECT_THROW(status.initialize_or_restore(session), errors::InvalidArgumentError);
  EXPECT_EQ(session.run(b).data<std::int32_t>()[1], 2);
}

TEST_F(RestoreTest, AValueThatIsNotInTheFileIsMissing) {
  const auto objects = objects_of("d/c-1");
  bundle::write("d/without",
                std::vector<SaveItem>{{kObjectGraph, Tensor::scalar(objects.SerializeAsString())}},
                {.file_system = &files_});
  const Variable a = vector_of("a", 1);
  Session session;
  session.run(global_variables_initializer());
  const auto status = Checkpoint({{"a", a}}).read("d/without");
  try {
    status.run_restore_ops(session);
    FAIL();
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(error.what(),
                StartsWith("Key a/.ATTRIBUTES/VARIABLE_VALUE not found in checkpoint"));
  }
  EXPECT_EQ(floats(session, a)[0], 1);
  const std::size_t before = graph_->operations().size();
  EXPECT_THROW(Checkpoint({{"a", a}}).restore("d/none"), errors::NotFoundError);
  EXPECT_EQ(graph_->operations().size(), before) << "not even a save counter";
  bundle::write("d/damaged", std::vector<SaveItem>{{kObjectGraph, Tensor::scalar(std::string())}},
                {.file_system = &files_});
  EXPECT_THROW(Checkpoint({{"a", a}}).read("d/damaged"), errors::DataLossError);
}

TEST_F(RestoreTest, CheckpointsOfASaverAreReadByName) {
  in_another_graph([](Session& session) {
    const Variable a = vector_of("a", 3);
    const Variable scoped = vector_of("s/b", 4);
    session.run(global_variables_initializer());
    Saver().save(session, "d/names");
  });
  const Variable a = vector_of("a", 1);
  const Variable b = vector_of("s/b", 1);
  Session session;
  Checkpoint checkpoint({{"x", a}, {"y", Trackable::list({b})}});
  const auto status = checkpoint.restore("d/names");
  status.assert_consumed().assert_existing_objects_matched().assert_nontrivial_match();
  EXPECT_THAT(status.unused_values(), IsEmpty());
  status.initialize_or_restore(session);
  EXPECT_EQ(floats(session, a)[1], 3);
  EXPECT_EQ(floats(session, b)[1], 4);
  EXPECT_EQ(checkpoint.save(session, "d/again"), "d/again-1");

  checkpoint.track("z", vector_of("zz", 1));
  EXPECT_THAT(failure_of([&] { status.assert_consumed(); }),
              StartsWith("Object not restored: <tf"));
  try {
    status.run_restore_ops(session);
    FAIL();
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(error.what(), StartsWith("Restoring from checkpoint failed. This is most likely"));
    EXPECT_THAT(error.what(), HasSubstr("Key zz not found in checkpoint"));
  }
}

}  // namespace
}  // namespace tensorkeep::train
