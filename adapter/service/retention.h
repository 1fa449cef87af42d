#pragma once
// The end of cases whose time is over: chains that closed, and were last changed and last served, longer ago than a
// given age, and never less than six months after the service, as PAS wants it of what was pended (2.2.1 spec-73).

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "adapter/observe/log.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"

namespace pas::service {

store::Retention retention_at(std::chrono::system_clock::time_point now, std::chrono::seconds age);

struct Purged {
  std::int64_t chains = 0;
  std::int64_t cases = 0;
};

// Goes once over the store, in the order of the cases. `each` is what becomes of a chain: how many cases were removed
// (store.purge), or would be. Before each it asks `go_on`, which may wait, so that submissions come first.
base::Result<Purged> for_each_expired(const store::Store& store, const store::Retention& retention,
                                      const std::function<base::Result<int>(const store::Chain&)>& each,
                                      const std::function<bool()>& go_on);

// A thread that goes over the store when it starts and every hour, and rests between two chains as long as the last one
// took. Several adapters may run it on one database. All references outlive it.
class RetentionJob {
 public:
  RetentionJob(store::Store& store, const base::Clock& clock, observe::Log& log, std::chrono::seconds age);
  RetentionJob(const RetentionJob&) = delete;
  RetentionJob& operator=(const RetentionJob&) = delete;
  ~RetentionJob();  // ends between two chains

 private:
  void work();
  void go_over_the_store();
  bool rest(std::chrono::steady_clock::duration time);  // false when the job ends

  store::Store& store_;
  const base::Clock& clock_;
  observe::Log& log_;
  const std::chrono::seconds age_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pas::service
