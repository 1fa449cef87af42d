#pragma once
// The certificates that signers' certificates must lead to, and keys that do (X.509, through OpenSSL). Immutable; any
// thread.

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/jws.h"
#include "fhir/base/result.h"

namespace pas::inputs {

class TrustStore {
 public:
  struct PemFile {
    std::string name;  // for messages
    std::string text;
  };
  // Every certificate of the files is an anchor, be it a root, an issuer or a signer's own. A file without one, and one
  // that is damaged, refuse the store; so does no file at all.
  static base::Result<TrustStore> load(std::span<const PemFile> files);

  TrustStore(TrustStore&&) noexcept;
  TrustStore& operator=(TrustStore&&) noexcept;
  ~TrustStore();

  std::size_t size() const { return count_; }

  // Whether `signature` (as JWS has it) over `text` is by the key of the first certificate of `chain` (DER, the
  // signer's first, RFC 7515 §4.1.6), and that certificate led to an anchor at `time`, may sign, and has a key of the
  // algorithm's kind. Empty when all is so, else what is not. Keys below 112 bits of strength are refused.
  std::string find_fault(std::span<const std::string> chain, base::JwsAlgorithm algorithm, std::string_view text,
                         std::string_view signature, std::chrono::system_clock::time_point time) const;

 private:
  struct Anchors;  // of trust_store.cpp
  explicit TrustStore(std::unique_ptr<const Anchors> anchors, std::size_t count);
  std::unique_ptr<const Anchors> anchors_;
  std::size_t count_ = 0;
};

}  // namespace pas::inputs
