// `pas-adapter serve --auth smart`, from a client's first question to its tokens' end.

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/adapter/auth/tokens.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using support::ask;
using support::http_request;

constexpr const char* kEhr = "system/Claim.crus system/ClaimResponse.rs system/Subscription.cruds";

std::string client(const std::string& id, const std::string& more) {
  return "[[client]]\nid = \"" + id + "\"\nkeys = \"" + id + ".json\"\n" + more + "\n";
}

class Smart : public testing::Test {
 protected:
  Smart() {
    for (const char* id : {"ehr", "other", "reader", "reviewer", "operator"}) {
      std::ofstream(folder_.file(std::string(id) + ".json")) << auth_test::jwk_set({{"k", "p384"}});
    }
    write(all_);
  }
  void write(const std::string& clients) const { std::ofstream(folder_.file("clients.toml")) << clients; }
  std::vector<std::string> arguments() const {
    return {"--store",        "memory",     "--auth", "smart", "--auth-clients", folder_.file("clients.toml"),
            "--admin-listen", "127.0.0.1:0"};
  }

  // Signed by that client's key, for the token endpoint.
  std::string assertion(const std::string& id, std::string url = "") {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    if (url.empty()) url = "http://127.0.0.1:" + std::to_string(adapter_->port()) + "/auth/token";
    std::string made =
        auth_test::signed_jwt(R"({"alg":"ES384","kid":"k"})",
                              R"({"iss":")" + id + R"(","sub":")" + id + R"(","aud":")" + url + R"(","jti":"j-)" +
                                  std::to_string(++count_) + R"(","exp":)" + std::to_string(now + 200) + "}",
                              "ES384", "p384");
    secrets_.push_back(made);
    return made;
  }
  support::HttpAnswer request_token(const std::string& signed_assertion, const std::string& more = "") {
    return ask(adapter_->port(),
               http_request("POST", "/auth/token",
                            "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-"
                            "assertion-type%3Ajwt-bearer&client_assertion=" +
                                signed_assertion + more,
                            "Content-Type: application/x-www-form-urlencoded\r\n"))
        .value_or(support::HttpAnswer{});
  }
  std::string token(const std::string& id, const std::string& more = "", const std::string& url = "") {
    const auto answer = request_token(assertion(id, url), more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto document = json::Document::parse(answer.body);
    if (!document) return "";
    std::string made(document->root()["access_token"].text());
    secrets_.push_back(made);
    return made;
  }

  static std::string with(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }
  int status(const std::string& method, const std::string& target, const std::string& headers = "") {
    return ask(adapter_->port(), http_request(method, target, "", headers)).value_or(support::HttpAnswer{}).status;
  }
  int admin_status(const std::string& method, const std::string& target, const std::string& headers = "") {
    return ask(adapter_->admin_port(), http_request(method, target, "", headers))
        .value_or(support::HttpAnswer{})
        .status;
  }
  support::HttpAnswer submit(const std::string& headers) {
    return ask(adapter_->port(), http_request("POST", "/fhir/Claim/$submit", support::distinct_bundle(1),
                                              "Content-Type: application/fhir+json\r\n" + headers))
        .value_or(support::HttpAnswer{});
  }

  const std::string all_ = client("ehr", std::string("scopes = \"") + kEhr + "\"\norganizations = [\"2093401281\"]") +
                           client("other", std::string("scopes = \"") + kEhr + "\"") +
                           client("reader", "scopes = \"system/ClaimResponse.rs\"") +
                           client("reviewer", "roles = [\"reviewer\"]") + client("operator", "roles = [\"admin\"]");
  const support::TemporaryFolder folder_;
  std::unique_ptr<support::RunningAdapter> adapter_;
  std::vector<std::string> secrets_;  // every token and assertion
  int count_ = 0;
};

