// Stored records are read back, and decide the same again to the byte.

#include "mappings/decision/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mappings/decision/difference.h"
#include "tests/mappings/decision/shipped.h"

namespace pas {
namespace {

using testing::Contains;

std::string record_of(const decision::Case& each, const policy::Policy& policy, int sequence) {
  auto decided = decision::evaluate_and_decide(policy, each.inputs, each.request_date);
  decided.decision.item_sequence = sequence;
  return decision::to_json(decided.evaluation, each.inputs, decided.decision);
}

TEST(Replay, EveryCaseGivesTheSameBytes) {
  for (const std::string_view payer : {support::kHusky, support::kTidewater}) {
    for (const decision::Case& each : support::cases_of(payer)) {
      const std::string stored = record_of(each, *each.policy, 3);
      const auto document = json::Document::parse(stored);
      ASSERT_TRUE(document) << each.name;
      const auto record = decision::read_record(document->root());
      ASSERT_TRUE(record) << each.name;
      EXPECT_EQ(record->policy_hash, each.policy->hash);
      EXPECT_EQ(decision::replay(*record, *each.policy), stored) << each.name;
    }
  }
}

TEST(Replay, KeepsNotesSourcesAndDamagedDocuments) {
  const inputs::InputSet inputs({{"device.code", inputs::State::kConflict, "", {"A", "B"}, "E0779 and \"E0780\""},
                                 {"member.age", inputs::State::kKnown, "40", {"C"}, "rounded"}},
                                {{"Bundle.entry[1]", "size \u00e4"}});
  const auto decided = decision::evaluate_and_decide(support::husky_policy(), inputs, *base::parse_date("2026-03-10"));
  const std::string stored = decision::to_json(decided.evaluation, inputs, decided.decision);
  const auto document = json::Document::parse(stored);
  ASSERT_TRUE(document);
  const auto record = decision::read_record(document->root());
  ASSERT_TRUE(record);
  EXPECT_EQ(record->inputs.damaged_documents(), inputs.damaged_documents());
  EXPECT_EQ(decision::replay(*record, support::husky_policy()), stored);
}

TEST(Replay, AnotherRevisionShowsTheDifference) {
  const policy::Payer& tidewater = support::payer(support::kTidewater);
  const policy::Policy& older = *tidewater.policies.front();
  const policy::Policy& newer = *tidewater.policies.back();
  ASSERT_EQ(older.revision, "2025-01");
  ASSERT_EQ(newer.revision, "2026-01");
  const inputs::InputSet inputs = support::situation(support::kTidewater, "low", R"({"rental.months": 12})");
  const auto decided = decision::evaluate_and_decide(newer, inputs, *base::parse_date("2026-03-10"));
  const std::string stored = decision::to_json(decided.evaluation, inputs, decided.decision);
  const auto before = json::Document::parse(stored);
  const auto after = json::Document::parse(decision::replay(*decision::read_record(before->root()), older));
  const auto changes = decision::compare_records(before->root(), after->root());
  EXPECT_THAT(changes, Contains(decision::Change{"policy revision", "\"2026-01\"", "\"2025-01\""}));
  EXPECT_THAT(changes, Contains(decision::Change{"decision, action", "\"A6\"", "\"A4\""}));
  EXPECT_THAT(decision::compare_records(before->root(), before->root()), testing::IsEmpty());
}

TEST(Replay, OtherJsonIsNoRecord) {
  const std::string good = record_of(support::cases_of(support::kHusky).front(), support::husky_policy(), 1);
  const auto without = [&good](const std::string& text, const std::string& instead) {
    std::string broken = good;
    const std::size_t at = broken.find(text);
    EXPECT_NE(at, std::string::npos) << text;
    broken.replace(at, text.size(), instead);
    const auto document = json::Document::parse(broken);
    EXPECT_TRUE(document) << broken;
    return decision::read_record(document->root());
  };
  EXPECT_TRUE(without("\"title\"", "\"name\""));
  EXPECT_FALSE(without("\"policy\"", "\"polic\""));
  EXPECT_FALSE(without("\"2026-03-10\"", "\"2026-02-30\""));
  EXPECT_FALSE(without("\"state\":\"known\"", "\"state\":\"told\""));
  EXPECT_FALSE(without("\"state\":\"known\"", "\"state\":\"unknown\""));
  EXPECT_FALSE(without("\"inputs\":[", "\"others\":["));
}

}  // namespace
}  // namespace pas
