#include "mappings/inputs/signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "fhir/base/base64.h"
#include "mappings/inputs/canonical_json.h"
#include "tests/mappings/inputs/signing.h"

namespace pas {
namespace {

using inputs::Canonicalization;
using inputs::Numbers;
using inputs::SignatureCheck;
using inputs::TrustStore;
using inputs::Verification;
using testing::HasSubstr;

constexpr const char* kOrder = R"({"resourceType": "DeviceRequest", "id": "order", "meta": {"versionId": "1"},
  "text": {"status": "generated", "div": "<div>Pump</div>"}, "status": "active", "quantity": {"value": 1.50},
  "note": [{"text": "é \" \u0001 /"}]})";

std::string canonical(const std::string& text, Canonicalization method, Numbers numbers) {
  const auto document = json::Document::parse(text).value();
  return inputs::canonical_json(document.root(), method, numbers);
}

TEST(CanonicalJson, OrdersMembersAndLeavesOutWhatTheMethodSays) {
  EXPECT_EQ(canonical(kOrder, Canonicalization::kWhole, Numbers::kAsWritten),
            "{\"id\":\"order\",\"meta\":{\"versionId\":\"1\"},\"note\":[{\"text\":\"é \\\" \\u0001 /\"}],"
            "\"quantity\":{\"value\":1.50},\"resourceType\":\"DeviceRequest\",\"status\":\"active\","
            "\"text\":{\"div\":\"<div>Pump</div>\",\"status\":\"generated\"}}");
  EXPECT_EQ(canonical(kOrder, Canonicalization::kData, Numbers::kEcmaScript),
            "{\"id\":\"order\",\"meta\":{\"versionId\":\"1\"},\"note\":[{\"text\":\"é \\\" \\u0001 /\"}],"
            "\"quantity\":{\"value\":1.5},\"resourceType\":\"DeviceRequest\",\"status\":\"active\"}")
      << "only the resource's own text is left out";
  EXPECT_THAT(canonical(kOrder, Canonicalization::kStatic, Numbers::kAsWritten),
              testing::AllOf(HasSubstr("\"note\""), testing::Not(HasSubstr("\"meta\""))));
  EXPECT_EQ(canonical("{ }", Canonicalization::kWhole, Numbers::kAsWritten), "{}");
  EXPECT_EQ(canonical(R"({"b": [1, true, null, [], {}], "a": "\b\f\n\r\t\\"})", Canonicalization::kWhole,
                      Numbers::kAsWritten),
            R"({"a":"\b\f\n\r\t\\","b":[1,true,null,[],{}]})");
}

// RFC 8785, appendix B, and §3.2.3.
TEST(CanonicalJson, FollowsRfc8785) {
  const auto number = [](const std::string& text) {
    const std::string whole = canonical("{\"n\":" + text + "}", Canonicalization::kWhole, Numbers::kEcmaScript);
    return whole.substr(5, whole.size() - 6);
  };
  EXPECT_EQ(number("1.0"), "1");
  EXPECT_EQ(number("-0"), "0");
  EXPECT_EQ(number("333333333.33333329"), "333333333.3333333");
  EXPECT_EQ(number("1E30"), "1e+30");
  EXPECT_EQ(number("4.50"), "4.5");
  EXPECT_EQ(number("2e-3"), "0.002");
  EXPECT_EQ(number("0.000000000000000000000000001"), "1e-27");
  EXPECT_EQ(number("-1.5e-7"), "-1.5e-7");
  EXPECT_EQ(number("0.000001"), "0.000001");
  EXPECT_EQ(number("100000000000000000000"), "100000000000000000000");
  EXPECT_EQ(number("1000000000000000000000"), "1e+21");
  EXPECT_EQ(number("9007199254740994"), "9007199254740994");
  EXPECT_EQ(
      canonical("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}",
                Canonicalization::kWhole, Numbers::kAsWritten),
      "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001F600\":5,\"\ufb33\":3}");
}

TEST(CanonicalJson, KnowsItsMethodsByUrl) {
  const std::string url = "http://hl7.org/fhir/canonicalization/json";
  EXPECT_EQ(inputs::canonicalization_of(url), Canonicalization::kWhole);
  EXPECT_EQ(inputs::canonicalization_of(url + "#data"), Canonicalization::kData);
  EXPECT_EQ(inputs::canonicalization_of(url + "#static"), Canonicalization::kStatic);
  for (const char* other : {"#narrative", "#document", "#", "x"}) {
    EXPECT_EQ(inputs::canonicalization_of(url + other), std::nullopt);
  }
  EXPECT_EQ(inputs::canonicalization_of("http://hl7.org/fhir/canonicalization/xml"), std::nullopt);
}

