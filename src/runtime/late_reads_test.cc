#include <gtest/gtest.h>

#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/scopes.h"
#include "tensorkeep/session.h"
#include "tensorkeep/state_ops.h"
#include "tensorkeep/variable.h"

namespace tensorkeep {
namespace {

class LateReadsTest : public testing::Test {
 protected:
  float run(const Output& fetch, const Feeds& feeds = {}) {
    Session session(graph_);
    session.run(v_.initializer());
    return session.run(fetch, feeds).value<float>();
  }
  // v + 0 after an update, where v was read before it.
  Output after(Operation* update) {
    const ControlDependencies wait({update});
    return v_ + 0.0;
  }

  Graph graph_;
  Graph::AsDefault scope_{graph_};
  Variable v_{constant(3.0), {.name = "v"}};
};

TEST_F(LateReadsTest, WhoWaitsForAnUpdateSeesIt) {
  EXPECT_EQ(run(after(assign_add(v_, v_ * 2.0).op())), 9);
}

TEST_F(LateReadsTest, WhoDoesNotWaitSeesWhatWasRead) {
  const Output before = v_ * 10.0;
  EXPECT_EQ(run(after(assign_add(v_, before).op()) + before), 33 + 30);
}

TEST_F(LateReadsTest, AssigningAConstantIsInPlaceAndOneThatIsComputedIsNot) {
  EXPECT_EQ(run(after(assign(v_, 7.0).op())), 7);
  EXPECT_EQ(run(after(assign(v_, v_ * 2.0).op())), 3);
  const Output fed = placeholder(float32, {});
  EXPECT_EQ(run(after(assign(v_, fed).op()), {{fed, 8}}), 8);
}

TEST_F(LateReadsTest, AFedReadIsWhatWasFed) {
  const Output value = after(assign_add(v_, 1.0).op());
  EXPECT_EQ(run(value, {{v_.value(), 50}}), 50);
}

TEST_F(LateReadsTest, AResourceVariableIsReadWhereTheReadIs) {
  const Variable r(constant(3.0), {.name = "r", .use_resource = true});
  const Output read = r.value();
  const Assigned update = assign_add(r, read);
  const ControlDependencies wait({update.op()});
  const Output later = read + 0.0;
  Session session(graph_);
  session.run(r.initializer());
  EXPECT_EQ(session.run(later).value<float>(), 3);
}

}  // namespace
}  // namespace tensorkeep
