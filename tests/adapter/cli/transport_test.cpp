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

TEST(PlainHttp, IsServedOnTheNetworkOnlyWhenAllowed) {
  support::Process adapter({{"serve", "--store", "memory", "--listen", "0.0.0.0:0", "--allow-plain-http"}});
  EXPECT_TRUE(adapter.says("is ready at http://0.0.0.0:")) << adapter.errors();
  adapter.signal(SIGTERM);
  EXPECT_EQ(adapter.wait(), 0);
}

}  // namespace
}  // namespace pas
