// tests/cases/auth/tokens.json: an access token that is fine but for what a case changes, and why it is refused.
//
//   header, claims: members in place of those of the sound token; null takes one away, "now+60" is a time
//   sign: the algorithm that signs (that of the header); key: the key that signs (p384); swap: in the signed payload
//   allow: one more algorithm; authorization: the whole header in place of a token
//   refused: what the reason holds; without it the caller is the client "ehr"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "adapter/auth/authenticator.h"
#include "fhir/base/base64.h"
#include "tests/adapter/auth/tokens.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using auth_test::MovedClock;

constexpr const char* kTokenHeader = R"({"alg":"ES384","typ":"JWT","kid":"p384"})";
constexpr const char* kTokenClaims =
    R"({"iss":"https://issuer.example","aud":"https://payer.example","sub":"ehr","client_id":"ehr",)"
    R"("scope":"system/Claim.r launch","jti":"token-1","iat":"now","nbf":"now","exp":"now+300"})";

auth::KeySet issuer_keys() {
  using auth_test::jwk;
  return auth::KeySet::parse("{\"keys\":[" + jwk("rsa", "rsa") + "," + jwk("p384", "p384") + "," + jwk("p256", "p256") +
                             "," + jwk("rsa", "rsa-rs256", R"(,"alg":"RS256")") + "," +
                             jwk("p384", "encryption", R"(,"use":"enc")") + "," + jwk("rsa-1024", "weak") + "]}")
      .value();
}

auth::JwtRules rules(std::string_view more = {}) {
  auth::JwtRules rules;
  rules.issuer = "https://issuer.example";
  rules.audiences = {"https://payer.example", "https://payer.example/fhir"};
  if (!more.empty()) rules.algorithms.push_back(base::jws_algorithm_of(more).value());
  return rules;
}

auth::Client client(const std::string& id, const std::string& scopes) {
  return {id, auth::Scopes::parse(scopes), {}, nullptr};
}

class Tokens : public testing::Test {
 protected:
  std::string token(json::Node each = {}) const {
    const std::string header = auth_test::changed(kTokenHeader, each["header"], clock_.seconds());
    std::string claims = auth_test::changed(kTokenClaims, each["claims"], clock_.seconds());
    if (const auto at = claims.find("LONG"); at != std::string::npos) claims.replace(at, 4, std::string(9000, 'x'));
    const auto read = json::Document::parse(header);
    const std::string_view algorithm = each["sign"] ? each["sign"].text() : read->root()["alg"].text();
    const bool is_known = base::jws_algorithm_of(algorithm).has_value() || algorithm.starts_with("HS");
    return auth_test::signed_jwt(header, claims, is_known || algorithm == "none" ? algorithm : "ES384",
                                 each["key"] ? std::string(each["key"].text()) : "p384");
  }

  MovedClock clock_;
  auth::Registry registry_{std::make_shared<const auth::Clients>(
      std::vector<auth::Client>{client("ehr", "system/Claim.crus"), client("other", "system/*.cruds")})};
  std::shared_ptr<auth::KeySource> keys_ = std::make_shared<auth::KeySource>(issuer_keys());
};

TEST_F(Tokens, AreTakenOrRefusedAsWritten) {
  const auto cases = json::Document::parse(support::read_file(support::repo_path("tests/cases/auth/tokens.json")));
  ASSERT_TRUE(cases) << cases.error().message << " at " << cases.error().offset;
  ASSERT_GT(cases->root().size(), 0U);
  for (const json::Node each : cases->root()) {
    SCOPED_TRACE(std::string(each["name"].text()));
    auth::Authenticator authenticator(rules(each["allow"].text()), keys_, registry_, clock_);
    std::string header = "Bearer " + token(each);
    if (const json::Node swap = each["swap"]) {
      const auto first = header.find('.');
      const auto second = header.find('.', first + 1);
      std::string payload = base::decode_base64url(header.substr(first + 1, second - first - 1)).value();
      const auto at = payload.find(swap["from"].text());
      ASSERT_NE(at, std::string::npos);
      payload.replace(at, swap["from"].text().size(), swap["to"].text());
      header.replace(first + 1, second - first - 1, base::encode_base64url(payload));
    }
    if (each["authorization"]) header = each["authorization"].text();
    for (const char* time : {"first", "again"}) {
      const auth::Identity caller = authenticator.identify(header);
      EXPECT_FALSE(caller.is_unavailable) << time;
      if (!each["refused"]) {
        ASSERT_TRUE(caller.principal) << time << ": " << caller.fault;
        EXPECT_EQ(caller.principal->client, "ehr");
        EXPECT_TRUE(caller.principal->may("system/Claim.r"));
        EXPECT_FALSE(caller.principal->may("system/Claim.c")) << "registered, but not granted";
        continue;
      }
      EXPECT_FALSE(caller.principal) << time;
      EXPECT_NE(caller.fault.find(each["refused"].text()), std::string::npos) << time << ": " << caller.fault;
    }
  }
}

