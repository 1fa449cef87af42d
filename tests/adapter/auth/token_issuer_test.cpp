// tests/cases/auth/token-requests.json: a token request that is fine but for what a case changes, with the scope that
// is granted, or the error (RFC 6749 §5.2) and what its description holds. header, claims, sign and key are of the
// assertion, as in tokens.json; form: parameters in place of those of the sound request.

#include "adapter/auth/token_issuer.h"

#include <gtest/gtest.h>

#include "adapter/auth/authenticator.h"
#include "tests/adapter/auth/tokens.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using auth_test::MovedClock;

constexpr const char* kUrl = "https://payer.example/auth/token";
constexpr const char* kHeader = R"({"alg":"ES384","typ":"JWT","kid":"p384"})";
constexpr const char* kClaims =
    R"({"iss":"ehr","sub":"ehr","aud":"https://payer.example/auth/token","jti":"JTI","iat":"now","exp":"now+300"})";

class Issuing : public testing::Test {
 protected:
  static auth::Client client(const std::string& id, const std::string& scopes,
                             const std::map<std::string, std::string>& keys) {
    auth::Client made{id, auth::Scopes::parse(scopes), {}, nullptr};
    if (!keys.empty()) {
      made.keys = std::make_shared<auth::KeySource>(auth::KeySet::parse(auth_test::jwk_set(keys)).value());
    }
    return made;
  }
  static std::shared_ptr<const auth::Clients> all() {
    return std::make_shared<const auth::Clients>(std::vector{
        client("ehr", "system/Claim.crus system/Subscription.cruds pas/review",
               {{"p384", "p384"}, {"rsa", "rsa"}, {"p256", "p256"}}),
        client("other", "system/Claim.crus", {{"other", "p384-other"}}), client("keyless", "system/Claim.crus", {})});
  }

  std::string assertion(json::Node each = {}, const std::string& jti = "") {
    std::string claims = auth_test::changed(kClaims, each["claims"], clock_.seconds());
    if (const auto at = claims.find("JTI"); at != std::string::npos) {
      claims.replace(at, 3, jti.empty() ? "a-" + std::to_string(++count_) : jti);
    }
    const std::string header = auth_test::changed(kHeader, each["header"], clock_.seconds());
    const auto read = json::Document::parse(header);
    return auth_test::signed_jwt(header, claims, each["sign"] ? each["sign"].text() : read->root()["alg"].text(),
                                 each["key"] ? std::string(each["key"].text()) : "p384");
  }
  auth::TokenRequest request(const std::string& signed_assertion) const {
    return {"client_credentials", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", signed_assertion,
            "system/Claim.crus system/Subscription.cruds"};
  }
  auth::Authenticator authenticator() {
    auth::JwtRules rules;
    rules.issuer = "https://payer.example";
    rules.audiences = {"https://payer.example"};
    return {rules, std::make_shared<auth::KeySource>(issuer_.keys()), registry_, clock_};
  }

  MovedClock clock_;
  base::RandomIds ids_;
  auth::Registry registry_{all()};
  auth::TokenIssuer issuer_{{"https://payer.example",
                             "https://payer.example",
                             kUrl,
                             {base::JwsAlgorithm::kRs384, base::JwsAlgorithm::kEs384}},
                            auth::SigningKey::generate(),
                            registry_,
                            clock_,
                            ids_};
  int count_ = 0;
};

void change(auth::TokenRequest& request, json::Node form) {
  const auto set = [&form](const char* name, std::optional<std::string>& member) {
    const json::Node node = form[name];
    if (node.is_null()) member.reset();
    if (node.is_string()) member = node.text();
  };
  set("grant_type", request.grant_type);
  set("client_assertion_type", request.client_assertion_type);
  set("client_assertion", request.client_assertion);
  set("scope", request.scope);
}

