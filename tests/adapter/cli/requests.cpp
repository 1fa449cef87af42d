#include "tests/adapter/cli/requests.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <set>

#include "adapter/store/store.h"
#include "fhir/base/digest.h"
#include "fhir/json/document.h"
#include "tests/support/files.h"

namespace pas::support {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size(), ++found) {
    text.replace(at, from.size(), to);
  }
  EXPECT_GT(found, 0U) << "the sample has no " << from;
}

}  // namespace

std::string distinct_bundle(int number) {
  static const std::string sample = read_file(repo_path("samples/bundles/row-09-a1-signed-order.json"));
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "%07d", number);
  std::string bundle = sample;
  replace_all(bundle, "R1410804", "R" + std::string(digits.data()));
  replace_all(bundle, "001410804", "01" + std::string(digits.data()));
  return bundle;
}

std::string submit_request(const std::string& bundle) {
  return http_request("POST", "/fhir/Claim/$submit", bundle, "Content-Type: application/fhir+json\r\n");
}

std::string response_id(const std::string& answer) {
  const auto document = json::Document::parse(answer);
  return document ? std::string(document->root()["entry"].at(0)["resource"]["id"].text()) : std::string();
}

std::optional<HttpAnswer> ask(std::uint16_t port, const std::string& request) {
  HttpClient client(port);
  return client.exchange(request);
}

std::string answer_to(HttpClient& client, const std::string& bundle) {
  const auto answer = client.exchange(submit_request(bundle));
  return answer && answer->status == 200 ? answer->body : std::string();
}

void check_store(const std::string& specification, const Sent& sent) {
  auto opened = store::open_store(specification);
  ASSERT_TRUE(opened) << opened.error().message;
  std::multiset<std::string> hashes;
  std::set<std::string> numbers;
  std::optional<std::int64_t> before;
  do {
    const auto page = (*opened)->list_cases({}, before, store::kMaxCases);
    ASSERT_TRUE(page);
    for (const store::Case& record : page->cases) {
      hashes.insert(record.request_sha256);
      EXPECT_EQ(record.items.at(0).action, "A1");
      EXPECT_TRUE(numbers.insert(record.items.at(0).authorization_number).second) << "a number was given twice";
    }
    before = page->continue_before;
  } while (before);
  EXPECT_EQ(hashes.size(), sent.size());
  for (const auto& [bundle, answer] : sent) EXPECT_EQ(hashes.count(base::sha256_hex(bundle)), 1U);
  EXPECT_EQ(*(*opened)->verify(), std::vector<std::string>());
}

}  // namespace pas::support
