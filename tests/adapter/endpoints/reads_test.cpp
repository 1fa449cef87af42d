// Reads of what is stored.

#include <gtest/gtest.h>

#include <string>

#include "adapter/endpoints/claim_endpoints.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

// --body-limit-mb may be greater than the JSON reader's limit of its own.
TEST(Reads, AClaimOfAVeryLargeRequest) {
  const auto store = store::open_store("memory").value();
  store::Submission sent = support::submission("c-1");
  sent.bodies.request = R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Claim"}}]})";
  sent.bodies.request.resize(json::Limits().bytes + 1, ' ');
  sent.record.request_sha256.clear();
  ASSERT_TRUE(store->commit(sent));
  http::Request request;
  endpoints::Call call{request, nullptr, {}, "c-1"};
  call.caller.client = sent.record.client;
  const http::Response response = endpoints::read_claim(call, *store);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, R"({"resourceType":"Claim","id":"c-1"})");
}

}  // namespace
}  // namespace pas
