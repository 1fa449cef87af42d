// tests/cases/routing/table.json: payers, rules, a request (tests/mappings/pas/cases.h), the payer to whose address it
// was sent, and whom it is for.

#include "mappings/routing/table.h"

#include <gtest/gtest.h>

#include "tests/mappings/pas/cases.h"
#include "tests/support/files.h"

namespace pas {
namespace {

std::vector<std::string> texts_of(json::Node list) {
  std::vector<std::string> texts;
  for (const json::Node each : list) texts.emplace_back(each.text());
  return texts;
}

routing::Payer payer_of(json::Node row) {
  routing::Payer payer{std::string(row["id"].text()), {}, texts_of(row["names"]), texts_of(row["lines"])};
  for (const json::Node identifier : row["identifiers"]) {
    payer.identifiers.push_back({std::string(identifier["system"].text()), std::string(identifier["value"].text())});
  }
  return payer;
}

routing::Table table_of(json::Node test_case) {
  std::vector<routing::Payer> payers;
  for (const json::Node row : test_case["payers"]) payers.push_back(payer_of(row));
  std::vector<routing::Rule> rules;
  for (const json::Node row : test_case["rules"]) {
    rules.push_back({std::string(row["payer"].text()), fhirpath::Program::compile(row["when"].text()).value()});
  }
  return {std::move(payers), std::move(rules)};
}

TEST(RoutingTable, ChoosesThePayerOrRefuses) {
  const auto cases = cases::parse(support::read_file(support::repo_path("tests/cases/routing/table.json")));
  ASSERT_GT(cases.root()["cases"].size(), 0U);
  for (const json::Node each : cases.root()["cases"]) {
    SCOPED_TRACE(std::string(each["name"].text()));
    const auto body = cases::body_of(cases::text_of(each));
    const auto [request, report] = pas::read_request(body->index);
    ASSERT_FALSE(report.has_errors()) << report.issues().front().message;
    const json::Node table = each["payers"] ? each : cases.root();
    const routing::Choice choice = table_of(table).choose(request, each["addressed"].text());
    EXPECT_EQ(choice.payer, each["payer"].text());
    EXPECT_EQ(choice.by, each["by"].text());
    EXPECT_FALSE(choice.steps.empty());
    ASSERT_EQ(choice.error.has_value(), static_cast<bool>(each["error"]));
    if (!choice.error) continue;
    EXPECT_EQ(choice.error->code, "79");
    EXPECT_EQ(choice.error->path, each["error"]["path"].text());
    EXPECT_NE(choice.error->message.find(each["error"]["says"].text()), std::string::npos) << choice.error->message;
  }
}

TEST(RoutingTable, TellsWhatSeveralPayersShare) {
  const routing::Payer a{"a", {{"urn:npi", "1"}}, {"Plan A"}, {}};
  const routing::Payer b{"b", {{"", "1"}}, {}, {"X"}};
  const routing::Payer c{"c", {{"urn:other", "1"}}, {"plan  a"}, {"Y"}};
  const auto overlaps = routing::Table({a, b, c}, {}).overlaps();
  ASSERT_EQ(overlaps.size(), 2U);
  EXPECT_EQ(overlaps[0], "a and b: 1");
  EXPECT_EQ(overlaps[1], "a and c: Plan A");
}

}  // namespace
}  // namespace pas
