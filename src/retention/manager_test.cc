#include "retention/manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tensorkeep::retention {
namespace {

using Paths = std::vector<std::string>;

// "m-1" at `interval`, "m-2" at twice that, ...
std::vector<Checkpoint> saves_every(double interval, int count) {
  std::vector<Checkpoint> result;
  for (int i = 1; i <= count; ++i) result.push_back({"m-" + std::to_string(i), i * interval});
  return result;
}

struct StateFile {
  std::vector<Checkpoint> listed;
  double last_preserved = 0;
};

struct Case {
  const char* name;
  ManagerOptions options;
  double start;  // when the manager was made
  std::optional<StateFile> found;
  std::vector<Checkpoint> saves;
  Paths left;
  Paths removed;
  double last_preserved;
};

// The last three columns are what TensorFlow 2.21's CheckpointManager did with the same calls under
// a set clock.
const Case kCases[] = {
    {"five",
     {5, {}},
     0,
     {},
     saves_every(1, 7),
     {"m-3", "m-4", "m-5", "m-6", "m-7"},
     {"m-1", "m-2"},
     -1},
    {"all", {{}, {}}, 0, {}, saves_every(4000, 3), {"m-1", "m-2", "m-3"}, {}, -1},
    {"one", {1, {}}, 0, {}, saves_every(1, 3), {"m-3"}, {"m-1", "m-2"}, -1},
    {"saved again",
     {2, {}},
     0,
     {},
     {{"m-1", 1}, {"m-2", 2}, {"m-1", 3}, {"m-3", 4}},
     {"m-1", "m-3"},
     {"m-2"},
     -1},
    {"always the same path", {1, {}}, 0, {}, {{"m", 1}, {"m", 2}, {"m", 3}}, {"m"}, {}, -1},
    {"one an hour",
     {2, 1},
     0,
     {},
     saves_every(600, 15),
     {"m-14", "m-15"},
     {"m-1", "m-2", "m-3", "m-4", "m-5", "m-7", "m-8", "m-9", "m-10", "m-11", "m-13"},
     7200},
    {"exactly an hour",
     {1, 1},
     1,
     {},
     {{"m-1", 3600}, {"m-2", 3601}, {"m-3", 7200}, {"m-4", 7201}},
     {"m-4"},
     {"m-2"},
     7200},
    {"slower than the hours", {1, 1}, 0, {}, saves_every(4000, 4), {"m-4"}, {}, 12000},
    {"recovered",
     {2, {}},
     100,
     StateFile{saves_every(10, 3), 5},
     {{"m-4", 101}},
     {"m-3", "m-4"},
     {"m-1", "m-2"},
     5},
    {"some preserved",
     {2, 1},
     10000,
     StateFile{saves_every(10, 3), 20},
     {{"m-4", 10001}, {"m-5", 10002}},
     {"m-4", "m-5"},
     {"m-3"},
     20},
    {"from the future",
     {1, 1},
     100,
     StateFile{{{"m-1", 1e12}, {"m-2", 1e12}}, 5},
     {{"m-3", 101}},
     {"m-3"},
     {"m-1", "m-2"},
     5},
    {"preserved in the future",
     {1, 1},
     100,
     StateFile{{{"m-1", 1e12}, {"m-2", 50}}, 1e12},
     {{"m-3", 101}, {"m-4", 102}},
     {"m-4"},
     {"m-3"},
     100},
    {"hours of zero", {1, 0}, 0, {}, saves_every(1, 2), {"m-2"}, {"m-1"}, -1},
};

TEST(ManagerRetentionTest, DoesAsTensorFlowsCheckpointManager) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.name);
    ManagerState state =
        row.found ? recovered_manager_state(row.found->listed, row.found->last_preserved, row.start)
                  : new_manager_state(row.start);
    Paths removed;
    for (const Checkpoint& save : row.saves) {
      record(state, save.path, save.time);
      for (const std::string& path : sweep(state, row.options)) removed.push_back(path);
    }
    Paths left;
    for (const Checkpoint& checkpoint : state.managed) left.push_back(checkpoint.path);
    EXPECT_EQ(left, row.left);
    EXPECT_EQ(removed, row.removed);
    EXPECT_DOUBLE_EQ(state.last_preserved, row.last_preserved);
  }
}

TEST(ManagerRetentionTest, TimesThatAreNoNumbersAreNotManaged) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(recovered_manager_state({{"a", nan}, {"b", 3}}, nan, 10).managed.empty());
  const ManagerState twice = recovered_manager_state({{"a", 1}, {"b", 2}, {"a", 3}}, 0, 10);
  EXPECT_THAT(twice.managed, testing::ElementsAre(Checkpoint{"a", 3}, Checkpoint{"b", 2}));
}

}  // namespace
}  // namespace tensorkeep::retention
