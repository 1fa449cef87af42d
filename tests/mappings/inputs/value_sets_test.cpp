#include "mappings/inputs/value_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/fhirpath/item.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using inputs::ValueSets;
using testing::StartsWith;

json::Document value_set_cases() {
  return json::Document::parse(support::read_file(support::repo_path("tests/cases/inputs/files/value-sets.json")))
      .value();
}

ValueSets husky() {
  auto loaded = ValueSets::load(support::read_file(support::repo_path("mappings/policies/husky/value-sets.json")),
                                "value-sets.json");
  EXPECT_TRUE(loaded) << to_string(loaded.error().front());
  return std::move(loaded).value();
}

TEST(ValueSets, HaveTheMembersOfThePolicy) {
  const ValueSets sets = husky();
  const auto document = value_set_cases();
  for (const json::Node variant : document.root()["members"]) {
    std::vector<std::string> found;
    for (const std::string_view set : sets.set_names()) {
      if (sets.member_of(variant["system"].text(), variant["code"].text(), set)) found.emplace_back(set);
    }
    std::vector<std::string> expected;
    for (const json::Node set : variant["in"]) expected.emplace_back(set.text());
    EXPECT_EQ(found, expected) << variant["system"].text() << " " << variant["code"].text();
  }
}

TEST(ValueSets, TranslateCodes) {
  const ValueSets sets = husky();
  const auto document = value_set_cases();
  for (const json::Node variant : document.root()["translations"]) {
    EXPECT_EQ(sets.translate("snomed-to-icd-10-cm", variant["system"].text(), variant["code"].text()),
              variant["to"].text());
  }
  EXPECT_EQ(sets.target_uri("snomed-to-icd-10-cm"), "http://hl7.org/fhir/sid/icd-10-cm");
  EXPECT_TRUE(sets.is_mapped_system("snomed-to-icd-10-cm", "http://snomed.info/sct"));
  EXPECT_FALSE(sets.is_mapped_system("snomed-to-icd-10-cm", "http://hl7.org/fhir/sid/icd-10-cm"));
}

TEST(ValueSets, AnswerMemberOfForCodingsConceptsAndPlainObjects) {
  const ValueSets sets = husky();
  const auto answer = [&](const char* json, std::string_view set) {
    const auto document = json::Document::parse(json).value();
    return sets.member_of(fhirpath::Item::element(document.root()), set);
  };
  const char* const coding = R"({"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C18.9"})";
  EXPECT_EQ(answer(coding, "cancer"), true);
  EXPECT_EQ(answer(coding, "cancer-pain"), false);
  EXPECT_EQ(answer(coding, "no-such-set"), std::nullopt);
  EXPECT_EQ(answer(R"({"coding":[{"system":"x","code":"1"},
                       {"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C18.9"}]})",
                   "cancer"),
            true);
  EXPECT_EQ(answer(R"({"coding":[]})", "cancer"), false);
  EXPECT_EQ(answer(R"({"code":"C18.9"})", "cancer"), false) << "without a system";
  EXPECT_EQ(answer(R"("C18.9")", "cancer"), std::nullopt) << "a code alone cannot be told";
  EXPECT_EQ(answer(R"({"display":"cancer"})", "cancer"), std::nullopt);
}

TEST(ValueSets, AreRefusedWithThePlace) {
  const auto document = value_set_cases();
  for (const json::Node variant : document.root()["broken"]) {
    SCOPED_TRACE(std::string(variant["about"].text()));
    std::string text;
    for (const json::Node line : variant["lines"]) text.append(line.text()).append("\n");
    const auto loaded = ValueSets::load(text, "v.json");
    ASSERT_FALSE(loaded);
    std::vector<testing::Matcher<std::string>> expected;
    for (const json::Node error : variant["errors"])
      expected.push_back(StartsWith("v.json:" + std::string(error.text())));
    std::vector<std::string> found;
    for (const auto& error : loaded.error()) found.push_back(to_string(error));
    EXPECT_THAT(found, testing::ElementsAreArray(expected));
  }
}

TEST(ValueSets, FindUnknownNamesInExpressions) {
  const ValueSets sets = husky();
  EXPECT_FALSE(inputs::find_unknown_set("diagnosis.exists(memberOf('cancer')) and memberOf( 'iron-overload' )", sets));
  const auto unknown = inputs::find_unknown_set("memberOf('cancer') and memberOf('cancr')", sets);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->name, "cancr");
  EXPECT_EQ(unknown->position, 33U);
  EXPECT_FALSE(inputs::find_unknown_set("memberOf(%set) or memberOf('", sets));
}

}  // namespace
}  // namespace pas
