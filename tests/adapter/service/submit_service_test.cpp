#include "adapter/service/submit_service.h"

#include <gtest/gtest.h>

#include "adapter/service/forwarding.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"
#include "tests/support/files.h"

namespace pas {
namespace {

constexpr const char* kApproved = "row-09-a1-deferoxamine-overload.json";

TEST(SubmitService, AnswersARepeatWithTheSameBytes) {
  service_test::Adapter adapter;
  const auto first = adapter.submit(service_test::sample(kApproved));
  const auto again = adapter.submit(service_test::sample(kApproved));
  ASSERT_TRUE(std::holds_alternative<service::Answered>(first));
  ASSERT_TRUE(std::holds_alternative<service::Answered>(again));
  EXPECT_TRUE(std::get<service::Answered>(again).repeated);
  EXPECT_EQ(std::get<service::Answered>(again).body, std::get<service::Answered>(first).body);
  EXPECT_EQ(adapter.stored(), 1U);
}

TEST(SubmitService, TakesARepeatAfterTheWindowOrOfAnotherClientAsNew) {
  service_test::Adapter adapter;
  adapter.submit(service_test::sample(kApproved));
  adapter.submit(service_test::sample(kApproved), "ehr-2");
  adapter.clock.advance(std::chrono::minutes{11});
  adapter.submit(service_test::sample(kApproved));
  EXPECT_EQ(adapter.stored(), 3U);
}

TEST(SubmitService, NumbersNeverRepeat) {
  service_test::Adapter adapter;
  adapter.submit(service_test::sample(kApproved));
  adapter.submit(service_test::sample(kApproved), "ehr-2");
  const auto page = adapter.store->list_cases({}, {}, 10);
  const auto& cases = page->cases;
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_FALSE(cases[0].items.at(0).authorization_number.empty());
  EXPECT_NE(cases[0].items.at(0).authorization_number, cases[1].items.at(0).authorization_number);
}

TEST(SubmitService, WaitsForAPayersServerFromTheFirstByteOfTheRequest) {
  const auto policies = policy::PolicySet::load(support::repo_path("mappings/policies")).value();
  service_test::Adapter adapter(
      "memory", "mappings/policies",
      gateway::Payers::load(support::repo_path("tests/cases/routing/forward.toml"), *policies).value());
  std::vector<service::Deadline> until;
  const service::SubmitService service(
      *adapter.adjudicator, *adapter.store, adapter.clock, adapter.ids,
      {.forward = [&until](const std::string&, const service::SubmitRequest&, service::Deadline deadline) {
        until.push_back(deadline);
        return false;
      }});
  service::SubmitRequest request{.body = service_test::sample("tidewater-certified.json"),
                                 .client = "ehr-1",
                                 .version = &v2_2_1::kVersion,
                                 .base_url = "http://127.0.0.1:8080/fhir"};
  request.began -= std::chrono::seconds(5);
  const auto outcome = service.submit(request);
  ASSERT_TRUE(std::holds_alternative<service::Answered>(outcome));
  ASSERT_EQ(until.size(), 1U);
  EXPECT_EQ(until.front(), request.began + service::kForwardTime);
}

TEST(SubmitService, StoresNothingAfterTheDeadline) {
  service_test::Adapter adapter;
  service::SubmitRequest request{.body = service_test::sample(kApproved), .client = "ehr-1"};
  request.deadline = std::chrono::steady_clock::time_point::min();
  const auto outcome = adapter.service->submit(request);
  ASSERT_TRUE(std::holds_alternative<base::Error>(outcome));
  EXPECT_EQ(std::get<base::Error>(outcome).code, base::ErrorCode::kTimeout);
  EXPECT_EQ(adapter.stored(), 0U);
}

}  // namespace
}  // namespace pas
