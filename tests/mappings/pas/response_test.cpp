// Responses to the cases below tests/cases/pas/responses/cases, compared with the files in golden/ and with the rules
// that hold for every response. PAS_WRITE_GOLDEN=1 writes the golden files anew: read their difference before a commit.

#include "mappings/pas/response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "fhir/base/clock.h"
#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"
#include "fhir/validation/validator.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"
#include "mappings/policy/x12.h"
#include "tests/mappings/pas/cases.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDataAbsentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
constexpr std::string_view kExtensions = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/";
constexpr auto kNow = std::chrono::sys_days{std::chrono::year{2026} / std::chrono::March / 12} + 15h + 4min + 5s;

int number_of(json::Node node) {
  int value = 0;
  std::from_chars(node.text().data(), node.text().data() + node.text().size(), value);
  return value;
}

pas::DatePeriod period_of(json::Node node) {
  return {base::parse_date(node["start"].text()), base::parse_date(node["end"].text())};
}

std::vector<decision::Decision> decisions_of(json::Node list) {
  std::vector<decision::Decision> decisions;
  for (const json::Node node : list) {
    decision::Decision decision;
    decision.item_sequence = number_of(node["sequence"]);
    decision.action = node["action"].text();
    decision.reason = node["reason"].text();
    for (const json::Node note : node["notes"]) decision.notes.emplace_back(note.text());
    for (const json::Node question : node["questions"]) decision.questions.emplace_back(question.text());
    for (const json::Node document : node["documents"]) {
      decision.documents.push_back({"DOC", std::string(document["loinc"].text()), std::string(document["title"].text()),
                                    std::string(document["reportType"].text()),
                                    std::string(document["modifier"].text())});
    }
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

pas::ResponseContext context_of(json::Node node) {
  pas::ResponseContext context;
  context.version = &v2_2_1::kVersion;
  context.base_url = "https://payer.example/pas/2.2.1/fhir";
  context.response_id = "0b8f6a52-6a3e-4f0c-9d3e-111111111111";
  context.now = kNow;
  const json::Node reviewer = node["reviewer"];
  for (const json::Node item : node["items"]) {
    pas::ItemAnswer answer;
    answer.sequence = number_of(item["sequence"]);
    answer.authorization_number = item["authorizationNumber"].text();
    answer.administration_reference_number = item["administrationReferenceNumber"].text();
    answer.issued = base::parse_date(item["issued"].text());
    answer.valid = period_of(item["valid"]);
    answer.reviewer = {reviewer["human"].is_true(), std::string(reviewer["npi"].text()),
                       std::string(reviewer["specialtySystem"].text()), std::string(reviewer["specialtyCode"].text())};
    if (const json::Node authorized = item["authorized"]) {
      answer.authorized = {std::string(authorized["quantity"].text()), std::string(authorized["quantityCode"].text()),
                           period_of(authorized["served"])};
    }
    context.items.push_back(std::move(answer));
  }
  for (const json::Node note : node["notes"]) context.notes.emplace_back(note.text());
  context.is_inquiry = node["inquiry"].is_true();
  context.is_claim_masked = node["claimMasked"].is_true();
  if (node["dueMs"]) context.due = base::from_ms(std::stoll(std::string(node["dueMs"].text())));
  return context;
}

// What a response test has at hand, at fixed addresses.
struct Exchange {
  explicit Exchange(json::Node test_case)
      : body(cases::body_of(cases::text_of(test_case))),
        outcome(pas::read_request(body->index)),
        decisions(decisions_of(test_case["decisions"])),
        context(context_of(test_case["context"])) {
    for (const json::Node payer : test_case["payers"]) payers.emplace_back(payer.text());
    errors = pas::find_business_errors(outcome.request, {.today = base::utc_date(kNow), .payers = payers});
    context.errors = errors;
    std::ranges::move(pas::remarks_on(outcome.report.issues()), std::back_inserter(context.notes));
  }
  std::string response() const { return pas::write_response(outcome.request, decisions, context); }

  std::unique_ptr<const cases::Body> body;
  pas::ReadOutcome outcome;
  std::vector<decision::Decision> decisions;
  pas::ResponseContext context;
  std::vector<std::string> payers;
  std::vector<pas::BusinessError> errors;
};

void visit(json::Node node, const std::function<void(json::Node)>& each) {  // NOLINT(misc-no-recursion)
  each(node);
  for (const json::Node child : node) visit(child, each);
}

std::vector<json::Node> reviews_of(json::Node answer) {
  std::vector<json::Node> found;
  for (const json::Node adjudication : answer["adjudication"]) {
    EXPECT_EQ(adjudication["category"]["coding"].at(0)["code"].text(), "submitted");
    for (const json::Node extension : adjudication["extension"]) {
      EXPECT_EQ(extension["url"].text(), std::string(kExtensions) + "extension-reviewAction");
      found.push_back(extension);
    }
  }
  return found;
}

json::Node action_of(json::Node review) {
  for (const json::Node part : review["extension"]) {
    if (part["url"].text().ends_with("extension-reviewActionCode")) {
      return part["valueCodeableConcept"]["coding"].at(0);
    }
  }
  return {};
}

// The rules of every response, whatever was decided (PAS 2.2.1 spec-30 to spec-37).
void expect_sound(const Exchange& exchange, json::Node bundle) {
  EXPECT_EQ(bundle["type"].text(), "collection");
  EXPECT_FALSE(bundle["identifier"]["value"].text().empty());
  EXPECT_TRUE(bundle["timestamp"].text().ends_with("Z"));
  const json::BundleIndex index(bundle);
  const json::Node response = index.entries().at(0).resource;
  ASSERT_EQ(index.entries().at(0).type, "ClaimResponse");
  EXPECT_EQ(index.entries()[0].full_url,
            "https://payer.example/pas/2.2.1/fhir/ClaimResponse/" + std::string(response["id"].text()));

  std::set<std::string_view> urls;
  for (const json::Entry& entry : index.entries()) {
    EXPECT_TRUE(urls.insert(entry.full_url).second) << "twice: " << entry.full_url;
    EXPECT_LE(entry.id.size(), 64U);
  }
  std::set<std::uint32_t> reached;
  visit(bundle, [&](json::Node node) {
    if (node.key() == "reference" && node.is_string()) {
      const json::Node target = index.resolve(node.parent());
      EXPECT_TRUE(target) << node.path();
      reached.insert(target.id());
    }
    if (node.is_array() || node.is_object()) {
      EXPECT_GT(node.size(), 0U) << "FHIR has nothing empty: " << node.path();
    }
  });
  for (std::size_t i = 1; i < index.entries().size(); ++i) {
    if (index.entries()[i].type == "Task") continue;  // it refers to the rest
    EXPECT_TRUE(reached.contains(index.entries()[i].resource.id()))
        << "nothing refers to " << index.entries()[i].full_url;
  }
  // What came back is as it came.
  for (const json::Entry& sent : exchange.body->index.entries()) {
    for (const json::Entry& entry : index.entries()) {
      if (entry.full_url == sent.full_url) {
        EXPECT_EQ(entry.resource.to_json(), sent.resource.to_json());
      }
    }
  }
  EXPECT_EQ(index.resolve(response["patient"]).to_json(), exchange.outcome.request.patient.to_json());
  EXPECT_EQ(index.resolve(response["insurer"]).to_json(), exchange.outcome.request.insurer.to_json());
  EXPECT_EQ(index.resolve(response["requestor"]).to_json(), exchange.outcome.request.provider.to_json());
  EXPECT_EQ(response["request"]["identifier"]["value"].text().empty(), exchange.context.is_claim_masked);
}

void expect_notes(json::Node response) {
  std::set<int> numbers;
  int expected = 0;
  for (const json::Node note : response["processNote"]) {
    EXPECT_EQ(number_of(note["number"]), ++expected);
    EXPECT_FALSE(note["text"].text().empty());
    numbers.insert(expected);
  }
  for (const json::Node item : response["item"]) {
    for (const json::Node number : item["noteNumber"]) EXPECT_TRUE(numbers.contains(number_of(number)));
  }
}

void expect_items(const Exchange& exchange, json::Node response) {
  std::map<int, const decision::Decision*> decided;
  for (const decision::Decision& decision : exchange.decisions) decided[decision.item_sequence] = &decision;
  if (response["outcome"].text() == "error") {
    EXPECT_FALSE(response["item"]);
    return;
  }
  std::size_t answered = 0;
  for (const pas::Item& item : exchange.outcome.request.items) {
    const json::Node answer = response["item"].at(answered++);
    EXPECT_EQ(number_of(answer["itemSequence"]), item.sequence);
    const auto reviews = reviews_of(answer);
    if (!decided.contains(item.sequence)) {
      EXPECT_TRUE(reviews.empty());
      continue;
    }
    ASSERT_EQ(reviews.size(), 1U);
    const json::Node action = action_of(reviews[0]);
    EXPECT_EQ(action["system"].text(), "https://codesystem.x12.org/005010/306");
    EXPECT_EQ(action["code"].text(), decided[item.sequence]->action);
    EXPECT_EQ(action["display"].text(), policy::x12::display(policy::x12::actions(), action["code"].text()));
  }
  EXPECT_EQ(response["item"].size(), answered);
}

// Every extension of the ClaimResponse and the CommunicationRequests is one of the guide's, where the guide has it.
void expect_known_extensions(json::Node resource, const std::set<std::string>& known) {
  visit(resource, [&](json::Node node) {
    if (node.key() != "extension") return;
    for (const json::Node extension : node) {
      const std::string_view url = extension["url"].text();
      if (!url.starts_with(kExtensions)) {
        // A part of one, or of FHIR's own.
        EXPECT_TRUE(node.parent()["url"] || url == kDataAbsentReason) << "not of the guide: " << url;
        continue;
      }
      EXPECT_TRUE(known.contains(std::string(url.substr(kExtensions.size())))) << url;
    }
  });
}

const std::set<std::string> kClaimResponseExtensions = {"extension-TransmissionIdentifiers",
                                                        "extension-identifierJurisdiction",
                                                        "extension-identifierSubDepartment",
                                                        "extension-claimResponseReviewer",
                                                        "extension-itemTraceNumber",
                                                        "extension-itemPreAuthIssueDate",
                                                        "extension-itemPreAuthPeriod",
                                                        "extension-authorizationNumber",
                                                        "extension-administrationReferenceNumber",
                                                        "extension-itemRequestedServiceDate",
                                                        "extension-itemAuthorizedDetail",
                                                        "extension-reviewAction",
                                                        "extension-reviewActionCode",
                                                        "extension-errorElement",
                                                        "extension-errorPath",
                                                        "extension-errorFollowupAction",
                                                        "extension-itemAuthorizedProvider",
                                                        "extension-authorizedProviderType",
                                                        "extension-admissionDates",
                                                        "extension-dischargeDate",
                                                        "extension-revenueCode",
                                                        "extension-epsdtIndicator",
                                                        "extension-nursingHomeResidentialStatus",
                                                        "extension-nursingHomeLevelOfCare",
                                                        "extension-requestedService"};

TEST(PasResponse, CasesAreSoundAndAsTheGoldenFilesHaveThem) {
  const auto folder = support::repo_path("tests/cases/pas/responses");
  const auto files = support::files_below(folder / "cases", ".json");
  ASSERT_GE(files.size(), 8U);
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const json::Document test_case = cases::parse(support::read_file(file));
    const Exchange exchange(test_case.root());
    ASSERT_FALSE(exchange.outcome.report.has_errors());
    const json::Document document = cases::parse(exchange.response());
    const json::Node response = document.root()["entry"].at(0)["resource"];
    expect_sound(exchange, document.root());
    expect_notes(response);
    expect_items(exchange, response);
    expect_known_extensions(response, kClaimResponseExtensions);
    for (const json::Node entry : document.root()["entry"]) {
      if (entry["resource"]["resourceType"].text() != "CommunicationRequest") continue;
      expect_known_extensions(entry["resource"], {"extension-serviceLineNumber", "extension-communicatedDiagnosis",
                                                  "extension-contentModifier"});
    }
    EXPECT_EQ(exchange.response(), exchange.response()) << "the same arguments give the same bytes";

    const auto golden = folder / "golden" / file.filename();
    const std::string text = cases::pretty(document.root());
    if (std::getenv("PAS_WRITE_GOLDEN") != nullptr) std::ofstream(golden) << text;
    EXPECT_EQ(text, support::read_file(golden));
  }
}

class PasVersions : public testing::TestWithParam<const pas::Version*> {};

TEST_P(PasVersions, ResponsesConformToTheirProfiles) {
  const auto definitions =
      definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#" + std::string(GetParam()->name)});
  ASSERT_TRUE(definitions);
  const validation::Validator validator(*definitions);
  for (const auto& file : support::files_below(support::repo_path("tests/cases/pas/responses/cases"), ".json")) {
    SCOPED_TRACE(file.filename().string());
    const json::Document test_case = cases::parse(support::read_file(file));
    Exchange exchange(test_case.root());
    exchange.context.version = GetParam();
    const json::Document document = cases::parse(exchange.response());
    const json::BundleIndex index(document.root());
    const validation::Report report = validator.validate(index);
    for (const validation::Issue& issue : report.issues()) {
      if (issue.severity != validation::Severity::kError) continue;
      // Its own context in 2.0.1 leaves out ClaimResponse.item, where the profile has it.
      if (issue.rule == "AdministrationReferenceNumber" && GetParam()->name == "2.0.1") continue;
      bool is_echoed = false;  // the sender's own fault
      for (const json::Entry& entry : index.entries()) {
        is_echoed = is_echoed || (!entry.full_url.starts_with(exchange.context.base_url) &&
                                  issue.expression.starts_with(entry.node.path() + "."));
      }
      EXPECT_TRUE(is_echoed) << issue.expression << ": " << issue.rule << ": " << issue.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, PasVersions, testing::Values(&v2_0_1::kVersion, &v2_2_1::kVersion));

// What profile-claimresponse, profile-communicationrequest and profile-task mark as must-support (2.2.1).
TEST(PasResponse, EachMustSupportElementIsShownBySomeCase) {
  const auto folder = support::repo_path("tests/cases/pas/responses");
  const json::Document list = cases::parse(support::read_file(folder / "must-support.json"));
  std::vector<json::Document> responses;
  for (const auto& file : support::files_below(folder / "golden", ".json")) {
    responses.push_back(cases::parse(support::read_file(file)));
  }
  for (const json::Node path : list.root()) {
    const auto program = fhirpath::Program::compile("Bundle.entry.resource." + std::string(path.text()), {});
    ASSERT_TRUE(program) << path.text() << ": " << program.error().message;
    fhirpath::Evaluation evaluation;
    const bool is_shown = std::ranges::any_of(responses, [&](const json::Document& response) {
      const auto items = evaluation.run(*program, response.root());
      return items && !items->empty();
    });
    EXPECT_TRUE(is_shown) << path.text();
  }
}

TEST(PasResponse, AnswersTheGuidesRequests) {
  PAS_SHARED_OR_SKIP(package, "conformance/packages/hl7.fhir.us.davinci-pas-2.2.1.tgz");
  const json::Document defaults = cases::parse(R"({"context":{}})");
  int answered = 0;
  for (const auto& [name, text] : support::read_archive(package, "package/example/Bundle-", ".json")) {
    SCOPED_TRACE(name);
    const json::Document test_case = cases::parse(R"({"bundle":)" + text + "}");
    Exchange exchange(test_case.root());
    if (exchange.outcome.report.has_errors()) continue;
    ++answered;
    for (const pas::Item& item : exchange.outcome.request.items) {
      decision::Decision decision;
      decision.item_sequence = item.sequence;
      decision.action = "A4";
      decision.documents = {{"DOC.1", "52063-5", "Prescription", "DB"}, {"DOC.2", "52044-5", "Record", "M1"}};
      exchange.decisions.push_back(decision);
    }
    const json::Document document = cases::parse(exchange.response());
    const json::Node response = document.root()["entry"].at(0)["resource"];
    expect_sound(exchange, document.root());
    expect_items(exchange, response);
    EXPECT_EQ(response["communicationRequest"].size(), 2 * exchange.outcome.request.items.size());
    EXPECT_EQ(response["outcome"].text(), "complete") << "pended is not queued";
  }
  EXPECT_EQ(answered, 5);
}

TEST(PasResponse, GivesAResourceOurId) {
  const json::Document document = cases::parse(R"({"id":"old","resourceType":"Claim","status":"active","item":[1.0]})");
  EXPECT_EQ(pas::write_with_id(document.root(), "new"),
            R"({"resourceType":"Claim","id":"new","status":"active","item":[1.0]})");
  const json::Document without = cases::parse(R"({"resourceType":"Claim"})");
  EXPECT_EQ(pas::write_with_id(without.root(), "new"), R"({"resourceType":"Claim","id":"new"})");
}

TEST(PasResponse, KeepsRemarksOnTheRequestToTen) {
  const json::Document test_case = cases::parse(R"({"base":"pump","context":{}})");
  Exchange exchange(test_case.root());
  std::vector<validation::Issue> warnings;
  warnings.reserve(15);
  for (int i = 0; i < 14; ++i) {
    warnings.push_back({validation::Severity::kWarning, validation::IssueType::kNotFound, "rule",
                        "Bundle.entry[" + std::to_string(i) + "]", "dangling"});
  }
  warnings.push_back({validation::Severity::kInformation, validation::IssueType::kInformational, {}, {}, "fine"});
  exchange.context.notes = pas::remarks_on(warnings);
  const json::Document document = cases::parse(exchange.response());
  const json::Node notes = document.root()["entry"].at(0)["resource"]["processNote"];
  ASSERT_EQ(notes.size(), 11U);
  EXPECT_EQ(notes.at(9)["text"].text(), "Bundle.entry[9]: dangling");
  EXPECT_THAT(std::string(notes.at(10)["text"].text()), testing::HasSubstr("4 more"));
}

}  // namespace
}  // namespace pas
