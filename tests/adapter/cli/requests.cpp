#include "tests/adapter/cli/requests.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

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

}  // namespace pas::support
