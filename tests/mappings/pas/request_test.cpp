// Requests below tests/cases/pas/requests, each with the issues, business errors and facts that are expected of it.

#include "mappings/pas/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fhir/json/writer.h"
#include "fhir/validation/operation_outcome.h"
#include "mappings/inputs/extract.h"
#include "mappings/pas/business_errors.h"
#include "mappings/pas/response.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/mappings/pas/cases.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

constexpr base::Date kToday{std::chrono::year{2026}, std::chrono::March, std::chrono::day{12}};

std::multiset<std::string> found_in(const validation::Report& report) {
  std::multiset<std::string> found;
  for (const validation::Issue& issue : report.issues()) {
    EXPECT_GT(issue.message.size(), 10U) << issue.rule;
    found.insert(std::string(validation::to_string(issue.severity)) + " | " + issue.rule + " | " + issue.expression);
  }
  return found;
}

std::multiset<std::string> strings_of(json::Node list) {
  std::multiset<std::string> found;
  for (const json::Node element : list) found.emplace(element.text());
  return found;
}

std::multiset<std::string> business_errors_of(const pas::Request& request, json::Node payers) {
  std::vector<std::string> served;
  for (const json::Node payer : payers) served.emplace_back(payer.text());
  std::multiset<std::string> found;
  for (const auto& error : pas::find_business_errors(request, {.today = kToday, .payers = served})) {
    EXPECT_FALSE(pas::reject_reason_display(error.code).empty()) << error.code;
    EXPECT_FALSE(pas::follow_up_display(error.follow_up).empty()) << error.follow_up;
    found.insert(std::string(error.code) + " | " + error.path +
                 (error.item_sequence == 0 ? "" : " | item " + std::to_string(error.item_sequence)));
  }
  return found;
}

// What a case may say of the request that was read: {"kind": "update", "items": [{"sequence": 1, "cancelled": true}]}.
std::string facts_of(const pas::Request& request, json::Node wanted) {
  json::Writer out;
  const auto item_member = [&out](const pas::Item& item, std::string_view name) {
    if (name == "sequence") out.member(name, item.sequence);
    if (name == "cancelled") out.member(name, item.cancelled);
    if (name == "changed") out.member(name, item.changed);
    if (name == "requestedService") out.member(name, item.requested_service["resourceType"].text());
    if (name == "trace") out.member(name, item.trace_numbers.empty() ? "" : item.trace_numbers.front().value);
    if (name == "authorizationNumber") out.member(name, item.authorization_number);
  };
  out.begin_object();
  for (const json::Node member : wanted) {
    const std::string_view name = member.key();
    if (name == "kind") out.member(name, to_string(request.kind));
    if (name == "claimFullUrl") out.member(name, request.claim_full_url);
    if (name == "created") out.member(name, request.created ? base::to_string(*request.created) : "none");
    if (name == "memberId") out.member(name, request.member_id);
    if (name == "payer") out.member(name, request.payer);
    if (name == "patient") out.member(name, request.patient["id"].text());
    if (name == "provider") out.member(name, request.provider["id"].text());
    if (name == "coverage") out.member(name, request.coverage["id"].text());
    if (name == "priorReference") out.member(name, request.prior_reference);
    if (name == "priorIdentifier") {
      out.member(name, request.prior_identifiers.empty() ? "none" : request.prior_identifiers.front().value);
    }
    if (name != "items") continue;
    out.key(name).begin_array();
    for (const pas::Item& item : request.items) {
      out.begin_object();
      for (const json::Node item_wanted : member.at(0)) item_member(item, item_wanted.key());
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
  return std::move(out).take();
}

TEST(PasRequest, Cases) {
  const auto files = support::files_below(support::repo_path("tests/cases/pas/requests"), ".json");
  ASSERT_GE(files.size(), 20U);
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const json::Document test_case = cases::parse(support::read_file(file));
    const json::Node wanted = test_case.root();
    const auto body = cases::body_of(cases::text_of(wanted));
    const pas::ReadOutcome outcome = pas::read_request(body->index);
    EXPECT_EQ(found_in(outcome.report), strings_of(wanted["issues"]));
    if (wanted["facts"]) {
      EXPECT_EQ(facts_of(outcome.request, wanted["facts"]), wanted["facts"].to_json());
    }
    if (outcome.report.has_errors()) continue;
    EXPECT_EQ(business_errors_of(outcome.request, wanted["payers"]), strings_of(wanted["businessErrors"]));
    for (const pas::Item& item : outcome.request.items) {
      const inputs::Subject subject = pas::subject_of(outcome.request, item);
      EXPECT_EQ(&subject.index, &body->index);
      EXPECT_EQ(subject.item, item.node);
      EXPECT_EQ(subject.coverage, outcome.request.coverage);
    }
  }
}

TEST(PasRequest, ListsTenFaultsInOneOutcome) {
  const json::Document test_case =
      cases::parse(support::read_file(support::repo_path("tests/cases/pas/requests/ten-faults.json")));
  const auto body = cases::body_of(cases::text_of(test_case.root()));
  const validation::Report report = pas::read_request(body->index).report;
  EXPECT_EQ(report.errors(), 10U);
  const json::Document outcome = cases::parse(validation::to_operation_outcome(report));
  EXPECT_EQ(outcome.root()["issue"].size(), 10U);
}

TEST(PasRequest, SurvivesEveryKindInEveryPlace) {
  // Each value of the base in turn is replaced by each kind of JSON value: always an answer, never a crash.
  const json::Document base = cases::parse(support::read_file(support::repo_path("tests/cases/pas/bases/update.json")));
  const std::string text = base.root().to_json();
  const json::Document plain = cases::parse(text);
  std::size_t refused = 0;
  pas::ResponseContext context;
  context.version = &v2_2_1::kVersion;
  for (std::uint32_t id = 1; id < plain.node_count(); ++id) {
    const json::Node node = plain.node(id);
    const std::string old = node.to_json();
    const std::size_t start = node.is_string() ? text.rfind('"', node.offset()) : node.offset();
    for (const char* value : {"null", "true", "0", "\"x\"", "[]", "{}", "[[1]]", "{\"reference\":\"#\"}"}) {
      std::string changed = text;
      ASSERT_EQ(changed.substr(start, old.size()), old);
      changed.replace(start, old.size(), value);
      const auto body = cases::body_of(changed);
      const pas::ReadOutcome outcome = pas::read_request(body->index);
      if (outcome.report.has_errors()) {
        ++refused;
        continue;
      }
      const auto errors = pas::find_business_errors(outcome.request, {.today = kToday, .payers = {}});
      context.errors = errors;
      context.notes = pas::remarks_on(outcome.report.issues());
      EXPECT_TRUE(json::Document::parse(pas::write_response(outcome.request, {}, context))) << changed;
    }
  }
  EXPECT_GT(refused, plain.node_count());
}

TEST(PasRequest, HasLimits) {
  const json::Document test_case = cases::parse(R"({"base":"pump"})");
  const auto body = cases::body_of(cases::text_of(test_case.root()));
  EXPECT_FALSE(pas::read_request(body->index, {.entries = 9, .items = 2}).report.has_errors());
  EXPECT_EQ(
      found_in(pas::read_request(body->index, {.entries = 8, .items = 1}).report),
      (std::multiset<std::string>{"error | Limit | Bundle.entry", "error | Limit | Bundle.entry[0].resource.item"}));
}

TEST(PasRequest, AnswersLongValuesShortly) {
  const std::string big(200'000, 'x');
  const json::Document test_case =
      cases::parse(R"({"base":"pump","patch":[{"op":"replace","path":"/entry/7/resource/resourceType","value":")" +
                   big + R"("},{"op":"replace","path":"/entry/2/fullUrl","value":")" + big +
                   R"("},{"op":"replace","path":"/entry/0/resource/created","value":")" + big + R"("}]})");
  const auto body = cases::body_of(cases::text_of(test_case.root()));
  const validation::Report report = pas::read_request(body->index).report;
  EXPECT_GE(report.errors(), 3U);
  EXPECT_LT(validation::to_operation_outcome(report).size(), 10'000U);
}

