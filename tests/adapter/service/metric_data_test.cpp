// The guide's metric model, of what the adapter has answered itself.

#include "adapter/service/metric_data.h"

#include <gtest/gtest.h>

#include "adapter/service/attachment.h"
#include "adapter/service/item_history.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"

namespace pas {
namespace {

class MetricData : public testing::Test {
 protected:
  // Of the newest case.
  json::Document metric() {
    record_ = adapter_.store->list_cases({}, {}, 1)->cases.at(0);
    const auto text = service::metric_data(*adapter_.store, record_);
    EXPECT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->find(record_.member_id), std::string::npos);
    return json::Document::parse(*text).value();
  }
  service::CaseService cases() {
    service::CaseService::Options options;
    options.base_url = [](std::string_view) { return "http://payer.example"; };
    options.versions = {&v2_2_1::kVersion};
    return {*adapter_.adjudicator, *adapter_.store, adapter_.clock, options};
  }
  // A note for the newest case, with so many of its lines named wrongly.
  service::AttachmentOutcome attach(const std::string& more = "") {
    record_ = adapter_.store->list_cases({}, {}, 1)->cases.at(0);
    const std::string body = R"({"resourceType": "Parameters", "parameter": [
      {"name": "TrackingId", "valueIdentifier": {"value": ")" +
                             record_.id + R"("}},
      {"name": "OrganizationId", "valueIdentifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "2093401281"}},
      {"name": "MemberId", "valueIdentifier": {"value": ")" +
                             record_.member_id + R"("}},
      {"name": "Attachment", "part": [)" +
                             more + R"(
        {"name": "Content", "resource": {"resourceType": "DocumentReference", "status": "current"}}]}]})";
    return service::submit_attachment(body, "ehr-1", "", service::kNoDeadline, {}, cases(), *adapter_.store,
                                      adapter_.clock, adapter_.ids);
  }
  // A pended case, to be stored under another id without what came with it.
  store::Submission pended_again(const std::string& id) {
    EXPECT_TRUE(std::holds_alternative<service::Answered>(
        adapter_.submit(service_test::sample("row-10-two-documents-missing.json"))));
    store::Submission again;
    again.record = adapter_.store->list_cases({}, {}, 1)->cases.at(0);
    again.record.id = id;
    return again;
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
  EXPECT_EQ(metric["itemDetail"].at(0)["locationType"].text(), "home");
  EXPECT_FALSE(metric["itemDetail"].at(0)["trn"]) << "of a questionnaire only";
  EXPECT_FALSE(metric["supportingDoc"]);
  EXPECT_EQ(metric["requestedDoc"].size(), 1U);
  EXPECT_EQ(metric["requestedDoc"].at(0)["docRequest"].size(), 2U);
  EXPECT_EQ(metric["requestedDoc"].at(0)["timeRequested"].text(), "2026-11-24T09:00:00.000Z");
  EXPECT_FALSE(metric["requestedDoc"].at(0)["timeSubmitted"]);
}

TEST_F(MetricData, TellsOfTheQuestionnaireAndOfWhatCrdSaid) {
  std::string body = service_test::sample("row-11-questionnaire-in-progress.json");
  const std::string order = "\"resourceType\": \"DeviceRequest\",";
  const auto at = body.find(order);
  ASSERT_NE(at, std::string::npos);
  body.insert(at + order.size(), R"("extension": [{
    "url": "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information", "extension": [
      {"url": "coverage", "valueReference": {"reference": "Coverage/1"}}, {"url": "covered", "valueCode": "covered"},
      {"url": "date", "valueDate": "2026-11-20"}, {"url": "coverage-assertion-id", "valueString": "crd-77"}]}],)");
  const auto outcome = adapter_.submit(body);
  ASSERT_TRUE(std::holds_alternative<service::Answered>(outcome));
  const auto document = metric();
  const json::Node item = document.root()["itemDetail"].at(0);
  EXPECT_EQ(document.root()["supportingDoc"].text(),
            "https://husky-health.example/fhir/Questionnaire/infusion-pump|1.0.0");
  EXPECT_EQ(item["assertionId"].text(), "crd-77");
  EXPECT_EQ("R000000000" + std::string(item["trn"].text()), record_.items[0].administrative_reference_number);
}

