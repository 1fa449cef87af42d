// tests/cases/endpoints/*.json: a request to a running adapter whose body limit is 1 MB, and what it answers.
//
//   method, target, headers (whole lines)   CASE in the target is the id of a case that was answered before
//   body | sample (a file of samples/bundles); "spaces" so many after it; "header bytes" a header of that size
//   coding: "gzip", "deflate"; framing: "chunked", "continue" (the body goes once 100 Continue has come)
//   status; "answer headers" by name, null for one that must not be there
//   resource: resourceType of the answer, "" for no body at all; issue: code of its first issue; holds: texts in the
//   body

#include <gtest/gtest.h>

#include <string>

#include "fhir/json/document.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/support/coding.h"
#include "tests/support/files.h"

namespace pas {
namespace {

std::size_t number(json::Node node) {
  return node ? std::stoul(std::string(node.text())) : 0;
}

std::string body_of(json::Node each) {
  std::string body(each["body"].text());
  if (each["sample"])
    body = support::read_file(support::repo_path("samples/bundles/" + std::string(each["sample"].text())));
  body.append(number(each["spaces"]), ' ');
  const std::string_view coding = each["coding"].text();
  return coding.empty() ? body : support::compressed(body, coding == "gzip" ? support::kGzip : support::kZlib);
}

struct Sent {
  std::string head;
  std::string body;
};
Sent request_of(json::Node each, const std::string& case_id) {
  Sent sent{"", body_of(each)};
  std::string target(each["target"].text());
  const auto at = target.find("CASE");
  if (at != std::string::npos) target.replace(at, 4, case_id);
  sent.head.append(each["method"].text()).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  for (const json::Node header : each["headers"]) sent.head.append(header.text()).append("\r\n");
  if (each["header bytes"]) sent.head.append("X-Long: ").append(number(each["header bytes"]), 'a').append("\r\n");
  if (each["coding"]) sent.head.append("Content-Encoding: ").append(each["coding"].text()).append("\r\n");
  if (each["framing"].text() == "chunked") {
    sent.head.append("Transfer-Encoding: chunked\r\n");
    sent.body = support::chunked(sent.body);
  } else if (!sent.body.empty()) {
    sent.head.append("Content-Length: ").append(std::to_string(sent.body.size())).append("\r\n");
  }
  if (each["framing"].text() == "continue") sent.head.append("Expect: 100-continue\r\n");
  sent.head.append("\r\n");
  return sent;
}

std::optional<support::HttpAnswer> answer_to(std::uint16_t port, json::Node each, const std::string& case_id) {
  const Sent sent = request_of(each, case_id);
  support::HttpClient client(port);
  client.send(sent.head);
  if (each["framing"].text() == "continue") {
    auto first = client.receive();
    if (!first || first->status != 100) return first;
  }
  client.send(sent.body);
  return client.receive(each["method"].text() == "HEAD");
}

void check_headers(const support::HttpAnswer& answer, json::Node wanted) {
  for (const json::Node header : wanted) {
    const auto value = answer.header(header.key());
    EXPECT_EQ(value.has_value(), !header.is_null()) << header.key();
    if (value && !header.is_null()) {
      EXPECT_EQ(*value, header.text()) << header.key();
    }
  }
}

void check_body(const std::string& body, json::Node each) {
  for (const json::Node text : each["holds"]) {
    EXPECT_NE(body.find(text.text()), std::string::npos) << "no " << text.text() << " in " << body.substr(0, 2'000);
  }
  if (!each["resource"]) return;
  if (each["resource"].text().empty()) {
    EXPECT_EQ(body, "");
    return;
  }
  const auto document = json::Document::parse(body);
  ASSERT_TRUE(document) << body.substr(0, 2'000);
  EXPECT_EQ(document->root()["resourceType"].text(), each["resource"].text());
  if (each["issue"]) {
    EXPECT_EQ(document->root()["issue"].at(0)["code"].text(), each["issue"].text());
    EXPECT_NE(document->root()["issue"].at(0)["details"]["text"].text(), "");
  }
}

TEST(Endpoints, Requests) {
  support::RunningAdapter adapter(
      {"--store", "memory", "--body-limit-mb", "1", "--public-url", "https://pas.example/base"});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  const auto first = support::ask(adapter.port(), support::submit_request(support::distinct_bundle(1)));
  ASSERT_TRUE(first);
  const std::string case_id = support::response_id(first->body);
  ASSERT_FALSE(case_id.empty()) << first->body;
  std::size_t count = 0;
  for (const auto& path : support::files_below(support::repo_path("tests/cases/endpoints"), ".json")) {
    const auto cases = json::Document::parse(support::read_file(path));
    ASSERT_TRUE(cases) << path << ": " << cases.error().message << " at " << cases.error().offset;
    for (const json::Node each : cases->root()) {
      SCOPED_TRACE(path.filename().string() + ": " + std::string(each["name"].text()));
      ++count;
      const auto answer = answer_to(adapter.port(), each, case_id);
      ASSERT_TRUE(answer);
      EXPECT_EQ(std::to_string(answer->status), each["status"].text());
      EXPECT_TRUE(answer->header("X-Request-Id"));
      check_headers(*answer, each["answer headers"]);
      check_body(answer->body, each);
    }
  }
  EXPECT_GT(count, 0U);
  EXPECT_EQ(adapter.stop(), 0);
}

}  // namespace
}  // namespace pas
