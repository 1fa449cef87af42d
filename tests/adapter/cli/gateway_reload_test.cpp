// What a reload of payers.toml changes at a payer whose server tells of decisions, and of the figures of its server.

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>

#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/notify/listener.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using support::ask;
using support::http_request;

constexpr int kCreated = 201;

class GatewayReload : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.file(name), std::ios::binary) << text;
    return folder_.file(name);
  }
  // HUSKY, decided by that backend.
  std::string write_payers(const std::string& id, const std::string& backend) const {
    return write("payers.toml",
                 "id = \"" + id +
                     "\"\n[[payer]]\nid = \"husky\"\nname = \"HUSKY Health Prior Authorization (sample payer)\"\n" +
                     backend + "\n");
  }
  static std::string forward_to(const support::Listener& server) {
    return "backend = \"forward\"\n[payer.forward]\nurl = \"" + server.url() + "\"\n";
  }
  static int notify(const support::RunningAdapter& adapter, const std::string& secret) {
    const auto answer = ask(adapter.port(), http_request("POST", "/gateway/husky/notification", "{}",
                                                         "Authorization: Bearer " + secret + "\r\n"));
    return answer ? answer->status : 0;
  }
  static int reload(support::RunningAdapter& adapter) {
    const auto answer = ask(adapter.admin_port(), http_request("POST", "/admin/policies/reload"));
    return answer ? answer->status : 0;
  }

  const std::string secret_ = std::string(40, 's');
  const std::string another_secret_ = std::string(40, 't');
  const support::TemporaryFolder folder_;
};

TEST_F(GatewayReload, SubscribesAtThePayersThatNeedIt) {
  const std::string telling = "organizations = [\"2093401281\"]\nnotify_secret = \"secret\"\n";
  const auto created = [](std::size_t, const support::Received&) { return kCreated; };
  const support::Listener payer(created);
  const support::Listener moved(created);
  write("secret", secret_);
  support::RunningAdapter adapter({"--store", "memory", "--payers", write_payers("gateway", "backend = \"policy\""),
                                   "--admin-listen", "127.0.0.1:0"});
  ASSERT_NE(adapter.admin_port(), 0) << adapter.process().errors();
  EXPECT_EQ(notify(adapter, secret_), 401);

  write_payers("gateway", forward_to(payer) + telling);
  adapter.process().signal(SIGHUP);
  ASSERT_TRUE(payer.has(1));
  const support::Received first = payer.received().front();
  EXPECT_TRUE(first.head.starts_with("POST /hook/Subscription ")) << first.head;
  EXPECT_NE(first.body.find("org-identifier=2093401281\""), std::string::npos) << first.body;
  EXPECT_NE(first.body.find("/gateway/husky/notification\""), std::string::npos) << first.body;
  EXPECT_NE(first.body.find(secret_), std::string::npos) << first.body;
  EXPECT_EQ(notify(adapter, secret_), 200);

  EXPECT_EQ(reload(adapter), 200);
  write_payers("gateway", forward_to(payer) + telling + "timeout_ms = 5000\n");
  EXPECT_EQ(reload(adapter), 200);
  write("secret", another_secret_);
  EXPECT_EQ(reload(adapter), 200);
  ASSERT_TRUE(payer.has(2));
  EXPECT_NE(payer.received()[1].body.find(another_secret_), std::string::npos) << "neither reload before had to";
  EXPECT_EQ(notify(adapter, secret_), 401);
  EXPECT_EQ(notify(adapter, another_secret_), 200);

  write_payers("gateway", forward_to(moved) + telling);
  EXPECT_EQ(reload(adapter), 200);
  ASSERT_TRUE(moved.has(1));
  EXPECT_TRUE(moved.received()[0].head.starts_with("POST /hook/Subscription "));

  write_payers("another", forward_to(moved));
  EXPECT_EQ(reload(adapter), 200);
  EXPECT_EQ(notify(adapter, another_secret_), 401);
  ASSERT_TRUE(ask(adapter.port(), support::submit_request(support::distinct_bundle(1))));
  ASSERT_TRUE(moved.has(2));
  EXPECT_TRUE(moved.received()[1].head.starts_with("POST /hook/Claim/$submit ")) << "no subscription any more";
  EXPECT_NE(moved.received()[1].head.find("\r\nVia: 1.1 another\r\n"), std::string::npos) << moved.received()[1].head;
  EXPECT_EQ(payer.received().size(), 2U);
  EXPECT_EQ(adapter.stop(), 0);
  EXPECT_EQ(adapter.process().errors().find("\"kind\":\"forward-subscribe\""), std::string::npos)
      << "a message that had nothing to do:" << adapter.process().errors();
}

// One that asks the payer in vain is at it again in a minute, and a reload lets it ask at once.
TEST_F(GatewayReload, AsksAtOnceWhereTheSubscriptionFailed) {
  const support::Listener payer([](std::size_t number, const support::Received&) { return number == 0 ? 503 : 201; });
  write("secret", secret_);
  support::RunningAdapter adapter(
      {"--store", "memory", "--payers",
       write_payers("gateway", forward_to(payer) + "organizations = [\"1\"]\nnotify_secret = \"secret\"\n"),
       "--admin-listen", "127.0.0.1:0"});
  ASSERT_NE(adapter.admin_port(), 0) << adapter.process().errors();
  ASSERT_TRUE(adapter.process().says("gateway.not_subscribed"));
  EXPECT_EQ(reload(adapter), 200);
  EXPECT_TRUE(payer.has(2));
  EXPECT_EQ(adapter.stop(), 0);
}

TEST_F(GatewayReload, LeavesTheFiguresOfAPayersServer) {
  const support::Listener payer([](std::size_t, const support::Received&) { return 503; });
  support::RunningAdapter adapter(
      {"--store", "memory", "--payers", write_payers("gateway", forward_to(payer)), "--admin-listen", "127.0.0.1:0"});
  ASSERT_NE(adapter.admin_port(), 0) << adapter.process().errors();
  int number = 0;
  const auto submit = [&](int times) {
    for (int i = 0; i < times; ++i) {
      EXPECT_TRUE(ask(adapter.port(), support::submit_request(support::distinct_bundle(++number))));
    }
  };
  const auto expect_lines = [&](std::initializer_list<const char*> lines) {
    const std::string figures = ask(adapter.admin_port(), http_request("GET", "/metrics"))->body;
    for (const char* line : lines) EXPECT_NE(figures.find(line), std::string::npos) << line << figures;
  };
  expect_lines({"pas_payer_circuit_open{payer=\"husky\"} 0\n"});
  submit(6);
  expect_lines({"pas_payer_requests_total{payer=\"husky\",outcome=\"failed\"} 5\n",
                "pas_payer_requests_total{payer=\"husky\",outcome=\"spared\"} 1\n",
                "pas_payer_request_seconds_count{payer=\"husky\"} 5\n", "pas_payer_circuit_open{payer=\"husky\"} 1\n"});

  write_payers("gateway", forward_to(payer) + "timeout_ms = 5000\n");
  EXPECT_EQ(reload(adapter), 200);
  expect_lines({"pas_payer_circuit_open{payer=\"husky\"} 0\n"});
  submit(1);
  expect_lines({"pas_payer_requests_total{payer=\"husky\",outcome=\"failed\"} 6\n"});
  EXPECT_EQ(adapter.stop(), 0);
}

}  // namespace
}  // namespace pas
