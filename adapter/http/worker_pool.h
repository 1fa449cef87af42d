#pragma once
// Threads that run jobs from a bounded queue, first come first served; but heavy jobs wait while as many as may run are
// running, and light ones pass them. Of idle threads the one that ran last runs next, whose memory is still in the
// processor's caches. Internal to adapter/http.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pas::http {

class WorkerPool {
 public:
  using Job = std::function<void()>;  // throws nothing
  enum class Weight { kLight, kHeavy };

  // `queue` jobs may wait beside those that run. Heavy ones have a quarter of either, at least one.
  WorkerPool(unsigned threads, std::size_t queue);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();  // stop()

  // False, at once, when the queue is full or the pool has stopped. From any thread.
  bool submit(Job job, Weight weight);
  // Drops the jobs that have not begun and returns when the others have ended. Not from a job.
  void stop();

  std::size_t queued() const;
  std::size_t running() const;

 private:
  struct Queued {
    std::uint64_t number;  // in the order of submit()
    Job job;
  };
  struct Lane {
    std::size_t most_running = 0;
    std::size_t limit = 0;  // of jobs that run and wait
    std::size_t running = 0;
    std::deque<Queued> queue;
    bool may_run() const { return !queue.empty() && running < most_running; }
  };

  struct Worker {
    std::condition_variable wake;
    bool is_called = false;  // its wait is over
    std::thread thread;
  };

  void work(Worker& self);
  Lane* next_lane();  // whose first job may run; null when none may
  // Takes an idle worker out of idle_, to be notified; null when all are busy, and so look at the queue again.
  Worker* call_one();

  std::size_t limit_;  // of jobs that run and wait
  mutable std::mutex mutex_;
  Lane light_, heavy_;
  std::uint64_t submitted_ = 0;
  bool stopping_ = false;
  std::deque<Worker> workers_;
  std::vector<Worker*> idle_;  // the last one ran last
};

}  // namespace pas::http
