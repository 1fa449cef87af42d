#pragma once
// JSON Web Signatures in compact form (RFC 7515) by the algorithms of RFC 7518 §3.3 and §3.4 that are taken here.
// `none` and HMAC are not among them, so that a public key can never serve as a secret. Through OpenSSL; any thread.

#include <openssl/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pas::base {

enum class JwsAlgorithm : std::uint8_t { kRs256, kRs384, kEs256, kEs384 };

// By its exact name in `alg`.
std::optional<JwsAlgorithm> jws_algorithm_of(std::string_view name);
std::string_view to_string(JwsAlgorithm algorithm);

// The three parts in base64url. Views into the text.
struct CompactJws {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};
std::optional<CompactJws> split_jws(std::string_view compact);

// Whether the key is of the algorithm's kind and curve, with at least 112 bits of strength.
bool fits(EVP_PKEY* key, JwsAlgorithm algorithm);

// `signature` as JWS has it, in bytes: r and s one after the other, of an elliptic curve. False unless the key fits.
bool verify_jws(EVP_PKEY* key, JwsAlgorithm algorithm, std::string_view text, std::string_view signature);

// With a private key that fits.
std::string sign_jws(EVP_PKEY* key, JwsAlgorithm algorithm, std::string_view text);

}  // namespace pas::base
