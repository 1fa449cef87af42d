#include "adapter/service/enriched_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fhir/json/document.h"

namespace pas::service {
namespace {

const std::vector<std::string> kEntry{R"({"fullUrl":"urn:uuid:1","resource":{"resourceType":"DocumentReference"}})"};

// --body-limit-mb may be greater than the JSON reader's limit of its own, and less than what was taken before.
TEST(EnrichedRequest, TakesAVeryLargeRequest) {
  std::string request = R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim"}}]})";
  request.resize(json::Limits().bytes + 1, ' ');
  const auto enriched = enriched_request(std::move(request), kEntry);
  ASSERT_TRUE(enriched) << enriched.error().message;
  const auto document = json::Document::parse(*enriched);
  EXPECT_EQ(document->root()["entry"].at(1)["fullUrl"].text(), "urn:uuid:1");
}

TEST(EnrichedRequest, RefusesWhatIsNoEntry) {
  const std::vector<std::string> nameless{R"({"resource":{"resourceType":"DocumentReference"}})"};
  EXPECT_EQ(enriched_request(R"({"resourceType":"Bundle"})", nameless).error().code, base::ErrorCode::kInvalid);
}

}  // namespace
}  // namespace pas::service
