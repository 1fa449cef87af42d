// TLS as clients see it: who is let in, who is not, what is in force after a reload.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "adapter/http/tls.h"
#include "tests/adapter/http/fixture.h"
#include "tests/adapter/http/tls_client.h"

namespace pas {
namespace {

using support::Authority;
using support::http_request;
using support::Identity;
using support::TlsClient;
using testing::HasSubstr;

constexpr const char* kHosts = "DNS:localhost,IP:127.0.0.1";

class TlsTest : public testing::Test {
 protected:
  TlsTest() { write_pair(folder_, authority_.issue("first", kHosts)); }

  http::TlsSettings settings() const {
    return {.certificate = folder_.file("cert.pem"), .key = folder_.file("key.pem")};
  }
  http::TlsSettings mutual(std::string_view list = {}) const {
    http::TlsSettings settings = TlsTest::settings();
    settings.client_ca = folder_.file("client-ca.pem");
    support::write_file(settings.client_ca, cases::to_pem(clients_.certificate()));
    if (!list.empty()) {
      settings.client_list = folder_.file("clients.txt");
      support::write_file(settings.client_list, list);
    }
    return settings;
  }
  static http::Options over(const http::TlsSettings& settings) {
    http::Options options;
    auto tls = http::Tls::load(settings);
    EXPECT_TRUE(tls) << (tls ? "" : tls.error().message);
    if (tls) options.tls = *tls;
    return options;
  }
  // What loading these says.
  static std::string mistake(const http::TlsSettings& settings) {
    const auto tls = http::Tls::load(settings);
    return tls ? "none" : tls.error().message;
  }
  // A request is answered.
  static bool serves(TlsClient& client) {
    const auto answer = client.exchange(http_request("POST", "/", "hello"));
    return answer && answer->status == 200 && answer->body == "hello";
  }

  const support::TemporaryFolder folder_;
  const Authority authority_;
  const Authority clients_{"Client CA"};
};

TEST_F(TlsTest, ServesBothVersionsWithForwardSecrecyAndAead) {
  support::RunningServer running(over(settings()));
  TlsClient newest(running.port(), {.authority = authority_.certificate(), .protocol = "http/1.1"});
  EXPECT_TRUE(serves(newest));
  EXPECT_EQ(newest.version(), "TLSv1.3");
  EXPECT_EQ(newest.protocol(), "http/1.1");
  EXPECT_EQ(newest.exchange(http_request("GET", "/"))->header("Strict-Transport-Security"), "max-age=31536000");
  TlsClient older(running.port(), {.version = TLS1_2_VERSION, .authority = authority_.certificate()});
  EXPECT_TRUE(serves(older));
  EXPECT_EQ(older.version(), "TLSv1.2");
  EXPECT_EQ(older.cipher(), "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_F(TlsTest, RefusesOldVersionsAndCiphersAndOtherProtocols) {
  support::RunningServer running(over(settings()));
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    EXPECT_FALSE(TlsClient(running.port(), {.version = version, .ciphers = "ALL:@SECLEVEL=0"}).connected());
  }
  for (const char* ciphers : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA",
                              "DHE-RSA-AES128-GCM-SHA256", "aNULL", "eNULL", "PSK"}) {
    EXPECT_FALSE(TlsClient(running.port(), {.version = TLS1_2_VERSION, .ciphers = ciphers}).connected()) << ciphers;
  }
  EXPECT_FALSE(TlsClient(running.port(), {.protocol = "h2"}).connected());
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().connections == 0; }));
  EXPECT_EQ(running.log_lines("http.handshake_failed").size(), 10U);
}

TEST_F(TlsTest, DoesNotRenegotiateButUpdatesKeys) {
  support::RunningServer running(over(settings()));
  TlsClient older(running.port(), {.version = TLS1_2_VERSION});
  ASSERT_TRUE(serves(older));
  EXPECT_FALSE(older.renegotiate());
  TlsClient newest(running.port());
  ASSERT_TRUE(serves(newest));
  EXPECT_TRUE(newest.update_keys());
  EXPECT_TRUE(serves(newest));
}

