#include "adapter/http/worker_pool.h"

#include <algorithm>
#include <utility>

namespace pas::http {
namespace {

constexpr unsigned kHeavyShare = 4;

}  // namespace

WorkerPool::WorkerPool(unsigned threads, std::size_t queue) : limit_(threads + queue) {
  light_.most_running = threads;
  light_.limit = limit_;
  heavy_.most_running = std::max(threads / kHeavyShare, 1U);
  heavy_.limit = heavy_.most_running + queue / kHeavyShare;
  idle_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    Worker& worker = workers_.emplace_back();
    worker.thread = std::thread([this, &worker] { work(worker); });
  }
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::submit(Job job, Weight weight) {
  Worker* called = nullptr;
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = weight == Weight::kHeavy ? heavy_ : light_;
    const std::size_t all = light_.running + light_.queue.size() + heavy_.running + heavy_.queue.size();
    if (stopping_ || all >= limit_ || lane.running + lane.queue.size() >= lane.limit) return false;
    lane.queue.push_back({++submitted_, std::move(job)});
    called = call_one();
  }
  if (called != nullptr) called->wake.notify_one();
  return true;
}

void WorkerPool::stop() {
  std::deque<Queued> dropped_light, dropped_heavy;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped_light.swap(light_.queue);
    dropped_heavy.swap(heavy_.queue);
    while (Worker* called = call_one()) called->wake.notify_one();
  }
  for (Worker& worker : workers_) {
    if (worker.thread.joinable()) worker.thread.join();
  }
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return light_.queue.size() + heavy_.queue.size();
}

std::size_t WorkerPool::running() const {
  const std::lock_guard lock(mutex_);
  return light_.running + heavy_.running;
}

WorkerPool::Lane* WorkerPool::next_lane() {
  if (!heavy_.may_run()) return light_.may_run() ? &light_ : nullptr;
  const bool is_heavy_first = light_.queue.empty() || heavy_.queue.front().number < light_.queue.front().number;
  return is_heavy_first ? &heavy_ : &light_;
}

WorkerPool::Worker* WorkerPool::call_one() {
  if (idle_.empty()) return nullptr;
  Worker* worker = idle_.back();
  idle_.pop_back();
  worker->is_called = true;
  return worker;
}

void WorkerPool::work(Worker& self) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Lane* lane = next_lane();
    if (lane == nullptr) {
      self.is_called = false;
      idle_.push_back(&self);
      self.wake.wait(lock, [&] { return self.is_called; });
      continue;
    }
    Job job = std::move(lane->queue.front().job);
    lane->queue.pop_front();
    ++lane->running;
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    --lane->running;
    if (lane != &heavy_) continue;
    // The next heavy one, should this thread take a light one now.
    if (Worker* called = call_one()) called->wake.notify_one();
  }
}

}  // namespace pas::http
