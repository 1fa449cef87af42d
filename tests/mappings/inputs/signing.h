#pragma once
// Keys and certificates made while a test runs, and what they sign.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace pas::cases {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using Certificate = std::unique_ptr<X509, KeyDeleter>;

// "RSA-2048", "RSA-1024", "P-256" or "P-384".
Key make_key(const std::string& kind);

struct Validity {
  std::string from = "20250101000000Z";
  std::string to = "20280101000000Z";
};

// A certificate for `key`, by `issuer` and its key; self-signed where there is no issuer. `usage` as OpenSSL's
// configuration has it ("digitalSignature"); empty for none.
struct Request {
  std::string name = {};
  bool is_authority = false;
  std::string usage = "digitalSignature";
  Validity validity = {};
  std::string alternative_names = {};  // "DNS:localhost,URI:https://a.example"
};
Certificate certify(const Request& request, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key);

std::string to_pem(X509* certificate);
std::string to_pem(EVP_PKEY* key);
std::string to_der_base64(X509* certificate);

std::string base64url(std::string_view bytes);
// The signature as JWS has it, in base64url; `digest` is "SHA256" or "SHA384".
std::string sign(std::string_view text, EVP_PKEY* key, const char* digest);

}  // namespace pas::cases