TEST(PasRequest, KeepsTheErrorsOfAClaimToTwenty) {
  std::string wrong = R"({"system":"http://hl7.org/fhir/sid/us-npi","value":"1"})";
  for (int i = 0; i < 30; ++i) wrong += R"(,{"system":"http://hl7.org/fhir/sid/us-npi","value":"1"})";
  const json::Document test_case = cases::parse(
      R"({"base":"pump","patch":[{"op":"replace","path":"/entry/1/resource/identifier","value":[)" + wrong +
      R"(]},{"op":"replace","path":"/entry/0/resource/item/0/servicedPeriod/end","value":"2026-01-01"}]})");
  const auto body = cases::body_of(cases::text_of(test_case.root()));
  const auto outcome = pas::read_request(body->index);
  const auto errors = pas::find_business_errors(outcome.request, {.today = kToday, .payers = {}});
  ASSERT_EQ(errors.size(), 21U);
  EXPECT_EQ(errors.back().item_sequence, 1) << "an item's error is never left out";
}

// The guide's own bundles: what asks for authorization is taken, everything else is told what it is.
class GuideExamples : public testing::TestWithParam<std::string> {};

TEST_P(GuideExamples, RequestsAreTakenAndOthersRefused) {
  PAS_SHARED_OR_SKIP(package, "conformance/packages/hl7.fhir.us.davinci-pas-" + GetParam() + ".tgz");
  const auto bundles = support::read_archive(package, "package/example/Bundle-", ".json");
  EXPECT_GE(bundles.size(), 10U);
  for (const auto& [name, text] : bundles) {
    SCOPED_TRACE(name);
    const auto body = cases::body_of(text);
    const pas::ReadOutcome outcome = pas::read_request(body->index);
    const std::string found = testing::PrintToString(found_in(outcome.report));
    const std::string_view first = body->index.entries().front().type;
    if (first == "Claim" && name.find("Inquiry") == std::string::npos) {
      EXPECT_FALSE(outcome.report.has_errors()) << found;
      EXPECT_FALSE(outcome.request.items.empty());
      EXPECT_TRUE(outcome.request.patient && outcome.request.insurer && outcome.request.provider);
      EXPECT_TRUE(pas::find_business_errors(outcome.request, {.today = kToday, .payers = {}}).empty());
    } else {
      EXPECT_TRUE(outcome.report.has_errors());
      EXPECT_THAT(found, testing::AnyOf(testing::HasSubstr("PAS spec-12"), testing::HasSubstr("PAS Claim/$submit")));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, GuideExamples, testing::Values("2.2.1", "2.0.1"), [](const auto& version) {
  std::string name = "v" + version.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

}  // namespace
}  // namespace pas