// A signer below an authority, as a JWS names them, and the store that trusts the authority.
struct Party {
  explicit Party(const std::string& kind = "P-256", const cases::Request& signer = {.name = "Ada Prescriber"})
      : root_key(cases::make_key("P-256")), middle_key(cases::make_key("P-256")), key(cases::make_key(kind)) {
    static int count = 0;
    const std::string number = std::to_string(++count);  // two authorities have two names
    root = cases::certify({.name = "Root " + number, .is_authority = true, .usage = "keyCertSign"}, root_key.get(),
                          nullptr, nullptr);
    middle = cases::certify({.name = "Middle " + number, .is_authority = true, .usage = "keyCertSign"},
                            middle_key.get(), root.get(), root_key.get());
    certificate = cases::certify(signer, key.get(), middle.get(), middle_key.get());
  }
  TrustStore store() const { return store_of({cases::to_pem(root.get())}); }
  static TrustStore store_of(const std::vector<std::string>& texts) {
    std::vector<TrustStore::PemFile> files;
    for (const std::string& text : texts) files.push_back({"anchor.pem", text});
    return TrustStore::load(files).value();
  }

  cases::Key root_key, middle_key, key;
  cases::Certificate root, middle, certificate;
};

// A JWS, and the Provenance that carries it; each part may be changed before it is made.
struct Signed {
  explicit Signed(const Party& by) : party(by) {
    x5c = "[\"" + cases::to_der_base64(by.certificate.get()) + "\",\"" + cases::to_der_base64(by.middle.get()) + "\"]";
  }

  std::string header() const {
    return "{\"alg\":\"" + alg + "\",\"x5c\":" + x5c + (more_header.empty() ? "" : "," + more_header) + "}";
  }
  // `change` is applied to the compact JWS.
  SignatureCheck check(
      const TrustStore* store, const std::function<void(std::string&)>& change = [](std::string&) {}) const {
    const auto target = json::Document::parse(received).value();
    const std::string encoded =
        cases::base64url(payload.empty() ? canonical(signed_resource, method, numbers) : payload);
    const std::string head = raw_header.empty() ? cases::base64url(header()) : raw_header;
    std::string jws = head + "." + (payload.empty() ? "" : encoded) + "." +
                      cases::sign(head + "." + encoded, party.key.get(), digest);
    change(jws);
    const std::string provenance = "{\"resourceType\":\"Provenance\",\"target\":" + targets +
                                   ",\"signature\":[{\"when\":\"" + when + "\"" + more_signature + ",\"data\":\"" +
                                   base::encode_base64(jws) + "\"}]}";
    const auto document = json::Document::parse(provenance).value();
    return inputs::check_signature(document.root()["signature"].at(0), target.root(), store);
  }

  const Party& party;
  std::string alg = "ES256";
  const char* digest = "SHA256";
  std::string x5c;
  std::string more_header;
  std::string raw_header;
  std::string payload;  // empty: detached
  std::string signed_resource = kOrder;
  std::string received = kOrder;
  Canonicalization method = Canonicalization::kWhole;
  Numbers numbers = Numbers::kAsWritten;
  std::string when = "2026-03-01T10:00:00Z";
  std::string more_signature = ",\"sigFormat\":\"application/jose\"";
  std::string targets = "[{\"reference\":\"DeviceRequest/order\"}]";
};

void expect_verified(const SignatureCheck& check) {
  EXPECT_EQ(check.result, Verification::kVerified) << check.reason;
  EXPECT_EQ(check.reason, "");
}

void expect_refused(const SignatureCheck& check, const std::string& reason) {
  EXPECT_EQ(check.result, Verification::kRefused);
  EXPECT_THAT(check.reason, HasSubstr(reason));
}

class SignatureOf : public testing::TestWithParam<std::array<const char*, 3>> {};
INSTANTIATE_TEST_SUITE_P(Algorithms, SignatureOf,
                         testing::Values(std::array{"RS256", "RSA-2048", "SHA256"},
                                         std::array{"RS384", "RSA-2048", "SHA384"},
                                         std::array{"ES256", "P-256", "SHA256"},
                                         std::array{"ES384", "P-384", "SHA384"}),
                         [](const auto& tested) { return std::string(tested.param[0]); });

