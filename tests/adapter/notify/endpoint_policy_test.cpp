// tests/cases/notify/endpoints.json: url; "allow http", "allowed" hosts; then the host, or words of the fault.
// addresses.json and headers.json: what is taken and what is not.

#include "adapter/notify/endpoint_policy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "fhir/json/document.h"
#include "tests/support/files.h"

namespace pas {
namespace {

json::Document cases(const std::string& name) {
  return json::Document::parse(support::read_file(support::repo_path("tests/cases/notify/" + name))).value();
}

TEST(EndpointPolicy, Endpoints) {
  const auto document = cases("endpoints.json");
  for (const json::Node each : document.root()) {
    const std::string url(each["url"].text());
    notify::EndpointPolicy policy;
    policy.allow_http = each["allow http"].is_true();
    for (const json::Node host : each["allowed"]) policy.allowed_hosts.emplace_back(host.text());
    const auto endpoint = policy.check(url);
    if (each["fault"]) {
      ASSERT_FALSE(endpoint) << url;
      EXPECT_NE(endpoint.error().message.find(each["fault"].text()), std::string::npos)
          << url << ": " << endpoint.error().message;
    } else {
      ASSERT_TRUE(endpoint) << url << ": " << endpoint.error().message;
      EXPECT_EQ(endpoint->host, each["host"].text());
      EXPECT_EQ(endpoint->url, url);
      EXPECT_EQ(endpoint->any_address, !policy.allowed_hosts.empty());
    }
  }
  EXPECT_FALSE(notify::EndpointPolicy{}.check("https://clinic.example/" + std::string(2048, 'a')));
}

bool is_public(const std::string& text) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    return notify::is_public(reinterpret_cast<const sockaddr&>(v4));
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1) << text;
  return notify::is_public(reinterpret_cast<const sockaddr&>(v6));
}

TEST(EndpointPolicy, Addresses) {
  const auto document = cases("addresses.json");
  for (const json::Node each : document.root()["public"])
    EXPECT_TRUE(is_public(std::string(each.text()))) << each.text();
  for (const json::Node each : document.root()["special"]) {
    EXPECT_FALSE(is_public(std::string(each.text()))) << each.text();
  }
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_FALSE(notify::is_public(other));
}

TEST(EndpointPolicy, Headers) {
  const auto document = cases("headers.json");
  for (const json::Node each : document.root()["allowed"])
    EXPECT_TRUE(notify::is_header_allowed(each.text())) << each.text();
  for (const json::Node each : document.root()["refused"])
    EXPECT_FALSE(notify::is_header_allowed(each.text())) << each.text();
  EXPECT_FALSE(notify::is_header_allowed(std::string_view("X: a\0b", 6)));
  EXPECT_FALSE(notify::is_header_allowed("X: " + std::string(4096, 'a')));
}

}  // namespace
}  // namespace pas
