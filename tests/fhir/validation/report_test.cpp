#include "fhir/validation/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/validation/operation_outcome.h"

namespace pas {
namespace {

using validation::IssueType;
using validation::Report;
using validation::Severity;

json::Document outcome_of(const Report& report) {
  auto parsed = json::Document::parse(validation::to_operation_outcome(report));
  EXPECT_TRUE(parsed);
  EXPECT_EQ(parsed->root()["resourceType"].text(), "OperationOutcome");
  return std::move(*parsed);
}

TEST(Report, BecomesAnOperationOutcome) {
  const auto body =
      json::Document::parse(R"({"resourceType":"Bundle","entry":[{"resource":{}},{"fullUrl":1}]})").value();
  Report report;
  report.add(Severity::kError, IssueType::kValue, "Bundle.entry.fullUrl", body.root()["entry"].at(1)["fullUrl"],
             "Say \"x\".");
  report.add(Severity::kWarning, IssueType::kRequired, "Bundle.type", body.root(), "No type.", "type");
  report.add({Severity::kError, IssueType::kLogin, {}, {}, "Who?"});
  EXPECT_EQ(report.errors(), 2U);
  const json::Document document = outcome_of(report);
  EXPECT_EQ(document.root()["issue"].to_json(),
            R"([{"severity":"error","code":"value","details":{"text":"Say \"x\"."},)"
            R"("diagnostics":"Rule: Bundle.entry.fullUrl; byte 61","expression":["Bundle.entry[1].fullUrl"]},)"
            R"({"severity":"warning","code":"required","details":{"text":"No type."},)"
            R"("diagnostics":"Rule: Bundle.type; byte 0","expression":["Bundle.type"]},)"
            R"({"severity":"error","code":"login","details":{"text":"Who?"}}])");
}

TEST(Report, StartsExpressionsAtTheBundleInsideParameters) {
  const auto body =
      json::Document::parse(
          R"({"resourceType":"Parameters","parameter":[{"resource":{"resourceType":"Bundle","type":"x"}}]})")
          .value();
  const json::Node bundle = body.root()["parameter"].at(0)["resource"];
  Report report(bundle);
  report.add(Severity::kError, IssueType::kValue, "Bundle.type", bundle["type"], "no");
  EXPECT_EQ(report.issues().at(0).expression, "Bundle.type");
}

TEST(Report, KeepsErrorsBeforeOthersWhenItIsFull) {
  Report report({}, 2);
  for (const char* text : {"w1", "w2", "w3"}) report.add({Severity::kWarning, IssueType::kNotFound, {}, {}, text});
  for (const char* text : {"e1", "e2", "e3"}) report.add({Severity::kError, IssueType::kNotFound, {}, {}, text});
  EXPECT_EQ(report.errors(), 3U);
  EXPECT_EQ(report.left_out(), 4U);
  ASSERT_EQ(report.issues().size(), 2U);
  EXPECT_EQ(report.issues()[0].message, "e1");
  EXPECT_EQ(report.issues()[1].message, "e2");
  const json::Document document = outcome_of(report);
  EXPECT_EQ(document.root()["issue"].size(), 3U);
  EXPECT_THAT(std::string(document.root()["issue"].at(2)["details"]["text"].text()), testing::HasSubstr("4 more"));

  Report all;
  all.append(std::move(report));
  EXPECT_EQ(all.errors(), 3U);
  EXPECT_EQ(all.left_out(), 4U);
}

TEST(Report, CutsLongTextsBetweenCharacters) {
  Report report;
  std::string text = "x";
  for (int i = 0; i < 2000; ++i) text += "é";
  report.add({Severity::kError, IssueType::kValue, {}, text, text});
  EXPECT_EQ(report.issues()[0].message.size(), 1999U + 3U) << "cut before the é at 1999, and an ellipsis";
  EXPECT_EQ(report.issues()[0].expression, report.issues()[0].message);
  EXPECT_EQ(outcome_of(report).root()["issue"].size(), 1U) << "still valid UTF-8";
}

TEST(Report, HasAnIssueEvenWhenEmpty) {
  const json::Document document = outcome_of(Report());
  EXPECT_EQ(document.root()["issue"].size(), 1U);
  EXPECT_EQ(document.root()["issue"].at(0)["severity"].text(), "information");
}

TEST(Report, TellsWhereTheJsonBreaks) {
  const std::string text = "{\"a\":1,\n \"a\":2}";
  const auto parsed = json::Document::parse(text);
  ASSERT_FALSE(parsed);
  const validation::Issue issue = validation::issue_of(parsed.error(), text);
  EXPECT_EQ(issue.type, IssueType::kDuplicate);
  EXPECT_EQ(issue.offset, parsed.error().offset);
  EXPECT_THAT(issue.message, testing::HasSubstr("line 2"));
  EXPECT_THAT(validation::issue_of(parsed.error()).message, testing::HasSubstr("at byte"));
}

}  // namespace
}  // namespace pas