TEST_P(SignatureOf, IsVerifiedAndEveryChangeIsSeen) {
  const Party party(GetParam()[1]);
  const TrustStore store = party.store();
  Signed made(party);
  made.alg = GetParam()[0];
  made.digest = GetParam()[2];
  expect_verified(made.check(&store));

  expect_refused(made.check(&store, [](std::string& jws) { jws[jws.rfind('.') + 3] ^= 1; }), "");
  expect_refused(made.check(&store, [](std::string& jws) { jws.pop_back(); }), "");
  expect_refused(made.check(&store, [](std::string& jws) { jws += "AAAA"; }), "the signature does not fit");
  expect_refused(made.check(&store, [](std::string& jws) { jws.resize(jws.rfind('.') + 1); }),
                 "the signature does not fit");

  made.received = std::string(kOrder).replace(std::string(kOrder).find("active"), 6, "draft!");
  expect_refused(made.check(&store), "the signature does not fit the resource");
}

TEST_P(SignatureOf, IsOfTheKindOfKeyThatAlgNames) {
  const Party party(GetParam()[1]);
  const TrustStore store = party.store();
  for (const char* other : {"RS256", "RS384", "ES256", "ES384"}) {
    if (other == std::string(GetParam()[0])) continue;
    Signed made(party);
    made.alg = other;
    made.digest = GetParam()[2];
    expect_refused(made.check(&store), "");
  }
}

TEST(Signature, IsNotVerifiedWithoutATrustStoreOrAJws) {
  const Party party;
  const TrustStore store = party.store();
  EXPECT_EQ(Signed(party).check(nullptr).reason, "no trust store is configured");
  EXPECT_EQ(Signed(party).check(nullptr).result, Verification::kUnknown);

  Signed made(party);
  made.more_signature = ",\"sigFormat\":\"image/png\"";
  EXPECT_EQ(made.check(&store).result, Verification::kUnknown);
  made.more_signature = "";
  expect_verified(made.check(&store));
  EXPECT_EQ(made.check(&store, [](std::string& jws) { jws = "a picture"; }).result, Verification::kUnknown);
  made.targets = "[{\"reference\":\"DeviceRequest/order\"},{\"reference\":\"DeviceRequest/other\"}]";
  EXPECT_THAT(made.check(&store).reason, HasSubstr("several resources"));

  const auto no_data = json::Document::parse(R"({"signature":[{"when":"2026-03-01T10:00:00Z"}]})").value();
  EXPECT_EQ(inputs::check_signature(no_data.root()["signature"].at(0), {}, &store).result, Verification::kUnknown);
}

TEST(Signature, CoversTheResourceByTheMethodThatItNames) {
  const Party party;
  const TrustStore store = party.store();
  const std::string url = "http://hl7.org/fhir/canonicalization/json";
  Signed made(party);
  made.method = Canonicalization::kStatic;
  expect_refused(made.check(&store), "does not fit");
  made.more_header = "\"canon\":\"" + url + "#static\"";
  expect_verified(made.check(&store));
  made.received = std::string(kOrder).replace(std::string(kOrder).find("Pump"), 4, "Tent");
  expect_verified(made.check(&store));

  made.method = Canonicalization::kData;
  made.more_header = "";
  made.more_signature = ",\"targetFormat\":\"application/fhir+json;canonicalization=" + url + "#data\"";
  expect_verified(made.check(&store));
  made.more_signature = ",\"targetFormat\":\"application/fhir+json\"";
  expect_refused(made.check(&store), "does not fit");

  made.more_header = "\"canon\":\"" + url + "#narrative\"";
  EXPECT_EQ(made.check(&store).result, Verification::kUnknown);
  EXPECT_THAT(made.check(&store).reason, HasSubstr("canonicalization"));
}

TEST(Signature, CoversNumbersAsWrittenOrAsRfc8785WritesThem) {
  const Party party;
  const TrustStore store = party.store();
  Signed made(party);
  made.numbers = Numbers::kEcmaScript;
  expect_verified(made.check(&store));
  made.received = std::string(kOrder).replace(std::string(kOrder).find("1.50"), 4, "1.51");
  expect_refused(made.check(&store), "does not fit");
}

