// Nothing that a sender says of a patient is written anywhere but into the store and the answer: bundles, searches and
// headers full of a marker, and then everything that the process wrote is searched for it.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using support::ask;
using support::http_request;

constexpr std::string_view kMarker = "Zqxmarker";

enum class Marked {
  kTexts,      // what people write: names, addresses, notes
  kNearlyAll,  // all but what keeps the bundle readable: codes, URLs, references, dates
  kAll,
};

bool is_text(std::string_view key) {
  constexpr std::array<std::string_view, 10> kTexts = {"family", "given",   "text",  "line",        "city",
                                                       "name",   "display", "title", "description", "prefix"};
  return std::ranges::find(kTexts, key) != kTexts.end();
}

bool is_structure(std::string_view key, std::string_view value) {
  constexpr std::array<std::string_view, 9> kKeys = {"resourceType", "code", "system", "url",    "reference",
                                                     "fullUrl",      "id",   "status", "profile"};
  const bool is_date = value.size() >= 10 && value[4] == '-' && value[7] == '-';
  return is_date || key == "use" || key == "type" || key == "intent" || key == "gender" || key == "data" ||
         std::ranges::find(kKeys, key) != kKeys.end();
}

bool wants_mark(Marked how, std::string_view key, std::string_view value) {
  if (how == Marked::kTexts) return is_text(key);
  return how == Marked::kAll || !is_structure(key, value);
}

// The samples have no escaped quotes within a key.
std::string mark(std::string_view bundle, Marked how) {
  std::string marked;
  std::string key;
  int count = 0;
  for (std::size_t at = 0; at < bundle.size();) {
    if (bundle[at] != '"') {
      marked += bundle[at++];
      continue;
    }
    std::size_t end = at + 1;
    while (end < bundle.size() && bundle[end] != '"') end += bundle[end] == '\\' ? 2 : 1;
    const std::string_view text = bundle.substr(at + 1, end - at - 1);
    const std::size_t next = bundle.find_first_not_of(" \n", end + 1);
    const bool is_key = next != std::string_view::npos && bundle[next] == ':';
    if (is_key) key = text;
    const bool is_marked = !is_key && wants_mark(how, key, text);
    marked +=
        is_marked ? "\"" + std::string(kMarker) + std::to_string(++count) + "\"" : "\"" + std::string(text) + "\"";
    at = end + 1;
  }
  EXPECT_GE(count, 5);
  return marked;
}

class PatientData : public testing::Test {
 protected:
  PatientData()
      : adapter_({"--store", "sqlite:" + folder_.file("adapter.db"), "--admin-listen", "127.0.0.1:0", "--audit",
                  folder_.file("audit.ndjson")}) {}

  int send(const std::string& request) { return ask(adapter_.port(), request).value_or(support::HttpAnswer{}).status; }
  int post(const std::string& target, const std::string& body, const std::string& headers = "") {
    return send(http_request("POST", target, body, "Content-Type: application/fhir+json\r\n" + headers));
  }
  std::string metrics() {
    return ask(adapter_.admin_port(), http_request("GET", "/metrics")).value_or(support::HttpAnswer{}).body;
  }
  void expect_nowhere(const std::string& written, const char* where) const {
    const auto at = written.find(kMarker);
    EXPECT_EQ(at, std::string::npos) << where << ": " << written.substr(at < 200 ? 0 : at - 200, 400);
  }

  const support::TemporaryFolder folder_;
  support::RunningAdapter adapter_;
  const std::string m_{kMarker};
};