// The documents stay told when they have come, and so does who asked for them.
TEST_F(MetricData, TellsWhenDocumentsWereAskedForAndCame) {
  ASSERT_TRUE(std::holds_alternative<service::Answered>(
      adapter_.submit(service_test::sample("row-10-two-documents-missing.json"))));
  adapter_.clock.advance(std::chrono::hours(1));
  ASSERT_TRUE(std::holds_alternative<service::AttachmentAnswer>(attach()));
  adapter_.clock.advance(std::chrono::hours(1));
  record_ = adapter_.store->list_cases({}, {}, 1)->cases.at(0);
  service::Review review{.revision = record_.revision, .actor = "reviewer-1", .reviewer = {}, .items = {}};
  review.items.push_back({.sequence = 1,
                          .action = "A4",
                          .reason = "0U",
                          .note = "The sleep study, please.",
                          .quantity = {},
                          .quantity_code = {},
                          .valid = {},
                          .documents = {{"", "28633-6", "Sleep study", "M1"}},
                          .questions = {}});
  ASSERT_TRUE(std::holds_alternative<service::Revised>(cases().review(record_.id, review)));
  const auto document = metric();
  const json::Node requested = document.root()["requestedDoc"];
  ASSERT_EQ(requested.size(), 2U);
  EXPECT_EQ(requested.at(0)["docRequest"].size(), 2U);
  EXPECT_EQ(requested.at(0)["timeSubmitted"].text(), "2026-11-24T10:00:00.000Z");
  EXPECT_EQ(requested.at(0)["submissionMethod"].text(), "CDex");
  EXPECT_EQ(requested.at(1)["docRequest"].at(0)["coding"].at(0)["code"].text(), "28633-6");
  EXPECT_EQ(requested.at(1)["timeRequested"].text(), "2026-11-24T11:00:00.000Z");
  EXPECT_FALSE(requested.at(1)["timeSubmitted"]);
  EXPECT_EQ(document.root()["itemDetail"].at(0)["responsesRequired"].text(), "3");
}

// The same bytes again, and an attachment that was refused, are exchanges too.
TEST_F(MetricData, TellsOfRepeatsAndRefusedAttachments) {
  const std::string body = service_test::sample("row-10-two-documents-missing.json");
  ASSERT_TRUE(std::holds_alternative<service::Answered>(adapter_.submit(body)));
  ASSERT_TRUE(std::holds_alternative<service::Answered>(adapter_.submit(body)));
  ASSERT_TRUE(std::holds_alternative<service::Refused>(attach(R"({"name": "LineItem", "valueString": "7"},)")));
  const auto document = metric();
  const json::Node exchanges = document.root()["exchange"];
  ASSERT_EQ(exchanges.size(), 3U);
  EXPECT_EQ(exchanges.at(1)["type"].text(), "initial");
  EXPECT_EQ(exchanges.at(1)["httpResponse"].text(), "200");
  EXPECT_EQ(exchanges.at(2)["type"].text(), "subsequent");
  EXPECT_EQ(exchanges.at(2)["httpResponse"].text(), "400");
  EXPECT_EQ(document.root()["issue"].at(0)["code"].text(), "not-found");
}

TEST_F(MetricData, OfAnAttachmentForNoCaseTellsTheOrganization) {
  const auto refused = service::submit_attachment(
      R"({"resourceType": "Parameters", "parameter": [
        {"name": "OrganizationId", "valueIdentifier": {"value": "2093401281"}}]})",
      "ehr-1", "", service::kNoDeadline, {}, cases(), *adapter_.store, adapter_.clock, adapter_.ids);
  ASSERT_TRUE(std::holds_alternative<service::Refused>(refused));
  ASSERT_EQ(others().size(), 1U);
  const auto document = json::Document::parse(service::metric_data(others().front()));
  EXPECT_EQ(document->root()["groupId"]["value"].text(), "2093401281");
  EXPECT_EQ(document->root()["exchange"].at(0)["type"].text(), "subsequent");
}