TEST(Signature, MayCarryThePayload) {
  const Party party;
  const TrustStore store = party.store();
  Signed made(party);
  made.payload = kOrder;
  expect_verified(made.check(&store));
  made.received = std::string(kOrder).replace(std::string(kOrder).find("active"), 6, "draft!");
  expect_refused(made.check(&store), "its payload is not the resource");
  made.received = kOrder;
  made.payload = "not JSON";
  expect_refused(made.check(&store), "its payload is not the resource");
  made.payload = std::string(kOrder) + "{}";
  expect_refused(made.check(&store), "its payload is not the resource");
}

TEST(Signature, WithAHeaderThatIsNotAsItMustBeIsRefused) {
  const Party party;
  const TrustStore store = party.store();
  for (const char* alg : {"none", "None", "", "HS256", "PS256", "RS512", "ES256K", "es256"}) {
    Signed made(party);
    made.alg = alg;
    expect_refused(made.check(&store), "alg is none of");
  }
  const auto with_header = [&](const std::string& header) {
    Signed made(party);
    made.raw_header = cases::base64url(header);
    return made.check(&store);
  };
  const std::string x5c = Signed(party).x5c;
  expect_refused(with_header("not JSON"), "not a JSON object");
  expect_refused(with_header("[]"), "not a JSON object");
  expect_refused(with_header("{}"), "alg is none of");
  expect_refused(with_header("{\"alg\":[\"ES256\"],\"x5c\":" + x5c + "}"), "alg is none of");
  expect_refused(with_header("{\"alg\":\"none\",\"alg\":\"ES256\",\"x5c\":" + x5c + "}"), "not a JSON object");
  expect_refused(with_header("{\"alg\":\"ES256\",\"x5c\":" + x5c + "} x"), "not a JSON object");
  expect_refused(with_header("{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false,\"x5c\":" + x5c + "}"), "critical");
  expect_refused(with_header("{\"alg\":\"ES256\"}"), "x5c");
  expect_refused(with_header("{\"alg\":\"ES256\",\"x5c\":[]}"), "x5c");
  expect_refused(with_header("{\"alg\":\"ES256\",\"x5c\":[1]}"), "x5c");
  expect_refused(with_header("{\"alg\":\"ES256\",\"x5c\":[\"?\"]}"), "x5c");
  expect_refused(with_header("{\"alg\":\"ES256\",\"x5c\":[\"AAAA\"]}"), "x5c is damaged");
  const std::string der = base::decode_base64(cases::to_der_base64(party.certificate.get())).value();
  expect_refused(with_header("{\"alg\":\"ES256\",\"x5c\":[\"" + base::encode_base64(der + "x") + "\"]}"), "damaged");
}

TEST(Signature, WithPartsThatAreNotAsTheyMustBeIsRefused) {
  const Party party;
  const TrustStore store = party.store();
  const Signed made(party);
  expect_refused(made.check(&store, [](std::string& jws) { jws += "."; }), "three parts");
  expect_refused(made.check(&store, [](std::string& jws) { jws += ".AAAA"; }), "three parts");
  expect_refused(made.check(&store, [](std::string& jws) { jws = jws.substr(0, jws.find('.')); }), "three parts");
  expect_refused(made.check(&store, [](std::string& jws) { jws += "=="; }), "base64url");
  expect_refused(made.check(&store, [](std::string& jws) { jws += "\n"; }), "base64url");
  expect_refused(made.check(&store, [](std::string& jws) { jws += " x"; }), "base64url");
  expect_refused(made.check(&store, [](std::string& jws) { jws.insert(0, " "); }), "base64url");
  expect_refused(made.check(&store, [](std::string& jws) { jws.insert(0, "A"); }), "");
  // Its payload is another's.
  expect_refused(made.check(&store, [](std::string& jws) { jws.insert(jws.rfind('.'), cases::base64url(kOrder)); }),
                 "does not fit");
}

