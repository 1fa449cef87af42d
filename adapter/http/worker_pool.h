#pragma once
// Threads that run jobs from a bounded queue, first come first served. Internal to adapter/http.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pas::http {

class WorkerPool {
 public:
  using Job = std::function<void()>;  // throws nothing

  // `queue` jobs may wait beside those that run.
  WorkerPool(unsigned threads, std::size_t queue);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();  // stop()

  // False, at once, when the queue is full or the pool has stopped. From any thread.
  bool submit(Job job);
  // Drops the jobs that have not begun and returns when the others have ended. Not from a job.
  void stop();

  std::size_t queued() const;
  std::size_t running() const;

 private:
  void work();

  const std::size_t limit_;  // of jobs that run and wait
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pas::http
