#include "mappings/decision/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mappings/policy/case_inputs.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using decision::Change;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Change> compare(const std::string& before, const std::string& after) {
  const auto old_document = json::Document::parse(before).value();
  const auto new_document = json::Document::parse(after).value();
  return decision::compare_json(old_document.root(), new_document.root());
}

TEST(Difference, NamesMembersThatWentAndCame) {
  EXPECT_THAT(compare(R"({"a": 1, "b": {"c": true}})", R"({"b": {"c": true}, "a": 1})"), IsEmpty());
  EXPECT_THAT(compare(R"({"a": 1, "b": {"c": true}})", R"({"b": {"c": false}, "d": "x"})"),
              ElementsAre(Change{"a", "1", ""}, Change{"b, c", "true", "false"}, Change{"d", "", "\"x\""}));
  EXPECT_THAT(compare(R"({"a": 1})", R"({"a": 1.0})"), ElementsAre(Change{"a", "1", "1.0"}));
  EXPECT_THAT(compare(R"({"a": [1]})", R"({"a": {"b": 1}})"), ElementsAre(Change{"a", "[1]", R"({"b":1})"}));
}

TEST(Difference, MatchesElementsByTheirNames) {
  EXPECT_THAT(compare(R"({"rows": [{"row": "1", "x": 1}, {"row": "2", "x": 2}]})",
                      R"({"rows": [{"row": "0", "x": 0}, {"row": "1", "x": 1}, {"row": "2", "x": 3}]})"),
              ElementsAre(Change{"rows 2, x", "2", "3"}, Change{"rows 0", "", R"({"row":"0","x":0})"}));
  EXPECT_THAT(compare(R"({"rows": [{"row": "1"}, {"row": "2"}]})", R"({"rows": [{"row": "2"}, {"row": "1"}]})"),
              ElementsAre(Change{"rows, order", "1, 2", "2, 1"}));
  EXPECT_THAT(compare(R"({"rows": [{"row": "1"}, {"row": "2"}]})", R"({"rows": [{"row": "2"}]})"),
              ElementsAre(Change{"rows 1", R"({"row":"1"})", ""}));
}

TEST(Difference, ListsOfValuesAreSetsUnlessOnlyTheirOrderDiffers) {
  EXPECT_THAT(compare(R"({"codes": ["A", "B"]})", R"({"codes": ["B", "C", "D"]})"),
              ElementsAre(Change{"codes", "\"A\"", "\"C\", \"D\""}));
  EXPECT_THAT(compare(R"({"codes": ["A", "B"]})", R"({"codes": ["B", "A"]})"),
              ElementsAre(Change{"codes", R"(["A","B"])", R"(["B","A"])"}));
  EXPECT_THAT(compare(R"({"codes": []})", R"({"codes": ["A"]})"), ElementsAre(Change{"codes", "", "\"A\""}));
}

TEST(Difference, ConditionsAreComparedByPositionBetweenWhatIsTheSame) {
  EXPECT_THAT(
      compare(R"({"all": [{"that": "a"}, {"that": "b"}, "c"]})", R"({"all": [{"that": "a"}, {"that": "x"}, "c"]})"),
      ElementsAre(Change{"all 2, that", "\"b\"", "\"x\""}));
  EXPECT_THAT(compare(R"({"all": [{"that": "a"}, "c"]})", R"({"all": [{"that": "a"}, {"that": "b"}, "c"]})"),
              ElementsAre(Change{"all 2", "", R"({"that":"b"})"}));
  EXPECT_THAT(compare(R"({"all": [{"that": "a"}, {"that": "a"}]})", R"({"all": [{"that": "a"}]})"),
              ElementsAre(Change{"all 2", R"({"that":"a"})", ""}));
}

TEST(Difference, OfTheTwoHomeOxygenRevisions) {
  const auto folder = support::repo_path("mappings/policies/tidewater");
  const json::Document before = support::read_json(folder / "policy-2025.json");
  const json::Document after = support::read_json(folder / "policy-2026.json");
  const auto changes = decision::compare_json(before.root(), after.root());
  EXPECT_THAT(changes, testing::Contains(Change{"criteria BORDERLINE, met, all 1, any 1, that",
                                                "\"oxygen.saturation < 90\"", "\"oxygen.saturation <= 89\""}));
  EXPECT_THAT(changes, testing::Contains(Change{"limits first rental, most", "12", "3"}));
  EXPECT_THAT(changes, testing::Contains(Change{"adverseDeterminations", "\"clinician\"", "\"automated\""}));
  EXPECT_EQ(decision::to_text({{"limits first rental, most", "12", "3"}, {"a", "", "1"}}, 2),
            "  limits first rental, most\n    - 12\n    + 3\n  a\n    + 1\n");
}

}  // namespace
}  // namespace pas
