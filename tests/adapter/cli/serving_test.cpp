// `pas-adapter serve` over its whole life: start, samples, reload, stop.

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "fhir/json/document.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using support::ask;
using support::http_request;
using support::RunningAdapter;
using support::submit_request;

// The code of the extension of an item's review, at any depth; empty when it has none.
std::string code_of(json::Node node, std::string_view url_end) {  // NOLINT(misc-no-recursion)
  for (const json::Node extension : node["extension"]) {
    if (extension["url"].text().ends_with(url_end)) {
      return std::string(extension["valueCodeableConcept"]["coding"].at(0)["code"].text());
    }
    std::string inside = code_of(extension, url_end);
    if (!inside.empty()) return inside;
  }
  return {};
}

void check_items(const std::string& answer, json::Node expected) {
  const auto document = json::Document::parse(answer);
  ASSERT_TRUE(document);
  const json::Node response = document->root()["entry"].at(0)["resource"];
  EXPECT_EQ(response["resourceType"].text(), "ClaimResponse");
  ASSERT_EQ(response["item"].size(), expected["items"].size());
  for (std::size_t i = 0; i < expected["items"].size(); ++i) {
    const json::Node item = response["item"].at(i);
    const json::Node wanted = expected["items"].at(i);
    EXPECT_EQ(item["itemSequence"].text(), wanted["sequence"].text());
    EXPECT_EQ(code_of(item["adjudication"].at(0), "extension-reviewActionCode"), wanted["action"].text());
    EXPECT_EQ(code_of(item["adjudication"].at(0), "reasonCode"), wanted["reason"].text());
  }
}

TEST(Serving, EverySampleIsAnsweredAsExpected) {
  RunningAdapter adapter({"--store", "memory"});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  const auto samples = json::Document::parse(support::read_file(support::repo_path("samples/expected.json")));
  ASSERT_TRUE(samples);
  ASSERT_GT(samples->root().size(), 0U);
  support::HttpClient client(adapter.port());
  for (const json::Node expected : samples->root()) {
    SCOPED_TRACE(expected.key());
    const auto path = support::repo_path("samples/bundles/" + std::string(expected.key()));
    const auto answer = client.exchange(submit_request(support::read_file(path)));
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::to_string(answer->status), expected["status"].text());
    EXPECT_EQ(answer->header("Content-Type"), "application/fhir+json; charset=utf-8");
    if (answer->status == 200) {
      check_items(answer->body, expected);
      continue;
    }
    const auto outcome = json::Document::parse(answer->body);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->root()["resourceType"].text(), "OperationOutcome");
    EXPECT_GE(outcome->root()["issue"].size(), expected["issues"].size());
  }
  EXPECT_EQ(adapter.stop(), 0);
}

TEST(Serving, ATermSignalFinishesWhatRunsAndExitsZero) {
  RunningAdapter adapter({"--store", "memory"});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  support::HttpClient idle(adapter.port());
  ASSERT_TRUE(idle.exchange(http_request("GET", "/healthz")));
  const std::string request = submit_request(support::distinct_bundle(1));
  support::HttpClient begun(adapter.port());
  ASSERT_TRUE(begun.send(std::string_view(request).substr(0, request.size() / 2)));
  // Answered after the half of the other was read: both are on the adapter's one thread for sockets.
  ASSERT_TRUE(ask(adapter.port(), http_request("GET", "/healthz")));

  adapter.process().signal(SIGTERM);
  EXPECT_TRUE(idle.ended());
  const auto answer = begun.exchange(std::string_view(request).substr(request.size() / 2));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("Connection"), "close");
  begun.finish_sending();
  EXPECT_EQ(adapter.process().wait(), 0);
  EXPECT_NE(adapter.process().errors().find("\"clean\":true"), std::string::npos) << adapter.process().errors();
}

TEST(Serving, AHangupLoadsThePoliciesAgainAndKeepsTheOldOnesWhenTheyAreWrong) {
  const support::TemporaryFolder folder;
  const std::string policies = folder.file("policies");
  std::filesystem::copy(support::repo_path("mappings/policies"), policies, std::filesystem::copy_options::recursive);
  const std::string file = policies + "/husky/policy.json";
  const std::string good = support::read_file(file);
  const auto write = [&file](const std::string& text) { std::ofstream(file, std::ios::binary) << text; };
  const auto decided_with = [](RunningAdapter& adapter, int number) {
    const auto answer = ask(adapter.port(), submit_request(support::distinct_bundle(number)));
    return answer ? answer->body : std::string();
  };
  constexpr std::string_view kBefore = "Certified under";
  constexpr std::string_view kAfter = "Approved under";

  RunningAdapter adapter({"--store", "memory", "--policies", policies});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  EXPECT_NE(decided_with(adapter, 1).find(kBefore), std::string::npos);

  write(good.substr(0, good.size() / 2));
  adapter.process().signal(SIGHUP);
  ASSERT_TRUE(adapter.process().says("\"event\":\"cli.policies_refused\""));
  EXPECT_NE(adapter.process().errors().find("husky/policy.json:"), std::string::npos) << adapter.process().errors();
  EXPECT_NE(decided_with(adapter, 2).find(kBefore), std::string::npos);

  std::string changed = good;
  for (std::size_t at = 0; (at = changed.find(kBefore, at)) != std::string::npos; at += kAfter.size()) {
    changed.replace(at, kBefore.size(), kAfter);
  }
  ASSERT_NE(changed, good);
  write(changed);
  adapter.process().signal(SIGHUP);
  ASSERT_TRUE(adapter.process().says("\"event\":\"cli.policies_reloaded\""));
  EXPECT_NE(decided_with(adapter, 3).find(kAfter), std::string::npos);
  EXPECT_EQ(adapter.stop(), 0);
}

