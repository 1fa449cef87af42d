#include "mappings/inputs/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/json/document.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using inputs::Roster;

json::Document roster_cases() {
  return json::Document::parse(support::read_file(support::repo_path("tests/cases/inputs/files/roster.json"))).value();
}

TEST(Npi, ChecksLengthDigitsAndCheckDigit) {
  const auto document = roster_cases();
  for (const json::Node npi : document.root()["npi"]["valid"])
    EXPECT_TRUE(inputs::is_valid_npi(npi.text())) << npi.text();
  for (const json::Node npi : document.root()["npi"]["invalid"]) {
    EXPECT_FALSE(inputs::is_valid_npi(npi.text())) << npi.text();
  }
}

void expect_lookup(const Roster& roster, json::Node lookup) {
  const auto found = roster.find(lookup["npi"].text());
  ASSERT_EQ(found.size(), lookup["found"].size()) << lookup["npi"].text();
  std::size_t i = 0;
  for (const json::Node expected : lookup["found"]) {
    const inputs::Enrollment& enrollment = found[i++];
    EXPECT_EQ(enrollment.name, expected["name"].text());
    EXPECT_EQ(enrollment.type, expected["type"].text());
    EXPECT_EQ(std::to_string(enrollment.line), expected["line"].text());
    for (const json::Node day : expected["covers"]) EXPECT_TRUE(enrollment.covers(*base::parse_date(day.text())));
    for (const json::Node day : expected["not"]) EXPECT_FALSE(enrollment.covers(*base::parse_date(day.text())));
  }
}

TEST(Roster, ReadsItsFileOrSaysWhatIsWrong) {
  const auto document = roster_cases();
  for (const json::Node variant : document.root()["rosters"]) {
    for (const std::string_view line_end : {"\n", "\r\n"}) {
      SCOPED_TRACE(std::string(variant["about"].text()));
      std::string csv;
      for (const json::Node line : variant["csv"]) csv.append(line.text()).append(line_end);
      const auto roster = Roster::load(csv, "providers.csv");
      if (roster) {
        EXPECT_FALSE(variant["errors"]);
        for (const json::Node lookup : variant["lookups"]) expect_lookup(*roster, lookup);
        continue;
      }
      ASSERT_EQ(roster.error().size(), variant["errors"].size()) << to_string(roster.error().front());
      for (std::size_t i = 0; i < roster.error().size(); ++i) {
        EXPECT_THAT(to_string(roster.error()[i]),
                    testing::StartsWith("providers.csv:" + std::string(variant["errors"].at(i).text())));
      }
    }
  }
}

TEST(Roster, ShowsThePlaceOfAMistake) {
  const auto roster =
      Roster::load("npi,name,type,enrolled_from,enrolled_to\n1234567893,Åse,nurse,2019-01-01,\n", "p.csv");
  ASSERT_FALSE(roster);
  EXPECT_EQ(to_string(roster.error().front()),
            "p.csv:2:17: type must be physician, APRN, PA or empty\n"
            "1234567893,Åse,nurse,2019-01-01,\n"
            "               ^");
}

TEST(Roster, TakesAByteOrderMarkAndAMissingLastNewline) {
  const auto roster =
      Roster::load("\xEF\xBB\xBFnpi,name,type,enrolled_from,enrolled_to\n1234567893,A,,2019-01-01,", "p.csv");
  ASSERT_TRUE(roster);
  EXPECT_EQ(roster->size(), 1U);
}

}  // namespace
}  // namespace pas
