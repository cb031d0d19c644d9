#include "retention/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tensorkeep::retention {
namespace {

using Paths = std::vector<std::string>;
constexpr double kInf = std::numeric_limits<double>::infinity();

std::vector<Checkpoint> all_at(double time, const Paths& paths) {
  std::vector<Checkpoint> result;
  for (const std::string& path : paths) result.push_back({path, time});
  return result;
}

// "m-1" at `interval`, "m-2" at twice that, ...
std::vector<Checkpoint> saves_every(double interval, int count) {
  std::vector<Checkpoint> result;
  for (int i = 1; i <= count; ++i) result.push_back({"m-" + std::to_string(i), i * interval});
  return result;
}

struct Case {
  const char* name;
  Options options;
  double start;                   // when the saver was made
  std::vector<Checkpoint> known;  // set by set_last_checkpoints_with_time
  std::vector<Checkpoint> saves;
  Paths left;
  Paths removed;
  double next_keep_time;
};

// The last three columns are what TensorFlow 2.21's Saver did with the same calls
// (_RecordLastCheckpoint and _MaybeDeleteOldCheckpoints under a set clock).
const Case kCases[] = {
    {"five",
     {5, 10000},
     0,
     {},
     saves_every(1, 7),
     {"m-3", "m-4", "m-5", "m-6", "m-7"},
     {"m-1", "m-2"},
     3.6e7},
    {"keep all", {0, 10000}, 0, {}, saves_every(1, 3), {}, {}, 3.6e7},
    {"one", {1, 10000}, 0, {}, saves_every(1, 3), {"m-3"}, {"m-1", "m-2"}, 3.6e7},
    {"saved again",
     {2, 10000},
     0,
     {},
     {{"a", 1}, {"b", 2}, {"a", 3}, {"c", 4}},
     {"a", "c"},
     {"b"},
     3.6e7},
    {"always the same path", {1, 10000}, 0, {}, {{"a", 1}, {"a", 2}, {"a", 3}}, {"a"}, {}, 3.6e7},
    {"one an hour",
     {2, 1},
     0,
     {},
     saves_every(600, 12),
     {"m-11", "m-12"},
     {"m-1", "m-2", "m-3", "m-4", "m-5", "m-6", "m-8", "m-9", "m-10"},
     7200},
    {"slower than the hours", {1, 1}, 0, {}, saves_every(4000, 6), {"m-6"}, {}, 21600},
    {"exactly at the time",
     {1, 1},
     0,
     {},
     {{"a", 3600}, {"b", 3601}, {"c", 3602}},
     {"c"},
     {"a"},
     7200},
    {"one goes per save",
     {2, 10000},
     0,
     all_at(0, {"p", "q", "r", "s", "t"}),
     saves_every(1, 2),
     {"r", "s", "t", "m-1", "m-2"},
     {"p", "q"},
     3.6e7},
    {"one of many again",
     {2, 10000},
     0,
     all_at(0, {"p", "q", "r", "s", "t"}),
     {{"q", 1}, {"x", 2}},
     {"s", "t", "q", "x"},
     {"p", "r"},
     3.6e7},
    {"of unknown time",
     {2, 10000},
     0,
     all_at(kInf, {"p", "q"}),
     saves_every(1, 3),
     {"m-2", "m-3"},
     {"m-1"},
     1.08e8},
    {"from before the start",
     {1, 1},
     8000,
     all_at(100, {"old"}),
     {{"a", 9000}, {"b", 9001}},
     {"b"},
     {"old", "a"},
     11600},
    {"hours of seconds", {1, 0.001}, 0, {}, saves_every(10, 5), {"m-5"}, {}, 18},
};

TEST(RetentionTest, DoesAsTensorFlowsSaver) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.name);
    State state = initial_state(row.options, row.start);
    state.last_checkpoints = row.known;
    Paths removed;
    for (const Checkpoint& save : row.saves) {
      record(state, row.options, save.path, save.time);
      if (const auto path = take_removal(state, row.options)) removed.push_back(*path);
    }
    Paths left;
    for (const Checkpoint& checkpoint : state.last_checkpoints) left.push_back(checkpoint.path);
    EXPECT_EQ(left, row.left);
    EXPECT_EQ(removed, row.removed);
    EXPECT_DOUBLE_EQ(state.next_keep_time, row.next_keep_time);
    EXPECT_TRUE(state.expired.empty());
  }
}

// A save whose new list could not be written removes nothing; the next one makes up for one.
TEST(RetentionTest, ARemovalThatWasNotTakenWaits) {
  const Options options{1, 10000};
  State state = initial_state(options, 0);
  record(state, options, "a", 1);
  record(state, options, "b", 2);
  record(state, options, "c", 3);
  EXPECT_EQ(take_removal(state, options), "a");
  EXPECT_EQ(take_removal(state, options), "b");
  EXPECT_EQ(take_removal(state, options), std::nullopt);
}

// docs/deviations.md: a negative number makes TensorFlow remove what it has just saved.
TEST(RetentionTest, ANegativeNumberKeepsAll) {
  const Options options{-1, 10000};
  State state = initial_state(options, 0);
  record(state, options, "a", 1);
  EXPECT_EQ(take_removal(state, options), std::nullopt);
}

}  // namespace
}  // namespace tensorkeep::retention
