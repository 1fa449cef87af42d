// `pas-adapter serve` over TLS: started, asked, told to load its certificate again.

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "fhir/json/document.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/http/tls_client.h"

namespace pas {
namespace {

using support::RunningAdapter;
using support::TlsClient;

class Transport : public testing::Test {
 protected:
  Transport() { write_pair(folder_, authority_.issue("first", kHosts)); }

  std::vector<std::string> arguments() const {
    return {"--store", "memory", "--tls-cert", folder_.file("cert.pem"), "--tls-key", folder_.file("key.pem")};
  }
  std::string served_name(RunningAdapter& adapter) const {
    return TlsClient(adapter.port(), {.authority = authority_.certificate()}).peer_name();
  }

  static constexpr const char* kHosts = "DNS:localhost,IP:127.0.0.1";
  const support::TemporaryFolder folder_;
  const support::Authority authority_;
};

TEST_F(Transport, DecidesOverTlsAndNamesItselfByHttps) {
  RunningAdapter adapter(arguments());
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  TlsClient client(adapter.port(), {.authority = authority_.certificate()});
  const auto answer = client.exchange(support::submit_request(support::distinct_bundle(1)));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_NE(support::response_id(answer->body), "");
  const auto metadata = client.exchange(support::http_request("GET", "/fhir/metadata"));
  ASSERT_TRUE(metadata);
  const auto statement = json::Document::parse(metadata->body);
  ASSERT_TRUE(statement);
  EXPECT_EQ(statement->root()["implementation"]["url"].text(),
            "https://127.0.0.1:" + std::to_string(adapter.port()) + "/fhir");
  EXPECT_EQ(adapter.stop(), 0);
}

TEST_F(Transport, AHangupLoadsTheCertificateAgainAndKeepsTheOldOneWhenItIsWrong) {
  RunningAdapter adapter(arguments());
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  EXPECT_EQ(served_name(adapter), "first");

  support::write_file(folder_.file("cert.pem"), "no certificate");
  adapter.process().signal(SIGHUP);
  ASSERT_TRUE(adapter.process().says("\"event\":\"cli.tls_refused\""));
  EXPECT_NE(adapter.process().errors().find("cert.pem: no certificate in PEM"), std::string::npos);
  EXPECT_EQ(served_name(adapter), "first");

  write_pair(folder_, authority_.issue("second", kHosts));
  adapter.process().signal(SIGHUP);
  ASSERT_TRUE(adapter.process().says("\"event\":\"cli.tls_reloaded\""));
  EXPECT_EQ(served_name(adapter), "second");
  EXPECT_EQ(adapter.stop(), 0);
}

TEST_F(Transport, AWrongCertificateKeepsItFromStarting) {
  write_pair(folder_, authority_.issue("late", kHosts, {.to = "20260101000000Z"}));
  RunningAdapter adapter(arguments());
  EXPECT_EQ(adapter.port(), 0);
  EXPECT_EQ(adapter.process().wait(), 1);
  EXPECT_NE(adapter.process().errors().find("cert.pem: the certificate has expired"), std::string::npos);
}

TEST(ClientLimits, WhoAsksTooOftenIsToldWhenToComeBack) {
  RunningAdapter adapter({"--store", "memory", "--client-rate", "1", "--client-burst", "2", "--client-quota", "2"});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  support::HttpClient client(adapter.port());
  const std::string request = support::http_request("GET", "/fhir/metadata");
  EXPECT_EQ(client.exchange(request)->status, 200);
  EXPECT_EQ(client.exchange(request)->status, 200);
  const auto refused = client.exchange(request);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_GT(std::stoi(refused->header("Retry-After").value_or("0")), 40'000) << "half a day, by the quota";
  const auto outcome = json::Document::parse(refused->body);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->root()["issue"].at(0)["code"].text(), "throttled");
  EXPECT_EQ(adapter.stop(), 0);
}

TEST(PlainHttp, IsServedOnTheNetworkOnlyWhenAllowed) {
  support::Process adapter({{"serve", "--store", "memory", "--listen", "0.0.0.0:0", "--allow-plain-http", "--auth",
                             "smart", "--auth-clients", "tests/cases/auth/settings/clients.toml"}});
  EXPECT_TRUE(adapter.says("is ready at http://0.0.0.0:")) << adapter.errors();
  adapter.signal(SIGTERM);
  EXPECT_EQ(adapter.wait(), 0);
}

}  // namespace
}  // namespace pas
