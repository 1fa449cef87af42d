// tests/cases/pas/payer-answers.json: a response of tests/cases/service/responses, perhaps changed, and what is read
// from it, or its fault.

#include "mappings/pas/payer_answer.h"

#include <gtest/gtest.h>

#include "tests/mappings/pas/cases.h"
#include "tests/support/files.h"

namespace pas {
namespace {

std::string text_of(const std::optional<base::Date>& date) {
  return date ? base::to_string(*date) : "";
}

std::string response_of(json::Node test_case) {
  const std::string file = "tests/cases/service/responses/" + std::string(test_case["response"].text());
  return cases::changed(support::read_file(support::repo_path(file)), test_case["patch"]);
}

TEST(PayerAnswer, IsReadFromAResponse) {
  const auto cases = cases::parse(support::read_file(support::repo_path("tests/cases/pas/payer-answers.json")));
  ASSERT_GT(cases.root().size(), 0U);
  for (const json::Node each : cases.root()) {
    SCOPED_TRACE(std::string(each["response"].text()) + " " + std::string(each["name"].text()));
    const json::Document document = cases::parse(response_of(each));
    const auto answer = pas::read_payer_answer(json::BundleIndex(document.root()));
    if (each["fault"]) {
      ASSERT_FALSE(answer);
      EXPECT_NE(answer.error().message.find(each["fault"].text()), std::string::npos) << answer.error().message;
      continue;
    }
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(answer->errors.empty());
    EXPECT_EQ(answer->tracking_id, each["tracking"].text());
    ASSERT_EQ(answer->items.size(), each["items"].size());
    for (std::size_t i = 0; i < answer->items.size(); ++i) {
      const auto& [decision, item] = answer->items[i];
      const json::Node wanted = each["items"].at(i);
      EXPECT_EQ(std::to_string(decision.item_sequence), wanted["sequence"].text());
      EXPECT_EQ(item.sequence, decision.item_sequence);
      EXPECT_EQ(decision.action, wanted["action"].text());
      EXPECT_EQ(decision.reason, wanted["reason"].text());
      EXPECT_EQ(item.authorization_number, wanted["authorization"].text());
      EXPECT_EQ(item.administration_reference_number, wanted["reference"].text());
      EXPECT_EQ(text_of(item.issued), wanted["issued"].text());
      EXPECT_EQ(text_of(item.valid.start), wanted["validFrom"].text());
      EXPECT_EQ(text_of(item.valid.end), wanted["validTo"].text());
      EXPECT_EQ(decision.notes.empty() ? "" : decision.notes.front(), wanted["note"].text());
    }
    std::vector<std::string> documents;
    for (const auto& document_request : answer->items.front().decision.documents) {
      documents.push_back(document_request.loinc);
    }
    std::vector<std::string> asked;
    for (const json::Node loinc : each["documents"]) asked.emplace_back(loinc.text());
    EXPECT_EQ(documents, asked);
    const auto& authorized = answer->items.front().answer.authorized;
    ASSERT_EQ(authorized.has_value(), static_cast<bool>(each["authorized"]));
    if (!authorized) continue;
    EXPECT_EQ(authorized->quantity, each["authorized"]["quantity"].text());
    EXPECT_EQ(authorized->quantity_code, each["authorized"]["code"].text());
    EXPECT_EQ(text_of(authorized->served.start), each["authorized"]["from"].text());
    EXPECT_EQ(text_of(authorized->served.end), each["authorized"]["to"].text());
  }
}

}  // namespace
}  // namespace pas
