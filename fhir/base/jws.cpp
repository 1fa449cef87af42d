#include "fhir/base/jws.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "fhir/base/openssl.h"

namespace pas::base {
namespace {

using EcSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

constexpr int kLeastRsaBits = 2048;

struct Named {
  JwsAlgorithm algorithm;
  std::string_view name;
};
constexpr std::array<Named, 4> kNames = {{{JwsAlgorithm::kRs256, "RS256"},
                                          {JwsAlgorithm::kRs384, "RS384"},
                                          {JwsAlgorithm::kEs256, "ES256"},
                                          {JwsAlgorithm::kEs384, "ES384"}}};

bool is_elliptic(JwsAlgorithm algorithm) {
  return algorithm == JwsAlgorithm::kEs256 || algorithm == JwsAlgorithm::kEs384;
}

bool is_sha384(JwsAlgorithm algorithm) {
  return algorithm == JwsAlgorithm::kRs384 || algorithm == JwsAlgorithm::kEs384;
}

const EVP_MD* digest_of(JwsAlgorithm algorithm) {
  return is_sha384(algorithm) ? EVP_sha384() : EVP_sha256();
}

// Bytes of r, and of s.
std::size_t half_of(JwsAlgorithm algorithm) {
  return is_sha384(algorithm) ? 48 : 32;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// JWS has the two numbers one after the other (RFC 7518 §3.4), OpenSSL wants DER.
std::string to_der(std::string_view signature, std::size_t half) {
  if (signature.size() != 2 * half) return {};
  const EcSignature pair(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(signature), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(signature) + half, static_cast<int>(half), nullptr);
  ECDSA_SIG_set0(pair.get(), r, s);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string text = size > 0 ? std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)) : "";
  OPENSSL_free(der);
  return text;
}

std::string from_der(std::string_view der, std::size_t half) {
  const unsigned char* at = bytes_of(der);
  const EcSignature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string both(2 * half, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(both.data());
  const int width = static_cast<int>(half);
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, width) != width ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + half, width) != width) {
    throw std::runtime_error("signing failed");
  }
  return both;
}

}  // namespace

std::optional<JwsAlgorithm> jws_algorithm_of(std::string_view name) {
  for (const Named& named : kNames) {
    if (named.name == name) return named.algorithm;
  }
  return std::nullopt;
}

std::string_view to_string(JwsAlgorithm algorithm) {
  for (const Named& named : kNames) {
    if (named.algorithm == algorithm) return named.name;
  }
  return {};
}

std::optional<CompactJws> split_jws(std::string_view compact) {
  const std::size_t first = compact.find('.');
  const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
  if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return CompactJws{compact.substr(0, first), compact.substr(first + 1, second - first - 1),
                    compact.substr(second + 1)};
}

bool fits(EVP_PKEY* key, JwsAlgorithm algorithm) {
  if (!is_elliptic(algorithm)) return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= kLeastRsaBits;
  if (EVP_PKEY_is_a(key, "EC") != 1) return false;
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return false;
  return std::string_view(name.data(), size) == (is_sha384(algorithm) ? "secp384r1" : "prime256v1");
}

bool verify_jws(EVP_PKEY* key, JwsAlgorithm algorithm, std::string_view text, std::string_view signature) {
  const OpensslErrors errors;
  if (!fits(key, algorithm)) return false;
  std::string der;
  if (is_elliptic(algorithm)) {
    der = to_der(signature, half_of(algorithm));
    if (der.empty()) return false;
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest_of(algorithm), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

std::string sign_jws(EVP_PKEY* key, JwsAlgorithm algorithm, std::string_view text) {
  const OpensslErrors errors;
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, digest_of(algorithm), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                     text.size()) != 1) {
    throw std::runtime_error("signing failed");
  }
  signature.resize(size);
  return is_elliptic(algorithm) ? from_der(signature, half_of(algorithm)) : signature;
}

}  // namespace pas::base
