// Every sample gets what samples/expected.json says, which was worked out from the policy page by hand.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fhir/json/document.h"
#include "fhir/validation/operation_outcome.h"
#include "tests/adapter/service/fixture.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace pas {
namespace {

std::vector<std::string> sample_names() {
  const auto document = json::Document::parse(support::read_file(support::repo_path("samples/expected.json"))).value();
  std::vector<std::string> names;
  for (const json::Node sample : document.root()) names.emplace_back(sample.key());
  return names;
}

class SamplesTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    expected_ = document_.root()[GetParam()];
    ASSERT_TRUE(expected_);
  }

  const json::Document document_ =
      json::Document::parse(support::read_file(support::repo_path("samples/expected.json"))).value();
  json::Node expected_;
};

TEST_P(SamplesTest, IsDecidedAsThePolicySays) {
  service_test::Adapter adapter;
  ASSERT_NE(adapter.adjudicator, nullptr);
  const auto outcome = adapter.adjudicator->adjudicate(
      service_test::sample(GetParam()), {.today = base::utc_date(adapter.clock.now()), .months_authorized = {}});
  if (expected_["status"].text() != "200") {
    ASSERT_FALSE(outcome);
    const validation::Report report = outcome.error();
    EXPECT_EQ(report.errors(), expected_["issues"].size());
    for (const json::Node issue : expected_["issues"]) {
      bool named = issue["at"].is_null();
      for (const validation::Issue& found : report.issues()) {
        named = named || found.expression.starts_with(issue["at"].text());
      }
      EXPECT_TRUE(named) << "no issue at " << issue["at"].text();
    }
    return;
  }
  ASSERT_TRUE(outcome);
  for (const pas::BusinessError& error : outcome->errors) ADD_FAILURE() << error.code << " " << error.message;
  ASSERT_EQ(outcome->items.size(), expected_["items"].size());
  for (std::size_t i = 0; i < outcome->items.size(); ++i) {
    const service::ItemOutcome& item = outcome->items[i];
    const json::Node wanted = expected_["items"].at(i);
    EXPECT_EQ(std::to_string(item.decision.item_sequence), wanted["sequence"].text());
    EXPECT_EQ(item.decision.action, wanted["action"].text());
    EXPECT_EQ(item.decision.reason, wanted["reason"].text());
    EXPECT_EQ(item.decision.row, wanted["row"].text())
        << decision::explain(item.evaluation, item.inputs, item.decision);
    if (wanted["policy"]) {
      EXPECT_EQ(item.decision.policy_id + ' ' + item.decision.policy_revision, wanted["policy"].text());
    }
  }
}

TEST_P(SamplesTest, IsAnsweredAndStored) {
  service_test::Adapter adapter;
  ASSERT_NE(adapter.service, nullptr);
  const auto outcome = adapter.submit(service_test::sample(GetParam()));
  if (expected_["status"].text() != "200") {
    EXPECT_TRUE(std::holds_alternative<service::Refused>(outcome));
    EXPECT_EQ(adapter.stored(), 0U) << "nothing of a refused request is kept";
    return;
  }
  const auto* answered = std::get_if<service::Answered>(&outcome);
  ASSERT_NE(answered, nullptr);
  const auto document = json::Document::parse(answered->body);
  ASSERT_TRUE(document);
  const json::Node response = document->root()["entry"].at(0)["resource"];
  EXPECT_EQ(response["resourceType"].text(), "ClaimResponse");
  EXPECT_EQ(response["item"].size(), expected_["items"].size());
  const auto stored = adapter.store->find_body(answered->id, store::Body::kResponse);
  EXPECT_EQ(stored->value(), answered->body);
  for (const json::Node item : expected_["items"]) {
    const auto record = adapter.store->decision_record(answered->id, std::stoi(std::string(item["sequence"].text())));
    EXPECT_TRUE(record->has_value());
  }
  const auto broken = adapter.store->verify();
  EXPECT_TRUE(broken->empty());
}

// The whole answer, byte for byte: with a fixed clock and counted ids nothing in it may vary.
TEST_P(SamplesTest, IsAnsweredAsTheGoldenFileHolds) {
  service_test::Adapter adapter;
  ASSERT_NE(adapter.service, nullptr);
  const auto outcome = adapter.submit(service_test::sample(GetParam()));
  const auto* answered = std::get_if<service::Answered>(&outcome);
  const auto* refused = std::get_if<service::Refused>(&outcome);
  ASSERT_TRUE(answered != nullptr || refused != nullptr);
  support::expect_golden(support::repo_path("tests/cases/service/responses/" + GetParam()),
                         answered != nullptr ? answered->body : validation::to_operation_outcome(refused->report));
}

INSTANTIATE_TEST_SUITE_P(All, SamplesTest, testing::ValuesIn(sample_names()), [](const auto& tested) {
  std::string name = tested.param.substr(0, tested.param.size() - 5);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace pas
