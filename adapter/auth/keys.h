#pragma once
// Public keys of a JWK Set (RFC 7517), and the key that the adapter signs its own tokens with. Immutable; any thread.

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/jws.h"
#include "fhir/base/result.h"

namespace pas::auth {

struct PublicKey {
  std::string id;                          // kid
  std::optional<base::JwsAlgorithm> only;  // the one algorithm that the key is for
  std::shared_ptr<EVP_PKEY> key;
};

class KeySet {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{256} << 10U;

  // Keys that are no use here are passed over, as RFC 7517 §5 says: another type or curve, weak, not on its curve,
  // without a kid, for encryption, or with its private part. kInvalid when none is left, or the text is no JWK Set.
  static base::Result<KeySet> parse(std::string text);
  explicit KeySet(std::vector<PublicKey> keys) : keys_(std::move(keys)) {}

  bool knows(std::string_view id) const;
  // Null when no key of that id fits the algorithm. Lives as long as the set.
  EVP_PKEY* find(std::string_view id, base::JwsAlgorithm algorithm) const;

 private:
  std::vector<PublicKey> keys_;
};

class SigningKey {
 public:
  // A private key in PEM without a pass phrase: RSA of 2048 bits or more (RS384) or P-384 (ES384).
  // `id`: its kid; empty: the first half of the SHA-256 of its public part.
  static base::Result<SigningKey> read(std::string_view pem, std::string id = {});
  static SigningKey generate();  // P-384

  // The compact JWS over these claims, with `kid` and the type of RFC 9068 or another in its header.
  std::string sign(std::string_view claims, std::string_view type) const;
  KeySet keys() const;  // its public part

 private:
  SigningKey(std::shared_ptr<EVP_PKEY> key, base::JwsAlgorithm algorithm, std::string id = {});
  std::shared_ptr<EVP_PKEY> key_;
  base::JwsAlgorithm algorithm_;
  std::string id_;
};

}  // namespace pas::auth
