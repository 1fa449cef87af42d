// What must hold of every bundle, on a thousand of them for both payers: `evaluate` and `$submit` decide alike, the
// order of entries does not matter, and what is stored decides the same again to the byte.

#include "tests/adapter/service/generated_bundles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mappings/decision/replay.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"

namespace pas {
namespace {

constexpr int kBundles = 500;  // of each payer
constexpr int kShuffled = 150;

using Records = std::map<int, std::string>;  // by item

class GeneratedBundles : public testing::TestWithParam<std::string> {
 protected:
  base::Date today() const { return base::utc_date(adapter_.clock.now()); }

  // As `evaluate` does; nothing when it is refused.
  std::optional<Records> evaluated(const std::string& body) {
    const auto outcome = adapter_.adjudicator->adjudicate(body, {.today = today(), .months_authorized = {}});
    if (!outcome) return std::nullopt;
    Records records;
    for (const service::ItemOutcome& item : outcome->items) {
      records[item.decision.item_sequence] = decision::to_json(item.evaluation, item.inputs, item.decision);
      ++actions_[item.decision.action];
    }
    return records;
  }

  service_test::Adapter adapter_;
  service_test::BundleGenerator generator_{GetParam()};
  std::map<std::string, int> actions_;
};

INSTANTIATE_TEST_SUITE_P(Shipped, GeneratedBundles, testing::Values("husky", "tidewater"),
                         [](const auto& tested) { return tested.param; });

// What a record says that does not depend on where in the bundle, or in the store, its inputs stand. Notes name
// entries by number: they are left out.
std::string decision_of(const std::string& record) {
  const auto document = json::Document::parse(record).value();
  std::string text = document.root()["decision"].to_json();
  for (const json::Node criterion : document.root()["criteria"]) {
    text.append("\n").append(criterion["id"].text()).append(" ").append(criterion["truth"].text());
  }
  constexpr std::string_view kEntry = "Bundle.entry[";
  for (std::size_t at = text.find(kEntry); at != std::string::npos; at = text.find(kEntry, at + 1)) {
    text.erase(at + kEntry.size(), text.find(']', at) - at - kEntry.size());
  }
  return text;
}

TEST_P(GeneratedBundles, AreDecidedAlikeByEvaluateAndSubmitAndReplay) {
  int decided = 0;
  for (int number = 0; number < kBundles; ++number) {
    const std::string body = generator_.next().to_json();
    SCOPED_TRACE("bundle " + std::to_string(number));
    const auto wanted = evaluated(body);
    const auto store = store::open_store("memory").value();
    const service::SubmitService submit(*adapter_.adjudicator, *store, adapter_.clock, adapter_.ids, {});
    const auto outcome = submit.submit(
        {.body = body, .client = "ehr-1", .version = &v2_2_1::kVersion, .base_url = "http://127.0.0.1:8080/fhir"});
    const auto* answered = std::get_if<service::Answered>(&outcome);
    ASSERT_EQ(answered != nullptr, wanted.has_value());
    if (answered == nullptr) {
      EXPECT_TRUE(std::holds_alternative<service::Refused>(outcome));
      continue;
    }
    ++decided;
    for (const auto& [item, record] : *wanted) {
      const auto stored = store->decision_record(answered->id, item);
      ASSERT_TRUE(stored && *stored);
      EXPECT_EQ(decision_of(**stored), decision_of(record));
      const auto document = json::Document::parse(**stored).value();
      const auto read = decision::read_record(document.root());
      ASSERT_TRUE(read);
      const auto policies = adapter_.adjudicator->basis().policies;
      EXPECT_EQ(decision::replay(*read, *policies->find_policy(read->policy_id, read->policy_revision)), **stored);
    }
  }
  EXPECT_GT(decided, kBundles / 2);
  for (const char* action : {"A1", "A3", "A4", GetParam() == "husky" ? "NA" : "A6"}) {
    EXPECT_GE(actions_[action], 5) << action;
  }
}

TEST_P(GeneratedBundles, AreDecidedAlikeInAnyOrderOfTheirEntries) {
  for (int number = 0; number < kShuffled; ++number) {
    const cases::Tree bundle = generator_.next();
    SCOPED_TRACE("bundle " + std::to_string(number));
    const auto one = evaluated(bundle.to_json());
    const auto other = evaluated(generator_.shuffled(bundle).to_json());
    ASSERT_EQ(one.has_value(), other.has_value());
    if (!one) continue;
    ASSERT_EQ(one->size(), other->size());
    for (const auto& [item, record] : *one) EXPECT_EQ(decision_of(other->at(item)), decision_of(record));
  }
}

}  // namespace
}  // namespace pas
