#include "adapter/auth/keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "fhir/base/base64.h"
#include "fhir/base/digest.h"
#include "fhir/base/openssl.h"
#include "fhir/json/document.h"
#include "fhir/json/writer.h"

namespace pas::auth {
namespace {

using base::JwsAlgorithm;
using Number = std::unique_ptr<BIGNUM, base::Free<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, base::Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, base::Free<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, base::Free<EVP_PKEY_CTX_free>>;
using Bio = std::unique_ptr<BIO, base::Free<BIO_free_all>>;
using KeyPointer = std::shared_ptr<EVP_PKEY>;

constexpr std::size_t kMostKeys = 100;
constexpr std::size_t kMostKeyIdBytes = 256;
constexpr std::size_t kMostModulusBytes = 1024;  // 8192 bits: greater ones only cost time
constexpr std::size_t kMostExponentBytes = 4;

std::string member(json::Node jwk, std::string_view name) {
  const json::Node node = jwk[name];
  return node.is_string() ? base::decode_base64url(node.text()).value_or("") : "";
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Null when OpenSSL finds the parameters wrong, as a point that is not on its curve.
KeyPointer make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  KeyPointer key(made, EVP_PKEY_free);
  const KeyContext check(EVP_PKEY_CTX_new(made, nullptr));
  return EVP_PKEY_public_check_quick(check.get()) == 1 ? key : nullptr;
}

KeyPointer rsa_key(json::Node jwk) {
  const std::string modulus = member(jwk, "n");
  const std::string exponent = member(jwk, "e");
  if (modulus.size() > kMostModulusBytes || exponent.size() > kMostExponentBytes) return nullptr;
  const Number n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const Number e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
  if (BN_is_odd(e.get()) != 1 || BN_is_one(e.get()) == 1) return nullptr;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return make_key("RSA", builder.get());
}

KeyPointer elliptic_key(json::Node jwk) {
  const std::string_view curve = jwk["crv"].text();
  const bool is_p384 = curve == "P-384";
  if (!is_p384 && curve != "P-256") return nullptr;
  const std::size_t width = is_p384 ? 48 : 32;
  const std::string x = member(jwk, "x");
  const std::string y = member(jwk, "y");
  if (x.size() != width || y.size() != width) return nullptr;
  const std::string point = "\x04" + x + y;  // uncompressed (SEC 1 §2.3.3)
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, is_p384 ? "P-384" : "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return make_key("EC", builder.get());
}

bool is_for_verifying(json::Node jwk) {
  if (jwk["use"] && jwk["use"].text() != "sig") return false;
  const json::Node operations = jwk["key_ops"];
  return !operations ||
         std::any_of(operations.begin(), operations.end(), [](json::Node each) { return each.text() == "verify"; });
}

std::optional<PublicKey> read_key(json::Node jwk) {
  const json::Node id = jwk["kid"];
  if (!id.is_string() || id.text().empty() || id.text().size() > kMostKeyIdBytes) return std::nullopt;
  if (!is_for_verifying(jwk) || jwk["d"]) return std::nullopt;
  PublicKey read{std::string(id.text()), std::nullopt, nullptr};
  if (const json::Node algorithm = jwk["alg"]) {
    read.only = base::jws_algorithm_of(algorithm.text());
    if (!read.only) return std::nullopt;
  }
  if (jwk["kty"].text() == "RSA") read.key = rsa_key(jwk);
  if (jwk["kty"].text() == "EC") read.key = elliptic_key(jwk);
  constexpr std::array kAll = {JwsAlgorithm::kRs256, JwsAlgorithm::kRs384, JwsAlgorithm::kEs256, JwsAlgorithm::kEs384};
  const bool is_strong = read.key && std::any_of(kAll.begin(), kAll.end(), [&read](JwsAlgorithm algorithm) {
                           return base::fits(read.key.get(), algorithm);
                         });
  return is_strong ? std::optional(std::move(read)) : std::nullopt;
}

std::string id_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) throw std::runtime_error("a key without a public part");
  const std::string id = base::sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return id.substr(0, 32);
}

}  // namespace

base::Result<KeySet> KeySet::parse(std::string text) {
  const base::OpensslErrors errors;
  const auto document = json::Document::parse(std::move(text), {.bytes = kMostBytes, .depth = 16, .nodes = 10'000});
  if (!document) return base::invalid("a JWK Set is wanted: " + document.error().message);
  const json::Node keys = document->root()["keys"];
  if (!keys.is_array()) return base::invalid("a JWK Set is wanted: an object with the array \"keys\"");
  if (keys.size() > kMostKeys) return base::invalid("a JWK Set has more than " + std::to_string(kMostKeys) + " keys");
  std::vector<PublicKey> read;
  for (const json::Node jwk : keys) {
    if (auto key = read_key(jwk)) read.push_back(std::move(*key));
  }
  if (read.empty()) {
    return base::invalid(
        "no key of the JWK Set serves: a public RSA key (2048 bits or more), P-256 or P-384 with a kid");
  }
  return KeySet(std::move(read));
}

bool KeySet::knows(std::string_view id) const {
  return std::any_of(keys_.begin(), keys_.end(), [id](const PublicKey& key) { return key.id == id; });
}

EVP_PKEY* KeySet::find(std::string_view id, JwsAlgorithm algorithm) const {
  for (const PublicKey& key : keys_) {
    if (key.id == id && key.only.value_or(algorithm) == algorithm && base::fits(key.key.get(), algorithm)) {
      return key.key.get();
    }
  }
  return nullptr;
}

SigningKey::SigningKey(KeyPointer key, JwsAlgorithm algorithm, std::string id)
    : key_(std::move(key)), algorithm_(algorithm), id_(id.empty() ? id_of(key_.get()) : std::move(id)) {}

base::Result<SigningKey> SigningKey::read(std::string_view pem, std::string id) {
  const base::OpensslErrors errors;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto no_pass_phrase = [](char*, int, int, void*) { return -1; };
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr), EVP_PKEY_free);
  if (!key) return base::invalid("a private key in PEM, without a pass phrase, is wanted");
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kEs384, JwsAlgorithm::kRs384}) {
    if (base::fits(key.get(), algorithm)) return SigningKey(std::move(key), algorithm, std::move(id));
  }
  return base::invalid("an RSA key of 2048 bits or more, or one on P-384, is wanted");
}

SigningKey SigningKey::generate() {
  KeyPointer key(EVP_EC_gen("P-384"), EVP_PKEY_free);
  if (!key) throw std::runtime_error("no key could be made");
  return {std::move(key), JwsAlgorithm::kEs384};
}

std::string SigningKey::sign(std::string_view claims, std::string_view type) const {
  json::Writer header;
  header.begin_object().member("alg", base::to_string(algorithm_)).member("typ", type).member("kid", id_).end_object();
  std::string text = base::encode_base64url(header.view());
  text.append(".").append(base::encode_base64url(claims));
  const std::string signature = base::sign_jws(key_.get(), algorithm_, text);
  return text + "." + base::encode_base64url(signature);
}

KeySet SigningKey::keys() const {
  return KeySet({PublicKey{id_, algorithm_, key_}});
}

}  // namespace pas::auth