// Bodies and answers over many records, pipelined requests, and a client that says when it is done.
TEST_F(TlsTest, CarriesLongBodiesAndPipelines) {
  support::RunningServer running(over(settings()));
  TlsClient client(running.port());
  const std::string body(3'000'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.exchange(http_request("POST", "/", body));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body.size(), body.size());
  }
  std::string many;
  for (int i = 0; i < 200; ++i) many += http_request("POST", "/" + std::to_string(i), std::string(900, 'y'));
  ASSERT_TRUE(client.send(many));
  for (int i = 0; i < 200; ++i) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->header("X-Path"), "/" + std::to_string(i));
  }
  ASSERT_TRUE(client.send(http_request("GET", "/last", {}, "Connection: close\r\n")));
  EXPECT_EQ(client.receive()->header("Connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST_F(TlsTest, ResumesByTicketWithoutKeepingSessions) {
  support::RunningServer running(over(settings()));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient first(running.port(), {.version = version});
    ASSERT_TRUE(serves(first));
    EXPECT_FALSE(first.resumed());
    const TlsClient::Session session = first.session();
    TlsClient again(running.port(), {.version = version, .resume = session.get()});
    EXPECT_TRUE(serves(again));
    EXPECT_TRUE(again.resumed());
  }
}

TEST_F(TlsTest, WantsACertificateOfTheClientCa) {
  support::RunningServer running(over(mutual()));
  const Identity good = clients_.issue("EHR", "DNS:ehr.example");
  const Identity other = authority_.issue("EHR", "DNS:ehr.example");
  const Identity late = clients_.issue("EHR", "DNS:ehr.example", {.to = "20260101000000Z"});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient with(running.port(), {.version = version, .identity = &good});
    EXPECT_TRUE(serves(with));
    TlsClient without(running.port(), {.version = version});
    EXPECT_FALSE(serves(without));
    TlsClient wrong(running.port(), {.version = version, .identity = &other});
    EXPECT_FALSE(serves(wrong));
    TlsClient expired(running.port(), {.version = version, .identity = &late});
    EXPECT_FALSE(serves(expired));
  }
}

TEST_F(TlsTest, TakesOnlyListedClients) {
  support::RunningServer running(
      over(mutual("# who may connect\n\n dns:EHR.example\r\nuri:https://b.example/fhir\nsubject:CN=Third\\, Inc.\n")));
  const auto let_in = [&](const Identity& identity) {
    TlsClient client(running.port(), {.identity = &identity});
    return serves(client);
  };
  EXPECT_TRUE(let_in(clients_.issue("One", "DNS:a.example,DNS:ehr.Example")));
  EXPECT_TRUE(let_in(clients_.issue("Two", "URI:https://b.example/fhir")));
  EXPECT_TRUE(let_in(clients_.issue("Third, Inc.", "DNS:c.example")));
  EXPECT_FALSE(let_in(clients_.issue("ehr.example", "DNS:d.example"))) << "the name stands in the wrong place";
  EXPECT_FALSE(let_in(clients_.issue("One", "DNS:sub.ehr.example")));
  EXPECT_FALSE(let_in(clients_.issue("One", "DNS:*.example")));
  EXPECT_FALSE(let_in(clients_.issue("One", "URI:https://b.example/fhir/x")));
  EXPECT_TRUE(support::becomes_true([&] { return running.log_lines("http.handshake_failed").size() == 4; }));
}

TEST_F(TlsTest, AResumedClientCannotPassAChangedList) {
  const http::Options options = over(mutual("dns:ehr.example\n"));
  support::RunningServer running(options);
  const Identity ehr = clients_.issue("EHR", "DNS:ehr.example");
  TlsClient first(running.port(), {.identity = &ehr});
  ASSERT_TRUE(serves(first));
  const TlsClient::Session session = first.session();
  support::write_file(folder_.file("clients.txt"), "dns:other.example\n");
  ASSERT_TRUE(options.tls->reload());
  TlsClient again(running.port(), {.identity = &ehr, .resume = session.get()});
  EXPECT_FALSE(serves(again));
  EXPECT_TRUE(serves(first)) << "a connection goes on with what it began with";
}

TEST_F(TlsTest, AReloadTakesTheNewPairAndAWrongOneLeavesTheOld) {
  const http::Options options = over(settings());
  support::RunningServer running(options);
  const auto name_now = [&running, this] {
    return TlsClient(running.port(), {.authority = authority_.certificate()}).peer_name();
  };
  EXPECT_EQ(name_now(), "first");
  write_pair(folder_, authority_.issue("second", kHosts));
  EXPECT_EQ(name_now(), "first");
  ASSERT_TRUE(options.tls->reload());
  EXPECT_EQ(name_now(), "second");

  support::write_file(folder_.file("key.pem"), cases::to_pem(cases::make_key("P-256").get()));
  const auto refused = options.tls->reload();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(folder_.file("key.pem")));
  EXPECT_EQ(name_now(), "second");
}

