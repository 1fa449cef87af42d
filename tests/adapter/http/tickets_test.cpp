// Ticket keys over time, and OCSP responses.

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "adapter/http/ocsp_response.h"
#include "adapter/http/ticket_keys.h"
#include "adapter/http/tls.h"
#include "tests/adapter/http/fixture.h"
#include "tests/adapter/http/tls_client.h"

namespace pas {
namespace {

using http::kTicketLifetime;
using http::TicketKeys;

TEST(TicketKeysTest, AKeySealsForAnHourAndOpensForAnother) {
  TicketKeys keys;
  const TicketKeys::TimePoint begin{};
  const auto first = keys.sealing(begin);
  ASSERT_TRUE(first);
  EXPECT_EQ(keys.sealing(begin + kTicketLifetime / 2)->name, first->name);
  const auto second = keys.sealing(begin + kTicketLifetime);
  EXPECT_NE(second->name, first->name);
  EXPECT_NE(second->cipher, first->cipher);
  EXPECT_NE(second->mac, first->mac);

  const auto old = keys.opening(first->name, begin + 3 * kTicketLifetime / 2);
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->is_old);
  EXPECT_EQ(old->key.cipher, first->cipher);
  EXPECT_FALSE(keys.opening(second->name, begin + 3 * kTicketLifetime / 2)->is_old);
  EXPECT_FALSE(keys.opening(first->name, begin + 2 * kTicketLifetime)) << "though no other key has come";
  EXPECT_FALSE(keys.opening({}, begin + kTicketLifetime));
}

TEST(OcspTest, IsAboutThisCertificateAndCurrent) {
  const support::Authority authority;
  const support::Identity server = authority.issue("server", "DNS:localhost");
  const support::Identity other = authority.issue("other", "DNS:localhost");
  const std::string good = authority.ocsp_about(server.certificate.get(), 3600);
  EXPECT_TRUE(http::OcspResponse::parse(good, *server.certificate));
  EXPECT_FALSE(http::OcspResponse::parse(good, *other.certificate));
  EXPECT_FALSE(http::OcspResponse::parse(authority.ocsp_about(server.certificate.get(), -60), *server.certificate));
  EXPECT_FALSE(http::OcspResponse::parse(good.substr(0, good.size() / 2), *server.certificate));
  EXPECT_FALSE(http::OcspResponse::parse("", *server.certificate));
}

TEST(OcspTest, IsStapledWhenTheClientAsks) {
  const support::TemporaryFolder folder;
  const support::Authority authority;
  const support::Identity server = authority.issue("server", "DNS:localhost");
  write_pair(folder, server);
  const std::string der = authority.ocsp_about(server.certificate.get(), 3600);
  support::write_file(folder.file("ocsp.der"), der);
  http::Options options;
  options.tls = *http::Tls::load(
      {.certificate = folder.file("cert.pem"), .key = folder.file("key.pem"), .ocsp = folder.file("ocsp.der")});
  support::RunningServer running(options);
  EXPECT_EQ(support::TlsClient(running.port(), {.asks_ocsp = true}).stapled(), der);
  EXPECT_EQ(support::TlsClient(running.port()).stapled(), "");
}

}  // namespace
}  // namespace pas
