#pragma once
// Whether a Signature (FHIR R4 §2.24.0.13) of a Provenance is a digital one, and true: a JWS (RFC 7515, compact, its
// payload detached or whole) over the canonical JSON of the resource that it is on, by a certificate (x5c) that leads
// to the trust store. Plain functions; any thread.
//
// The method of canonicalization is the protected header's `canon`, else the one that targetFormat names, else
// http://hl7.org/fhir/canonicalization/json. The certificate must have been valid when it was signed: by the header's
// `sigT` or `iat`, else by Signature.when, which the signature itself does not cover.

#include <string>

#include "fhir/json/document.h"
#include "mappings/inputs/trust_store.h"

namespace pas::inputs {

enum class Verification : std::uint8_t {
  kVerified,
  kRefused,  // it claims to be digital, and is wrong
  kUnknown,  // it cannot be told: no trust store, not a JWS, another canonicalization
};

struct SignatureCheck {
  Verification result = Verification::kUnknown;
  std::string reason;  // why it is not verified
};

// `signature` is of a Provenance, `target` the resource that it is on. Without a store nothing is verified.
SignatureCheck check_signature(json::Node signature, json::Node target, const TrustStore* store);

}  // namespace pas::inputs
