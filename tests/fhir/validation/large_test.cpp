// Bodies of hostile size and shape: the work grows with the body, and what would cost too much is left with a warning.
// Each would take minutes if something were compared with everything else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fhir/definitions/builtin.h"
#include "fhir/validation/validator.h"

namespace pas {
namespace {

using testing::Contains;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;
using validation::Issue;
using validation::IssueType;
using validation::Report;
using validation::Severity;

// `part(i)` for each number, with commas between.
template <class Part>
std::string repeated(std::size_t count, Part part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text += part(std::to_string(i));
  }
  return text;
}

std::string bundle_of(std::string_view entries, std::string_view more = "") {
  return R"({"resourceType":"Bundle","type":"collection")" + std::string(more) + R"(,"entry":[)" +
         std::string(entries) + "]}";
}

std::string entry(std::string_view type, std::string_view id, std::string_view rest) {
  const std::string name = std::string(type) + "/" + std::string(id);
  return R"({"fullUrl":"http://example.org/)" + name + R"(","resource":{"resourceType":")" + std::string(type) +
         R"(","id":")" + std::string(id) + "\"" + std::string(rest) + "}}";
}

class Large : public testing::Test {
 protected:
  Report check(const std::string& body) {
    document_ = json::Document::parse(body).value();
    validation::Options options;
    options.least = Severity::kWarning;
    return validator_.validate(json::BundleIndex(document_.root()), options);
  }

  validation::Validator validator_{definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#2.2.1"}).value()};
  json::Document document_ = json::Document::parse("{}").value();
};

TEST_F(Large, FaultsBeyondTheLimitAreOnlyCounted) {
  const auto member = [](const std::string& i) { return "\"unknownMember" + i + "\":1"; };
  const Report report = check(R"({"resourceType":"Patient",)" + repeated(300'000, member) + "}");
  EXPECT_EQ(report.errors(), 300'000U);
  EXPECT_THAT(report.issues(), SizeIs(Report::kDefaultCap));
  EXPECT_EQ(report.left_out(), 300'000U - Report::kDefaultCap);
}

TEST_F(Large, AProfileThatIsClaimedOftenIsCheckedOnce) {
  const auto claim = [](const std::string&) {
    return R"("http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-pas-request-bundle")";
  };
  const auto patient = [](const std::string& i) { return entry("Patient", i, ""); };
  const Report report =
      check(bundle_of(repeated(2'000, patient), R"(,"meta":{"profile":[)" + repeated(50'000, claim) + "]}"));
  EXPECT_THAT(report.issues(), Contains(Field(&Issue::rule, "ClaimFirst")));
  EXPECT_EQ(report.left_out(), 0U);
}

TEST_F(Large, ContainedResources) {
  const auto contained = [](const std::string& i) {
    return R"({"resourceType":"Organization","id":"o)" + i + R"(","name":"Clinic"})";
  };
  const auto reference = [](const std::string& i) { return R"({"reference":"#o)" + i + "\"}"; };
  const auto body = [&](std::size_t referenced) {
    return R"({"resourceType":"Patient","contained":[)" + repeated(50'000, contained) + R"(],"generalPractitioner":[)" +
           repeated(referenced, reference) + "]}";
  };
  EXPECT_THAT(check(body(50'000)).issues(), IsEmpty());
  EXPECT_THAT(check(body(49'999)).issues(), Contains(Field(&Issue::rule, "dom-3")));
}

TEST_F(Large, QuestionsAnswersAndOptions) {
  constexpr std::size_t kMany = 30'000;
  const auto question = [](const std::string& i) { return R"({"linkId":"q)" + i + R"(","type":"string"})"; };
  const auto option = [](const std::string& i) { return R"({"valueCoding":{"code":")" + i + "\"}}"; };
  const auto item = [](const std::string& i) { return R"({"linkId":"q)" + i + R"(","answer":[{"valueString":"x"}]})"; };
  const std::string questionnaire =
      entry("Questionnaire", "1",
            R"(,"url":"http://example.org/q","version":"2","name":"Q","status":"active","item":[)" +
                repeated(kMany, question) + R"(,{"linkId":"choice","type":"choice","repeats":true,"answerOption":[)" +
                repeated(kMany, option) + "]}]");
  const std::string response = entry("QuestionnaireResponse", "1",
                                     R"(,"status":"completed","questionnaire":"http://example.org/q|2","item":[)" +
                                         repeated(kMany, item) + R"(,{"linkId":"choice","answer":[)" +
                                         repeated(kMany, option) + R"(,{"valueCoding":{"code":"none"}}]}])");
  const auto unanswered = [](const std::string& i) {
    return entry("QuestionnaireResponse", "r" + i,
                 R"(,"status":"completed","questionnaire":"http://example.org/none")");
  };
  const Report report = check(bundle_of(questionnaire + "," + response + "," + repeated(kMany, unanswered)));
  ASSERT_THAT(report.issues(), SizeIs(1));
  EXPECT_EQ(report.issues()[0].rule, "Questionnaire.item.answerOption");
}

TEST_F(Large, WhatWouldCostTooMuchIsLeftWithAWarning) {
  const auto question = [](const std::string& i) { return R"({"linkId":"q)" + i + R"(","type":"string"})"; };
  const auto group = [](const std::string&) {
    return std::string(R"({"linkId":"g","item":[{"linkId":"q0","answer":[{"valueString":"x"}]}]})");
  };
  const std::string questionnaire = entry("Questionnaire", "1",
                                          R"(,"url":"http://example.org/q","name":"Q","status":"active",)"
                                          R"("item":[{"linkId":"g","type":"group","repeats":true,"item":[)" +
                                              repeated(3'000, question) + "]}]");
  const Report report =
      check(bundle_of(questionnaire + "," +
                      entry("QuestionnaireResponse", "1",
                            R"(,"status":"completed","questionnaire":"http://example.org/q","item":[)" +
                                repeated(10'000, group) + "]")));
  ASSERT_THAT(report.issues(), SizeIs(1));
  EXPECT_EQ(report.issues()[0].type, IssueType::kTooCostly);
  EXPECT_EQ(report.issues()[0].severity, Severity::kWarning);

  // sdf-8 and the like look at all elements for each.
  const auto element = [](const std::string& i) {
    return R"({"id":"Patient.x)" + i + R"(","path":"Patient.x)" + i + "\"}";
  };
  const std::string elements = R"({"element":[)" + repeated(6'000, element) + "]}";
  EXPECT_THAT(
      check(R"({"resourceType":"StructureDefinition","url":"http://example.org/x","name":"X","status":"active",)"
            R"("kind":"resource","abstract":false,"type":"Patient","snapshot":)" +
            elements + R"(,"differential":)" + elements + "}")
          .issues(),
      Contains(Field(&Issue::type, IssueType::kTooCostly)));
}

}  // namespace
}  // namespace pas
