#pragma once
// An OCSP response (RFC 6960) that is handed out with the certificate it speaks of. Internal to adapter/http.

#include <openssl/types.h>

#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace pas::http {

class OcspResponse {
 public:
  // Refused when it is none, is not about `certificate`, or its time is over. Its signature is for the client to check.
  static base::Result<OcspResponse> parse(std::string_view der, const X509& certificate);

  const std::string& der() const { return der_; }
  // One whose time is over would make clients refuse a certificate that is still good.
  bool is_current() const;

 private:
  std::string der_;
  std::string next_update_;  // as ASN.1 writes it; empty when it names none
};

}  // namespace pas::http
