#include "runtime/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace tensorkeep::runtime {
namespace {

TEST(ParallelFor, coversTheRangeOnceInTheSameParts) {
  std::set<std::pair<std::int64_t, std::int64_t>> first;
  for (int round = 0; round < 50; ++round) {
    std::mutex mutex;
    std::set<std::pair<std::int64_t, std::int64_t>> parts;
    parallel_for(1000, 10, [&](std::int64_t begin, std::int64_t end) {
      const std::lock_guard guard(mutex);
      parts.emplace(begin, end);
    });
    std::int64_t next = 0;
    for (const auto& [begin, end] : parts) {
      EXPECT_EQ(begin, next);
      next = end;
    }
    EXPECT_EQ(next, 1000);
    if (round == 0) first = parts;
    EXPECT_EQ(parts, first);
  }
}

TEST(ParallelFor, smallWorkStaysInTheThread) {
  const auto self = std::this_thread::get_id();
  parallel_for(10, 10, [&](std::int64_t begin, std::int64_t end) {
    EXPECT_EQ(std::this_thread::get_id(), self);
    EXPECT_EQ(end - begin, 10);
  });
  parallel_for(0, 1, [](std::int64_t, std::int64_t) { FAIL(); });
}

TEST(ParallelFor, nestedAndConcurrentCallsFinish) {
  std::atomic<std::int64_t> total = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        parallel_for(8, 1, [&](std::int64_t begin, std::int64_t end) {
          parallel_for(end - begin, 1, [&](std::int64_t b, std::int64_t e) { total += e - b; });
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(total, 4 * 100 * 8);
}

TEST(ParallelFor, rethrowsTheFirstFailure) {
  try {
    parallel_for(1000, 1, [](std::int64_t begin, std::int64_t) {
      throw std::runtime_error(std::to_string(begin));
    });
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "0");
  }
}

}  // namespace
}  // namespace tensorkeep::runtime