TEST_F(PatientData, IsInNoLogNoMetricNoAuditAndNoCrash) {
  ASSERT_NE(adapter_.port(), 0) << adapter_.process().errors();
  int answered = 0;
  int refused = 0;
  for (const auto& path : support::files_below(support::repo_path("samples/bundles"), ".json")) {
    const std::string bundle = support::read_file(path);
    for (const Marked how : {Marked::kTexts, Marked::kNearlyAll, Marked::kAll}) {
      const std::string marked = mark(bundle, how);
      const int status = post("/fhir/Claim/$submit", marked);
      EXPECT_TRUE(status == 200 || status == 400) << path << ": " << status;
      ++(status == 200 ? answered : refused);
      if (how != Marked::kNearlyAll) continue;
      EXPECT_EQ(post("/pas/2.0.1/fhir/Claim/$submit", marked.substr(0, marked.size() / 2)), 400);
      for (const char* target : {"/fhir/Claim/$inquire", "/fhir/$submit-attachment", "/fhir/Subscription"}) {
        EXPECT_EQ(post(target, marked), 400) << target;
      }
      const int validated = post("/fhir/$validate?profile=" + m_, marked);
      EXPECT_TRUE(validated == 200 || validated == 400) << path << ": " << validated;
    }
  }
  EXPECT_GT(answered, 10);
  EXPECT_GT(refused, 10);

  for (const std::string& target :
       {"/fhir/Claim?identifier=" + m_, "/fhir/Claim?patient.identifier=urn:x%7C" + m_, "/fhir/Claim?" + m_ + "=1",
        "/fhir/ClaimResponse?identifier=a&name=" + m_, "/fhir/ClaimResponse/" + m_, "/fhir/" + m_, "/" + m_ + "/x",
        "/fhir/Subscription/" + m_ + "/$status", "/fhir/Questionnaire?url=" + m_, "/fhir/Claim/%" + m_}) {
    send(http_request("GET", target));
  }
  for (const std::string& header :
       {"X-Patient: " + m_, "User-Agent: " + m_, "Authorization: Bearer " + m_, "Cookie: p=" + m_,
        "Idempotency-Key: " + m_, "X-Request-Id: " + m_ + " is no id", "traceparent: " + m_, "Accept: " + m_ + "/x",
        "Content-Encoding: " + m_, "Content-Length: " + m_, m_ + ": x", "broken " + m_}) {
    send(http_request("GET", "/fhir/Claim?identifier=a", {}, header + "\r\n"));
    post("/fhir/Claim/$submit", "{\"resourceType\":\"" + m_ + "\"}", header + "\r\n");
  }
  for (const std::string& request : {"GET /" + m_ + " HTTP/9.9\r\n\r\n", m_ + " / HTTP/1.1\r\nHost: a\r\n\r\n",
                                     "GET / HTTP/1.1\r\nHost: " + m_ + "\r\nHost: b\r\n\r\n"}) {
    send(request);
  }
  const auto ask_admin = [this](const std::string& request) { return ask(adapter_.admin_port(), request).has_value(); };
  EXPECT_TRUE(ask_admin(http_request("GET", "/admin/queue?member=" + m_)));
  EXPECT_TRUE(ask_admin(http_request("GET", "/admin/deliveries?subscription=" + m_)));
  EXPECT_TRUE(ask_admin(http_request("POST", "/admin/cases/" + m_ + "/decision", "{\"revision\":\"" + m_ + "\"}")));

  const std::string figures = metrics();
  EXPECT_NE(figures.find("pas_decisions_total{policy=\"husky-"), std::string::npos) << figures;
  EXPECT_NE(figures.find("pas_validation_faults_total{rule=\""), std::string::npos) << figures;
  expect_nowhere(figures, "metrics");

  // The memory of the process is full of markers: its end tells none of them.
  adapter_.process().signal(SIGABRT);
  EXPECT_EQ(adapter_.process().wait(), -SIGABRT);
  EXPECT_NE(adapter_.process().errors().find("http.access"), std::string::npos);
  expect_nowhere(adapter_.process().errors(), "the log");
  expect_nowhere(adapter_.process().output(), "standard output");
  const std::string audit = support::read_file(folder_.file("audit.ndjson"));
  EXPECT_NE(audit.find("\"reference\":\"ClaimResponse/"), std::string::npos);
  expect_nowhere(audit, "the audit");
  support::Process verify({{"audit", "verify", folder_.file("audit.ndjson")}});
  EXPECT_EQ(verify.wait(), 0) << verify.output() << verify.errors();
}

}  // namespace
}  // namespace pas