TEST_F(Issuing, GivesOrDeniesAsWritten) {
  const auto cases =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/auth/token-requests.json")));
  ASSERT_TRUE(cases) << cases.error().message << " at " << cases.error().offset;
  ASSERT_GT(cases->root().size(), 0U);
  auth::Authenticator callers = authenticator();
  for (const json::Node each : cases->root()) {
    SCOPED_TRACE(std::string(each["name"].text()));
    auth::TokenRequest form = request(assertion(each));
    change(form, each["form"]);
    const auto outcome = issuer_.issue(form);
    if (each["error"]) {
      const auto* denied = std::get_if<auth::Denied>(&outcome);
      ASSERT_NE(denied, nullptr);
      EXPECT_EQ(denied->error, each["error"].text()) << denied->description;
      EXPECT_NE(denied->description.find(each["why"].text()), std::string::npos) << denied->description;
      EXPECT_FALSE(denied->is_unavailable);
      continue;
    }
    const auto* granted = std::get_if<auth::Granted>(&outcome);
    ASSERT_NE(granted, nullptr) << std::get<auth::Denied>(outcome).description;
    EXPECT_EQ(granted->scope, each["scope"].text());
    const auth::Identity caller = callers.identify("Bearer " + granted->access_token);
    ASSERT_TRUE(caller.principal) << caller.fault;
    EXPECT_EQ(caller.principal->client, "ehr");
    const auth::Scopes scopes = auth::Scopes::parse(granted->scope);
    for (const std::string& scope : scopes.texts()) EXPECT_TRUE(caller.principal->may(scope)) << scope;
  }
}

TEST_F(Issuing, AnAssertionServesOnce) {
  const std::string once = assertion();
  ASSERT_TRUE(std::holds_alternative<auth::Granted>(issuer_.issue(request(once))));
  const auto replayed = issuer_.issue(request(once));
  ASSERT_TRUE(std::holds_alternative<auth::Denied>(replayed));
  EXPECT_EQ(std::get<auth::Denied>(replayed).error, "invalid_client");
  EXPECT_NE(std::get<auth::Denied>(replayed).description.find("used before"), std::string::npos);
  clock_.advance(std::chrono::seconds(320));
  EXPECT_TRUE(std::holds_alternative<auth::Denied>(issuer_.issue(request(once)))) << "within the leeway still";
}

TEST_F(Issuing, AClientThatIsGoneGetsNoneAndItsTokensEnd) {
  auth::Authenticator callers = authenticator();
  const auto outcome = issuer_.issue(request(assertion()));
  const std::string header = "Bearer " + std::get<auth::Granted>(outcome).access_token;
  ASSERT_TRUE(callers.identify(header).principal);
  registry_.replace(std::make_shared<const auth::Clients>(std::vector<auth::Client>()));
  EXPECT_NE(callers.identify(header).fault.find("not registered"), std::string::npos);
  EXPECT_TRUE(std::holds_alternative<auth::Denied>(issuer_.issue(request(assertion()))));
}

TEST_F(Issuing, AnAssertionIsNoAccessToken) {
  auth::Authenticator callers = authenticator();
  EXPECT_FALSE(callers.identify("Bearer " + assertion()).principal);
}

TEST(UsedAssertions, AreForgottenWhenTheyExpireAndBoundedByClient) {
  using Outcome = auth::UsedAssertions::Outcome;
  auth::UsedAssertions used;
  for (std::size_t i = 0; i < auth::UsedAssertions::kMostPerClient; ++i) {
    ASSERT_EQ(used.use("a", std::to_string(i), 100, 0), Outcome::kNew);
  }
  EXPECT_EQ(used.use("a", "0", 100, 99), Outcome::kUsed);
  EXPECT_EQ(used.use("a", "more", 100, 99), Outcome::kFull);
  EXPECT_EQ(used.use("b", "more", 100, 99), Outcome::kNew) << "another client has its own";
  EXPECT_EQ(used.use("a", "more", 200, 100), Outcome::kNew);
  EXPECT_EQ(used.use("a", "0", 200, 100), Outcome::kNew);
}

TEST(SigningKey, IsReadFromPem) {
  for (const char* name : {"rsa", "p384"}) {
    const auto key = auth::SigningKey::read(auth_test::private_pem(name));
    ASSERT_TRUE(key) << name;
    const auto token = auth::Jwt::parse(key->sign("{}", "JWT"));
    ASSERT_TRUE(token) << name;
    EXPECT_NE(key->keys().find(token->key_id(), token->algorithm()), nullptr) << name;
  }
  for (const char* name : {"rsa-1024", "p256"}) {
    EXPECT_FALSE(auth::SigningKey::read(auth_test::private_pem(name))) << name;
  }
  EXPECT_FALSE(auth::SigningKey::read("no key"));
}

}  // namespace
}  // namespace pas