TEST(Serving, TheAdminReloadAnswersWithThePoliciesInForceOrEveryMistakeWithItsPlace) {
  const support::TemporaryFolder folder;
  const std::string policies = folder.file("policies");
  std::filesystem::copy(support::repo_path("mappings/policies"), policies, std::filesystem::copy_options::recursive);
  const std::string file = policies + "/tidewater/questionnaires/home-oxygen.json";
  const std::string good = support::read_file(file);
  const auto write = [&file, &good](const std::string& find, const std::string& by) {
    std::string text = good;
    text.replace(text.find(find), find.size(), by);
    std::ofstream(file, std::ios::binary) << text;
  };
  RunningAdapter adapter({"--store", "memory", "--policies", policies, "--admin-listen", "127.0.0.1:0"});
  ASSERT_NE(adapter.admin_port(), 0) << adapter.process().errors();
  const auto reloaded = [&adapter] {
    return ask(adapter.admin_port(), http_request("POST", "/admin/policies/reload")).value_or(support::HttpAnswer{});
  };
  const auto form = [&adapter] {
    return ask(adapter.port(), http_request("GET", "/fhir/Questionnaire/home-oxygen"))->body;
  };

  write("\"type\": \"decimal\"", "\"type\": \"decimel\"");
  const support::HttpAnswer refused = reloaded();
  EXPECT_EQ(refused.status, 422);
  const auto document = json::Document::parse(refused.body);
  ASSERT_TRUE(document) << refused.body;
  ASSERT_EQ(document->root()["mistakes"].size(), 1U) << refused.body;
  const std::string mistake(document->root()["mistakes"].at(0).text());
  EXPECT_TRUE(mistake.starts_with(file + ":17:16: no type of item is named \"decimel\"")) << mistake;
  EXPECT_NE(form().find("\"decimal\""), std::string::npos) << "what was in force stays";

  write("\"version\": \"1.0.0\"", "\"version\": \"1.1.0\"");
  const support::HttpAnswer taken = reloaded();
  EXPECT_EQ(taken.status, 200);
  EXPECT_NE(taken.body.find("\"tidewater-home-oxygen\""), std::string::npos) << taken.body;
  EXPECT_NE(form().find("\"1.1.0\""), std::string::npos);
  EXPECT_EQ(adapter.stop(), 0);
}

