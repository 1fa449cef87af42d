// What a backend is asked with, over which connection, and what becomes of its answers.

#include "adapter/gateway/backend.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "adapter/http/tls.h"
#include "tests/adapter/auth/tokens.h"
#include "tests/adapter/http/fixture.h"
#include "tests/adapter/http/tls_client.h"

namespace pas {
namespace {

using gateway::Backend;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;

// A payer's server: /token gives "t-1", "t-2" …, each for five minutes; /fhir answers as it is told, and 401 without
// the newest of them.
class PayerServer {
 public:
  explicit PayerServer(const http::Options& options = {})
      : running_(options, [this](http::Request&& request) { return answer(request); }) {}

  std::string url(const std::string& path, const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(running_.port()) + path;
  }
  // A header of the last request below /fhir.
  std::optional<std::string> last(std::string_view name) const {
    const std::scoped_lock lock(mutex_);
    const auto value = last_.find(name);
    return value ? std::optional(std::string(*value)) : std::nullopt;
  }
  // What a token was asked for with, the last time.
  std::string last_form() const {
    const std::scoped_lock lock(mutex_);
    return last_form_;
  }
  void answer_token_with(const std::string& body) {
    const std::scoped_lock lock(mutex_);
    token_body_ = body;
  }

  std::atomic<int> tokens = 0;    // given
  std::atomic<int> asked = 0;     // below /fhir
  std::atomic<int> status = kOk;  // below /fhir
  std::atomic<int> token_status = kOk;
  std::atomic<bool> wants_token = false;
  support::Gate* gate = nullptr;  // where requests below /fhir wait

 private:
  http::Response answer(http::Request& request) {
    http::Response response;
    response.content_type = "application/json";
    if (request.path == "/token") {
      const std::scoped_lock lock(mutex_);
      last_form_ = request.body;
      response.status = token_status;
      response.body = token_body_.empty()
                          ? R"({"access_token":"t-)" + std::to_string(++tokens) + R"(","expires_in":300})"
                          : token_body_;
      return response;
    }
    {
      const std::scoped_lock lock(mutex_);
      last_ = request.headers;
    }
    ++asked;
    if (gate != nullptr) gate->wait();
    const std::string wanted = "Bearer t-" + std::to_string(tokens);
    response.status = wants_token && request.headers.find("Authorization") != wanted ? kUnauthorized : status.load();
    response.body = "{}";
    return response;
  }

  mutable std::mutex mutex_;
  std::string token_body_;  // in place of a token
  std::string last_form_;
  http::Headers last_;
  support::RunningServer running_;
};

class BackendTest : public testing::Test {
 protected:
  static gateway::ForwardTo plain(const PayerServer& payer) {
    gateway::ForwardTo to;
    to.url = payer.url("/fhir");
    return to;
  }
  static gateway::ForwardTo with_token(PayerServer& payer) {
    payer.wants_token = true;
    gateway::ForwardTo to = plain(payer);
    to.token_url = payer.url("/token");
    to.client_id = "elm";
    to.key = std::make_shared<const auth::SigningKey>(*auth::SigningKey::read(auth_test::private_pem("p384")));
    return to;
  }
  Backend backend(gateway::ForwardTo to) {
    return {std::move(to), "elm", clock_, ids_, [this](const gateway::Try& done) {
              const std::scoped_lock lock(tries_mutex_);
              tries_.append(tries_.empty() ? "" : " ").append(done.outcome).append(done.seconds ? "" : " at once");
            }};
  }
  static Backend::Asked ask(Backend& backend, milliseconds within = seconds(20)) {
    return backend.post({.path = "/Claim/$submit",
                         .body = "{}",
                         .key = "case-1",
                         .via = "1.1 oak",
                         .traceparent = "00-1",
                         .deadline = std::chrono::steady_clock::now() + within});
  }

