#include "adapter/http/ocsp_response.h"

#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include <memory>

namespace pas::http {
namespace {

// The answer about that certificate; null when there is none. `basic` owns it.
OCSP_SINGLERESP* find(OCSP_BASICRESP* basic, const X509& certificate) {
  for (int i = 0; i < OCSP_resp_count(basic); ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(basic, i);
    ASN1_INTEGER* serial = nullptr;
    OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial, const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single)));
    if (ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(&certificate)) == 0) return single;
  }
  return nullptr;
}

}  // namespace

base::Result<OcspResponse> OcspResponse::parse(std::string_view der, const X509& certificate) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
      d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())), OCSP_RESPONSE_free);
  if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return base::invalid("no successful OCSP response in DER");
  }
  const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(OCSP_response_get1_basic(response.get()),
                                                                              OCSP_BASICRESP_free);
  OCSP_SINGLERESP* const single = basic ? find(basic.get(), certificate) : nullptr;
  if (single == nullptr) return base::invalid("an OCSP response about another certificate");

  OcspResponse read;
  read.der_ = der;
  ASN1_GENERALIZEDTIME* next_update = nullptr;
  OCSP_single_get0_status(single, nullptr, nullptr, nullptr, &next_update);
  if (next_update != nullptr) {
    read.next_update_.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(next_update)),
                             static_cast<std::size_t>(ASN1_STRING_length(next_update)));
  }
  if (!read.is_current()) return base::invalid("an OCSP response whose time (nextUpdate) is over");
  return read;
}

bool OcspResponse::is_current() const {
  if (next_update_.empty()) return true;
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time(ASN1_TIME_new(), ASN1_TIME_free);
  return time && ASN1_TIME_set_string(time.get(), next_update_.c_str()) == 1 && X509_cmp_current_time(time.get()) > 0;
}

}  // namespace pas::http