TEST_F(Smart, FromTheFirstQuestionToTheEnd) {
  adapter_ = std::make_unique<support::RunningAdapter>(arguments());
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();

  const auto configuration = ask(adapter_->port(), http_request("GET", "/fhir/.well-known/smart-configuration"));
  ASSERT_TRUE(configuration);
  const std::string url = "http://127.0.0.1:" + std::to_string(adapter_->port()) + "/auth/token";
  EXPECT_EQ(configuration->header("Content-Type"), "application/json");
  for (const std::string& text : {"\"token_endpoint\":\"" + url + "\"", std::string(R"("RS384","ES384")"),
                                  std::string("\"private_key_jwt\""), std::string("\"system/Claim.c\"")}) {
    EXPECT_NE(configuration->body.find(text), std::string::npos) << configuration->body;
  }
  EXPECT_EQ(status("GET", "/pas/2.0.1/fhir/.well-known/smart-configuration"), 200);
  const auto metadata = ask(adapter_->port(), http_request("GET", "/fhir/metadata"));
  ASSERT_TRUE(metadata);
  EXPECT_NE(metadata->body.find("\"SMART-on-FHIR\""), std::string::npos);
  EXPECT_EQ(metadata->body.find("oauth-uris"), std::string::npos) << "it wants an authorization endpoint";

  const auto nobody = submit("");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.header("WWW-Authenticate"), R"(Bearer realm="pas-adapter")");
  EXPECT_NE(nobody.body.find("OperationOutcome"), std::string::npos);
  EXPECT_EQ(submit("Authorization: Bearer garbage\r\n").status, 401);
  EXPECT_EQ(submit(with(std::string(9000, 'x'))).status, 401);
  EXPECT_EQ(submit(with(std::string(20'000, 'x'))).status, 431);
  EXPECT_EQ(submit(with(token("reader"))).status, 403);

  const std::string ehr = token("ehr");
  EXPECT_EQ(submit(with(ehr) + with(ehr)).status, 401);
  const auto answered = submit(with(ehr));
  ASSERT_EQ(answered.status, 200) << answered.body;
  const std::string response = "/fhir/ClaimResponse/" + support::response_id(answered.body);
  EXPECT_EQ(status("GET", response, with(ehr)), 200);
  EXPECT_EQ(status("GET", response, with(token("other"))), 404);
  EXPECT_EQ(status("GET", response, with(token("reader"))), 404);
  EXPECT_EQ(status("GET", response), 401);
  EXPECT_EQ(submit(with(token("ehr", "&scope=system/ClaimResponse.read"))).status, 403) << "less was asked for";

  EXPECT_EQ(adapter_->stop(), 0);
}

// As clients do, with no more than an id and a key.
TEST_F(Smart, SubmitGetsItsToken) {
  adapter_ = std::make_unique<support::RunningAdapter>(arguments());
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  std::ofstream(folder_.file("key.pem")) << auth_test::private_pem("p384");
  std::ofstream(folder_.file("other.pem")) << auth_test::private_pem("p384-other");
  std::ofstream(folder_.file("garbage.pem")) << "no key";
  const auto submitted = [&](int exit_code, const std::vector<std::string>& options,
                             const std::vector<std::string>& environment = {}) {
    std::vector<std::string> words = {"submit", "--to",
                                      "http://127.0.0.1:" + std::to_string(adapter_->port()) + "/fhir",
                                      "samples/bundles/row-09-a1-deferoxamine-overload.json"};
    words.insert(words.end(), options.begin(), options.end());
    support::Process process({words, environment});
    EXPECT_EQ(process.wait(), exit_code) << process.output() << process.errors();
    return process.output() + process.errors();
  };
  const auto as = [&](const std::string& id, const std::string& key) {
    return std::vector<std::string>{"--client-id", id, "--client-key", folder_.file(key), "--client-key-id", "k"};
  };
  EXPECT_NE(submitted(0, as("ehr", "key.pem")).find(" 200  1 A1 "), std::string::npos);
  auto with_url = as("ehr", "key.pem");
  with_url.insert(with_url.end(),
                  {"--token-url", "http://127.0.0.1:" + std::to_string(adapter_->port()) + "/auth/token"});
  EXPECT_NE(submitted(0, with_url).find(" 200  1 A1 "), std::string::npos);
  EXPECT_NE(submitted(0, {}, {"PAS_CLIENT_ID=ehr", "PAS_CLIENT_KEY=" + folder_.file("key.pem"), "PAS_CLIENT_KEY_ID=k"})
                .find(" 200  1 A1 "),
            std::string::npos);
  EXPECT_NE(submitted(0, {}).find(" 401  refused "), std::string::npos) << "without a token";
  EXPECT_NE(submitted(1, as("reader", "key.pem")).find("invalid_scope"), std::string::npos);
  EXPECT_NE(submitted(1, as("ehr", "other.pem")).find("invalid_client"), std::string::npos);
  EXPECT_NE(submitted(2, as("ehr", "garbage.pem")).find("--client-key: "), std::string::npos);
  EXPECT_NE(submitted(2, {"--client-id", "ehr"}).find("--client-key"), std::string::npos);
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, TheConformanceKitGetsItsTokenAndPasses) {
  auto serve = arguments();
  serve.insert(serve.end(), {"--notify-allow-http", "--notify-allow-host", "127.0.0.1"});
  adapter_ = std::make_unique<support::RunningAdapter>(serve);
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  std::ofstream(folder_.file("key.pem")) << auth_test::private_pem("p384");
  const std::vector<std::string> call = {"conformance", "--base",
                                         "http://127.0.0.1:" + std::to_string(adapter_->port()) + "/fhir"};
  auto with_token = call;
  with_token.insert(with_token.end(),
                    {"--client-id", "ehr", "--client-key", folder_.file("key.pem"), "--client-key-id", "k"});
  support::Process known({with_token});
  EXPECT_EQ(known.wait(), 0) << known.output() << known.errors();
  EXPECT_NE(known.output().find("skipped inquire-other-client ("), std::string::npos) << known.output();
  auto with_other = with_token;
  with_other.insert(with_other.end(), {"--other-client-id", "other", "--other-client-key", folder_.file("key.pem"),
                                       "--other-client-key-id", "k"});
  support::Process both({with_other});
  EXPECT_EQ(both.wait(), 0) << both.output() << both.errors();
  EXPECT_NE(both.output().find("passed  inquire-other-client (spec-52, spec-53)"), std::string::npos) << both.output();
  EXPECT_NE(known.output().find("passed  subscription ("), std::string::npos) << known.output();
  support::Process stranger({call});
  EXPECT_EQ(stranger.wait(), 1);
  EXPECT_NE(
      stranger.output().find("failed  refuse-not-json (spec-11, spec-39): What is not JSON is refused: status 401"),
      std::string::npos)
      << "what asks for a token has not looked at the request: " << stranger.output();
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, AdminRoutesAskForTheirRole) {
  adapter_ = std::make_unique<support::RunningAdapter>(arguments());
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  const std::string reviewer = token("reviewer");
  const std::string admin = token("operator");
  const std::string ehr = token("ehr");
  for (const char* target : {"/admin/queue", "/admin/policies"}) {
    EXPECT_EQ(admin_status("GET", target), 401) << target;
    EXPECT_EQ(admin_status("GET", target, with(ehr)), 403) << target;
    EXPECT_EQ(status("GET", target, with(admin)), 404) << "only on the admin listener: " << target;
  }
  EXPECT_EQ(admin_status("GET", "/admin/queue", with(reviewer)), 200);
  EXPECT_EQ(admin_status("GET", "/admin/queue", with(admin)), 403);
  EXPECT_EQ(admin_status("POST", "/admin/policies/reload", with(reviewer)), 403);
  EXPECT_EQ(admin_status("POST", "/admin/policies/reload", with(admin)), 200);
  EXPECT_EQ(submit(with(admin)).status, 403);
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, TokensAreDeniedAsTheStandardSays) {
  adapter_ = std::make_unique<support::RunningAdapter>(arguments());
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  const std::string once = assertion("ehr");
  const auto given = request_token(once);
  EXPECT_EQ(given.status, 200) << given.body;
  EXPECT_EQ(given.header("Cache-Control"), "no-store");
  const auto replayed = request_token(once);
  EXPECT_EQ(replayed.status, 400);
  EXPECT_EQ(replayed.header("Content-Type"), "application/json");
  EXPECT_NE(replayed.body.find("\"error\":\"invalid_client\""), std::string::npos) << replayed.body;
  EXPECT_NE(request_token(assertion("nobody")).body.find("\"invalid_client\""), std::string::npos);
  EXPECT_NE(request_token(assertion("ehr"), "&scope=system/Patient.r").body.find("\"invalid_scope\""),
            std::string::npos);
  EXPECT_NE(request_token(assertion("ehr"), "&grant_type=password").body.find("\"invalid_request\""), std::string::npos)
      << "a parameter that stands twice";
  EXPECT_NE(request_token(std::string(17'000, 'x')).body.find("\"invalid_request\""), std::string::npos);
  const auto plain =
      ask(adapter_->port(), http_request("POST", "/auth/token", "{}", "Content-Type: application/json\r\n"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->status, 400);
  EXPECT_EQ(status("GET", "/auth/token"), 405);
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, ARevokedClientIsOutAtOnceAndAWrongFileChangesNothing) {
  adapter_ = std::make_unique<support::RunningAdapter>(arguments());
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  const std::string ehr = token("ehr");
  const std::string other = token("other");
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", with(ehr)), 200);

  write("[[client]]\nid = 7\n");
  adapter_->process().signal(SIGHUP);
  ASSERT_TRUE(adapter_->process().says("\"event\":\"auth.clients_refused\""));
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", with(ehr)), 200);

  write(client("other", std::string("scopes = \"") + kEhr + "\""));
  adapter_->process().signal(SIGHUP);
  ASSERT_TRUE(adapter_->process().says("\"event\":\"auth.clients_reloaded\""));
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", with(ehr)), 401);
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", with(other)), 200);
  EXPECT_EQ(request_token(assertion("ehr")).status, 400);
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, NoTokenIsEverWritten) {
  adapter_ = std::make_unique<support::RunningAdapter>(arguments());
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  const std::string ehr = token("ehr");
  EXPECT_EQ(submit(with(ehr)).status, 200);
  EXPECT_EQ(submit(with(ehr + "x")).status, 401);
  EXPECT_EQ(submit("Authorization: Basic " + ehr + "\r\n").status, 401);
  EXPECT_EQ(submit(with(token("reader"))).status, 403);
  EXPECT_EQ(request_token(secrets_.front()).status, 400) << "replayed";
  EXPECT_EQ(request_token(assertion("ehr") + "x").status, 400);
  EXPECT_EQ(status("GET", "/fhir/Claim?access_token=" + ehr), 401) << "a token is taken from the header alone";
  EXPECT_EQ(adapter_->stop(), 0);
  const std::string written = adapter_->process().output() + adapter_->process().errors();
  EXPECT_NE(written.find("\"event\":\"auth.refused\""), std::string::npos) << written;
  EXPECT_NE(written.find("\"event\":\"auth.token_denied\""), std::string::npos);
  for (const std::string& secret : secrets_) {
    const auto first = secret.find('.') + 1;
    const auto second = secret.rfind('.') + 1;
    EXPECT_EQ(written.find(secret.substr(first, 40)), std::string::npos);
    EXPECT_EQ(written.find(secret.substr(second, 40)), std::string::npos);
  }
}

TEST_F(Smart, AClientSubscribesForItsOwnOrganizations) {
  adapter_ = std::make_unique<support::RunningAdapter>(arguments());
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  const auto subscribe = [this](const std::string& client, const std::string& organization) {
    std::string json = notify_test::subscription_json("https://listener.example/hook");
    json.replace(json.find("1234567893"), 10, organization);
    return ask(adapter_->port(), http_request("POST", "/fhir/Subscription", json,
                                              "Content-Type: application/fhir+json\r\n" + with(token(client))))
        .value_or(support::HttpAnswer{});
  };
  EXPECT_EQ(subscribe("ehr", "2093401281").status, 201);
  const auto refused = subscribe("ehr", "1234567893");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("PAS spec-59"), std::string::npos) << refused.body;
  EXPECT_EQ(subscribe("other", "2093401281").status, 400);
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, AKeyOfItsOwnOutlivesARestart) {
  std::vector<std::string> with_key = arguments();
  with_key.insert(with_key.end(), {"--auth-key", folder_.file("key.pem"), "--public-url", "https://payer.example"});
  std::ofstream(folder_.file("key.pem")) << auth_test::private_pem("rsa");
  adapter_ = std::make_unique<support::RunningAdapter>(with_key);
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  const std::string ehr = token("ehr", "", "https://payer.example/auth/token");
  EXPECT_EQ(adapter_->stop(), 0);
  adapter_ = std::make_unique<support::RunningAdapter>(with_key);
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", with(ehr)), 200);
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, AnotherIssuersTokensAreTaken) {
  write("[[client]]\nid = \"ehr\"\nscopes = \"system/*.rs\"\n");
  std::ofstream(folder_.file("issuer.json")) << auth_test::jwk_set({{"issuer", "rsa"}});
  std::vector<std::string> by_issuer = arguments();
  by_issuer.insert(by_issuer.end(),
                   {"--auth-issuer", "https://issuer.example", "--auth-issuer-keys", folder_.file("issuer.json"),
                    "--auth-token-url", "https://issuer.example/token", "--public-url", "https://payer.example"});
  adapter_ = std::make_unique<support::RunningAdapter>(by_issuer);
  ASSERT_NE(adapter_->port(), 0) << adapter_->process().errors();
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const auto made = [now](const std::string& audience) {
    return with(auth_test::signed_jwt(R"({"alg":"RS384","kid":"issuer"})",
                                      R"({"iss":"https://issuer.example","client_id":"ehr","aud":")" + audience +
                                          R"(","scope":"system/Claim.read system/Claim.write","jti":"1","exp":)" +
                                          std::to_string(now + 3600) + "}",
                                      "RS384", "rsa"));
  };
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", made("https://payer.example")), 200);
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", made("https://payer.example/pas/2.0.1/fhir")), 200);
  EXPECT_EQ(status("GET", "/fhir/Claim?identifier=x", made("https://other.example")), 401);
  EXPECT_EQ(submit(made("https://payer.example")).status, 403) << "granted, but not registered";
  EXPECT_EQ(status("POST", "/auth/token"), 404) << "tokens are given out elsewhere";
  const auto configuration = ask(adapter_->port(), http_request("GET", "/fhir/.well-known/smart-configuration"));
  ASSERT_TRUE(configuration);
  EXPECT_NE(configuration->body.find("\"token_endpoint\":\"https://issuer.example/token\""), std::string::npos);
  EXPECT_EQ(configuration->body.find("private_key_jwt"), std::string::npos) << "another's to tell";
  EXPECT_EQ(adapter_->stop(), 0);
}

TEST_F(Smart, WithoutItEveryStartSaysSo) {
  support::RunningAdapter adapter({"--store", "memory"});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  EXPECT_TRUE(adapter.process().says("NO AUTHENTICATION"));
  EXPECT_TRUE(adapter.process().says("\"event\":\"auth.off\""));
  const auto configuration = ask(adapter.port(), http_request("GET", "/fhir/.well-known/smart-configuration"));
  ASSERT_TRUE(configuration);
  EXPECT_EQ(configuration->status, 404);
  EXPECT_EQ(ask(adapter.port(), http_request("GET", "/fhir/metadata"))->body.find("SMART"), std::string::npos);
  EXPECT_EQ(adapter.stop(), 0);
}

}  // namespace
}  // namespace pas
