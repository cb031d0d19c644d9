#include "tensorkeep/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/faulty_file_system.h"
#include "io/files.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/state_ops.h"
#include "train/object_based_testing.h"

namespace tensorkeep::train {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// What tests/tensorflow/test_object_based.py compares with TensorFlow's.
TEST_F(CheckpointTest, ObjectsAreNumberedBreadthFirstAndThenTheSlots) {
  const Variable v = vector_of("v", 1);
  const Variable w = vector_of("s/w", 2, /*use_resource=*/false);
  AdamOptimizer optimizer(0.1);
  optimizer.minimize(reduce_sum(v * v * w));
  Session session;
  session.run(global_variables_initializer());
  const Checkpoint checkpoint(
      {{"z.z", v},
       {"model", Checkpoint({{"w/1", w}, {"all", Trackable::list({v, Trackable()})}})},
       {"optimizer", optimizer}});
  EXPECT_EQ(checkpoint.save(session, "d/new/folders/ckpt"), "d/new/folders/ckpt-1");
  EXPECT_THAT(files_.list("d/new/folders"),
              ElementsAre("checkpoint", "ckpt-1.data-00000-of-00001", "ckpt-1.index"));
  EXPECT_EQ(io::read_file(files_, "d/new/folders/checkpoint"),
            "model_checkpoint_path: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-1\"\n");
  const auto objects = objects_of("d/new/folders/ckpt-1");
  std::vector<std::string> nodes;
  for (const auto& node : objects.nodes()) {
    std::string text = node.has_checkpoint_values().value() ? "" : "empty ";
    for (const auto& child : node.children()) {
      text += child.local_name() + "=" + std::to_string(child.node_id()) + " ";
    }
    for (const auto& slot : node.slot_variables()) {
      text += std::to_string(slot.original_variable_node_id()) + "." + slot.slot_name() + "=" +
              std::to_string(slot.slot_variable_node_id()) + " ";
    }
    for (const auto& value : node.attributes()) {
      EXPECT_EQ(value.name(), "VARIABLE_VALUE");
      text += value.full_name() + ": " +
              value.checkpoint_key().substr(
                  0, value.checkpoint_key().find("/.ATTRIBUTES/VARIABLE_VALUE"));
    }
    nodes.push_back(text);
  }
  EXPECT_THAT(
      nodes, ElementsAre("model=1 optimizer=2 z.z=3 save_counter=4 ", "all=5 w/1=6 ",
                         "beta1_power=7 beta2_power=8 3.m=10 6.m=11 3.v=12 6.v=13 ", "v: z..z",
                         "save_counter: save_counter", "0=3 1=9 ", "s/w: model/w.S1",
                         "beta1_power: optimizer/beta1_power", "beta2_power: optimizer/beta2_power",
                         "empty ", "v/Adam: z..z/.OPTIMIZER_SLOT/optimizer/m",
                         "s/w/Adam: model/w.S1/.OPTIMIZER_SLOT/optimizer/m",
                         "v/Adam_1: z..z/.OPTIMIZER_SLOT/optimizer/v",
                         "s/w/Adam_1: model/w.S1/.OPTIMIZER_SLOT/optimizer/v"));
  const CheckpointReader reader("d/new/folders/ckpt-1");
  EXPECT_EQ(reader.get_tensor("model/w.S1/.ATTRIBUTES/VARIABLE_VALUE").data<float>()[1], 2);
  EXPECT_EQ(reader.get_tensor("save_counter").value<std::int64_t>(), 1);
}

TEST_F(CheckpointTest, RestoresWhatItSaved) {
  for (const bool use_resource : {false, true}) {
    const auto build = [&](auto&& body) {
      in_another_graph([&](Session& session) {
        const Variable v = vector_of("v", 1, use_resource);
        const Variable w = vector_of("w", 2, use_resource);
        MomentumOptimizer optimizer(0.1, 0.9);
        Operation* const step = optimizer.minimize(reduce_sum(v * v * w));
        const Checkpoint checkpoint(
            {{"v", v}, {"rest", Trackable::dict({{"w", w}})}, {"optimizer", optimizer}});
        body(session, checkpoint, step,
             std::vector<Variable>{v, w, optimizer.get_slot(v, "momentum")});
      });
    };
    std::vector<std::vector<float>> saved;
    build([&](Session& session, const Checkpoint& checkpoint, Operation* step, const auto& all) {
      session.run(global_variables_initializer());
      session.run(step);
      checkpoint.save(session, "d/c");
      for (const Variable& variable : all) saved.push_back(floats(session, variable));
      EXPECT_NE(saved[2], (std::vector<float>{0, 0}));
    });
    for (const char* path : {"d/c-1", "d/c-1.index", "d"}) {
      build([&](Session& session, const Checkpoint& checkpoint, Operation* step, const auto& all) {
        const auto status = checkpoint.restore(path);
        status.assert_consumed().assert_existing_objects_matched().assert_nontrivial_match();
        EXPECT_THAT(status.unused_values(), IsEmpty());
        status.run_restore_ops(session);
        for (std::size_t i = 0; i < all.size(); ++i) {
          EXPECT_EQ(floats(session, all[i]), saved[i]) << path << use_resource;
        }
        session.run(step);
        EXPECT_NE(floats(session, all[0]), saved[0]);
        status.initialize_or_restore(session);
        EXPECT_EQ(floats(session, all[0]), saved[0]) << "restored a second time";
        EXPECT_EQ(checkpoint.save(session, "e/other"), "e/other-2");
        EXPECT_EQ(CheckpointReader("d/c-1").get_tensor("v").data<float>()[0], saved[0][0]);
      });
    }
  }
}

TEST_F(CheckpointTest, TrackedObjectsAreReplacedInTheirPlace) {
  const Variable a = vector_of("a", 1);
  const Variable b = vector_of("b", 2);
  Session session;
  session.run(global_variables_initializer());
  Checkpoint checkpoint({{"x", a}, {"y", a}});
  checkpoint.track("x", b);
  checkpoint.untrack("none");
  checkpoint.write(session, "d/w");
  EXPECT_THAT(keys_of("d/w"), ElementsAre(kObjectGraph, "x/.ATTRIBUTES/VARIABLE_VALUE",
                                          "y/.ATTRIBUTES/VARIABLE_VALUE"));
  EXPECT_EQ(CheckpointReader("d/w").tensors()[1].full_name, "b");
  checkpoint.untrack("x");
  checkpoint.write(session, "d/w");
  EXPECT_THAT(keys_of("d/w"), ElementsAre(kObjectGraph, "y/.ATTRIBUTES/VARIABLE_VALUE"));
  EXPECT_FALSE(files_.exists("d/checkpoint"));

  EXPECT_THROW(checkpoint.track("save_counter", a), errors::InvalidArgumentError);
  EXPECT_THROW(Checkpoint({{"x", a}, {"x", b}}), errors::InvalidArgumentError);
  EXPECT_THROW(Trackable(a).track("x", b), errors::InvalidArgumentError);
  EXPECT_THROW(Trackable{Variable()}, errors::InvalidArgumentError);
}

TEST_F(CheckpointTest, KeysAreThePathsOfTheMoment) {
  const Variable a = vector_of("a", 1);
  Session session;
  session.run(global_variables_initializer());
  Checkpoint checkpoint({{"d", Trackable::dict({{"a", a}})}});
  checkpoint.write(session, "d/w");
  EXPECT_THAT(keys_of("d/w"), ElementsAre(kObjectGraph, "d/a/.ATTRIBUTES/VARIABLE_VALUE"));
  checkpoint.track("first", a);
  checkpoint.write(session, "d/w");
  EXPECT_THAT(keys_of("d/w"), ElementsAre(kObjectGraph, "first/.ATTRIBUTES/VARIABLE_VALUE"));
}

TEST_F(CheckpointTest, ASlotIsNobodysChild) {
  const Variable v = vector_of("v", 1);
  MomentumOptimizer optimizer(0.1, 0.9);
  optimizer.minimize(reduce_sum(v * v));
  Session session;
  session.run(global_variables_initializer());
  const Checkpoint checkpoint(
      {{"v", v}, {"opt", optimizer}, {"m", optimizer.get_slot(v, "momentum")}});
  try {
    checkpoint.write(session, "d/c");
    FAIL();
  } catch (const errors::UnimplementedError& error) {
    EXPECT_THAT(error.what(),
                StartsWith("A slot variable was re-used as a dependency of a Trackable object: "
                           "<tf.Variable 'v/Momentum:0'"));
  }
}

TEST_F(CheckpointTest, ASaveThatFailsChangesNothing) {
  const Variable late = vector_of("late", 1, /*use_resource=*/false);
  Session session;
  const Checkpoint checkpoint({{"late", late}});
  EXPECT_THROW(checkpoint.save(session, "d/c"), errors::FailedPreconditionError);
  EXPECT_THAT(files_.list("d"), IsEmpty());
  session.run(late.initializer());
  EXPECT_EQ(checkpoint.save(session, "d/c"), "d/c-1") << "the failure was not counted";

  Checkpoint counted({{"late", late}});
  EXPECT_EQ(counted.save_counter().op().name(), "save_counter_1");
  EXPECT_THROW(counted.save(session, "d/c"), errors::FailedPreconditionError)
      << "a counter that was asked for is the program's to initialise";
}

// Overwriting a checkpoint while every operation on files fails once.
TEST_F(CheckpointTest, AtEveryFaultTheOldCheckpointOrTheNewOneIsThere) {
  const Variable v = vector_of("v", 1);
  Operation* const next = v.assign(constant({2.0, 2.0})).op();
  Session session;
  session.run(global_variables_initializer());
  const Checkpoint checkpoint({{"v", v}});
  checkpoint.write(session, "d/c-2");
  checkpoint.save(session, "d/c");
  session.run(next);
  bool saved = false;
  for (int n = 0; !saved; ++n) {
    ASSERT_LT(n, 1000);
    io::FaultyFileSystem faulty(files_);
    faulty.fail_at(n);
    {
      const io::ScopedFileSystem scoped(faulty);
      try {
        EXPECT_EQ(checkpoint.save(session, "d/c"), "d/c-2");
        saved = !faulty.has_failed();
      } catch (const errors::ResourceExhaustedError&) {
      }
    }
    const float value = CheckpointReader("d/c-2").get_tensor("v").data<float>()[1];
    EXPECT_TRUE(value == 1.0f || value == 2.0f) << n;
    const auto count = session.run(checkpoint.save_counter()).value<std::int64_t>();
    EXPECT_TRUE(count == 1 || value == 2.0f) << n;
    session.run(assign(checkpoint.save_counter(), 1));
  }
  EXPECT_EQ(CheckpointReader("d").prefix(), "d/c-2");
}

}  // namespace
}  // namespace tensorkeep::train