TEST(Serving, AReloadTakesPayersAndRosterWithThePoliciesOrNoneOfThem) {
  const support::TemporaryFolder folder;
  const auto write = [&folder](const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    return folder.file(name);
  };
  const std::string payer =
      "[[payer]]\nid = \"husky\"\nname = \"HUSKY Health Prior Authorization (sample payer)\"\nroster = "
      "\"providers.csv\"\n";
  const std::string by_policy = payer + "backend = \"policy\"\n";
  const std::string by_hand = payer + "backend = \"review\"\npath = \"/husky\"\n";
  const std::string everybody = support::read_file(support::repo_path("samples/providers.csv"));
  write("providers.csv", everybody);
  RunningAdapter adapter(
      {"--store", "memory", "--payers", write("payers.toml", by_policy), "--admin-listen", "127.0.0.1:0"});
  ASSERT_NE(adapter.admin_port(), 0) << adapter.process().errors();
  const auto says = [&adapter](int number, std::string_view text) {
    const auto answer = ask(adapter.port(), submit_request(support::distinct_bundle(number)));
    return answer && answer->body.find(text) != std::string::npos;
  };
  const auto reload = [&adapter] {
    return ask(adapter.admin_port(), http_request("POST", "/admin/policies/reload")).value_or(support::HttpAnswer{});
  };
  constexpr std::string_view kByHand = "A reviewer of HUSKY";
  EXPECT_TRUE(says(1, "Certified under"));

  write("providers.csv", "nothing of a roster\n");
  write("payers.toml", by_hand + "colour = 1\n");
  const support::HttpAnswer refused = reload();
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("payers.toml:7: unknown key"), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find("providers.csv"), std::string::npos) << refused.body;
  EXPECT_TRUE(adapter.process().says("payers.toml:7: unknown key")) << "the log is written by a thread of its own";
  EXPECT_TRUE(says(2, "Certified under"));

  write("providers.csv", everybody.substr(0, everybody.find('\n') + 1));
  EXPECT_EQ(reload().status, 422) << "the payers are wrong still";
  write("payers.toml", by_policy);
  EXPECT_EQ(reload().status, 200);
  EXPECT_FALSE(says(3, "Certified under")) << "nobody is enrolled";

  write("payers.toml", by_hand);
  const support::HttpAnswer taken = reload();
  EXPECT_EQ(taken.status, 200);
  EXPECT_NE(taken.body.find(R"("payers":[{"id":"husky","backend":["review"]}])"), std::string::npos) << taken.body;
  EXPECT_TRUE(adapter.process().says(R"("event":"cli.policies_reloaded","payers":"husky: review")"));
  EXPECT_TRUE(says(4, kByHand));
  EXPECT_EQ(ask(adapter.port(), http_request("GET", "/husky/fhir/metadata"))->status, 200);

  write("payers.toml", "id = \"gateway\"\n" + payer +
                           "backend = [\"policy\", \"forward\"]\n[payer.forward]\nurl = \"http://127.0.0.1:9/fhir\"\n");
  EXPECT_NE(reload().body.find(R"([{"id":"husky","backend":["policy","forward"]}])"), std::string::npos);
  EXPECT_TRUE(adapter.process().says(R"("payers":"husky: policy, forward")"));
  EXPECT_EQ(adapter.stop(), 0);
}

TEST(Serving, TellsFiguresAndReadiness) {
  RunningAdapter adapter({"--store", "memory", "--admin-listen", "127.0.0.1:0"});
  ASSERT_NE(adapter.admin_port(), 0) << adapter.process().errors();
  const auto get = [](std::uint16_t port, const char* target) {
    return ask(port, http_request("GET", target)).value_or(support::HttpAnswer{});
  };
  for (const std::uint16_t port : {adapter.port(), adapter.admin_port()}) {
    const auto ready = get(port, "/readyz");
    EXPECT_EQ(ready.status, 200);
    EXPECT_EQ(ready.body, R"({"ready":true,"storeWritable":true,"policiesLoaded":true,"draining":false})");
    EXPECT_EQ(get(port, "/healthz").status, 200);
  }
  EXPECT_EQ(get(adapter.port(), "/metrics").status, 404) << "on the admin listener alone";

  EXPECT_EQ(ask(adapter.port(), submit_request(support::distinct_bundle(1)))->status, 200);
  EXPECT_EQ(ask(adapter.port(), submit_request("{}"))->status, 400);
  EXPECT_EQ(ask(adapter.port(), "GET / HTTP/1.1\r\n\r\n")->status, 400);
  auto figures = get(adapter.admin_port(), "/metrics");
  // An answer is counted once it has left; answers of one listener in their order.
  for (int i = 0; i < 1000 && figures.body.find("(refused)") == std::string::npos; ++i) {
    figures = get(adapter.admin_port(), "/metrics");
  }
  EXPECT_EQ(figures.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line :
       {"pas_http_requests_total{listener=\"public\",method=\"POST\",route=\"/fhir/Claim/$submit\",status=\"200\"} 1\n",
        "pas_http_requests_total{listener=\"public\",method=\"POST\",route=\"/fhir/Claim/$submit\",status=\"400\"} 1\n",
        "pas_http_request_seconds_count{listener=\"public\",route=\"/fhir/Claim/$submit\"} 2\n",
        "route=\"(refused)\",status=\"400\"} 1\n", ",action=\"A1\",by=\"submit\"} 1\n",
        "pas_validation_faults_total{rule=\"", "pas_pended_cases{age=\"over 7d\"} 0\n", "pas_outbox_dead 0\n",
        "pas_store_writable 1\n", "pas_http_connections ", "process_open_fds ", "pas_build_info{version=\""}) {
    EXPECT_NE(figures.body.find(line), std::string::npos) << line << figures.body;
  }
  EXPECT_EQ(adapter.stop(), 0);
}

TEST(Serving, ASecondAdapterMayNotHaveTheStore) {
  const support::TemporaryFolder folder;
  const std::string store = "sqlite:" + folder.file("adapter.db");
  RunningAdapter first({"--store", store});
  ASSERT_NE(first.port(), 0) << first.process().errors();
  RunningAdapter second({"--store", store});
  EXPECT_EQ(second.port(), 0);
  EXPECT_EQ(second.process().wait(), 1);
  EXPECT_NE(second.process().errors().find(folder.file("adapter.db")), std::string::npos) << second.process().errors();
}

}  // namespace
}  // namespace pas
