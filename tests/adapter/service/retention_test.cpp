#include "adapter/service/retention.h"

#include <gtest/gtest.h>

#include <latch>

#include "tests/adapter/service/fixture.h"

namespace pas {
namespace {

using std::chrono::days;

TEST(Retention, CountsFromTheLastChangeAndNeverLessThanSixMonthsFromTheService) {
  const auto now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours{9};
  const auto short_one = service::retention_at(now, days{30});
  EXPECT_EQ(short_one.changed_before_ms, base::to_ms(now - days{30}));
  EXPECT_EQ(short_one.served_before, "2026-05-24");
  EXPECT_EQ(service::retention_at(now, days{365}).served_before, "2025-11-24");
}

// The sample is served until 2027-03-15, as its answer says.
TEST(Retention, ASubmissionIsKeptSixMonthsBeyondItsService) {
  service_test::Adapter adapter;
  adapter.submit(service_test::sample("row-09-a1-deferoxamine-overload.json"));
  const auto expired_on = [&adapter](std::chrono::year_month_day day) {
    return adapter.store->find_expired(service::retention_at(std::chrono::sys_days(day), days{30}), 0, 10)
        ->chains.size();
  };
  EXPECT_EQ(expired_on(std::chrono::year{2027} / 9 / 15), 0U);
  EXPECT_EQ(expired_on(std::chrono::year{2027} / 9 / 16), 1U);
}

// What is asked for but not certified has no period of validity: the day of service comes from the request.
TEST(Retention, SoIsWhatWasDenied) {
  service_test::Adapter adapter;
  adapter.submit(service_test::sample("row-09-a1-deferoxamine-overload.json"));
  const auto record = adapter.store->list_cases({}, {}, 1)->cases.at(0);
  store::Revision denial;
  denial.case_id = record.id;
  denial.expected_revision = 1;
  denial.items = record.items;
  for (store::Item& item : denial.items) item.valid_from = item.valid_to = "";
  ASSERT_TRUE(adapter.store->revise(denial));
  const auto on = [](int day) {
    return service::retention_at(std::chrono::sys_days(std::chrono::year{2027} / 9 / day), days{30});
  };
  EXPECT_EQ(*adapter.store->purge(record.id, on(15)), 0);
  EXPECT_EQ(*adapter.store->purge(record.id, on(16)), 1);
}

TEST(Retention, TheJobGoesOverTheStoreWhenItStarts) {
  service_test::Adapter adapter;
  adapter.submit(service_test::sample("row-09-a1-deferoxamine-overload.json"));
  adapter.submit(service_test::sample("row-09-a1-deferoxamine-overload.json"), "ehr-2");
  adapter.clock.advance(days{800});
  std::latch told{1};
  std::string line;
  observe::Log log = observe::Log::to_sink(observe::Severity::kInfo, adapter.clock, [&](std::string_view written) {
    line = written;
    told.count_down();
  });
  {
    const service::RetentionJob job(*adapter.store, adapter.clock, log, days{365});
    told.wait();
  }
  EXPECT_EQ(adapter.stored(), 0U);
  EXPECT_NE(line.find(R"("event":"service.purged","chains":2,"cases":2)"), std::string::npos) << line;
}

}  // namespace
}  // namespace pas