TEST(Signature, LeadsToTheTrustStore) {
  const Party party;
  const Party stranger;
  const TrustStore strange = stranger.store();
  expect_refused(Signed(party).check(&strange), "the signer's certificate is not trusted");
  // The signer's own certificate, or its issuer's, may be the anchor; others may stand beside it.
  const TrustStore own = Party::store_of({cases::to_pem(stranger.root.get()), cases::to_pem(party.certificate.get())});
  EXPECT_EQ(own.size(), 2U);
  expect_verified(Signed(party).check(&own));
  const TrustStore middle =
      Party::store_of({cases::to_pem(stranger.root.get()) + "\n# a comment\n" + cases::to_pem(party.middle.get())});
  expect_verified(Signed(party).check(&middle));

  const TrustStore store = party.store();
  Signed made(party);
  made.x5c = "[\"" + cases::to_der_base64(party.certificate.get()) + "\"]";
  expect_refused(made.check(&store), "not trusted");
  made.x5c = "[\"" + cases::to_der_base64(stranger.certificate.get()) + "\",\"" +
             cases::to_der_base64(stranger.middle.get()) + "\"]";
  expect_refused(made.check(&strange), "does not fit");  // somebody else's certificates
  // A signer is no authority.
  cases::Key key = cases::make_key("P-256");
  const auto forged = cases::certify({.name = "Forged"}, key.get(), party.certificate.get(), party.key.get());
  made.x5c = "[\"" + cases::to_der_base64(forged.get()) + "\",\"" + cases::to_der_base64(party.certificate.get()) +
             "\",\"" + cases::to_der_base64(party.middle.get()) + "\"]";
  expect_refused(made.check(&store), "not trusted");
}

TEST(Signature, IsByACertificateForSignaturesWithAStrongKey) {
  const Party wrong_use("P-256", {.name = "Ada", .usage = "keyAgreement"});
  const TrustStore store = wrong_use.store();
  expect_refused(Signed(wrong_use).check(&store), "not for signatures");
  const Party any_use("P-256", {.name = "Ada", .usage = ""});
  const TrustStore any_store = any_use.store();
  expect_verified(Signed(any_use).check(&any_store));
  const Party repudiable("P-256", {.name = "Ada", .usage = "nonRepudiation"});
  const TrustStore repudiable_store = repudiable.store();
  expect_verified(Signed(repudiable).check(&repudiable_store));
  const Party weak("RSA-1024");
  const TrustStore weak_store = weak.store();
  Signed made(weak);
  made.alg = "RS256";
  expect_refused(made.check(&weak_store), "not trusted");
}

TEST(Signature, IsOfATimeWhenTheCertificateWasValid) {
  const Party party("P-256", {.name = "Ada", .validity = {"20260101000000Z", "20260201000000Z"}});
  const TrustStore store = party.store();
  Signed made(party);
  made.when = "2026-01-15T10:00:00Z";
  expect_verified(made.check(&store));
  made.when = "2026-02-01T02:00:00+05:00";
  expect_verified(made.check(&store));
  made.when = "2026-02-01T00:00:01Z";
  expect_refused(made.check(&store), "expired");
  made.when = "2025-12-31T23:59:59Z";
  expect_refused(made.check(&store), "not yet valid");
  made.when = "2026-01-15";
  expect_refused(made.check(&store), "when it was signed");

  // What the signature covers goes before what it does not.
  made.when = "2026-01-15T10:00:00Z";
  made.more_header = "\"sigT\":\"2026-03-01T10:00:00Z\"";
  expect_refused(made.check(&store), "expired");
  made.more_header = "\"iat\":1772359200";
  expect_refused(made.check(&store), "expired");
  made.when = "2026-03-01T10:00:00Z";
  made.more_header = "\"sigT\":\"2026-01-15T10:00:00Z\"";
  expect_verified(made.check(&store));
  made.more_header = "\"iat\":1768471200";
  expect_verified(made.check(&store));
  for (const char* odd : {"\"iat\":-1", "\"iat\":1e99", "\"iat\":\"1768471200\"", "\"sigT\":\"soon\""}) {
    made.more_header = odd;
    expect_refused(made.check(&store), "when it was signed");
  }
}

TEST(TrustStore, IsRefusedWithTheFile) {
  const auto error = [](std::vector<TrustStore::PemFile> files) { return TrustStore::load(files).error().message; };
  EXPECT_EQ(error({}), "the trust store holds no certificate");
  EXPECT_EQ(error({{"a.pem", "text"}}), "a.pem holds no certificate (PEM)");
  EXPECT_EQ(error({{"a.pem", ""}}), "a.pem holds no certificate (PEM)");
  const Party party;
  std::string pem = cases::to_pem(party.root.get());
  EXPECT_EQ(error({{"a.pem", pem}, {"b.pem", "x"}}), "b.pem holds no certificate (PEM)");
  pem[pem.size() / 2] = '!';
  EXPECT_EQ(error({{"a.pem", cases::to_pem(party.root.get()) + pem}}), "a.pem holds a certificate that is damaged");
}

}  // namespace
}  // namespace pas
