#include "tests/adapter/auth/tokens.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <vector>

#include "fhir/base/base64.h"
#include "fhir/json/writer.h"

namespace pas::auth_test {
namespace {

std::string number_of(EVP_PKEY* key, const char* name, int width) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1) << name;
  const int size = width == 0 ? BN_num_bytes(number) : width;
  std::string bytes(static_cast<std::size_t>(size), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size);
  BN_free(number);
  return base::encode_base64url(bytes);
}

std::string public_pem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free_all(bio);
  return pem;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac(const std::string& text, EVP_PKEY* key, const EVP_MD* digest) {
  const std::string secret = public_pem(key);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(digest, secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

// In whatever form the key gives.
std::string evp_signature(const std::string& text, EVP_PKEY* key, const EVP_MD* digest) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::vector<unsigned char> out(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = out.size();
  EXPECT_EQ(EVP_DigestSignInit(context, nullptr, digest, nullptr, key), 1);
  EXPECT_EQ(EVP_DigestSign(context, out.data(), &size, bytes_of(text), text.size()), 1);
  EVP_MD_CTX_free(context);
  if (EVP_PKEY_is_a(key, "EC") != 1) return {reinterpret_cast<const char*>(out.data()), size};
  const unsigned char* at = out.data();
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
  const int half = (EVP_PKEY_get_bits(key) + 7) / 8;
  std::string both(2 * static_cast<std::size_t>(half), '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(both.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes, half);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes + half, half);
  ECDSA_SIG_free(pair);
  return both;
}

}  // namespace

Key key_of(const std::string& name) {
  static std::map<std::string, Key> keys;
  Key& key = keys[name];
  if (!key) {
    EVP_PKEY* made = nullptr;
    if (name.starts_with("rsa")) made = EVP_RSA_gen(name == "rsa-1024" ? 1024U : 2048U);
    if (name.starts_with("p384")) made = EVP_EC_gen("P-384");
    if (name == "p256") made = EVP_EC_gen("P-256");
    EXPECT_NE(made, nullptr) << name;
    key = Key(made, EVP_PKEY_free);
  }
  return key;
}

std::string private_pem(const std::string& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, key_of(key).get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free_all(bio);
  return pem;
}

std::string jwk(const std::string& name, const std::string& id, const std::string& more) {
  EVP_PKEY* key = key_of(name).get();
  std::string text = R"({"kid":")" + id + "\"";
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    text += R"(,"kty":"RSA","n":")" + number_of(key, OSSL_PKEY_PARAM_RSA_N, 0) + R"(","e":")" +
            number_of(key, OSSL_PKEY_PARAM_RSA_E, 0) + "\"";
  } else {
    const bool is_p384 = EVP_PKEY_get_bits(key) == 384;
    const int width = is_p384 ? 48 : 32;
    text += std::string(R"(,"kty":"EC","crv":")") + (is_p384 ? "P-384" : "P-256") + R"(","x":")" +
            number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, width) + R"(","y":")" +
            number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, width) + "\"";
  }
  return text + more + "}";
}

std::string jwk_set(const std::map<std::string, std::string>& keys) {
  std::string text;
  for (const auto& [id, key] : keys) text.append(text.empty() ? "" : ",").append(jwk(key, id));
  return R"({"keys":[)" + text + "]}";
}

std::string signed_jwt(const std::string& header, const std::string& claims, std::string_view algorithm,
                       const std::string& key) {
  const std::string text = base::encode_base64url(header) + "." + base::encode_base64url(claims);
  if (algorithm == "none") return text + ".";
  const EVP_MD* digest = algorithm.ends_with("384") ? EVP_sha384() : EVP_sha256();
  const std::string signature = algorithm.starts_with("HS") ? hmac(text, key_of(key).get(), digest)
                                                            : evp_signature(text, key_of(key).get(), digest);
  return text + "." + base::encode_base64url(signature);
}

std::string changed(const std::string& base, json::Node changes, std::int64_t now_s) {
  const auto document = json::Document::parse(base);
  EXPECT_TRUE(document) << base;
  json::Writer out;
  out.begin_object();
  const auto write = [&](json::Node member) {
    const std::string_view text = member.text();
    if (!member.is_string() || !text.starts_with("now")) {
      out.member(member.key(), member);
      return;
    }
    const std::string offset(text.substr(3));
    out.member(member.key(), std::int64_t{now_s + (offset.empty() ? 0 : std::stoll(offset))});
  };
  for (const json::Node member : document->root()) {
    if (!changes[member.key()]) write(member);
  }
  for (const json::Node member : changes) {
    if (!member.is_null()) write(member);
  }
  out.end_object();
  return std::move(out).take();
}

}  // namespace pas::auth_test
