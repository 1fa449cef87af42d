#include "mappings/inputs/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fhir/json/document.h"
#include "tests/mappings/inputs/cases.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using inputs::Catalog;
using testing::StartsWith;

std::string value_sets() {
  return support::read_file(support::repo_path("mappings/policies/husky/value-sets.json"));
}

TEST(Catalog, DescribesItsInputs) {
  const Catalog& catalog = cases::catalog_of(cases::kHusky);
  const inputs::InputDefinition* hours = catalog.find("infusion.hours");
  ASSERT_NE(hours, nullptr);
  EXPECT_EQ(hours->type, inputs::Type::kDecimal);
  EXPECT_EQ(hours->unit, "h");
  EXPECT_EQ(hours->question, "infusion-hours");
  EXPECT_EQ(catalog.find("member.program")->values.size(), 5U);
  EXPECT_THAT(catalog.find("prescription")->fields, testing::Contains("prescriber.enrolled"));
  EXPECT_EQ(catalog.find("infusion"), nullptr);
}

TEST(Catalog, FindsTheInputThatAPathReads) {
  const Catalog& catalog = cases::catalog_of(cases::kHusky);
  const auto name = [&](std::string_view path) {
    const inputs::InputDefinition* input = catalog.read_by(path);
    return input == nullptr ? std::string("none") : input->name;
  };
  EXPECT_EQ(name("drug.value.code"), "drug");
  EXPECT_EQ(name("drug.class"), "drug.class");
  EXPECT_EQ(name("drug.classes"), "drug");
  EXPECT_EQ(name("device.rental.months"), "device.rental.months");
  EXPECT_EQ(name("device.rental"), "none");
  EXPECT_EQ(name("prescription.prescriber.type"), "prescription");
}

// Every link id of the policy page, §5, answers an input.
TEST(Catalog, NamesTheQuestionsOfTheForm) {
  std::set<std::string> questions;
  for (const auto& input : cases::catalog_of(cases::kHusky).inputs()) {
    if (!input.question.empty()) questions.insert(input.question);
  }
  EXPECT_EQ(cases::catalog_of(cases::kHusky).find("drug.class")->question, "drug")
      << "what answers the drug answers its class";
  EXPECT_THAT(questions, testing::UnorderedElementsAre(
                             "drug", "route", "infusion-hours", "home-administration-necessary", "pump-necessary",
                             "prolonged-efficacy-proven", "prolonged-advantage-accepted", "no-office-return",
                             "toxicity-without-controlled-rate", "pain-intractable"));
}

TEST(Catalog, IsRefusedWithThePlace) {
  const std::string sets = value_sets();
  const auto document =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/inputs/files/catalog-errors.json")))
          .value();
  for (const json::Node variant : document.root()["broken"]) {
    SCOPED_TRACE(std::string(variant["about"].text()));
    std::string text;
    for (const json::Node line : variant["file"]) text.append(line.text()).append("\n");
    if (variant["inputs"]) {
      text = "{\"inputs\": [\n";
      for (const json::Node line : variant["inputs"]) text.append(line.text()).append("\n");
      text += "]}\n";
    }
    const auto loaded = Catalog::load({text, "inputs.json", sets, "value-sets.json"});
    ASSERT_FALSE(loaded);
    std::vector<testing::Matcher<std::string>> expected;
    for (const json::Node error : variant["errors"]) {
      expected.push_back(StartsWith("inputs.json:" + std::string(error.text())));
    }
    std::vector<std::string> found;
    for (const auto& error : loaded.error()) found.push_back(to_string(error));
    EXPECT_THAT(found, testing::ElementsAreArray(expected));
  }
}

TEST(Catalog, ShowsThePlaceInAnExpression) {
  const auto loaded = Catalog::load(
      {"{\"variables\": {\"v\": \"%item.code.memberOf('cancr')\"}, \"inputs\": []}", "i.json", value_sets(), "v.json"});
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 1U);
  EXPECT_EQ(to_string(loaded.error().front()),
            "i.json:1:43: unknown value set \"cancr\"\n"
            "{\"variables\": {\"v\": \"%item.code.memberOf('cancr')\"}, \"inputs\": []}\n"
            "                                          ^");
}

TEST(Catalog, IsRefusedForItsValueSetsToo) {
  const auto loaded = Catalog::load({"{\"inputs\": []}", "i.json", "{", "v.json"});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().front().file, "v.json");
}

}  // namespace
}  // namespace pas