TEST_F(TlsTest, WrongFilesAreToldByName) {
  using Settings = http::TlsSettings;
  const std::string nowhere = folder_.file("nowhere.pem");
  support::write_file(folder_.file("text"), "no PEM\n");
  EXPECT_EQ(mistake({.certificate = nowhere, .key = nowhere}),
            nowhere + ": no certificate in PEM: No such file or directory");
  EXPECT_THAT(mistake({.certificate = folder_.file("text"), .key = nowhere}), HasSubstr("text: no certificate in PEM"));
  EXPECT_THAT(mistake({.certificate = folder_.file("cert.pem"), .key = folder_.file("text")}),
              HasSubstr("text: no key of "));
  write_pair(folder_, authority_.issue("late", kHosts, {.to = "20260101000000Z"}), "late-");
  EXPECT_THAT(mistake({.certificate = folder_.file("late-cert.pem"), .key = folder_.file("late-key.pem")}),
              HasSubstr("late-cert.pem: the certificate has expired"));
  write_pair(folder_, authority_.issue("early", kHosts, {.from = "20990101000000Z", .to = "21000101000000Z"}),
             "early-");
  EXPECT_THAT(mistake({.certificate = folder_.file("early-cert.pem"), .key = folder_.file("early-key.pem")}),
              HasSubstr("has not begun"));
  Settings with_ca = settings();
  with_ca.client_ca = folder_.file("text");
  EXPECT_THAT(mistake(with_ca), HasSubstr("text: no certificate in PEM"));
  EXPECT_THAT(mistake(mutual("dns:a.example\nehr.example\n")), HasSubstr("clients.txt:2: dns:, uri: or subject:"));
  EXPECT_THAT(mistake(mutual("# nobody\n")), HasSubstr("clients.txt: no client is named"));
  Settings with_ocsp = settings();
  with_ocsp.ocsp = folder_.file("text");
  EXPECT_THAT(mistake(with_ocsp), HasSubstr("text: no successful OCSP response"));
  with_ocsp.ocsp = nowhere;
  EXPECT_THAT(mistake(with_ocsp), HasSubstr("nowhere.pem: cannot be read"));
}

TEST_F(TlsTest, AHandshakeThatDoesNotEndIsCut) {
  http::Options options = over(settings());
  options.timeouts.head = std::chrono::milliseconds(50);
  support::RunningServer running(options);
  support::HttpClient silent(running.port());
  EXPECT_TRUE(silent.ended());
  support::HttpClient half(running.port());
  ASSERT_TRUE(half.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)));
  EXPECT_TRUE(half.ended());
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().connections == 0; }));
}

TEST_F(TlsTest, PlainHttpIsToldToUseHttps) {
  support::RunningServer running(over(settings()));
  support::HttpClient client(running.port());
  const auto answer = client.exchange(http_request("GET", "/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_FALSE(answer->header("Strict-Transport-Security"));
  EXPECT_EQ(answer->body, "not-supported: this address takes HTTPS only");
  EXPECT_TRUE(client.ended());
}

TEST_F(TlsTest, WhatIsNoTlsIsClosed) {
  support::RunningServer running(over(settings()));
  support::HttpClient client(running.port());
  ASSERT_TRUE(client.send("SSH-2.0-client\r\n"));
  client.finish_sending();
  EXPECT_TRUE(support::becomes_true([&] { return running.log_lines("http.handshake_failed").size() == 1; }));
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().connections == 0; }));
}

TEST_F(TlsTest, OverTheLimitOfConnectionsNoHandshakeIsBegun) {
  http::Options options = over(settings());
  options.limits.connections = 1;
  support::RunningServer running(options);
  TlsClient first(running.port());
  ASSERT_TRUE(serves(first));
  EXPECT_FALSE(TlsClient(running.port()).connected());
  EXPECT_TRUE(serves(first));
}

TEST_F(TlsTest, AClientThatDisappearsIsForgotten) {
  support::RunningServer running(over(settings()));
  TlsClient client(running.port());
  ASSERT_TRUE(serves(client));
  client.reset();
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().connections == 0; }));
}

TEST_F(TlsTest, AStopWaitsForRequestsAndNotForHandshakes) {
  support::Gate gate;
  support::RunningServer running(over(settings()), [&gate](http::Request&& request) {
    gate.wait();
    return support::echo(std::move(request));
  });
  support::HttpClient in_handshake(running.port());
  TlsClient busy(running.port());
  ASSERT_TRUE(busy.send(http_request("POST", "/", "hello")));
  ASSERT_TRUE(support::becomes_true([&] {
    const http::Load load = running.server().load();
    return load.running == 1 && load.connections == 2;
  }));
  std::thread stopper([&running] { EXPECT_TRUE(running.server().stop(std::chrono::seconds(20))); });
  EXPECT_TRUE(in_handshake.ended());
  gate.open();
  const auto answer = busy.receive();
  stopper.join();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "hello");
}

}  // namespace
}  // namespace pas
