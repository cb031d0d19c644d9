#include "runtime/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tensorkeep::runtime {
namespace {

using Work = std::function<void(std::int64_t, std::int64_t)>;

// One division of a range; lives on the caller's stack until every part has been run.
struct Job {
  std::int64_t total;
  std::int64_t parts;
  const Work* work;
  std::atomic<std::int64_t> next = 0;
  std::vector<std::exception_ptr> failures;

  void run_parts() {
    for (std::int64_t part = next++; part < parts; part = next++) {
      try {
        (*work)(total * part / parts, total * (part + 1) / parts);
      } catch (...) {
        failures[static_cast<std::size_t>(part)] = std::current_exception();
      }
    }
  }
};

thread_local bool inside_work = false;

class Pool {
 public:
  explicit Pool(int workers) {
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { serve(); });
  }
  ~Pool() {
    {
      const std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  // False if the pool is in use.
  bool try_run(Job& job) {
    const std::unique_lock turn(turn_, std::try_to_lock);
    if (!turn) return false;
    {
      const std::lock_guard guard(mutex_);
      job_ = &job;
      ++generation_;
    }
    wake_.notify_all();
    inside_work = true;
    job.run_parts();
    inside_work = false;
    std::unique_lock lock(mutex_);
    job_ = nullptr;  // late threads find nothing
    done_.wait(lock, [this] { return active_ == 0; });
    return true;
  }

 private:
  void serve() {
    inside_work = true;
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return stopping_ || generation_ != seen; });
      if (stopping_) return;
      seen = generation_;
      Job* job = job_;
      if (job == nullptr) continue;
      ++active_;
      lock.unlock();
      job->run_parts();
      lock.lock();
      if (--active_ == 0) done_.notify_all();
    }
  }

  std::mutex turn_;  // one job at a time
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  Job* job_ = nullptr;
  std::uint64_t generation_ = 0;
  int active_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

Pool& pool() {
  static Pool pool(parallel_width() - 1);
  return pool;
}

}  // namespace

int parallel_width() {
  static const int width = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return width;
}

void parallel_for(std::int64_t total, std::int64_t grain, const Work& work) {
  if (total <= 0) return;
  const std::int64_t parts =
      std::min<std::int64_t>(parallel_width(), total / std::max<std::int64_t>(grain, 1));
  if (parts <= 1 || inside_work) return work(0, total);
  Job job{.total = total, .parts = parts, .work = &work, .failures = {}};
  job.failures.resize(static_cast<std::size_t>(parts));
  if (!pool().try_run(job)) job.run_parts();
  for (const std::exception_ptr& failure : job.failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace tensorkeep::runtime
