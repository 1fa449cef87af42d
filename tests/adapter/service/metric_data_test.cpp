// The guide's metric model, of what the adapter has answered itself.

#include "adapter/service/metric_data.h"

#include <gtest/gtest.h>

#include "tests/adapter/service/fixture.h"

namespace pas {
namespace {

class MetricData : public testing::Test {
 protected:
  // Of the newest case.
  json::Document metric() {
    record_ = adapter_.store->list_cases({}, {}, 1)->cases.at(0);
    const auto text =
        service::metric_data(record_, *adapter_.store->history(record_.id), *adapter_.store->exchanges(record_.id));
    EXPECT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->find(record_.member_id), std::string::npos);
    return json::Document::parse(*text).value();
  }
  std::vector<store::Exchange> others() { return *adapter_.store->other_exchanges({0, 1'900'000'000'000}, 0, 10); }

  service_test::Adapter adapter_;
  store::Case record_;
};

TEST_F(MetricData, TellsOfTheItemsAndNotOfThePatient) {
  const std::string body = service_test::sample("row-10-two-documents-missing.json");
  ASSERT_TRUE(std::holds_alternative<service::Answered>(adapter_.submit(body)));
  const auto document = MetricData::metric();
  const json::Node metric = document.root();
  EXPECT_EQ(metric["source"].text(), "payer");
  EXPECT_EQ(metric["payerId"]["value"].text(), "husky");
  EXPECT_FALSE(metric["groupId"]["value"].text().empty());
  EXPECT_FALSE(metric["providerId"]["value"].text().empty());
  EXPECT_EQ(metric["exchange"].at(0)["type"].text(), "initial");
  EXPECT_EQ(metric["exchange"].at(0)["requestTime"].text().substr(0, 10), "2026-11-24");
  EXPECT_EQ(metric["exchange"].at(0)["responseTime"].text().substr(0, 10), "2026-11-24");
  EXPECT_EQ(metric["exchange"].size(), 1U);
  EXPECT_EQ(metric["businessLine"]["text"].text(), "HUSKY-D");
  EXPECT_EQ(metric["itemDetail"].at(0)["result"].text(), "pended");
  EXPECT_FALSE(metric["itemDetail"].at(0)["finalResponseTime"]);
  EXPECT_TRUE(metric["itemDetail"].at(0)["item"]["coding"].at(0)["code"]);
  EXPECT_EQ(metric["requestedDoc"].at(0)["docRequest"].size(), 2U);
}

// X12 901 with its loop, of a request that is answered with them.
TEST_F(MetricData, TellsOfBusinessErrors) {
  std::string body = service_test::sample("row-02-insulin-pump.json");
  const std::string birth = "\"birthDate\": \"";
  const auto at = body.find(birth);
  ASSERT_NE(at, std::string::npos);
  body.replace(at + birth.size(), 10, "2026-11-01");  // after the service
  ASSERT_TRUE(std::holds_alternative<service::Answered>(adapter_.submit(body)));
  const auto document = metric();
  ASSERT_EQ(record_.status, store::Status::kError);
  const json::Node errors = document.root()["aaaCodes"];
  ASSERT_GT(errors.size(), 0U);
  EXPECT_FALSE(errors.at(0)["aaaCode"].text().empty());
  EXPECT_EQ(errors.at(0)["loopID"].text().find('-'), std::string::npos);
  EXPECT_FALSE(errors.at(0)["item"]);
}

TEST_F(MetricData, OfARefusalTellsTheIssues) {
  ASSERT_TRUE(
      std::holds_alternative<service::Refused>(adapter_.submit(service_test::sample("broken-04-ten-faults.json"))));
  ASSERT_EQ(others().size(), 1U);
  const auto document = json::Document::parse(service::metric_data(others().front()));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["exchange"].at(0)["httpResponse"].text(), "400");
  EXPECT_GT(document->root()["issue"].size(), 1U);
  EXPECT_FALSE(document->root()["issue"].at(0)["code"].text().empty());
}

// A case that was stored before there were such records, with what arrived for it.
TEST_F(MetricData, OfAnOlderCaseIsToldFromItsHistory) {
  ASSERT_TRUE(std::holds_alternative<service::Answered>(
      adapter_.submit(service_test::sample("row-10-two-documents-missing.json"))));
  record_ = adapter_.store->list_cases({}, {}, 1)->cases.at(0);
  const std::vector<store::HistoryEntry> history = {{1, record_.received_at_ms, "ehr-1", "submit", ""},
                                                    {2, record_.received_at_ms + 1000, "ehr-1", "information", ""}};
  const auto text = service::metric_data(record_, history, {});
  ASSERT_TRUE(text);
  const auto document = json::Document::parse(*text);
  const json::Node exchanges = document->root()["exchange"];
  ASSERT_EQ(exchanges.size(), 2U);
  EXPECT_EQ(exchanges.at(0)["type"].text(), "initial");
  EXPECT_EQ(exchanges.at(1)["type"].text(), "subsequent");
  EXPECT_FALSE(exchanges.at(1)["responseTime"]);
}

}  // namespace
}  // namespace pas