// An item that an update leaves as it was, was decided when it was decided.
TEST_F(MetricData, OfAnUpdateTellsSinceWhenItsItemsStand) {
  store::Submission first;
  first.record.id = "case-1";
  first.record.client = "ehr-1";
  first.record.version = "2.2.1";
  first.record.received_at_ms = 1'000;
  const auto item = [](int sequence, const char* action) {
    store::Item made;
    made.sequence = sequence;
    made.action = action;
    return made;
  };
  first.record.items = {item(1, "A1")};
  first.decisions = {{1, R"({"decision": {"action": "A1"}})"}};
  store::Submission update = first;
  update.record.id = "case-2";
  update.record.prior_id = "case-1";
  update.record.received_at_ms = 5'000;
  update.record.items.push_back(item(2, "A3"));
  update.decisions.push_back({2, R"({"decision": {"action": "A3"}})"});
  ASSERT_TRUE(adapter_.store->commit(first));
  ASSERT_TRUE(adapter_.store->commit(update));
  const store::Case record = **adapter_.store->find_case("case-2");
  const auto history = service::CaseHistory::of(*adapter_.store, record);
  ASSERT_TRUE(history);
  const auto kept = history->item(record.items[0]);
  const auto added = history->item(record.items[1]);
  ASSERT_TRUE(kept && added);
  EXPECT_EQ(kept->submitted_ms, 1'000);
  EXPECT_EQ(kept->decided_ms, 1'000);
  EXPECT_EQ(added->submitted_ms, 5'000);
  EXPECT_EQ(added->decided_ms, 5'000);
  EXPECT_TRUE(added->was_denied);
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
  EXPECT_FALSE(document->root()["groupId"]) << "it names no provider";
}

TEST_F(MetricData, OfARefusalTellsWhoAskedWhom) {
  ASSERT_TRUE(std::holds_alternative<service::Refused>(
      adapter_.submit(service_test::sample("broken-03-dangling-patient.json"))));
  ASSERT_EQ(others().size(), 1U);
  const auto document = json::Document::parse(service::metric_data(others().front()));
  EXPECT_EQ(document->root()["groupId"]["value"].text(), "2093401281");
  EXPECT_EQ(document->root()["payerId"]["value"].text(), "2082367915");
  EXPECT_FALSE(document->root()["providerId"]["value"].text().empty());
}

TEST_F(MetricData, TellsWhatWasCancelled) {
  store::Submission cancelled = pended_again("cancelled");
  store::Item& item = cancelled.record.items.at(0);
  item.action = "C";
  const auto at = item.state.find("\"A4\"");
  ASSERT_NE(at, std::string::npos);
  item.state.replace(at, 4, "\"C\"");
  ASSERT_TRUE(adapter_.store->commit(cancelled));
  const auto document = metric();
  EXPECT_EQ(document.root()["itemDetail"].at(0)["result"].text(), "cancelled");
}

// A case that was stored before there were such records, with what arrived for it.
TEST_F(MetricData, OfAnOlderCaseIsToldFromItsHistory) {
  store::Submission older = pended_again("older");
  ASSERT_TRUE(adapter_.store->commit(older));
  store::Revision arrival;
  arrival.case_id = "older";
  arrival.expected_revision = 1;
  arrival.status = older.record.status;
  arrival.items = older.record.items;
  arrival.at_ms = older.record.received_at_ms + 1000;
  arrival.actor = "ehr-1";
  arrival.action = "information";
  ASSERT_TRUE(adapter_.store->revise(arrival));
  const auto document = metric();
  ASSERT_EQ(record_.id, "older");
  const json::Node exchanges = document.root()["exchange"];
  ASSERT_EQ(exchanges.size(), 2U);
  EXPECT_EQ(exchanges.at(0)["type"].text(), "initial");
  EXPECT_EQ(exchanges.at(1)["type"].text(), "subsequent");
  EXPECT_FALSE(exchanges.at(1)["responseTime"]);
}

}  // namespace
}  // namespace pas
