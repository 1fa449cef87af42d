#include "adapter/service/retention.h"

#include <algorithm>

#include "fhir/base/calendar.h"

namespace pas::service {
namespace {

constexpr int kMonthsAfterService = 6;
constexpr int kCasesAtOnce = 200;
constexpr std::chrono::hours kInterval{1};

}  // namespace

store::Retention retention_at(std::chrono::system_clock::time_point now, std::chrono::seconds age) {
  const base::Date six_months_ago = base::add_months(base::utc_date(now), -kMonthsAfterService);
  return {.changed_before_ms = base::to_ms(now - age),
          .served_before = base::to_string(std::min(base::utc_date(now - age), six_months_ago))};
}

base::Result<Purged> for_each_expired(const store::Store& store, const store::Retention& retention,
                                      const std::function<base::Result<int>(const store::Chain&)>& each,
                                      const std::function<bool()>& go_on) {
  Purged purged;
  std::optional<std::int64_t> after = 0;
  while (after && go_on()) {
    const auto found = store.find_expired(retention, *after, kCasesAtOnce);
    if (!found) return found.error();
    for (const store::Chain& chain : found->chains) {
      if (!go_on()) return purged;
      const auto removed = each(chain);
      if (!removed) return removed.error();
      purged.chains += *removed > 0 ? 1 : 0;
      purged.cases += *removed;
    }
    after = found->continue_after;
  }
  return purged;
}

RetentionJob::RetentionJob(store::Store& store, const base::Clock& clock, observe::Log& log, std::chrono::seconds age)
    : store_(store), clock_(clock), log_(log), age_(age), thread_([this] { work(); }) {}

RetentionJob::~RetentionJob() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool RetentionJob::rest(std::chrono::steady_clock::duration time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

void RetentionJob::work() {
  do go_over_the_store();
  while (rest(kInterval));
}

void RetentionJob::go_over_the_store() {
  const store::Retention retention = retention_at(clock_.now(), age_);
  auto began = std::chrono::steady_clock::now();
  const auto purged = for_each_expired(
      store_, retention, [&](const store::Chain& chain) { return store_.purge(chain.first_id, retention); },
      [&] {
        const bool goes_on = rest(std::chrono::steady_clock::now() - began);
        began = std::chrono::steady_clock::now();
        return goes_on;
      });
  if (purged) (void)store_.purge_exchanges(retention.changed_before_ms);  // failing, it is tried in an hour
  if (!purged) {
    log_.write(observe::Severity::kWarning, "service.purge_failed", {}, {{"what", purged.error().message}});
  } else if (purged->cases > 0) {
    log_.write(observe::Severity::kInfo, "service.purged", {}, {{"chains", purged->chains}, {"cases", purged->cases}});
  }
}

}  // namespace pas::service