TEST_F(Tokens, WithoutOneThereIsNoFault) {
  auth::Authenticator authenticator(rules(), keys_, registry_, clock_);
  const auth::Identity caller = authenticator.identify(std::nullopt);
  EXPECT_FALSE(caller.principal);
  EXPECT_EQ(caller.fault, "");
}

TEST_F(Tokens, ARememberedOneExpires) {
  auth::Authenticator authenticator(rules(), keys_, registry_, clock_);
  const std::string header = "bearer " + token();
  EXPECT_TRUE(authenticator.identify(header).principal);
  clock_.advance(std::chrono::seconds(329));
  EXPECT_TRUE(authenticator.identify(header).principal);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_NE(authenticator.identify(header).fault.find("expired"), std::string::npos);
}

TEST_F(Tokens, ARememberedOneEndsWithItsClientAndWithItsScopes) {
  auth::Authenticator authenticator(rules(), keys_, registry_, clock_);
  const std::string header = "Bearer " + token();
  ASSERT_TRUE(authenticator.identify(header).principal);
  registry_.replace(std::make_shared<const auth::Clients>(std::vector{client("ehr", "system/Subscription.r")}));
  ASSERT_TRUE(authenticator.identify(header).principal);
  EXPECT_FALSE(authenticator.identify(header).principal->may("system/Claim.r"));
  registry_.replace(std::make_shared<const auth::Clients>(std::vector{client("other", "system/*.cruds")}));
  EXPECT_NE(authenticator.identify(header).fault.find("not registered"), std::string::npos);
}

TEST_F(Tokens, ARememberedOneEndsWithItsKey) {
  std::string set = auth_test::jwk_set({{"p384", "p384"}});
  const auto source = std::make_shared<auth::KeySource>([&set] { return base::Result<std::string>(set); }, clock_,
                                                        auth::KeyTimes{.age = std::chrono::seconds(60)});
  auth::Authenticator authenticator(rules(), source, registry_, clock_);
  const std::string header = "Bearer " + token();
  ASSERT_TRUE(authenticator.identify(header).principal);
  set = auth_test::jwk_set({{"p384", "p384-other"}});
  EXPECT_TRUE(authenticator.identify(header).principal);
  clock_.advance(std::chrono::seconds(61));
  EXPECT_NE(authenticator.identify(header).fault.find("signature"), std::string::npos);
}

TEST_F(Tokens, WithoutKeysNobodyIsRefusedForGood) {
  const auto source = std::make_shared<auth::KeySource>(
      [] { return base::Result<std::string>(base::unavailable("away")); }, clock_, auth::KeyTimes{});
  auth::Authenticator authenticator(rules(), source, registry_, clock_);
  const auth::Identity caller = authenticator.identify("Bearer " + token());
  EXPECT_FALSE(caller.principal);
  EXPECT_TRUE(caller.is_unavailable);
}

TEST(Jws, TheExampleOfRfc7515A3IsVerified) {
  const std::string claims = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
  const std::string text = "eyJhbGciOiJFUzI1NiJ9." + base::encode_base64url(claims);
  const auto keys = auth::KeySet::parse(
      R"({"keys":[{"kid":"a3","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  ASSERT_TRUE(keys);
  const std::string signature =
      base::decode_base64url("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
          .value();
  EVP_PKEY* key = keys->find("a3", base::JwsAlgorithm::kEs256);
  ASSERT_NE(key, nullptr);
  EXPECT_TRUE(base::verify_jws(key, base::JwsAlgorithm::kEs256, text, signature));
  EXPECT_FALSE(base::verify_jws(key, base::JwsAlgorithm::kEs256, text + "x", signature));
}

}  // namespace
}  // namespace pas
