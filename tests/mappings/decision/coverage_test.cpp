#include "mappings/decision/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/mappings/decision/shipped.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using base::Truth;
using policy::kFalseBit;
using policy::kTrueBit;
using policy::kTwoValued;
using policy::kUnknownBit;
using testing::HasSubstr;
using testing::Not;

class CoverageOf : public testing::Test {
 protected:
  CoverageOf() : coverage_(support::shipped_policies().set()) {}

  void add(const std::string& changes) {
    const auto inputs = support::situation(support::kHusky, "iron", changes);
    coverage_.add(decision::evaluate_and_decide(support::husky_policy(), inputs, *base::parse_date("2026-03-10")));
  }
  const decision::PolicyCoverage& husky() const { return *coverage_.policies().front(); }
  const decision::CoveredCondition& find(std::string_view criterion, std::string_view text) const {
    for (const auto& covered : husky().criteria) {
      if (covered.criterion->id != criterion) continue;
      for (const auto& condition : covered.conditions) {
        if (condition.text == text) return condition;
      }
    }
    throw std::runtime_error("no condition " + std::string(text));
  }

  decision::Coverage coverage_;
};

TEST_F(CoverageOf, CountsTruthsRowsAndCases) {
  EXPECT_TRUE(coverage_.policies().empty()) << "no case is about any payer";
  EXPECT_TRUE(coverage_.is_complete());
  add("{}");
  add(R"({"drug.class": "other"})");
  add(R"({"drug.class": null})");
  add(R"({"drug.class": null})");
  ASSERT_EQ(coverage_.policies().size(), 1U) << "the other payer has no case";
  EXPECT_EQ(husky().cases, 4U);
  const auto& deferoxamine = find("A", "the drug is deferoxamine");
  EXPECT_EQ(deferoxamine.seen.of(Truth::kTrue), 1U);
  EXPECT_EQ(deferoxamine.seen.of(Truth::kFalse), 1U);
  EXPECT_EQ(deferoxamine.seen.of(Truth::kUnknown), 2U);
  EXPECT_FALSE(coverage_.is_complete());
  EXPECT_LT(husky().seen(), husky().total());
  EXPECT_EQ(std::count(husky().rows.begin(), husky().rows.end(), 0U),
            static_cast<std::ptrdiff_t>(husky().rows.size()) - 2)
      << "one certifies, one asks";
}

TEST_F(CoverageOf, ConditionsOnElementsAreSeenOnceForEach) {
  add(R"({"prescription": []})");
  const auto& is_signed = find("DOC.1", "signed");
  EXPECT_EQ(is_signed.seen.of(Truth::kUnknown), 0U) << "there was none to look at";
  add(R"({"prescription": null})");
  EXPECT_EQ(is_signed.seen.of(Truth::kUnknown), 0U);
  EXPECT_EQ(find("DOC.1", "a prescription is").seen.of(Truth::kFalse), 1U);
  EXPECT_EQ(find("DOC.1", "a prescription is").seen.of(Truth::kUnknown), 1U);
  add(R"({"prescription": [{"signed": true}, {"signed": false}, {}, {"signed": false}]})");
  EXPECT_EQ(is_signed.seen.of(Truth::kTrue), 1U);
  EXPECT_EQ(is_signed.seen.of(Truth::kFalse), 2U);
  EXPECT_EQ(is_signed.seen.of(Truth::kUnknown), 1U);
}

TEST_F(CoverageOf, AsksOnlyForTruthsThatCanBe) {
  add("{}");
  EXPECT_EQ(find("D.1", "drug.route is not known").possible, kTwoValued);
  EXPECT_EQ(find("D.1", "the route is not known to be other than parenteral").possible, kTwoValued)
      << "a route that is not known meets it";
  EXPECT_EQ(find("D", "a drug is named").possible, kTrueBit | kUnknownBit) << "known codes are never none";
  EXPECT_EQ(find("D", "criterion D.1").possible, policy::kAnything);
  EXPECT_EQ(find("DOC.1", "signed").possible, policy::kAnything);
  EXPECT_EQ(find("FIT", "any of").possible, policy::kAnything);
}

TEST(Possible, CountsChildren) {
  const auto at_least = [](std::size_t n, const std::vector<policy::Possible>& children) {
    return policy::at_least(n, children);
  };
  EXPECT_EQ(at_least(2, {kTrueBit, kFalseBit}), kFalseBit);
  EXPECT_EQ(at_least(1, {kTrueBit, kUnknownBit}), kTrueBit);
  EXPECT_EQ(at_least(2, {kTrueBit, kUnknownBit}), kUnknownBit);
  EXPECT_EQ(at_least(2, {kTwoValued, kTwoValued}), kTwoValued);
  EXPECT_EQ(at_least(2, {policy::kAnything, kTrueBit, kFalseBit}), policy::kAnything);
}

TEST_F(CoverageOf, TextMarksWhatWasNeverSeen) {
  add("{}");
  const std::string text = decision::to_text(coverage_);
  EXPECT_THAT(text, HasSubstr("husky-ambulatory-infusion-pumps, revision 2024-12 (husky/policy.json): "));
  const auto line = [](std::string label, const std::string& cells) {
    label.resize(72, ' ');
    return label + cells + '\n';
  };
  EXPECT_THAT(text, HasSubstr(line("", "      met  not met  unknown")));
  EXPECT_THAT(text, HasSubstr(line("    the drug is deferoxamine", "        1       0!       0!")));
  EXPECT_THAT(text, HasSubstr(line("      drug.route is not known", "       0!        1        -")));
  EXPECT_THAT(text, HasSubstr(line("  row 9: clinical criteria and documents met", "        1")));
  EXPECT_THAT(text, HasSubstr(line("  row 1: coverage is not in force", "       0!")));
  EXPECT_THAT(text, Not(HasSubstr("tidewater")));
}

TEST_F(CoverageOf, LcovNamesLinesOfThePolicyFile) {
  add("{}");
  const auto& condition = find("A", "the drug is deferoxamine");
  const std::string file = support::read_file(support::repo_path("mappings/policies/husky/policy.json"));
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < condition.line; ++line) at = file.find('\n', at) + 1;
  EXPECT_THAT(file.substr(at, file.find('\n', at) - at), HasSubstr("drug.class = 'deferoxamine'"));
  const std::string lcov = decision::to_lcov(coverage_, "policies");
  const std::string line = std::to_string(condition.line);
  EXPECT_THAT(lcov, HasSubstr("TN:\nSF:policies/husky/policy.json\n"));
  EXPECT_THAT(lcov, HasSubstr("BRDA:" + line + ",0,0,1\nBRDA:" + line + ",0,1,0\nBRDA:" + line + ",0,2,0\n"));
  EXPECT_THAT(lcov, HasSubstr("DA:" + line + ",1\n"));
  EXPECT_TRUE(lcov.ends_with("end_of_record\n"));
}

TEST_F(CoverageOf, HtmlShowsThePolicyFileWithItsLines) {
  add("{}");
  const std::string html = decision::to_html(coverage_, support::repo_path("mappings/policies"));
  EXPECT_THAT(html, HasSubstr("DOC.1: signed prescription"));
  EXPECT_THAT(html, HasSubstr("infusion.hours &lt; 8"));
  EXPECT_THAT(html, HasSubstr(R"(<span class="lack"><i>)"));
  EXPECT_THAT(html, Not(HasSubstr("infusion.hours < 8")));
}

}  // namespace
}  // namespace pas