  auth_test::MovedClock clock_;
  base::RandomIds ids_;
  std::mutex tries_mutex_;
  std::string tries_;  // outcomes
};

TEST_F(BackendTest, TellsTheKeyTheWayAndTheTrace) {
  PayerServer payer;
  Backend asks = backend(plain(payer));
  const auto answer = ask(asks);
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(answer.body, "{}");
  EXPECT_EQ(payer.last("Idempotency-Key"), "case-1");
  EXPECT_EQ(payer.last("Via"), "1.1 oak, 1.1 elm");
  EXPECT_EQ(payer.last("traceparent"), "00-1");
  EXPECT_EQ(payer.last("Content-Type"), "application/fhir+json");
  EXPECT_EQ(payer.last("Authorization"), std::nullopt);
}

TEST_F(BackendTest, KeepsATokenUntilItEnds) {
  PayerServer payer;
  Backend asks = backend(with_token(payer));
  EXPECT_TRUE(ask(asks).ok());
  EXPECT_NE(payer.last_form().find("grant_type=client_credentials&scope=system%2FClaim.crus&"), std::string::npos);
  EXPECT_NE(payer.last_form().find("&client_assertion=ey"), std::string::npos);
  EXPECT_EQ(payer.last("Authorization"), "Bearer t-1");
  clock_.advance(seconds(269));  // thirty seconds before its end it is renewed
  EXPECT_TRUE(ask(asks).ok());
  EXPECT_EQ(payer.tokens, 1);
  clock_.advance(seconds(1));
  EXPECT_TRUE(ask(asks).ok());
  EXPECT_EQ(payer.tokens, 2);
}

TEST_F(BackendTest, ATokenThatEndedBeforeItsTimeIsFetchedAgainAtOnce) {
  PayerServer payer;
  Backend asks = backend(with_token(payer));
  EXPECT_TRUE(ask(asks).ok());
  payer.tokens = 7;  // none but "t-7" is good, and the next given is "t-8"
  EXPECT_TRUE(ask(asks).ok());
  EXPECT_EQ(payer.last("Authorization"), "Bearer t-8");
  EXPECT_EQ(payer.asked, 3);
}

TEST_F(BackendTest, WhoIsRefusedWithEachTokenAsksOnceMoreOnly) {
  PayerServer payer;
  Backend asks = backend(with_token(payer));
  payer.status = kUnauthorized;
  const auto answer = ask(asks);
  EXPECT_EQ(answer.status, kUnauthorized);
  EXPECT_TRUE(answer.may_retry) << "an operator may mend it";
  EXPECT_EQ(payer.asked, 2);
  EXPECT_EQ(payer.tokens, 2);
}

TEST_F(BackendTest, WithoutATokenNothingIsSent) {
  PayerServer payer;
  Backend asks = backend(with_token(payer));
  payer.token_status = 400;
  payer.answer_token_with(R"({"error":"invalid_client"})");
  const auto refused = ask(asks);
  EXPECT_EQ(refused.status, 0);
  EXPECT_TRUE(refused.may_retry);
  EXPECT_EQ(refused.problem, "no token: status 400");
  payer.token_status = kOk;
  for (const char* body : {"<html>", "{}", R"({"access_token":""})", R"({"access_token":"two words"})"}) {
    Backend fresh = backend(with_token(payer));
    payer.answer_token_with(body);
    EXPECT_EQ(ask(fresh).problem, "no token: the answer of the token endpoint holds none") << body;
  }
  EXPECT_EQ(payer.asked, 0);
}

TEST_F(BackendTest, ShowsItsCertificateAndChecksTheServers) {
  const support::TemporaryFolder folder;
  const support::Authority servers;
  const support::Authority clients("Client CA");
  const auto write = [&folder](const std::string& name, const std::string& text) {
    support::write_file(folder.file(name), text);
    return folder.file(name);
  };
  write_pair(folder, servers.issue("payer", "DNS:localhost,IP:127.0.0.1"));
  write_pair(folder, clients.issue("elm", "DNS:elm.example"), "elm-");
  write_pair(folder, servers.issue("elm", "DNS:elm.example"), "other-");
  http::Options options;
  options.tls = *http::Tls::load({.certificate = folder.file("cert.pem"),
                                  .key = folder.file("key.pem"),
                                  .client_ca = write("client-ca.pem", cases::to_pem(clients.certificate()))});
  PayerServer payer(options);
  const std::string trusted = write("server-ca.pem", cases::to_pem(servers.certificate()));
  const auto asked_with = [&](const std::string& authority, const std::string& pair) {
    gateway::ForwardTo to = plain(payer);
    to.url = payer.url("/fhir", "https");
    to.tls.certificates = authority;
    if (!pair.empty()) {
      to.tls.certificate = folder.file(pair + "-cert.pem");
      to.tls.certificate_key = folder.file(pair + "-key.pem");
    }
    Backend asks = backend(to);
    return ask(asks);
  };
  EXPECT_TRUE(asked_with(trusted, "elm").ok());
  EXPECT_EQ(payer.asked, 1);
  for (const auto& [authority, pair] : {std::pair(trusted, std::string()), std::pair(trusted, std::string("other")),
                                        std::pair(folder.file("client-ca.pem"), std::string("elm"))}) {
    const auto refused = asked_with(authority, pair);
    EXPECT_EQ(refused.status, 0) << pair;
    EXPECT_TRUE(refused.may_retry);
    EXPECT_FALSE(refused.problem.empty());
  }
  EXPECT_EQ(payer.asked, 1);
}

TEST_F(BackendTest, SaysWhatAnotherTryMayMend) {
  PayerServer payer;
  for (const int status : {401, 403, 408, 409, 429}) {
    Backend asks = backend(plain(payer));
    payer.status = status;
    EXPECT_TRUE(ask(asks).may_retry) << status;
  }
  for (const int status : {302, 400, 404, 413, 422, 508}) {
    Backend asks = backend(plain(payer));
    payer.status = status;
    EXPECT_FALSE(ask(asks).may_retry) << status;
  }
  EXPECT_EQ(tries_, "failed failed failed failed failed refused refused refused refused refused refused");
}

TEST_F(BackendTest, IsSparedAfterFiveFailuresInARow) {
  PayerServer payer;
  payer.status = 500;
  Backend asks = backend(plain(payer));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ask(asks).may_retry);
  EXPECT_FALSE(asks.is_spared());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(asks).may_retry);
  EXPECT_TRUE(asks.is_spared());
  EXPECT_EQ(payer.asked, 5);
  EXPECT_EQ(tries_, "failed failed failed failed failed spared at once spared at once");
  EXPECT_EQ(ask(asks).problem, "the backend failed several times in a row and is spared for a while");
  payer.status = 400;  // an answer for all that
  Backend other = backend(plain(payer));
  for (int i = 0; i < 8; ++i) (void)ask(other);
  EXPECT_EQ(payer.asked, 13);
  EXPECT_FALSE(other.is_spared());
}

TEST_F(BackendTest, HasNoMoreRequestsUnderWayThanItMay) {
  PayerServer payer;
  support::Gate gate;
  payer.gate = &gate;
  gateway::ForwardTo to = plain(payer);
  to.most_at_once = 1;
  Backend asks = backend(to);
  Backend::Asked first;
  std::thread under_way([&] { first = ask(asks); });
  EXPECT_TRUE(support::becomes_true([&] { return payer.asked == 1; }));
  const auto second = ask(asks);
  EXPECT_EQ(second.status, 0);
  EXPECT_TRUE(second.may_retry);
  gate.open();
  under_way.join();
  EXPECT_TRUE(first.ok());
  EXPECT_TRUE(ask(asks).ok());
  EXPECT_EQ(payer.asked, 2);
  EXPECT_EQ(tries_, "busy at once answered answered");
}

// Whoever waits for the token endpoint holds up nobody beyond a deadline.
TEST_F(BackendTest, EndsAtItsDeadline) {
  PayerServer payer;
  support::Gate gate;
  payer.gate = &gate;
  gateway::ForwardTo to = with_token(payer);
  to.token_url = payer.url("/fhir/slow-token");
  Backend asks = backend(to);
  std::thread waits([&] { (void)ask(asks); });
  EXPECT_TRUE(support::becomes_true([&] { return payer.asked == 1; }));
  EXPECT_EQ(ask(asks, milliseconds(50)).problem, "no token: another request waits for one");
  Backend plainly = backend(plain(payer));
  EXPECT_EQ(ask(plainly, milliseconds(50)).status, 0);
  EXPECT_EQ(ask(plainly, milliseconds(0)).problem, "the deadline has passed");
  gate.open();
  waits.join();
}

TEST_F(BackendTest, WhereNobodyListensNothingWasSent) {
  std::string url;
  {
    const PayerServer gone;
    url = gone.url("/fhir");
  }
  gateway::ForwardTo to;
  to.url = url;
  Backend asks = backend(to);
  const auto answer = ask(asks, seconds(1));
  EXPECT_EQ(answer.status, 0);
  EXPECT_TRUE(answer.may_retry);
  EXPECT_FALSE(answer.problem.empty());
}

}  // namespace
}  // namespace pas
